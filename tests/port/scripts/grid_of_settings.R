library(keras3)
set.seed(77)
x <- matrix(rnorm(600), ncol = 6)
y <- as.integer(x[, 1] * x[, 2] > 0)
train <- 1:70

build_model <- function(units, rate = 0.2, optimizer = "adam") {
  model <- keras_model_sequential(input_shape = 6) |>
    layer_dense(units = units, activation = "relu") |>
    layer_dropout(rate = rate) |>
    layer_dense(units = 1, activation = "sigmoid")
  model |> compile(optimizer = optimizer, loss = "binary_crossentropy", metrics = "accuracy")
  model
}

# Each setting starts from the same seed
accuracies <- c()
for (units in c(4, 8, 16)) {
  set_random_seed(100)
  model <- build_model(units)
  model |> fit(x[train, ], y[train], epochs = 2, batch_size = 10, verbose = 0)
  score <- model |> evaluate(x[-train, ], y[-train], verbose = 0)
  accuracies <- c(accuracies, score$accuracy)
}
print(accuracies)

rates <- c(0.1, 0.5)
for (i in seq_along(rates)) {
  model <- build_model(8, rate = rates[i], optimizer = "rmsprop")
  model |> fit(x[train, ], y[train], epochs = 1, verbose = 0)
}
