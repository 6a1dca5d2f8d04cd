# Functions of R's older keras package that keras3 no longer has, where the table cannot say it.
#
# Each tells once what it became; the texts stand in inst/verbs/keras2.csv.

# Training ---------------------------------------------------------------------------------------

fit_generator <- function(object, generator, steps_per_epoch, epochs = 1,
                          verbose = getOption("keras.fit_verbose", default = 1), callbacks = NULL,
                          view_metrics = getOption("keras.view_metrics", default = "auto"),
                          validation_data = NULL, validation_steps = NULL, class_weight = NULL,
                          max_queue_size = 10, workers = 1, initial_epoch = 0) {
  given <- arguments_given(sys.nframe(), except = c("object", "max_queue_size", "workers"))
  names(given)[names(given) == "generator"] <- "x"
  do.call(fit, c(list(object), given), quote = TRUE)
}

evaluate_generator <- function(object, generator, steps, max_queue_size = 10, workers = 1,
                               callbacks = NULL) {
  evaluate(object, generator, steps = steps, callbacks = callbacks)
}

predict_generator <- function(object, generator, steps, max_queue_size = 10, workers = 1,
                              verbose = 0, callbacks = NULL) {
  stats::predict(object, generator, steps = steps, verbose = verbose, callbacks = callbacks)
}

predict_proba <- function(object, x, batch_size = NULL, verbose = 0, steps = NULL) {
  stats::predict(object, x, batch_size = batch_size, verbose = verbose, steps = steps)
}

#' The class of the largest probability, counted from 0; of one probability, whether it is above 0.5
predict_classes <- function(object, x, batch_size = NULL, verbose = 0, steps = NULL) {
  p <- predict_proba(object, x, batch_size, verbose, steps)
  columns <- ncol(p)
  if (columns > 1L) array(max.col(p, "first") - 1L, nrow(p)) else array(as.integer(p > 0.5), dim(p))
}

reset_states <- function(object) {
  layers <- if (is_model(object)) object$layers else list(object)
  for (layer in layers) {
    if (py_has_attr(layer, "reset_state")) layer$reset_state()
  }
  invisible(object)
}

use_session_with_seed <- function(seed, disable_gpu = TRUE, disable_parallel_cpu = TRUE,
                                  quiet = FALSE) {
  set_random_seed(seed)
}

# Models -----------------------------------------------------------------------------------------

# HDF5 files, whose names Keras 3 recognizes by their endings.
ending_in <- function(path, ending) {
  if (grepl(ending[[1L]], path)) path else paste0(sub("[.](h5|hdf5)$", "", path), ending[[2L]])
}
of_model <- c("[.](h5|hdf5|keras)$", ".h5")
of_weights <- c("[.]weights[.]h5$", ".weights.h5")

save_model_hdf5 <- function(object, filepath, overwrite = TRUE, include_optimizer = TRUE) {
  path <- ending_in(filepath, of_model)
  python_symbol("keras.saving.save_model")(
    object, path, overwrite = may_overwrite(path, overwrite), include_optimizer = include_optimizer
  )
  invisible(object)
}

load_model_hdf5 <- function(filepath, custom_objects = NULL, compile = TRUE) {
  load_model(ending_in(filepath, of_model), custom_objects, compile)
}

# A folder of TensorFlow's in keras 2; Keras 3 saves a file.
save_model_tf <- function(object, filepath, overwrite = TRUE, include_optimizer = TRUE,
                          signatures = NULL, options = NULL) {
  save_model(object, paste0(sub("[.]keras$", "", filepath), ".keras"), overwrite)
}

load_model_tf <- function(filepath, custom_objects = NULL, compile = TRUE) {
  load_model(paste0(sub("[.]keras$", "", filepath), ".keras"), custom_objects, compile)
}

save_model_weights_hdf5 <- function(object, filepath, overwrite = TRUE) {
  save_model_weights(object, ending_in(filepath, of_weights), overwrite)
}
save_model_weights_tf <- save_model_weights_hdf5

load_model_weights_hdf5 <- function(object, filepath, by_name = FALSE, skip_mismatch = FALSE,
                                    reshape = FALSE) {
  path <- ending_in(filepath, of_weights)
  load_model_weights(object, if (file.exists(path)) path else filepath)
}
load_model_weights_tf <- load_model_weights_hdf5

serialize_model <- function(model, include_optimizer = TRUE) {
  save_model(model)
}

unserialize_model <- function(model, custom_objects = NULL, compile = TRUE) {
  load_model(model, custom_objects, compile)
}

