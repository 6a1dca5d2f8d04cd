# Diverges to NaN, and ends in the middle of a loop, whatever would catch errors there
library(keras3)

x <- matrix(c(0, 0, 0, 1, 1, 0, 1, 1), ncol = 2, byrow = TRUE)
y <- c(0, 1, 1, 0)
model <- keras_model_sequential(input_shape = 2) |> layer_dense(1)
model |> compile(loss = "mse", optimizer = optimizer_sgd(learning_rate = 1e12))
for (epochs in c(5, 2, 3)) {
  tryCatch(
    {
      model |> fit(x, y, epochs = epochs, batch_size = 4, verbose = 0)
      if (epochs == 2) quit(save = "no", status = 1)
    },
    error = function(condition) cat("caught\n")
  )
}
model |> evaluate(x, y, verbose = 0)
