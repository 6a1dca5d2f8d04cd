library(keras3)
set_random_seed(17)

# Sine wave, cut into windows of ten values each
series <- sin(seq(0, 12, length.out = 80))
lookback <- 10
n <- length(series) - lookback
x <- t(sapply(1:n, function(i) series[i:(i + lookback - 1)]))
y <- series[(lookback + 1):length(series)]
x <- array_reshape(x, c(n, lookback, 1))

split <- floor(0.8 * n)
x_train <- x[1:split, , , drop = FALSE]
y_train <- y[1:split]
x_test <- x[(split + 1):n, , , drop = FALSE]
y_test <- y[(split + 1):n]

model <- keras_model_sequential(input_shape = c(lookback, 1)) |>
  layer_simple_rnn(units = 6, return_sequences = FALSE) |>
  layer_dense(1)
model |> compile(loss = "mean_squared_error", optimizer = optimizer_rmsprop(learning_rate = 0.01))
model |> fit(x_train, y_train, epochs = 2, batch_size = 8, verbose = 0,
             validation_data = list(x_test, y_test))
mse <- model |> evaluate(x_test, y_test, verbose = 0)
cat(sprintf("Test error: %.4f\n", mse$loss))
