# The keras3 verbs that the lesson uses, served by the bridge to Python where keras3 is absent.
#
# Same names, same argument names and defaults as in R's keras3 package, so that lesson.R runs
# with either. Needs bridge.R, except for the methods of a training history at the end.

# Models and layers ------------------------------------------------------------------------------

#' Start a sequential model
#'
#' @param input_shape Shape of one sample; here the number of words.
#' @return A Keras model, to be piped into layers.
keras_model_sequential <- function(input_shape = NULL, name = NULL) {
  model <- keras()$Sequential(name = name)
  if (!is.null(input_shape)) {
    model$add(keras()$Input(as.list(as.integer(input_shape))))
  }
  model
}

#' Add a layer
#'
#' @param object A model; without one the layer itself is returned.
#' @param units Number of units.
#' @param rate Fraction of the inputs that is set to zero in training.
#' @param groups Number of groups that the units are normalized in.
#' @param ... Further arguments of Keras' layer, by name.
layer_dense <- function(object, units, activation = NULL, ..., kernel_regularizer = NULL) {
  add_to(object, keras()$layers$Dense(
    as.integer(units),
    activation = activation,
    kernel_regularizer = kernel_regularizer,
    ...
  ))
}

layer_dropout <- function(object, rate, ...) {
  add_to(object, keras()$layers$Dropout(rate, ...))
}

layer_activation <- function(object, activation, ...) {
  add_to(object, keras()$layers$Activation(activation, ...))
}

layer_batch_normalization <- function(object, ...) {
  add_to(object, keras()$layers$BatchNormalization(...))
}

layer_layer_normalization <- function(object, ...) {
  add_to(object, keras()$layers$LayerNormalization(...))
}

layer_group_normalization <- function(object, groups = 32L, ...) {
  add_to(object, keras()$layers$GroupNormalization(as.integer(groups), ...))
}

#' Penalties on a layer's weights
#'
#' @param l1,l2 Factor of the sum of absolute values, of the sum of squares.
regularizer_l1 <- function(l1 = 0.01) {
  keras()$regularizers$L1(l1)
}

regularizer_l2 <- function(l2 = 0.01) {
  keras()$regularizers$L2(l2)
}

regularizer_l1_l2 <- function(l1 = 0.01, l2 = 0.01) {
  keras()$regularizers$L1L2(l1, l2)
}

# Training ---------------------------------------------------------------------------------------

#' Optimizers
#'
#' @param learning_rate Step size.
#' @param weight_decay Share of the step size by which each weight shrinks in each step.
#' @param ... Further arguments of Keras' optimizer, by name, such as `momentum`.
optimizer_adam <- function(learning_rate = 0.001, ...) {
  keras()$optimizers$Adam(learning_rate, ...)
}

optimizer_adamw <- function(learning_rate = 0.001, weight_decay = 0.004, ...) {
  keras()$optimizers$AdamW(learning_rate, weight_decay, ...)
}

optimizer_sgd <- function(learning_rate = 0.01, ...) {
  keras()$optimizers$SGD(learning_rate, ...)
}

optimizer_rmsprop <- function(learning_rate = 0.001, ...) {
  keras()$optimizers$RMSprop(learning_rate, ...)
}

optimizer_adadelta <- function(learning_rate = 0.001, ...) {
  keras()$optimizers$Adadelta(learning_rate, ...)
}

#' End training when a value no longer improves
#'
#' @param monitor Name of the value; those of validation begin with `val_`.
#' @param patience Epochs without improvement that are waited for.
#' @param mode Whether "min" or "max" is better; "auto": as the name suggests.
#' @param ... Further arguments of Keras' `EarlyStopping`, by name.
callback_early_stopping <- function(monitor = "val_loss", ..., patience = 0L, mode = "auto",
                                    restore_best_weights = FALSE) {
  keras()$callbacks$EarlyStopping(
    monitor = monitor,
    patience = as.integer(patience),
    mode = mode,
    restore_best_weights = restore_best_weights,
    ...
  )
}

#' Seed R's, Python's, NumPy's and the backend's random numbers
set_random_seed <- function(seed) {
  set.seed(seed)
  keras()$utils$set_random_seed(as.integer(seed))
}

#' Configure a model for training
#'
#' @param metrics Names of metrics.
compile <- function(object, optimizer = "rmsprop", loss = NULL, metrics = NULL, ...) {
  object$compile(optimizer = optimizer, loss = loss, metrics = as.list(metrics), ...)
  invisible(object)
}

