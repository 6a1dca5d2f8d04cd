# keras3's verbs for whole models: make, look into, freeze, save and load them.

# Making -----------------------------------------------------------------------------------------

#' Start a sequential model
#'
#' @param input_shape Shape of one sample, such as 5000 or `c(28, 28, 1)`.
#' @return A Keras model, to be piped into layers.
keras_model_sequential <- function(input_shape = NULL, name = NULL, ..., input_dtype = NULL,
                                   input_batch_size = NULL, input_sparse = NULL,
                                   input_ragged = NULL, input_batch_shape = NULL,
                                   input_name = NULL, input_tensor = NULL, input_optional = FALSE,
                                   trainable = TRUE, layers = list()) {
  given <- all_named(list(verb = "keras_model_sequential"), arguments_given(sys.nframe()))
  of_model <- names(given) %in% c("layers", "name", "trainable")
  model <- given[of_model]
  model$layers <- c(if (any(!of_model)) list(input_layer(given[!of_model])), as_list(model$layers))
  call_symbol("keras.Sequential", model[lengths(model) > 0L])
}

# An InputLayer rather than an Input, as keras3 makes one: it is a layer like the others.
input_layer <- function(given) {
  if (is_layer(given$input_shape)) {
    stop("keras_model_sequential() got a layer as `input_shape`; pass `layers = ` by its name",
         call. = FALSE)
  }
  names(given) <- sub("^input_", "", sub("^batch_input_shape$", "batch_shape", names(given)))
  names(given)[names(given) == "layer_name"] <- "name"
  convert <- c(shape = "shape", batch_shape = "shape", batch_size = "int")
  verb <- list(verb = "keras_model_sequential", convert = convert, rename = character())
  call_symbol("keras.layers.InputLayer", prepare(verb, given))
}

keras_model <- function(inputs = NULL, outputs = NULL, ...) {
  alone <- function(x) if (is.list(x) && is.null(names(x)) && length(x) == 1L) x[[1L]] else x
  call_symbol("keras.Model", list(inputs = alone(inputs), outputs = alone(outputs), ...))
}

layer_multi_head_attention <- function(inputs, num_heads, key_dim, value_dim = NULL, dropout = 0,
                                       use_bias = TRUE, output_shape = NULL,
                                       attention_axes = NULL, flash_attention = NULL,
                                       kernel_initializer = "glorot_uniform",
                                       bias_initializer = "zeros", kernel_regularizer = NULL,
                                       bias_regularizer = NULL, activity_regularizer = NULL,
                                       kernel_constraint = NULL, bias_constraint = NULL,
                                       seed = NULL, ...) {
  verb <- verbs[["layer_multi_head_attention"]]
  which <- sys.nframe()
  given <- layer_arguments(prepare(verb, arguments_given(which, except = "inputs")))
  inputs <- as_list(held(which, "inputs")())
  layer <- call_symbol(verb$symbol, given)
  if (length(inputs) == 0L) layer else do.call(layer, inputs)
}

layer_pipeline <- function(layers, name = NULL) {
  call_symbol("keras.layers.Pipeline", list(layers = layers, name = name))
}

rnn_cells_stack <- function(cells, ...) {
  given <- list(...)
  is_named <- nzchar(names(given) %||% character(length(given)))
  cells <- c(if (!missing(cells)) as_list(cells), unname(given[!is_named]))
  call_symbol("keras.layers.StackedRNNCells", c(list(cells = cells), given[is_named]))
}

# Looking into -----------------------------------------------------------------------------------

#' A model's or layer's weights, kernels and biases in the model's order
#'
#' @return A list of arrays.
get_weights <- function(object, trainable = NA) {
  if (is.na(trainable)) {
    return(object$get_weights())
  }
  lapply(if (trainable) object$trainable_weights else object$non_trainable_weights, as.array)
}

set_weights <- function(object, weights) {
  object$set_weights(unname(lapply(weights, function(x) if (is_python(x)) x else as.array(x))))
  invisible(object)
}

get_config <- function(object) {
  structure(object$get_config(), `__class__` = object$`__class__`)
}

from_config <- function(config, custom_objects = NULL) {
  class <- attr(config, "__class__")
  attr(config, "__class__") <- NULL
  given <- list(config = config)
  given$custom_objects <- as_custom_objects(custom_objects)
  do.call(class$from_config, given)
}

