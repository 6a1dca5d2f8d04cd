library(keras3)

# Input image dimensions
img_rows <- 28
img_cols <- 28

mnist <- dataset_mnist()
x_train <- mnist$train$x
y_train <- mnist$train$y
x_test <- mnist$test$x
y_test <- mnist$test$y

# Redefine  dimension of train/test inputs
x_train <- array_reshape(x_train, c(nrow(x_train), img_rows, img_cols, 1))
x_test <- array_reshape(x_test, c(nrow(x_test), img_rows, img_cols, 1))
input_shape <- c(img_rows, img_cols, 1)

x_train <- x_train / 255
x_test <- x_test / 255

y_train <- to_categorical(y_train, 10)
y_test <- to_categorical(y_test, 10)

model <- keras_model_sequential(input_shape = input_shape) |>
  layer_conv_2d(filters = 8, kernel_size = c(3, 3), activation = "relu") |>
  layer_max_pooling_2d(pool_size = c(2, 2)) |>
  layer_conv_2d(filters = 8, kernel_size = 3, activation = "relu", padding = "same") |>
  layer_max_pooling_2d(pool_size = c(2, 2)) |>
  layer_dropout(rate = 0.25) |>
  layer_flatten() |>
  layer_dense(units = 16, activation = "relu") |>
  layer_dropout(rate = 0.5) |>
  layer_dense(units = 10, activation = "softmax")

model |> compile(
  loss = "categorical_crossentropy",
  optimizer = optimizer_adadelta(learning_rate = 1.0),
  metrics = "accuracy"
)

model |> fit(
  x_train, y_train,
  batch_size = 32,
  epochs = 2,
  validation_data = list(x_test, y_test)
)

scores <- model |> evaluate(x_test, y_test, verbose = 0)
scores
