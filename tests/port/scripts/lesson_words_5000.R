# The lesson at its own size of the vocabulary; networks in a table
library(keras3)

num_words <- 390
imdb <- dataset_imdb(num_words = num_words)
multi_hot <- function(sequences, dimension) {
  results <- matrix(0L, nrow = length(sequences), ncol = dimension)
  for (i in seq_along(sequences)) {
    results[i, sequences[[i]]] <- 1L
  }
  results
}
x_train <- multi_hot(imdb$train$x, num_words)
x_val <- multi_hot(imdb$test$x, num_words)
y_train <- matrix(imdb$train$y, ncol = 1)
y_val <- matrix(imdb$test$y, ncol = 1)

build <- function(units) {
  keras_model_sequential(input_shape = num_words) |>
    layer_dense(units = units, activation = "relu") |>
    layer_dense(units = units, activation = "relu") |>
    layer_dense(units = 1, activation = "sigmoid")
}

sizes <- c(baseline = 16, smaller = 4, bigger = 64)
histories <- list()
for (name in names(sizes)) {
  message("Training ", name)
  model <- build(sizes[[name]])
  model |> compile(optimizer = "adam", loss = "binary_crossentropy", metrics = "accuracy")
  histories[[name]] <- model |> fit(
    x_train, y_train,
    epochs = 2, batch_size = 64,
    validation_data = list(x_val, y_val),
    verbose = 0
  )
}
sapply(histories, function(h) tail(h$metrics$val_loss, 1))
