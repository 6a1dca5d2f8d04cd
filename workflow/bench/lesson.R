# The lesson as an R tutorial writes it, for what it costs to record a script
library(keras3)

num_words <- 5000
imdb <- dataset_imdb(num_words = num_words)

multi_hot_sequences <- function(sequences, dimension) {
  results <- matrix(0, nrow = length(sequences), ncol = dimension)
  for (i in seq_along(sequences)) {
    results[i, sequences[[i]]] <- 1
  }
  results
}
train_data <- multi_hot_sequences(imdb$train$x, num_words)
test_data <- multi_hot_sequences(imdb$test$x, num_words)

build <- function(units, penalty = NULL, rate = 0) {
  model <- keras_model_sequential(input_shape = num_words)
  for (layer in 1:2) {
    model |> layer_dense(units = units, activation = "relu", kernel_regularizer = penalty)
    if (rate > 0) {
      model |> layer_dropout(rate)
    }
  }
  model |> layer_dense(units = 1, activation = "sigmoid")
  model |> compile(optimizer = "adam", loss = "binary_crossentropy", metrics = "accuracy")
  model
}

models <- list(
  baseline = build(16),
  smaller = build(4),
  bigger = build(512),
  l2 = build(16, regularizer_l2(0.001)),
  dropout = build(16, rate = 0.6)
)
histories <- lapply(models, function(model) {
  model |> fit(
    train_data, imdb$train$y,
    epochs = 20, batch_size = 512,
    validation_data = list(test_data, imdb$test$y),
    verbose = 0
  )
})
