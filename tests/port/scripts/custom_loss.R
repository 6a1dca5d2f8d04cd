library(keras3)
set.seed(10)
x <- matrix(rnorm(400), ncol = 4)
y <- matrix(abs(x[, 1]) + 0.5, ncol = 1)

# Mean squared error, errors below weighing more
asymmetric <- function(y_true, y_pred) {
  error <- y_true - y_pred
  weight <- op_where(error > 0, 3, 1)
  op_mean(op_square(error) * weight, axis = -1)
}

metric_percent <- custom_metric("percent_off", function(y_true, y_pred) {
  op_mean(op_abs(y_true - y_pred) / y_true) * 100
})

inputs <- layer_input(shape = 4)
outputs <- inputs |>
  layer_lambda(\(x) x * 2 + 1) |>
  layer_dense(8, activation = "relu") |>
  layer_dense(1)
model <- keras_model(inputs, outputs)

model |> compile(optimizer = "adam", loss = asymmetric, metrics = list("mae", metric_percent))
history <- model |> fit(x, y, epochs = 2, batch_size = 20, verbose = 0)
history$metrics$percent_off