get_state_tree <- function(object, value_format = "backend_tensor") {
  as_array <- value_format %in% c("array", "r_array", "numpy_array")
  object$get_state_tree(if (as_array) "numpy_array" else value_format)
}

reset_state <- function(object) {
  object$reset_state()
  invisible(object)
}

#' Draw a model, as far as Graphviz is installed
#' @export
plot.python_object <- function(x, ..., to_file = NULL) {
  file <- to_file %||% tempfile(fileext = ".png")
  python_symbol("keras.utils.plot_model")(x, to_file = file, ...)
  if (is.null(to_file)) {
    image <- grDevices::as.raster(png::readPNG(file))
    graphics::plot.new()
    graphics::rasterImage(image, 0, 0, 1, 1)
  }
  invisible()
}

# Freezing ---------------------------------------------------------------------------------------

#' Keep weights from changing in training, or let them change again
#'
#' @param from,to First and last layer: a name, a number counted from 1 (below 0: from the end), or
#'   a layer. All layers outside are set the other way round.
#' @param which Layers instead: names, numbers, layers, or a function that tells by `TRUE`.
freeze_weights <- function(object, from = NULL, to = NULL, which = NULL) {
  chosen <- chosen_layers(object, from, to, which)
  set_trainable(object, chosen, FALSE)
}

unfreeze_weights <- function(object, from = NULL, to = NULL, which = NULL) {
  object$trainable <- TRUE
  chosen <- chosen_layers(object, from, to, which)
  if (is.null(chosen)) invisible(object) else set_trainable(object, chosen, TRUE)
}

set_trainable <- function(object, chosen, trainable) {
  if (is.null(chosen)) {
    object$trainable <- trainable
    return(invisible(object))
  }
  object$trainable <- TRUE
  layers <- object$layers
  for (i in seq_along(layers)) {
    layers[[i]]$trainable <- if (i %in% chosen) trainable else !trainable
  }
  invisible(object)
}

# Numbers of the layers, `NULL` if none are named.
chosen_layers <- function(object, from, to, which) {
  if (!is.null(which) && !(is.null(from) && is.null(to))) {
    stop("got `which` and `from` or `to`, expected one of them", call. = FALSE)
  }
  layers <- python("get or", object, "layers", NULL) # a layer may have none of its own
  names <- vapply(layers, function(layer) layer$name, "")
  if (is.null(which)) {
    ends <- if (!is.null(from) || !is.null(to)) list(from %||% 1L, to %||% length(layers))
    chosen <- vapply(ends, layer_number, numeric(1L), names)
    return(if (length(chosen) > 0L) seq(chosen[[1L]], chosen[[2L]]))
  }
  if (is.function(which)) {
    which <- vapply(layers, which, logical(1L))
  }
  if (is.logical(which)) base::which(which) else vapply(which, layer_number, numeric(1L), names)
}

layer_number <- function(x, names) {
  if (is_python(x)) {
    x <- x$name
  }
  if (is.character(x)) match(x, names) else if (x < 0) length(names) + x + 1 else x
}

# Saving and loading -----------------------------------------------------------------------------

save_model <- function(model, filepath = NULL, overwrite = FALSE, zipped = NULL, ...) {
  path <- filepath %||% tempfile(fileext = ".keras")
  given <- list(model, path, overwrite = may_overwrite(path, overwrite))
  if (!is.null(zipped)) {
    given$zipped <- zipped
  }
  do.call(python_symbol("keras.saving.save_model"), given)
  if (!is.null(filepath)) {
    return(invisible(model))
  }
  on.exit(unlink(path))
  readBin(path, "raw", file.size(path))
}

load_model <- function(model, custom_objects = NULL, compile = TRUE, safe_mode = TRUE) {
  given <- prepare(
    list(convert = c(custom_objects = "objects"), rename = character(), verb = "load_model"),
    arguments_given(sys.nframe(), except = "model")
  )
  path <- model
  if (is.raw(model)) {
    path <- tempfile(fileext = ".keras")
    on.exit(unlink(path))
    writeBin(model, path)
  }
  do.call(python_symbol("keras.saving.load_model"), c(list(path), given))
}

save_model_weights <- function(model, filepath, overwrite = FALSE, max_shard_size = NULL) {
  given <- list(filepath, overwrite = may_overwrite(filepath, overwrite))
  given$max_shard_size <- max_shard_size
  do.call(model$save_weights, given)
  invisible(model)
}

