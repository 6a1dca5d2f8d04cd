# Reviews and a run's settings in, the run's history and predictions out; called by pyreg.
#
# Needs the lesson's functions, build_model() and the keras verbs.

#' Encode one half of the reviews
#'
#' @param indices Word indices of all reviews, one after the other.
#' @param offsets Where each review begins, counted from 0, and where the last one ends.
#' @param labels 0 or 1.
#' @return A list: `x`, a multi-hot matrix, and `y`, the labels as a matrix of one column.
encode_reviews <- function(indices, offsets, labels, num_words, column_base) {
  sequences <- as_sequences(indices, offsets)
  list(x = lesson_encode(sequences, num_words, column_base), y = as_column(labels))
}

#' Reviews as sequences of one length
#'
#' @param indices,offsets,labels See `encode_reviews()`.
#' @param maxlen,padding,truncating See `pad_sequences()`.
#' @return A list: `x`, a matrix of word indices with a row per review, and the labels `y`.
pad_reviews <- function(indices, offsets, labels, maxlen, padding, truncating) {
  sequences <- as_sequences(indices, offsets)
  x <- pad_sequences(sequences, maxlen, padding = padding, truncating = truncating)
  list(x = x, y = as_column(labels))
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

has_keras3 <- function() {
  "package:keras3" %in% search()
}

#' A Python object of the bridge as the verbs in use take it
#'
#' keras3 knows only reticulate's objects; both refer to the same object of the same Python.
as_keras_object <- function(object) {
  if (!has_keras3()) {
    return(object)
  }
  reticulate::import("pyreg.rbridge.objects")$look_up(attr(object, "handle")$number)
}

#' A matrix for Keras: whole numbers as bytes where they fit, others in single precision
#'
#' The network sees the same numbers; R's own types would take two to four times the memory,
#' several times.
as_samples <- function(x) {
  dtype <- if (is.double(x)) "float32" else if (max(x) > 255L) "int32" else "uint8"
  if (has_keras3()) {
    reticulate::np_array(x, dtype = dtype)
  } else {
    numpy_array(x, dtype = dtype)
  }
}
