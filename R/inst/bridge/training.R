# keras3's verbs for training: compile, fit, evaluate, predict, and the history that fit returns.

# Seeds ------------------------------------------------------------------------------------------

#' Seed R's, Python's, NumPy's and the backend's random numbers
set_random_seed <- function(seed) {
  seed <- as_whole(seed)
  set.seed(seed)
  python_symbol("keras.utils.set_random_seed")(seed)
}

# Compile ----------------------------------------------------------------------------------------

#' Configure a model for training
#'
#' @param optimizer,loss,metrics Names, Keras objects or R functions; of metrics also a list.
compile <- function(object, optimizer = "rmsprop", loss = NULL, metrics = NULL, ...,
                    loss_weights = NULL, weighted_metrics = NULL, run_eagerly = FALSE,
                    steps_per_execution = 1L, jit_compile = "auto", auto_scale_loss = TRUE) {
  given <- all_named(list(verb = "compile"), arguments_given(sys.nframe(), except = "object"))
  convert <- list(
    optimizer = function(x) as_python(x, prefer_class = TRUE),
    loss = function(x) as_loss(x, "custom_loss"),
    metrics = function(x) as_list(as_loss(x, "custom_metric")),
    weighted_metrics = function(x) as_list(as_loss(x, "custom_metric")),
    loss_weights = as.list,
    steps_per_execution = as_whole
  )
  do.call(object$compile, converted(given, convert))
  invisible(object)
}

converted <- function(given, convert) {
  for (name in intersect(names(given), names(convert))) {
    given[name] <- list(convert[[name]](given[[name]]))
  }
  given
}

# A loss or metric, or several; an R function is known by `name`.
as_loss <- function(x, name) {
  if (is.character(x) && length(x) > 1L) {
    return(as.list(x))
  }
  if (is.list(x)) {
    parts <- names(x) %||% seq_along(x)
    named <- paste(name, ifelse(nzchar(parts), parts, seq_along(x)), sep = "_")
    return(stats::setNames(Map(as_loss, x, named), names(x)))
  }
  as_python(x, name, prefer_class = FALSE)
}

# Fit, evaluate, predict -------------------------------------------------------------------------

#' Train a model
#'
#' @param x,y Arrays with a row per sample, lists of them, a dataset, or `x` a function that returns
#'   one batch, `list(x, y)`, after the other.
#' @param validation_data `list(x, y)`.
#' @param view_metrics Is ignored: no viewer is here.
#' @return A `keras_training_history`, invisibly.
fit <- function(object, x = NULL, y = NULL, ..., batch_size = NULL, epochs = 1L,
                callbacks = NULL, validation_split = 0, validation_data = NULL, shuffle = TRUE,
                class_weight = NULL, sample_weight = NULL, initial_epoch = 1L,
                steps_per_epoch = NULL, validation_steps = NULL, validation_batch_size = NULL,
                validation_freq = 1L, verbose = getOption("keras.verbose", default = "auto"),
                view_metrics = getOption("keras.view_metrics", default = "auto")) {
  given <- all_named(list(verb = "fit"), arguments_given(sys.nframe(), except = "object"))
  given$verbose <- verbose
  given$view_metrics <- given$class_names <- NULL
  data <- input_of(object)
  given <- converted(with_new_names(list(verb = "fit"), given), list(
    x = data, y = data, validation_data = data,
    sample_weight = function(x) data(if (is.null(x)) x else as.array(x)),
    batch_size = as_whole, validation_batch_size = as_whole, epochs = as_whole,
    initial_epoch = as_index, steps_per_epoch = as_whole, validation_steps = as_whole,
    validation_freq = as_whole, class_weight = as_class_weight, callbacks = as_callbacks,
    verbose = as_whole
  ))
  as_history(run_with_generators(object, "fit", given))
}

as_history <- function(trained) {
  history <- list(params = trained$params, metrics = trained$history)
  invisible(structure(history, class = "keras_training_history"))
}

#' Loss and metrics on data
#'
#' @return A named list.
evaluate <- function(object, x = NULL, y = NULL, ..., batch_size = NULL,
                     verbose = getOption("keras.verbose", default = "auto"), sample_weight = NULL,
                     steps = NULL, callbacks = NULL) {
  given <- all_named(list(verb = "evaluate"), arguments_given(sys.nframe(), except = "object"))
  given$verbose <- verbose
  given$return_dict <- TRUE
  data <- input_of(object)
  run_with_generators(object, "evaluate", converted(given, list(
    x = data, y = data, sample_weight = data, batch_size = as_whole, steps = as_whole,
    callbacks = as_callbacks, verbose = as_whole
  )))
}

#' Predict
#'
#' @return An array with a row per sample.
#' @export
predict.python_object <- function(object, x, ..., batch_size = NULL,
                                  verbose = getOption("keras.verbose", default = "auto"),
                                  steps = NULL, callbacks = NULL) {
  given <- all_named(list(verb = "predict"), arguments_given(sys.nframe(), except = "object"))
  given$verbose <- verbose
  run_with_generators(object, "predict", converted(given, list(
    x = input_of(object), batch_size = as_whole, steps = as_whole, callbacks = as_callbacks,
    verbose = as_whole
  )))
}

train_on_batch <- function(object, x, y = NULL, sample_weight = NULL, class_weight = NULL) {
  given <- lapply(list(x, y, sample_weight), as_array)
  weight <- as_class_weight(class_weight)
  alone(object$train_on_batch(
    given[[1L]], given[[2L]], given[[3L]], class_weight = weight, return_dict = TRUE
  ))
}

test_on_batch <- function(object, x, y = NULL, sample_weight = NULL, ...) {
  given <- lapply(list(x, y, sample_weight), as_array)
  alone(object$test_on_batch(given[[1L]], given[[2L]], given[[3L]], ..., return_dict = TRUE))
}

predict_on_batch <- function(object, x) {
  object$predict_on_batch(as_array(x))
}

alone <- function(result) {
  if (length(result) == 1L) result[[1L]] else result
}

#' How a model is handed data: doubles in the precision in which it computes
#'
#' Whole numbers and truth values keep their types; a factor becomes its codes, counted from 0; an R
#' function stays one.
input_of <- function(model) {
  precision <- python("get or", model, "input_dtype", NULL) %||%
    python_symbol("keras.config.floatx")()
  as_input <- function(x) {
    if (is.null(x) || is_python(x)) {
      return(x)
    }
    if (is.function(x)) {
      return(function() unname(as_input(x())))
    }
    if (is.factor(x)) {
      x <- array(as.integer(x) - 1L, dim(x) %||% length(x))
    }
    if (is.list(x)) {
      return(lapply(x, as_input))
    }
    is_fitting <- (is.double(x) && grepl("float", precision)) ||
      (is.integer(x) && grepl("int", precision))
    numpy_array(x, if (is_fitting) precision)
  }
  as_input
}

# Names of classes are numbers as text in R, such as list("0" = 1, "1" = 2).
as_class_weight <- function(weights) {
  if (is.null(weights) || is_python(weights)) {
    return(weights)
  }
  if (is.null(names(weights))) {
    stop("got class weights without names, expected list(\"0\" = 1, \"1\" = 2)", call. = FALSE)
  }
  python("dict", as.list(as.integer(names(weights))), unname(as.list(weights)))
}

as_callbacks <- function(callbacks) {
  if (is.null(callbacks)) {
    return(NULL)
  }
  unname(lapply(as_list(callbacks), as_callback))
}

#' Call a model's method; Python draws its batches from R functions among the data
run_with_generators <- function(object, method, given) {
  python("train", object, method, given)
}
