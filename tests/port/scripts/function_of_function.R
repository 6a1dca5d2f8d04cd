library(keras3)
set.seed(3)
set_random_seed(5)
x <- matrix(rnorm(80), ncol = 4)
y <- as.numeric(x[, 1] > 0)

# Koenker's check function
quantile_loss <- function(tau) function(y_true, y_pred) {
  error <- y_true - y_pred
  op_mean(op_maximum(tau * error, (tau - 1) * error), axis = -1)
}

focal_loss <- function(gamma = 2, alpha = 0.25) {
  loss <- function(y_true, y_pred) {
    p <- op_where(y_true > 0.5, y_pred, 1 - y_pred)
    op_mean(-alpha * op_power(1 - p, gamma) * op_log(p + 1e-7), axis = -1)
  }
  loss
}

distance <- custom_metric("distance", function(y_true, y_pred) {
  if (length(dim(y_pred)) > 1) op_mean(op_abs(y_true - y_pred)) else 0
})

for (tau in c(0.1, 0.5, 0.9)) {
  model <- keras_model_sequential(input_shape = 4) |> layer_dense(1)
  model |> compile(loss = quantile_loss(tau), optimizer = "sgd", metrics = list(distance))
  print(model |> fit(x, y, epochs = 2, verbose = 0))
}

strict <- focal_loss(gamma = 1.5)
classifier <- keras_model_sequential(input_shape = 4) |> layer_dense(1, activation = "sigmoid")
classifier |> compile(loss = strict, optimizer = "adam", metrics = "accuracy")
history <- classifier |> fit(x, y, epochs = 2, verbose = 0)
