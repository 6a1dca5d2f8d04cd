library(keras3)

c(c(x_train, y_train), c(x_test, y_test)) %<-% dataset_cifar10()
x_train <- x_train / 255
x_test <- x_test / 255

inputs <- layer_input(shape = c(32, 32, 3), name = "img")
x <- inputs |>
  layer_conv_2d(filters = 8, kernel_size = c(3, 3), activation = "relu")
block_1_output <- x |>
  layer_max_pooling_2d(pool_size = c(3, 3))

x <- block_1_output |>
  layer_conv_2d(filters = 8, kernel_size = c(3, 3), activation = "relu", padding = "same") |>
  layer_conv_2d(filters = 8, kernel_size = c(3, 3), activation = "relu", padding = "same")
block_2_output <- layer_add(list(x, block_1_output))

outputs <- block_2_output |>
  layer_global_average_pooling_2d() |>
  layer_dense(16, activation = "relu") |>
  layer_dropout(0.5) |>
  layer_dense(10)

model <- keras_model(inputs, outputs, name = "toy_resnet")
model

model |> compile(
  optimizer = optimizer_rmsprop(learning_rate = 1e-3),
  loss = loss_sparse_categorical_crossentropy(from_logits = TRUE),
  metrics = "acc"
)
model |> fit(x_train, y_train, batch_size = 16, epochs = 1, validation_split = 0.2)
