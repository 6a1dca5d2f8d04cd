# The lesson on regularization, as an R user writes it: encode reviews, train five networks.
#
# Runs with R's keras3 package attached, or with keras_verbs.R in its place. Sourcing this file
# only defines functions; run_lesson.R runs them.

#' Multi-hot encode sequences of word indices
#'
#' Presence of words: neither one-hot nor counts. Word index k fills column k counted from 1;
#' Python ports fill column k counted from 0, R's column k + 1. The information is the same, but
#' every word then starts with another word's initial weights.
#'
#' @param sequences A list of integer vectors, one per review; an empty one gives a row of zeros.
#' @param dimension Number of words: columns of the matrix.
#' @param column_base 1: as in R; 0: as in Python ports.
#' @return An integer matrix, `length(sequences)` by `dimension`, of 0 and 1.
#' @examples
#' # multi_hot_sequences(list(c(1, 3, 3), 2), dimension = 4)
multi_hot_sequences <- function(sequences, dimension, column_base = 1L) {
  check_sequences(sequences, dimension, column_base)
  shift <- 1L - as.integer(column_base)
  results <- matrix(0L, nrow = length(sequences), ncol = dimension)
  for (i in seq_along(sequences)) {
    results[i, sequences[[i]] + shift] <- 1L
  }
  results
}

check_sequences <- function(sequences, dimension, column_base) {
  if (!is.list(sequences)) {
    stop("got ", class(sequences)[[1L]], ", expected a list with a vector of word indices per ",
         "review; split a matrix with asplit(x, 1)", call. = FALSE)
  }
  # Left to itself R drops an index of 0 without a word.
  lowest <- column_base
  highest <- dimension - 1L + column_base
  words <- unlist(sequences)
  if (length(words) == 0L || (min(words) >= lowest && max(words) <= highest)) {
    return(invisible())
  }
  is_wrong <- vapply(sequences, function(s) any(s < lowest | s > highest), logical(1))
  i <- which(is_wrong)[[1L]]
  wrong <- sequences[[i]][sequences[[i]] < lowest | sequences[[i]] > highest][[1L]]
  stop(
    "review ", i, " holds word index ", wrong, ", expected ", lowest, " to ", highest,
    "; reload the data with fewer words, or choose a larger dimension",
    call. = FALSE
  )
}

#' The five networks of the lesson
#'
#' Each takes a multi-hot row of `num_words` columns and returns the probability that the review
#' is positive.
build_baseline <- function(num_words) {
  keras_model_sequential(input_shape = num_words) |>
    layer_dense(units = 16, activation = "relu") |>
    layer_dense(units = 16, activation = "relu") |>
    layer_dense(units = 1, activation = "sigmoid")
}

build_smaller <- function(num_words) {
  keras_model_sequential(input_shape = num_words) |>
    layer_dense(units = 4, activation = "relu") |>
    layer_dense(units = 4, activation = "relu") |>
    layer_dense(units = 1, activation = "sigmoid")
}

build_bigger <- function(num_words) {
  keras_model_sequential(input_shape = num_words) |>
    layer_dense(units = 512, activation = "relu") |>
    layer_dense(units = 512, activation = "relu") |>
    layer_dense(units = 1, activation = "sigmoid")
}

build_l2 <- function(num_words) {
  keras_model_sequential(input_shape = num_words) |>
    layer_dense(units = 16, activation = "relu", kernel_regularizer = regularizer_l2(0.001)) |>
    layer_dense(units = 16, activation = "relu", kernel_regularizer = regularizer_l2(0.001)) |>
    layer_dense(units = 1, activation = "sigmoid")
}

build_dropout <- function(num_words) {
  keras_model_sequential(input_shape = num_words) |>
    layer_dense(units = 16, activation = "relu") |>
    layer_dropout(0.6) |>
    layer_dense(units = 16, activation = "relu") |>
    layer_dropout(0.6) |>
    layer_dense(units = 1, activation = "sigmoid")
}

#' The lesson's networks by name, the one the others are compared with first
lesson_models <- function() {
  list(
    baseline = build_baseline,
    smaller = build_smaller,
    bigger = build_bigger,
    l2 = build_l2,
    dropout = build_dropout
  )
}

#' Compile a network of the lesson
#'
#' The loss counts the L2 penalty, on validation data too; the cross-entropy alone is a metric, and
#' models are compared on that.
compile_lesson <- function(model) {
  model |> compile(
    optimizer = "adam",
    loss = "binary_crossentropy",
    metrics = c("accuracy", "binary_crossentropy")
  )
}

#' Train one network of the lesson
#'
#' @param build One of `lesson_models()`.
#' @param x_train,x_val Multi-hot matrices.
#' @param y_train,y_val Labels, 0 or 1.
#' @param seed Seed of weights and shuffling; `NULL`: none, as in the lesson itself.
#' @return The training history; `as.data.frame()` and `plot()` take it.
train_lesson <- function(build, x_train, y_train, x_val, y_val, epochs = 20, seed = NULL) {
  if (!is.null(seed)) {
    set_random_seed(seed) # right before the first layer: Keras seeds layers in their order
  }
  model <- build(ncol(x_train)) |> compile_lesson()
  model |> fit(
    x_train,
    as_column(y_train),
    epochs = epochs,
    batch_size = 512,
    validation_data = list(x_val, as_column(y_val)),
    verbose = 2
  )
}

#' Labels as a matrix of one column: Keras' cross-entropy metric takes no plain vector
as_column <- function(labels) {
  matrix(as.integer(labels), ncol = 1L)
}
