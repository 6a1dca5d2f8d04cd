library(keras3)
set.seed(1)
x <- matrix(runif(200 * 8), ncol = 8)
y <- as.numeric(rowSums(x) > 4)

model <- keras_model_sequential(input_shape = 8) |>
  layer_dense(16, activation = "relu") |>
  layer_dense(1, activation = "sigmoid")
model |> compile(optimizer = "adam", loss = "binary_crossentropy", metrics = "accuracy")

callbacks <- list(
  callback_early_stopping(monitor = "val_loss", patience = 2, restore_best_weights = TRUE),
  callback_reduce_lr_on_plateau(monitor = "val_loss", factor = 0.5, patience = 1),
  callback_csv_logger("training.csv"),
  callback_model_checkpoint(filepath = "best.keras", save_best_only = TRUE)
)

history <- model |> fit(
  x, y,
  epochs = 4, batch_size = 32, validation_split = 0.25,
  callbacks = callbacks, verbose = 0
)

# Train on with another learning rate in each epoch
schedule <- function(epoch, lr) {
  if (epoch < 2) lr else lr * 0.5
}
model |> fit(
  x, y,
  epochs = 4, batch_size = 32, verbose = 0,
  callbacks = callback_learning_rate_scheduler(schedule)
)

# A callback of R's own, which only looks
losses <- c()
model |> fit(
  x, y,
  epochs = 2, verbose = 0,
  callbacks = list(callback_lambda(on_epoch_end = function(epoch, logs) {
    losses <<- c(losses, logs$loss)
  }))
)
losses
