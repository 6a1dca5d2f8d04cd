# Networks on their way through R's folder for temporary files, as in the examples of keras3
library(keras3)
set_random_seed(1)

x <- matrix(1:8 / 8, 2)
model <- keras_model_sequential(input_shape = 4) |> layer_dense(2)

path <- tempfile(fileext = ".keras")
save_model(model, path)
two <- load_model(path)
weights <- file.path(tempdir(), "two.weights.h5")
save_model_weights(two, weights)
model |> load_model_weights(weights)

saved_and_loaded <- function(network) {
  path <- tempfile("network", fileext = ".keras")
  save_model(network, path)
  load_model(path)
}
three <- saved_and_loaded(model)
four <- saved_and_loaded(three)

best <- paste0(tempdir(), "/best.keras")
four |> compile(optimizer = "sgd", loss = "mse")
four |> fit(x, matrix(1:4, 2),
  epochs = 3, verbose = 0,
  callbacks = list(callback_model_checkpoint(best, monitor = "loss", save_best_only = TRUE))
)
predict(load_model(best), x)

folder <- paste0(tempdir(), "/")
save_model(four, paste0(folder, "four.keras"))
for (i in 1:2) {
  copy <- tempfile(fileext = ".keras")
  save_model(four, copy)
}
load_model(copy) |> predict(x)
