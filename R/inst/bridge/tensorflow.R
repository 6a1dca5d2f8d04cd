# What scripts take of R's tensorflow, tfruns and tfdatasets, over the bridge.

# tensorflow -------------------------------------------------------------------------------------

tf_version <- function() {
  numeric_version(sub("-.*", "", python_symbol("tensorflow.__version__")))
}

tf_config <- function() {
  list(available = TRUE, version_str = python_symbol("tensorflow.__version__"))
}

tf_gpu_configured <- function(verbose = TRUE) {
  length(python_symbol("tensorflow.config.list_physical_devices")("GPU")) > 0L
}

tf_function <- function(f, input_signature = NULL, autograph = TRUE, ...) {
  python_symbol("tensorflow.function")(f, input_signature = input_signature, autograph = FALSE, ...)
}

as_tensor <- function(x, dtype = NULL, ..., name = NULL) {
  shape <- list(...)$shape
  tensor <- python_symbol("tensorflow.convert_to_tensor")(typed(x, dtype), dtype, name = name)
  if (is.null(shape)) tensor else python_symbol("tensorflow.reshape")(tensor, as_shape(shape))
}

all_dims <- function() {
  python_builtin("Ellipsis")
}

install_tensorflow <- function(...) nothing_installed("install_tensorflow")

tensorboard <- function(log_dir, action = c("start", "stop"), host = "127.0.0.1", port = "auto",
                        launch_browser = getOption("tensorflow.tensorboard.browser", interactive()),
                        reload_interval = 5, purge_orphaned_data = TRUE) {
  message("tensorboard(): nothing is shown; no browser is here")
  invisible()
}

# tfruns -----------------------------------------------------------------------------------------

#' Flags with their defaults, or with what a script was called with, as `--name=value`
flags <- function(..., config = Sys.getenv("R_CONFIG_ACTIVE", unset = "default"),
                  file = "flags.yml", arguments = commandArgs(TRUE)) {
  values <- lapply(list(...), function(flag) flag$default)
  names(values) <- vapply(list(...), function(flag) flag$name, "")
  for (argument in grep("^--[^=]+=", arguments, value = TRUE)) {
    name <- sub("=.*", "", substring(argument, 3L))
    if (name %in% names(values)) {
      values[[name]] <- methods::as(sub("^[^=]*=", "", argument), class(values[[name]]))
    }
  }
  values
}

flag <- function(name, default) {
  list(name = name, default = default)
}

flag_numeric <- function(name, default, description = NULL) flag(name, as.numeric(default))
flag_integer <- function(name, default, description = NULL) flag(name, as.integer(default))
flag_boolean <- function(name, default, description = NULL) flag(name, as.logical(default))
flag_string <- function(name, default, description = NULL) flag(name, as.character(default))
run_dir <- function() "."

# tfdatasets -------------------------------------------------------------------------------------

#' A dataset of the rows of arrays
tensor_slices_dataset <- function(tensors) {
  python_symbol("tensorflow.data.Dataset.from_tensor_slices")(as_tensors(tensors))
}

tensors_dataset <- function(tensors) {
  python_symbol("tensorflow.data.Dataset.from_tensors")(as_tensors(tensors))
}

# Unnamed lists are tuples to TensorFlow, as reticulate's users write them.
as_tensors <- function(x) {
  if (is.list(x) && is.null(names(x))) tuple(lapply(x, as_tensors))
  else if (is.list(x)) lapply(x, as_tensors)
  else as_dims(x)
}

text_line_dataset <- function(filenames, ...) {
  python_symbol("tensorflow.data.TextLineDataset")(filenames)
}

range_dataset <- function(from = 0, to = 0, by = 1) {
  python_symbol("tensorflow.data.Dataset.range")(as.integer(from), as.integer(to), as.integer(by))
}

zip_datasets <- function(...) {
  datasets <- list(...)
  if (length(datasets) == 1L && is.list(datasets[[1L]])) {
    datasets <- datasets[[1L]]
  }
  python_symbol("tensorflow.data.Dataset.zip")(tuple(datasets))
}

dataset_batch <- function(dataset, batch_size, drop_remainder = FALSE, ...) {
  dataset$batch(as.integer(batch_size), drop_remainder)
}

dataset_shuffle <- function(dataset, buffer_size, seed = NULL, reshuffle_each_iteration = NULL) {
  dataset$shuffle(as.integer(buffer_size), as_whole(seed), reshuffle_each_iteration)
}

dataset_repeat <- function(dataset, count = NULL) dataset$`repeat`(as_whole(count))
dataset_take <- function(dataset, count) dataset$take(as.integer(count))
dataset_skip <- function(dataset, count) dataset$skip(as.integer(count))
dataset_prefetch <- function(dataset, buffer_size = 1L) dataset$prefetch(as.integer(buffer_size))
dataset_cache <- function(dataset, filename = NULL) dataset$cache(filename %||% "")
dataset_concatenate <- function(dataset, ...) {
  Reduce(function(a, b) a$concatenate(b), list(...), dataset)
}
dataset_collect <- function(dataset, iter_max = Inf) as.list(dataset)

dataset_map <- function(dataset, map_func, num_parallel_calls = NULL) {
  dataset$map(as_mapping(map_func), num_parallel_calls = as_whole(num_parallel_calls))
}

dataset_filter <- function(dataset, predicate) {
  dataset$filter(as_mapping(predicate))
}

dataset_flat_map <- function(dataset, map_func) {
  dataset$flat_map(as_mapping(map_func))
}

as_mapping <- function(f) {
  if (inherits(f, "formula")) {
    body <- f[[2L]]
    return(eval(call("function", formals(function(.x, .y = NULL) NULL), body), environment(f)))
  }
  f
}

dataset_window <- function(dataset, size, shift = NULL, stride = 1, drop_remainder = FALSE) {
  dataset$window(as.integer(size), as_whole(shift), as.integer(stride), drop_remainder)
}

make_iterator_one_shot <- function(dataset) python_builtin("iter")(dataset)
make_iterator <- make_iterator_one_shot
iterator_get_next <- function(iterator, name = NULL) python_builtin("next")(iterator)
