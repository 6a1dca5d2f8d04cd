# The lesson on regularization, as an R user writes it: encode reviews, train five networks.
#
# Runs with R's keras3 package attached; inside pyreg with the bridge's verbs of the same names.

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
#' lesson_encode(list(c(1, 3, 3), 2), dimension = 4)
#' @export
lesson_encode <- function(sequences, dimension, column_base = 1L) {
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

# The five networks. Each takes a multi-hot row of `num_words` columns and returns the probability
# that the review is positive.

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

#' The five networks of the lesson
#'
#' @return A list of functions by name, the network that the others are compared with first. Each
#'   takes the number of words and returns a Keras model that is not compiled.
#' @examples
#' names(lesson_models())
#' \dontrun{
#' library(keras3)
#' lesson_models()$baseline(5000)
#' }
#' @export
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
#'
#' @param model A Keras model.
#' @return The model, invisibly.
#' @export
lesson_compile <- function(model) {
  model |> compile(
    optimizer = "adam",
    loss = "binary_crossentropy",
    metrics = c("accuracy", "binary_crossentropy")
  )
}

#' Train one network of the lesson
#'
#' Needs R's keras3 package attached.
#'
#' @param build One of [lesson_models()].
#' @param x_train,x_val Multi-hot matrices, as from [lesson_encode()].
#' @param y_train,y_val Labels, 0 or 1.
#' @param epochs Passes over the training reviews.
#' @param seed Seed of weights and shuffling; `NULL`: none, as in the lesson itself. With a seed
#'   Keras 3.15 repeats the same order of reviews in every epoch.
#' @return The training history; `as.data.frame()`, `plot()` and [compare_history()] take it.
#' @examples
#' \dontrun{
#' library(keras3)
#' reviews <- lesson_reviews()
#' history <- lesson_train(
#'   lesson_models()$baseline,
#'   reviews$x_train, reviews$y_train, reviews$x_val, reviews$y_val
#' )
#' compare_history(history, model = "baseline")
#' }
#' @export
lesson_train <- function(build, x_train, y_train, x_val, y_val, epochs = 20, seed = NULL) {
  if (!is.null(seed)) {
    set_random_seed(seed) # right before the first layer: Keras seeds layers in their order
  }
  model <- build(ncol(x_train)) |> lesson_compile()
  model |> fit(
    x_train,
    as_column(y_train),
    epochs = epochs,
    batch_size = 512,
    validation_data = list(x_val, as_column(y_val)),
    verbose = 2
  )
}

#' Load Keras' IMDB reviews and encode them
#'
#' Needs R's keras3 package attached. The first time the reviews are downloaded (17 MB).
#'
#' @param num_words Words kept, the most frequent ones: columns of the matrices.
#' @param num_reviews How many of each half; `NULL`: all 25,000.
#' @return A list: `x_train`, `y_train`, `x_val`, `y_val`. As in the lesson, the validation data
#'   are Keras' test reviews.
#' @export
lesson_reviews <- function(num_words = 5000L, num_reviews = NULL) {
  imdb <- dataset_imdb(num_words = num_words)
  chosen <- seq_len(if (is.null(num_reviews)) length(imdb$train$y) else num_reviews)
  list(
    x_train = lesson_encode(imdb$train$x[chosen], num_words),
    y_train = imdb$train$y[chosen],
    x_val = lesson_encode(imdb$test$x[chosen], num_words),
    y_val = imdb$test$y[chosen]
  )
}

#' Run the lesson: train networks and write their histories
#'
#' Needs R's keras3 package attached, and no pyreg.
#'
#' @param models Names of networks, of those that [lesson_models()] has; `NULL`: all.
#' @param epochs,seed As in [lesson_train()].
#' @param num_reviews As in [lesson_reviews()].
#' @param folder Where `NAME.csv`, the history as a table, and `NAME.rds`, the history itself, are
#'   written.
#' @return The histories, by name, invisibly.
#' @export
lesson_run <- function(models = NULL, epochs = 20L, seed = NULL, num_reviews = NULL,
                       folder = "lesson") {
  networks <- lesson_models()
  chosen <- if (is.null(models)) names(networks) else models
  unknown <- setdiff(chosen, names(networks))
  if (length(unknown) > 0L) {
    stop("got model '", unknown[[1L]], "', expected ", toString(names(networks)), call. = FALSE)
  }
  reviews <- lesson_reviews(num_reviews = num_reviews)
  dir.create(folder, showWarnings = FALSE, recursive = TRUE)
  histories <- list()
  for (name in chosen) {
    message("Training ", name)
    histories[[name]] <- lesson_train(
      networks[[name]],
      reviews$x_train, reviews$y_train, reviews$x_val, reviews$y_val,
      epochs = epochs, seed = seed
    )
    write_history(histories[[name]], file.path(folder, name))
  }
  invisible(histories)
}

write_history <- function(history, path) {
  utils::write.csv(as.data.frame(history), paste0(path, ".csv"), row.names = FALSE)
  saveRDS(history, paste0(path, ".rds"))
}

# Labels as a matrix of one column: Keras' cross-entropy metric takes no plain vector.
as_column <- function(labels) {
  matrix(as.integer(labels), ncol = 1L)
}
