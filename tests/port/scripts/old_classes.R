library(keras)
use_session_with_seed(42)

mnist <- dataset_mnist()
x_train <- array_reshape(mnist$train$x, c(nrow(mnist$train$x), 784)) / 255
y_train <- to_categorical(mnist$train$y, 10)
x_test <- array_reshape(mnist$test$x, c(nrow(mnist$test$x), 784)) / 255

model <- keras_model_sequential()
model %>%
  layer_dense(16, input_shape = 784, kernel_initializer = initializer_random_uniform(-0.05, 0.05)) %>%
  layer_activation("relu") %>%
  layer_dense(10) %>%
  layer_activation("softmax")
model %>% compile(
  loss = "categorical_crossentropy",
  optimizer = optimizer_adam(lr = 0.002),
  metrics = c("acc")
)
history <- model %>% fit(x_train, y_train, epochs = 2, batch_size = 32, validation_split = 0.25)
max(history$metrics$val_accuracy)

classes <- model %>% predict_classes(x_test)
table(mnist$test$y, classes)
probabilities <- model %>% predict_proba(x_test)

save_model_hdf5(model, "digits.h5")
again <- load_model_hdf5("digits.h5")
again %>% evaluate(x_test, to_categorical(mnist$test$y, 10))