model_to_json <- function(object) {
  object$to_json()
}

model_from_json <- function(json, custom_objects = NULL) {
  python_symbol("keras.models.model_from_json")(json, as_custom_objects(custom_objects))
}

model_to_saved_model <- function(model, saved_model_path, custom_objects = NULL, as_text = FALSE,
                                 input_signature = NULL, serving_only = FALSE) {
  export_savedmodel(model, saved_model_path)
}

keras_model_custom <- function(model_fn, name = NULL) {
  Model("RModel", initialize = function(name = NULL) {
    super$initialize(name = name)
    self$call_in_r <- model_fn(self)
  }, call = function(inputs, mask = NULL, training = NULL) {
    f <- self$call_in_r
    given <- list(inputs, mask = mask, training = training)
    do.call(f, given[names(given) %in% c("", names(formals(f)))])
  })(name = name)
}

layer_stacked_rnn_cells <- function(cells, ...) {
  rnn_cells_stack(cells, ...)
}

layer_activation_selu <- function(object, ...) {
  if (missing(object)) layer_activation(activation = "selu", ...)
  else layer_activation(object, "selu", ...)
}

layer_activation_thresholded_relu <- function(object, theta = 1, ...) {
  if (missing(object)) layer_activation_relu(threshold = theta, ...)
  else layer_activation_relu(object, threshold = theta, ...)
}

# Classes of R6 ----------------------------------------------------------------------------------

create_layer <- function(layer_class, object, args = list()) {
  # An R6 class takes what its initialize() takes; every layer has a name, and can be frozen.
  of_layer <- if (is_r6_generator(layer_class)) args[intersect(names(args), c("name", "trainable"))]
  args[names(of_layer)] <- NULL
  made <- make_object(as_python(layer_class), layer_arguments(args))
  for (name in names(Filter(Negate(is.null), of_layer))) {
    python("set", made, name, of_layer[[name]])
  }
  compose(if (missing(object)) NULL else object, made)
}

create_layer_wrapper <- function(Layer, modifiers = NULL, convert = TRUE) { # nolint
  class_maker(as_python(Layer), list(), composes = TRUE)
}

#' What KerasCallback, KerasLayer, ... are: R6 classes to inherit from
r6_base <- function(name) {
  if (!requireNamespace("R6", quietly = TRUE)) {
    stop(name, " needs R's package R6, which is not installed here; ",
         "install.packages(\"R6\"), or write the class with ", spellings$became[[name]],
         call. = FALSE)
  }
  fields <- if (name == "KerasCallback") list(params = NULL, model = NULL)
  R6::R6Class(name, public = c(fields, list(name = NULL)), lock_objects = FALSE)
}

#' A callback for Keras: of an R6 object, which is told of its model and parameters, a Python one
as_callback <- function(callback) {
  if (!inherits(callback, "R6") && !is_r6_generator(callback)) {
    return(if (is_class_maker(callback)) callback() else callback)
  }
  of_r6 <- if (is_r6_generator(callback)) callback$new() else callback
  methods <- grep("^on_", names(of_r6), value = TRUE)
  forwarded <- lapply(stats::setNames(nm = methods), function(name) {
    method <- of_r6[[name]]
    in_order <- function(...) do.call(method, list(...)[seq_len(length(formals(method)))])
    python("named function", function(self, ...) in_order(...), name)
  })
  told <- list(
    set_model = function(self, model) {
      super$set_model(model)
      of_r6$model <- model
    },
    set_params = function(self, params) {
      super$set_params(params)
      of_r6$params <- params
    }
  )
  Callback(class(of_r6)[[1L]], public = c(forwarded, told), parent_env = environment())()
}

# Texts ------------------------------------------------------------------------------------------

fit_text_tokenizer <- function(object, x) {
  if (is.list(x)) object$fit_on_sequences(x) else object$fit_on_texts(as.list(x))
  invisible(object)
}

texts_to_sequences <- function(tokenizer, texts) {
  tokenizer$texts_to_sequences(as.list(texts))
}

texts_to_matrix <- function(tokenizer, texts, mode = c("binary", "count", "tfidf", "freq")) {
  tokenizer$texts_to_matrix(as.list(texts), mode = match.arg(mode))
}

sequences_to_matrix <- function(tokenizer, sequences,
                                mode = c("binary", "count", "tfidf", "freq")) {
  tokenizer$sequences_to_matrix(lapply(sequences, whole_list), mode = match.arg(mode))
}

