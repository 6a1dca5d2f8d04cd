# `library(keras)` and the like for scripts: the bridge's verbs, where the package is not installed.
#
# library(), require(), requireNamespace(), loadNamespace() and `::` are masked on the search path,
# before base's, for scripts only. What is installed is left to R.

# What stands in for each package: the names that it offers. "keras3" and "keras" are the tables'.
stand_ins <- new.env()

stand_ins$magrittr <- c("%>%", "%<>%")
stand_ins$zeallot <- "%<-%"
stand_ins$reticulate <- c(
  "import", "import_builtins", "import_main", "py", "r_to_py", "py_to_r", "np_array", "tuple",
  "dict", "py_dict", "array_reshape", "is_py_object", "py_is_null_xptr", "py_has_attr",
  "py_get_attr", "py_set_attr", "py_del_attr", "py_list_attributes", "py_get_item", "py_set_item",
  "py_len", "py_str", "py_repr", "py_id", "py_bool", "py_call", "py_none", "py_ellipsis",
  "py_func", "py_main_thread_func", "py_help", "py_run_string", "py_run_file", "source_python",
  "py_eval", "as_iterator", "iterate", "iter_next", "%as%", "py_set_seed", "py_available",
  "py_numpy_available", "py_module_available", "py_version", "py_config", "py_discover_config",
  "py_require", "use_python", "use_virtualenv", "use_condaenv", "use_miniconda", "py_install",
  "conda_install", "virtualenv_create", "install_miniconda"
)
stand_ins$tensorflow <- c(
  "tf", "tf_version", "tf_config", "tf_gpu_configured", "tf_function", "as_tensor", "all_dims",
  "install_tensorflow", "tensorboard", "shape", "set_random_seed", "use_session_with_seed",
  "evaluate", "export_savedmodel", "%as%", "py", "use_python", "use_virtualenv", "use_condaenv"
)
stand_ins$tfruns <- c(
  "flags", "flag_numeric", "flag_integer", "flag_boolean", "flag_string", "run_dir"
)
stand_ins$tfdatasets <- c(
  "tensor_slices_dataset", "tensors_dataset", "text_line_dataset", "range_dataset",
  "zip_datasets", "dataset_batch", "dataset_shuffle", "dataset_repeat", "dataset_take",
  "dataset_skip", "dataset_prefetch", "dataset_cache", "dataset_concatenate", "dataset_collect",
  "dataset_map", "dataset_filter", "dataset_flat_map", "dataset_window",
  "make_iterator_one_shot", "make_iterator", "iterator_get_next", "as_iterator", "iter_next"
)

#' Mask library() and its like
#'
#' @param keras3,keras2 Paths of the tables.
#' @param even_installed Whether the stand-ins come before packages that are installed.
offer_libraries <- function(keras3, keras2, even_installed = FALSE) {
  register_history_methods(globalenv())
  serve_generics()
  delayedAssign("tf", import_python("tensorflow"), assign.env = bridge)
  delayedAssign("keras", import_python("keras"), assign.env = bridge)
  bridge$newaxis <- NULL
  for (name in c("KerasCallback", "KerasLayer", "KerasWrapper", "KerasConstraint")) {
    local({
      base <- name
      delayedAssign(base, r6_base(base), assign.env = bridge)
    })
  }
  new <- make_verbs(keras3)
  old <- make_old_verbs(keras2)
  stand_ins$keras3 <- c(names(new), "keras", "newaxis")
  stand_ins$keras <- unique(c(names(new), names(old), names(r6_bases), "keras", "tf"))
  stand_ins$changed <- old
  stand_ins$even_installed <- even_installed
  offer("pyreg:library", masks)
}

#' Whether the bridge stands in for a package
stands_in <- function(package) {
  is.character(stand_ins[[package]]) &&
    (stand_ins$even_installed || !nzchar(system.file(package = package)))
}

#' One object of a package that the bridge stands in for
stand_in <- function(package, name) {
  if (!name %in% stand_ins[[package]]) {
    stop("'", name, "' is not among what pyreg has of the package ", package, call. = FALSE)
  }
  of_keras2 <- if (package == "keras") stand_ins$changed[[name]]
  of_keras2 %||% bridge[[name]]
}

attach_stand_in <- function(package) {
  place <- paste0("package:", package)
  if (place %in% search()) {
    return(invisible())
  }
  if (package == "keras") {
    spellings$are_old <- TRUE
  }
  place <- attach(NULL, name = place)
  for (name in stand_ins[[package]]) {
    local({
      object <- name
      delayedAssign(object, stand_in(package, object), assign.env = place)
    })
  }
}

not_installed <- function(package) {
  paste0("the R package '", package, "' is not installed; install.packages(\"", package, "\")")
}

masks <- list()

masks$library <- function(package, help, pos = 2, lib.loc = NULL, character.only = FALSE, ...) {
  if (missing(package)) {
    return(base::library())
  }
  name <- if (character.only) package else as.character(substitute(package))
  if (stands_in(name)) {
    attach_stand_in(name)
    return(invisible(.packages()))
  }
  if (!nzchar(system.file(package = name, lib.loc = lib.loc))) {
    stop("library(", name, "): ", not_installed(name), call. = FALSE)
  }
  base::library(name, pos = pos, lib.loc = lib.loc, character.only = TRUE, ...)
}

masks$require <- function(package, lib.loc = NULL, quietly = FALSE, warn.conflicts,
                          character.only = FALSE, ...) {
  name <- if (character.only) package else as.character(substitute(package))
  if (stands_in(name)) {
    attach_stand_in(name)
    return(invisible(TRUE))
  }
  if (!nzchar(system.file(package = name, lib.loc = lib.loc))) {
    warning("require(", name, "): ", not_installed(name), call. = FALSE)
    return(invisible(FALSE))
  }
  base::require(name, lib.loc = lib.loc, quietly = quietly, character.only = TRUE, ...)
}

masks$requireNamespace <- function(package, ..., quietly = FALSE) { # nolint: object_name_linter.
  stands_in(package) || base::requireNamespace(package, ..., quietly = quietly)
}

masks$loadNamespace <- function(package, ...) { # nolint: object_name_linter.
  if (stands_in(package)) {
    return(invisible(list2env(mget(stand_ins[[package]], bridge))))
  }
  base::loadNamespace(package, ...)
}

masks$`::` <- function(pkg, name) {
  pkg <- as.character(substitute(pkg))
  name <- as.character(substitute(name))
  if (stands_in(pkg)) stand_in(pkg, name) else getExportedValue(pkg, name)
}

masks$`:::` <- function(pkg, name) {
  pkg <- as.character(substitute(pkg))
  name <- as.character(substitute(name))
  if (stands_in(pkg)) stand_in(pkg, name) else get(name, asNamespace(pkg), inherits = FALSE)
}

masks$install.packages <- function(pkgs, ...) { # nolint: object_name_linter.
  message("install.packages(): nothing is installed by a script that pyreg runs")
  invisible()
}
