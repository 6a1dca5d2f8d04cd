library(keras3)
set.seed(2018)
temperature <- sin(seq_len(300) / 10) + rnorm(300, sd = 0.1)
data <- cbind(temperature, seq_len(300) %% 24)

mean <- apply(data[1:200, ], 2, mean)
std <- apply(data[1:200, ], 2, sd)
data <- scale(data, center = mean, scale = std)

generator <- function(data, lookback, delay, min_index, max_index, batch_size = 16) {
  i <- min_index + lookback
  function() {
    rows <- sample((min_index + lookback):(max_index - delay), size = batch_size)
    samples <- array(0, dim = c(length(rows), lookback, dim(data)[[-1]]))
    targets <- array(0, dim = c(length(rows)))
    for (j in 1:length(rows)) {
      indices <- seq(rows[[j]] - lookback, rows[[j]] - 1)
      samples[j, , ] <- data[indices, ]
      targets[[j]] <- data[rows[[j]] + delay, 1]
    }
    list(samples, targets)
  }
}

train_gen <- generator(data, lookback = 10, delay = 3, min_index = 1, max_index = 200)
val_gen <- generator(data, lookback = 10, delay = 3, min_index = 201, max_index = 300)

model <- keras_model_sequential(input_shape = c(10, 2)) |>
  layer_gru(units = 8) |>
  layer_dense(units = 1)
model |> compile(optimizer = optimizer_rmsprop(), loss = "mae")

history <- model |> fit(
  train_gen,
  steps_per_epoch = 4,
  epochs = 2,
  validation_data = val_gen,
  validation_steps = 2
)