#' Train a model
#'
#' @param x,y Matrices with a row per sample; or `x` a Python iterator of batches.
#' @param callbacks A list of Keras callbacks.
#' @param validation_data `list(x, y)`.
#' @param ... Further arguments of Keras' `fit`, by name.
#' @return A `keras_training_history`, invisibly.
fit <- function(object, x = NULL, y = NULL, ..., batch_size = NULL, epochs = 1L, callbacks = NULL,
                validation_data = NULL, steps_per_epoch = NULL, validation_batch_size = NULL,
                verbose = "auto") {
  history <- object$fit(
    x = as_input(x),
    y = as_input(y),
    batch_size = as_count(batch_size),
    epochs = as_count(epochs),
    callbacks = callbacks,
    validation_data = as_input(validation_data),
    steps_per_epoch = as_count(steps_per_epoch),
    validation_batch_size = as_count(validation_batch_size),
    verbose = verbose,
    ...
  )
  history <- list(params = history$params, metrics = history$history)
  invisible(structure(history, class = "keras_training_history"))
}

#' Predict
#'
#' @return A matrix with a row per sample.
#' @export
predict.python_object <- function(object, x, ..., batch_size = NULL, verbose = "auto") {
  object$predict(as_input(x), batch_size = as_count(batch_size), verbose = verbose, ...)
}

#' Loss and metrics on data
#'
#' @return A named list.
evaluate <- function(object, x = NULL, y = NULL, ..., batch_size = NULL, verbose = "auto") {
  object$evaluate(
    as_input(x), as_input(y),
    batch_size = as_count(batch_size), verbose = verbose, return_dict = TRUE, ...
  )
}

#' A model's weights, kernels and biases in the model's order
#'
#' @return A list of matrices and vectors.
get_weights <- function(object) {
  object$get_weights()
}

# Helpers ----------------------------------------------------------------------------------------

keras <- function() {
  import_python("keras")
}

#' Add a layer to a model, or return it where there is no model
#'
#' Keras draws the seeds of layers in the order they are made, and R evaluates arguments only when
#' they are used: left to itself, a pipe would make its last layer first.
add_to <- function(object, layer) {
  if (missing(object)) {
    return(layer)
  }
  force(object)
  object$add(layer)
  invisible(object)
}

as_count <- function(x) {
  if (is.null(x)) NULL else as.integer(x)
}

#' Data as Keras takes it: arrays stay in Python, lists are taken apart
as_input <- function(x) {
  if (is.null(x) || inherits(x, "python_object")) {
    x
  } else if (is.list(x)) {
    lapply(x, as_input)
  } else {
    numpy_array(x)
  }
}

# Training histories -----------------------------------------------------------------------------

#' A training history as a data frame
#'
#' @return A row per epoch, metric and data set: `epoch` (from 1), `value`, `metric`, and `data`
#'   ("training" or "validation"). Epochs that were not reached have the value `NA`.
#' @export
as.data.frame.keras_training_history <- function(x, ...) {
  names <- names(x$metrics)
  epochs <- seq_len(x$params$epochs)
  values <- lapply(x$metrics, function(values) as.numeric(values)[epochs])
  metric <- sub("^val_", "", names)
  data <- ifelse(startsWith(names, "val_"), "validation", "training")
  data.frame(
    epoch = rep(epochs, times = length(names)),
    value = unlist(values, use.names = FALSE),
    metric = factor(rep(metric, each = length(epochs)), levels = unique(metric)),
    data = factor(rep(data, each = length(epochs)), levels = c("training", "validation"))
  )
}

#' @export
print.keras_training_history <- function(x, ...) {
  epochs <- length(x$metrics[[1L]])
  last <- vapply(x$metrics, function(values) as.numeric(values)[[epochs]], numeric(1))
  cat("Trained for ", epochs, " epochs. In the last one:\n", sep = "")
  cat(paste0(formatC(names(last), width = max(nchar(names(last)))), ": ",
             formatC(last, digits = 4, format = "f"), "\n"), sep = "")
  invisible(x)
}

#' Curves of a training history
#'
#' @return A ggplot; without ggplot2 `NULL`, and the curves are drawn with base graphics.
#' @export
plot.keras_training_history <- function(x, ...) {
  history <- as.data.frame(x)
  if (!requireNamespace("ggplot2", quietly = TRUE)) {
    return(plot_with_base(history, ...))
  }
  ggplot2::ggplot(history, ggplot2::aes(epoch, value, colour = data, fill = data)) +
    ggplot2::geom_line(na.rm = TRUE) +
    ggplot2::geom_point(shape = 21, colour = "black", na.rm = TRUE) +
    ggplot2::facet_grid(metric ~ ., switch = "y", scales = "free_y") +
    ggplot2::labs(x = "epoch", y = NULL)
}

plot_with_base <- function(history, ...) {
  metrics <- levels(history$metric)
  before <- graphics::par(mfrow = c(length(metrics), 1L), mar = c(4, 4, 1, 1))
  on.exit(graphics::par(before))
  for (metric in metrics) {
    rows <- history[history$metric == metric, ]
    plot(rows$epoch, rows$value, pch = c(19, 1)[rows$data], xlab = "epoch", ylab = metric, ...)
    graphics::legend("topright", levels(rows$data), pch = c(19, 1), bty = "n")
  }
  invisible(NULL)
}
