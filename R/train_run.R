# Reviews and a run's settings in, the run's history and predictions out; called by pyreg.
#
# Needs lesson.R, build_model.R, front_end.R and the keras verbs.

#' Encode one half of the reviews
#'
#' @param indices Word indices of all reviews, one after the other.
#' @param offsets Where each review begins, counted from 0, and where the last one ends.
#' @param labels 0 or 1.
#' @return A list: `x`, a multi-hot matrix, and `y`, the labels as a matrix of one column.
encode_reviews <- function(indices, offsets, labels, num_words, column_base) {
  sequences <- as_sequences(indices, offsets)
  list(x = multi_hot_sequences(sequences, num_words, column_base), y = as_column(labels))
}

as_sequences <- function(indices, offsets) {
  lapply(seq_len(length(offsets) - 1L), function(i) {
    indices[seq.int(offsets[[i]] + 1, length.out = offsets[[i + 1L]] - offsets[[i]])]
  })
}

#' Train one network of the configuration
#'
#' @param spec,task See `build_model()`.
#' @param train,validation Each a list of two matrices with a row per sample, as from
#'   `encode_reviews()`: `x`, and the labels `y`.
#' @param job What pyreg adds to the fit: a Python object with `recorder`, a callback, and, where
#'   pyreg gives the order of the samples, `ordered_batches()`.
#' @return A list: `history`, the values of each metric by epoch, and `predictions`, a matrix with
#'   a row per validation sample and a column per output.
train_run <- function(spec, task, train, validation, seed, epochs, batch_size, job) {
  num_inputs <- ncol(train$x)
  num_batches <- ceiling(nrow(train$x) / batch_size)
  job <- as_keras_object(job)
  train <- lapply(train, as_samples)
  validation <- lapply(validation, as_samples)
  set_random_seed(seed)
  model <- build_model(spec, task, num_inputs) |> compile_model(spec, task)
  callbacks <- c(list(job$recorder), model_callbacks(spec))
  history <- if (job$gives_order) {
    model |> fit(
      job$ordered_batches(train$x, train$y),
      epochs = epochs,
      steps_per_epoch = num_batches,
      shuffle = FALSE, # the batches come shuffled
      validation_data = list(validation$x, validation$y),
      validation_batch_size = batch_size,
      callbacks = callbacks,
      verbose = 0
    )
  } else {
    model |> fit(
      train$x,
      train$y,
      epochs = epochs,
      batch_size = batch_size,
      validation_data = list(validation$x, validation$y),
      callbacks = callbacks,
      verbose = 0
    )
  }
  predictions <- model |> predict(validation$x, batch_size = batch_size, verbose = 0)
  list(history = history$metrics, predictions = predictions)
}
