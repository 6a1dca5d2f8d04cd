library(keras3)
set_random_seed(3)
c(c(train_images, train_labels), c(test_images, test_labels)) %<-% dataset_mnist()
train_images <- array_reshape(train_images[1:100, , ], dim = c(100, 784)) / 255
train_labels <- train_labels[1:100]
test_images <- array_reshape(test_images, c(60, 784)) / 255

# Returns a short sequential model
create_model <- function() {
  model <- keras_model_sequential(input_shape = 784) %>%
    layer_dense(units = 32, activation = "relu") %>%
    layer_dropout(0.2) %>%
    layer_dense(units = 10, activation = "softmax")
  model %>% compile(
    optimizer = "adam",
    loss = "sparse_categorical_crossentropy",
    metrics = list("accuracy")
  )
  model
}

model <- create_model()
model %>% fit(train_images, train_labels, epochs = 2, verbose = 0)

# Save the entire model, and its weights alone
model %>% save_model("model.keras")
model %>% save_model_weights("checkpoint.weights.h5")

new_model <- load_model("model.keras")
new_model %>% evaluate(test_images, test_labels, verbose = 0)

fresh_model <- create_model()
fresh_model %>% evaluate(test_images, test_labels, verbose = 0)
fresh_model %>% load_model_weights("checkpoint.weights.h5")
fresh_model %>% evaluate(test_images, test_labels, verbose = 0)

# Weights through R
weights <- get_weights(model)
fresh_model %>% set_weights(weights)
p <- predict(fresh_model, test_images[1:5, ])
