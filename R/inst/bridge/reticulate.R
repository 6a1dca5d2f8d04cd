# What scripts take of R's reticulate, over the bridge.

import <- function(module, as = NULL, convert = TRUE, delay_load = FALSE) {
  import_python(module)
}

import_builtins <- function(convert = TRUE) {
  import_python("builtins")
}

import_main <- function(convert = TRUE, delay_load = FALSE) {
  python("main")
}

# What Python code that R ran has left, as `py$name` reaches it.
py <- structure(list(), class = "python_main")

#' @export
`$.python_main` <- function(x, name) {
  import_main()[[name]]
}

#' @export
`$<-.python_main` <- function(x, name, value) { # nolint: object_name_linter.
  python("set item", import_main(), name, value)
  x
}

# Python objects for R objects, and back ---------------------------------------------------------

r_to_py <- function(x, convert = FALSE) {
  if (is_python(x)) x else if (is_r6_generator(x)) r6_class(x) else python("kept", x)
}

py_to_r <- function(x) {
  if (is_python(x)) python("value", x) else x
}

np_array <- function(data, dtype = NULL, order = "C") {
  if (is_python(data)) {
    return(python("kept call", python_symbol("numpy.array"), list(data), list(dtype = dtype)))
  }
  numpy_array(if (is.list(data)) unlist(data) else data, dtype)
}

tuple <- function(..., convert = FALSE) {
  items <- list(...)
  if (length(items) == 1L && (is.list(items[[1L]]) || is.null(items[[1L]]))) {
    items <- items[[1L]]
  }
  python("tuple", unname(items))
}

dict <- function(..., convert = FALSE) {
  items <- list(...)
  if (length(items) == 1L && is.list(items[[1L]]) && is.null(names(items))) {
    items <- items[[1L]]
  }
  python("dict", as.list(names(items)), unname(items))
}

py_dict <- function(keys, values, convert = FALSE) {
  python("dict", as.list(keys), as.list(values))
}

#' An array of other dimensions; the numbers are laid out as in Python, row by row
array_reshape <- function(x, dim, order = c("C", "F")) {
  sizes <- lapply(as.list(dim), function(n) if (is.null(n) || is.na(n)) -1L else as.integer(n))
  x <- if (is_python(x)) x else as.array(x)
  python_symbol("numpy.reshape")(x, tuple(sizes), order = match.arg(order))
}

# Looking into Python ----------------------------------------------------------------------------

is_py_object <- function(x) is_python(x)
py_is_null_xptr <- function(x) FALSE
py_has_attr <- function(x, name) python_builtin("hasattr")(x, name)
py_set_attr <- function(x, name, value) python("set", x, name, value)
py_del_attr <- function(x, name) python("delete", x, name)
py_list_attributes <- function(x) python_builtin("dir")(x)
py_get_item <- function(x, key, silent = FALSE) x[[key]]
py_set_item <- function(x, name, value) invisible(python("set item", x, name, value))
py_len <- function(x, default = NULL) python_builtin("len")(x)
py_str <- function(object, ...) python("text", object)
py_repr <- function(object) python("describe", object)
py_id <- function(object) as.character(python_builtin("id")(object))
py_bool <- function(x) python_builtin("bool")(x)
py_call <- function(x, ...) call_python(x, ...)
py_none <- function() NULL
py_ellipsis <- function() python_builtin("Ellipsis")
py_func <- function(f) f
py_main_thread_func <- function(f) f
py_help <- function(object) python_builtin("help")(object)

py_get_attr <- function(x, name, silent = FALSE) {
  if (silent) python("get or", x, name, NULL) else python("get", x, name)
}

# Python code ------------------------------------------------------------------------------------

py_run_string <- function(code, local = FALSE, convert = TRUE) {
  invisible(python("run", code, local))
}

py_run_file <- function(file, local = FALSE, convert = TRUE, prepend_path = TRUE) {
  py_run_string(paste(readLines(file), collapse = "\n"), local)
}

source_python <- function(file, envir = parent.frame(), convert = TRUE) {
  made <- py_run_file(file, local = TRUE)
  for (name in grep("^_", names(python("value", made)), value = TRUE, invert = TRUE)) {
    assign(name, made[[name]], envir = envir)
  }
}

py_eval <- function(code, convert = TRUE) {
  python("evaluate", code)
}

# Iterating --------------------------------------------------------------------------------------

as_iterator <- function(x) {
  python_builtin("iter")(if (is.list(x) || is.atomic(x)) python("kept", x) else x)
}

iterate <- function(it, f = base::identity, simplify = TRUE) {
  results <- lapply(as.list(it), f)
  if (simplify && length(results) > 0L && all(lengths(results) == 1L)) {
    if (all(vapply(results, is.atomic, NA))) return(unlist(results))
  }
  results
}

iter_next <- function(it, completed = NULL) {
  python_builtin("next")(it, completed)
}

`%as%` <- function(object, name) {
  structure(object, as = as.character(substitute(name)), as_envir = parent.frame())
}

# The Python in use ------------------------------------------------------------------------------

py_set_seed <- function(seed, disable_hash_randomization = TRUE) {
  import_python("random")$seed(as.integer(seed))
  python_symbol("numpy.random.seed")(as.integer(seed))
  invisible()
}

py_available <- function(initialize = FALSE) TRUE
py_numpy_available <- function(initialize = FALSE) TRUE

py_module_available <- function(module) {
  !is.null(python_symbol("importlib.util.find_spec")(module))
}

py_version <- function(patch = FALSE) {
  python_symbol("platform.python_version")()
}

py_config <- function() {
  list(python = python_symbol("sys.executable"), version = py_version())
}
py_discover_config <- py_config

py_require <- function(packages = NULL, python_version = NULL, ..., exclude_newer = NULL,
                       action = c("add", "remove", "set")) {
  invisible()
}

use_python <- function(python, required = NULL) nothing_installed("use_python")
use_virtualenv <- function(virtualenv = NULL, required = NULL) nothing_installed("use_virtualenv")
use_condaenv <- function(...) nothing_installed("use_condaenv")
use_miniconda <- function(...) nothing_installed("use_miniconda")
py_install <- function(...) nothing_installed("py_install")
conda_install <- function(...) nothing_installed("conda_install")
virtualenv_create <- function(...) nothing_installed("virtualenv_create")
install_miniconda <- function(...) nothing_installed("install_miniconda")
