# Overfitting and underfitting, after the lesson: a baseline, a smaller and a bigger network.
library(keras3)

num_words <- 300
imdb <- dataset_imdb(num_words = num_words)

train_data <- imdb$train$x
train_labels <- imdb$train$y
test_data <- imdb$test$x
test_labels <- imdb$test$y

multi_hot_sequences <- function(sequences, dimension) {
  multi_hot <- matrix(0, nrow = length(sequences), ncol = dimension)
  for (i in 1:length(sequences)) {
    multi_hot[i, sequences[[i]]] <- 1
  }
  multi_hot
}

train_data <- multi_hot_sequences(train_data, num_words)
test_data <- multi_hot_sequences(test_data, num_words)

# Create a baseline model ---------------------------------------------------

baseline_model <-
  keras_model_sequential(input_shape = num_words) |>
  layer_dense(units = 16, activation = "relu") |>
  layer_dense(units = 16, activation = "relu") |>
  layer_dense(units = 1, activation = "sigmoid")

baseline_model |> compile(
  optimizer = "adam",
  loss = "binary_crossentropy",
  metrics = list("accuracy")
)

baseline_model |> summary()

baseline_history <- baseline_model |> fit(
  train_data,
  train_labels,
  epochs = 3,
  batch_size = 32,
  validation_data = list(test_data, test_labels),
  verbose = 2
)

# Create a smaller model ----------------------------------------------------

smaller_model <-
  keras_model_sequential(input_shape = num_words) |>
  layer_dense(units = 4, activation = "relu") |>
  layer_dense(units = 4, activation = "relu") |>
  layer_dense(units = 1, activation = "sigmoid")

smaller_model |> compile(
  optimizer = "adam",
  loss = "binary_crossentropy",
  metrics = list("accuracy")
)

smaller_history <- smaller_model |> fit(
  train_data,
  train_labels,
  epochs = 3,
  batch_size = 32,
  validation_data = list(test_data, test_labels),
  verbose = 2
)

# Create a bigger model -----------------------------------------------------

bigger_model <-
  keras_model_sequential(input_shape = num_words) |>
  layer_dense(units = 64, activation = "relu") |>
  layer_dense(units = 64, activation = "relu") |>
  layer_dense(units = 1, activation = "sigmoid")

bigger_model |> compile(
  optimizer = "adam",
  loss = "binary_crossentropy",
  metrics = list("accuracy")
)

bigger_history <- bigger_model |> fit(
  train_data,
  train_labels,
  epochs = 3,
  batch_size = 32,
  validation_data = list(test_data, test_labels),
  verbose = 2
)

# Plot the training and validation loss
compare_cx <- data.frame(
  baseline_train = baseline_history$metrics$loss,
  baseline_val = baseline_history$metrics$val_loss,
  smaller_train = smaller_history$metrics$loss,
  smaller_val = smaller_history$metrics$val_loss
)
print(compare_cx)
