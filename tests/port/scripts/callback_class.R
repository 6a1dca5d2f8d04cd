library(keras3)
set_random_seed(7)
data(mtcars)

# Notes the loss, and changes nothing
Noter <- Callback("Noter",
  initialize = function() {
    super$initialize()
    self$seen <- c()
  },
  on_epoch_end = function(epoch, logs = NULL) {
    self$seen <- c(self$seen, logs$loss)
  }
)

x <- matrix(seq(-1, 1, length.out = 40), ncol = 1)
y <- x[, 1]^2
model <- keras_model_sequential(input_shape = 1) |>
  layer_dense(units = 8, activation = "tanh") |>
  layer_dense(units = 1)
model |> compile(loss = "mse", optimizer = "sgd", metrics = "mae")
history <- model |> fit(
  x, y,
  epochs = 4, batch_size = 10, validation_split = 0.2, verbose = 0,
  callbacks = list(Noter(), callback_early_stopping(patience = 2))
)
plot(history)
str(y)
save_model(model, "parabola.keras")