skipgrams <- function(sequence, vocabulary_size, window_size = 4, negative_samples = 1,
                      shuffle = TRUE, categorical = FALSE, sampling_table = NULL, seed = NULL) {
  made <- python_symbol("tensorflow.keras.preprocessing.sequence.skipgrams")(
    as.list(as.integer(sequence)), as.integer(vocabulary_size), as.integer(window_size),
    negative_samples, shuffle, categorical, sampling_table, as_whole(seed)
  )
  list(couples = made[[1L]], labels = made[[2L]])
}

# Images -----------------------------------------------------------------------------------------

fit_image_data_generator <- function(object, x, augment = FALSE, rounds = 1, seed = NULL) {
  object$fit(as_floats(x), augment = augment, rounds = as.integer(rounds), seed = as_whole(seed))
  invisible(object)
}

flow_images_from_data <- function(x, y = NULL, generator = image_data_generator(), batch_size = 32,
                                  shuffle = TRUE, sample_weight = NULL, seed = NULL,
                                  save_to_dir = NULL, save_prefix = "", save_format = "png",
                                  subset = NULL) {
  generator$flow(
    as_floats_deep(x), as_floats(y),
    batch_size = as.integer(batch_size), shuffle = shuffle, sample_weight = sample_weight,
    seed = as_whole(seed), save_to_dir = save_to_dir, save_prefix = save_prefix,
    save_format = save_format, subset = subset
  )
}

flow_images_from_directory <- function(directory, generator = image_data_generator(),
                                       target_size = c(256, 256), color_mode = "rgb",
                                       classes = NULL, class_mode = "categorical", batch_size = 32,
                                       shuffle = TRUE, seed = NULL, save_to_dir = NULL,
                                       save_prefix = "", save_format = "png",
                                       follow_links = FALSE, subset = NULL,
                                       interpolation = "nearest") {
  generator$flow_from_directory(
    directory,
    target_size = tuple(as.list(as.integer(target_size))), color_mode = color_mode,
    classes = classes, class_mode = class_mode, batch_size = as.integer(batch_size),
    shuffle = shuffle, seed = as_whole(seed), save_to_dir = save_to_dir,
    save_prefix = save_prefix, save_format = save_format, follow_links = follow_links,
    subset = subset, interpolation = interpolation
  )
}

generator_next <- function(generator, completed = NULL) {
  iter_next(generator, completed)
}

# The backend's functions ------------------------------------------------------------------------

k_eval <- function(x) values_of(x)
k_get_value <- k_eval
k_batch_get_value <- function(ops) lapply(ops, k_eval)
k_set_value <- function(x, value) invisible(x$assign(value))
k_update <- function(x, new_x) x$assign(new_x)
k_update_add <- function(x, increment) x$assign_add(increment)
k_update_sub <- function(x, decrement) x$assign_sub(decrement)

k_batch_set_value <- function(lists) {
  for (pair in lists) k_set_value(pair[[1L]], pair[[2L]])
}

k_function <- function(inputs, outputs, updates = NULL, ...) {
  model <- keras_model(inputs, as_list(outputs))
  function(x) lapply(as_list(model(x)), as.array)
}

k_clip <- function(x, min_value = NULL, max_value = NULL) {
  op_clip(x, min_value %||% -Inf, max_value %||% Inf)
}

k_dot <- function(x, y) op_dot(x, y)
k_identity <- function(x, name = NULL) x
k_gather <- function(reference, indices) op_take(reference, indices, axis = 1)
k_stack <- function(x, axis = 1) op_stack(x, axis)
k_reshape <- function(x, shape) op_reshape(x, shape)
k_int_shape <- function(x) unclass(op_shape(x))
k_random_binomial <- function(shape, p = 0, dtype = NULL, seed = NULL) {
  python_symbol("tensorflow.keras.backend.random_bernoulli")(as_shape(shape), p, dtype,
                                                             as_whole(seed))
}

k_unstack <- function(x, axis = 1L, num = NULL, name = NULL) op_unstack(x, num, axis)
k_get_session <- function() invisible()
k_set_session <- function(session) invisible()
k_manual_variable_initialization <- function(value) invisible()
k_set_learning_phase <- function(value) invisible()

# The rest ---------------------------------------------------------------------------------------

keras_array <- function(x, dtype = NULL) {
  if (is.null(dtype)) as_floats_deep(x) else np_array(x, dtype)
}

backend <- function(convert = TRUE) import_python("keras.backend")
implementation <- function() "keras"
use_implementation <- function(implementation = c("keras", "tensorflow")) invisible()
is_keras_available <- function(version = NULL) TRUE
py_require_legacy_keras <- function(extra_packages = TRUE) invisible()
