library(keras3)
fashion_mnist <- dataset_fashion_mnist()

c(train_images, train_labels) %<-% fashion_mnist$train
c(test_images, test_labels) %<-% fashion_mnist$test

class_names <- c("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt",
                 "Sneaker", "Bag", "Ankle boot")

train_images <- train_images / 255
test_images <- test_images / 255

par(mfcol = c(5, 5))
for (i in 1:25) {
  img <- train_images[i, , ]
  img <- t(apply(img, 2, rev))
  image(1:28, 1:28, img, col = gray((0:255) / 255), xaxt = "n", yaxt = "n",
        main = paste(class_names[train_labels[i] + 1]))
}

model <- keras_model_sequential()
model %>%
  layer_flatten(input_shape = c(28, 28)) %>%
  layer_dense(units = 32, activation = "relu") %>%
  layer_dense(units = 10, activation = "softmax")

model %>% compile(
  optimizer = "adam",
  loss = "sparse_categorical_crossentropy",
  metrics = c("accuracy")
)

model %>% fit(train_images, train_labels, epochs = 2, verbose = 2)

score <- model %>% evaluate(test_images, test_labels, verbose = 0)
cat("Test loss:", score[["loss"]], "\n")

predictions <- model %>% predict(test_images)
which.max(predictions[1, ])

# Grab an image from the test dataset; mind the batch dimension
img <- test_images[1, , , drop = FALSE]
prediction <- model %>% predict(img)
prediction[1, ] |> which.max() - 1
