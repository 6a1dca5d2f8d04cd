library(keras3)
set_random_seed(6)
x <- matrix(seq(0, 1, length.out = 64), ncol = 2)
y <- x[, 1]^2 - x[, 2]

make_model <- function(units) {
  keras_model_sequential(input_shape = 2) |>
    layer_dense(units, activation = "tanh") |>
    layer_dense(1)
}

models <- lapply(c(2, 4), make_model)
histories <- lapply(models, function(model) {
  model |> compile(optimizer = "adam", loss = "mse")
  model |> fit(x, y, epochs = 2, batch_size = 8, verbose = 0)
})

# The smaller one goes on, then both are asked
models[[1]] |> fit(x, y, epochs = 1, verbose = 0)
first <- predict(models[[1]], x, verbose = 0)
second <- predict(models[[2]], x, verbose = 0)
average <- (first + second) / 2
