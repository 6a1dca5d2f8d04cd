library(keras3)
set_random_seed(9)
x <- matrix(seq(-1, 1, length.out = 32), ncol = 2)
y <- x[, 1] - x[, 2]

# What the innermost one uses is of those around it
train <- function(epochs, units = 2) {
  once <- function(rate) {
    network <- function() {
      model <- keras_model_sequential(input_shape = 2) |>
        layer_dense(units, activation = "tanh") |>
        layer_dense(1)
      model |> compile(loss = "mse", optimizer = optimizer_rmsprop(learning_rate = rate))
      model |> fit(x, y, epochs = epochs, batch_size = 8, verbose = 0)
    }
    network()
  }
  once(0.01 / epochs)
  if (epochs > 1) Recall(epochs - 1, units)
}
train(2)