load_model_weights <- function(model, filepath, skip_mismatch = FALSE, ...) {
  given <- arguments_given(sys.nframe(), except = c("model", "filepath"))
  do.call(model$load_weights, c(list(filepath), given))
  invisible(model)
}

save_model_config <- function(model, filepath = NULL, overwrite = FALSE) {
  json <- model$to_json()
  if (is.null(filepath)) {
    return(json)
  }
  may_overwrite(filepath, overwrite)
  writeLines(json, filepath)
  invisible(model)
}

load_model_config <- function(filepath, custom_objects = NULL) {
  json <- paste(readLines(filepath), collapse = "\n")
  python_symbol("keras.models.model_from_json")(json, as_custom_objects(custom_objects))
}

export_savedmodel <- function(object, export_dir_base, ..., format = "tf_saved_model",
                              verbose = NULL, input_signature = NULL) {
  given <- arguments_given(sys.nframe(), except = c("object", "export_dir_base", "format"))
  do.call(object$export, c(list(export_dir_base), given, format = format))
  invisible(object)
}

may_overwrite <- function(path, overwrite) {
  if (!isTRUE(overwrite) && file.exists(path)) {
    stop("'", path, "' exists; pass overwrite = TRUE to replace it", call. = FALSE)
  }
  overwrite
}

# Objects of the user's own ----------------------------------------------------------------------

register_keras_serializable <- function(object, name = NULL, package = NULL) {
  made <- as_python(object, name %||% deparse1(substitute(object)))
  register <- python_symbol("keras.saving.register_keras_serializable")
  registered <- register(package %||% "Custom", name)(made)
  if (is_class_maker(object)) object else registered
}

get_registered_name <- function(obj) {
  python_symbol("keras.saving.get_registered_name")(as_python(obj))
}

set_custom_objects <- function(objects = named_list(), clear = TRUE) {
  held <- python("kept call", python_symbol("keras.saving.get_custom_objects"), list(), list())
  before <- python("value", held)
  if (clear) {
    held$clear()
  }
  for (name in names(objects)) {
    register_keras_serializable(objects[[name]], name)
  }
  invisible(before)
}

with_custom_object_scope <- function(objects, expr) {
  scope <- python_symbol("keras.saving.custom_object_scope")(as_custom_objects(objects))
  scope$`__enter__`()
  on.exit(scope$`__exit__`(NULL, NULL, NULL))
  force(expr)
}

# Pretrained networks ----------------------------------------------------------------------------

with_application <- function(model, symbol) {
  module <- sub(".*[.]", "", python_symbol(symbol)$`__module__`)
  structure(model, application = paste0("keras.applications.", module))
}

of_application <- function(model, name) {
  module <- attr(model, "application")
  if (is.null(module)) {
    stop("got a model that no application_*() made; take the functions of keras$applications",
         call. = FALSE)
  }
  python_symbol(paste0(module, ".", name))
}

application_preprocess_inputs <- function(model, x, ..., data_format = NULL) {
  preprocess <- of_application(model, "preprocess_input")
  on <- function(x, ...) preprocess(as_floats(x), data_format = data_format, ...)
  if (missing(x)) on else on(x, ...)
}

application_decode_predictions <- function(model, preds, top = 5L, ...) {
  decode <- of_application(model, "decode_predictions")
  on <- function(preds, ...) as_classes(decode(preds, top = as_whole(top), ...))
  if (missing(preds)) on else on(preds, ...)
}

application_nasnetlarge <- function(...) application_nasnet_large(...)
application_nasnetmobile <- function(...) application_nasnet_mobile(...)

imagenet_preprocess_input <- function(x, data_format = NULL, mode = "caffe") {
  given <- arguments_given(sys.nframe(), except = "x")
  preprocess <- python_symbol("keras.applications.imagenet_utils.preprocess_input")
  do.call(preprocess, c(list(as_floats(x)), given))
}

imagenet_decode_predictions <- function(preds, top = 5) {
  decode <- python_symbol("keras.applications.imagenet_utils.decode_predictions")
  as_classes(decode(preds, top = as_whole(top)))
}

as_classes <- function(decoded) {
  lapply(decoded, function(rows) {
    column <- function(i, type) vapply(rows, function(row) row[[i]], type)
    data.frame(
      class_name = column(1L, ""), class_description = column(2L, ""), score = column(3L, 0)
    )
  })
}

generate <- function(x, ...) {
  x$generate(...)
}
