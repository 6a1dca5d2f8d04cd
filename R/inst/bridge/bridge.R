# R's half of the bridge: import Python modules, reach into Python objects with `$`, call them.
#
# pyreg sources this file into the R it has started, beside `python_request()`, the one Python
# function that R can call. docs/bridge.md describes what is offered and how types are matched.

#' Import a Python module
#'
#' @param name Name of the module, such as "keras" or "keras.utils".
#' @return A `python_object`.
#' @examples
#' # math <- import_python("math")
#' # math$sqrt(2)
import_python <- function(name) {
  python("import", name)
}

#' One of Python's built-in functions or types
#'
#' @param name Its name, such as "len", "sorted" or "dict".
python_builtin <- function(name) {
  python("builtin", name)
}

#' Copy an R vector, matrix or array into a NumPy array that stays in Python
#'
#' @param x Numeric, integer, logical, character or raw; a matrix keeps its shape.
#' @param dtype NumPy's name of the type, such as "uint8"; `NULL`: R's own.
#' @return A `python_object`, to be passed to Python functions.
numpy_array <- function(x, dtype = NULL) {
  python("array", x, dtype)
}

# What a Python symbol such as "keras.layers.Dense" stands for at this moment.
python_symbol <- function(path) {
  python("symbol", path)
}

is_python <- function(x) {
  inherits(x, "python_object")
}

#' Ask Python for something and return it, or signal Python's exception as an R condition
#'
#' The condition has the classes `python_error` and `error` and Python's message; Ctrl-C in Python
#' becomes an `interrupt`.
#'
#' @param operation One of those in pyreg/rbridge/offered.py.
#' @param ... What it works on.
#' @return What Python gives; the `None` of a call is an invisible `NULL`, as reticulate's is.
python <- function(operation, ...) {
  answer <- python_request(operation, ...)
  failure <- answer[["failure"]]
  if (is.null(failure)) {
    value <- answer[["value"]]
    return(if (is.null(value) && operation == "call") invisible() else value)
  }
  classes <- if (failure$interrupt) "interrupt" else c("python_error", "error")
  stop(structure(
    class = c(classes, "condition"),
    list(message = failure$message, call = NULL, type = failure$type, number = failure$number)
  ))
}

#' Call a Python object; named arguments become keyword arguments
call_python <- function(object, ...) {
  arguments <- list(...)
  is_named <- nzchar(names(arguments) %||% character(length(arguments)))
  python("call", object, unname(arguments[!is_named]), arguments[is_named])
}

# Names: the numbers of the handles that R has collected. Python takes them out again.
released <- new.env(parent = emptyenv())

#' Make the R side of a Python object
#'
#' @param number Under which Python keeps the object.
#' @param callable Whether it can be called; then its R side is a function.
new_python_object <- function(number, callable) {
  handle <- new.env(parent = emptyenv())
  handle$number <- number
  reg.finalizer(handle, note_release)
  # No list: c() would take it apart.
  self <- if (callable) function(...) call_python(self, ...) else new.env(parent = emptyenv())
  self <- structure(self, handle = handle, class = "python_object")
  self
}

note_release <- function(handle) {
  assign(as.character(handle$number), TRUE, envir = released)
}

#' Call an R function for Python: its value or, if it failed, what Python needs to say why
#'
#' @param .f A function or the name of one.
guarded_call <- function(.f, ...) {
  tryCatch(
    {
      if (is.character(.f)) {
        .f <- find_function(.f)
      }
      list(value = .f(...))
    },
    error = function(condition) list(failure = describe_failure(condition)),
    interrupt = function(condition) list(failure = describe_failure(condition))
  )
}

# pyreg's own functions first, whatever a user may have given the same name.
find_function <- function(name) {
  get0(name, functions, mode = "function", inherits = FALSE) %||%
    get0(name, bridge, mode = "function", inherits = FALSE) %||%
    get(name, globalenv(), mode = "function")
}

describe_failure <- function(condition) {
  message <- conditionMessage(condition) %||% "" # R's own interrupt has none
  list(
    message = paste0(message, in_call(condition)),
    interrupt = inherits(condition, "interrupt"),
    number = condition$number %||% -1
  )
}

#' What a message says of the call that failed, where R names one that is not pyreg's
in_call <- function(condition) {
  call <- conditionCall(condition)
  if (is.null(call) || identical(call[[1L]], quote(eval))) {
    return("")
  }
  paste0(" (in ", deparse(call, nlines = 1L)[[1L]], ")")
}

#' Names of an R function's arguments, each with whether it has a default
arguments_of <- function(f) {
  arguments <- formals(if (is.primitive(f)) args(f) else f)
  vapply(arguments, function(default) !is_empty_symbol(default), logical(1L))
}

# How R notes an argument without a default, and nothing between brackets.
is_empty_symbol <- function(x) {
  is.symbol(x) && !nzchar(as.character(x))
}

#' Leave a locale without accents, as jobs on servers are often given
use_utf8 <- function() {
  for (locale in c("C.UTF-8", "en_US.UTF-8", "UTF-8")) {
    if (l10n_info()[["UTF-8"]]) {
      break
    }
    suppressWarnings(Sys.setlocale("LC_CTYPE", locale))
  }
}

#' Evaluate R code given as text in the global environment
evaluate_text <- function(code) {
  eval(parse(text = code, keep.source = FALSE), globalenv())
}

`%||%` <- function(x, y) {
  if (is.null(x)) y else x
}

# Where functions live ---------------------------------------------------------------------------

# `bridge`, in which this file is sourced, sees R's base package before anything a user defines.
# The functions of R/R, which are written as an R user writes them, see what is attached instead.
bridge <- environment()
functions <- new.env(parent = globalenv())

#' Source a file of the bridge's own functions
source_into_bridge <- function(file) {
  sys.source(file, bridge)
  register_methods(bridge)
}

#' Source a file of functions and put on the search path what the R package exports of them
#'
#' Nothing lands in the user's own workspace.
source_functions <- function(file, namespace) {
  sys.source(file, functions)
  offered <- intersect(exports(namespace), names(functions))
  offer("pyreg:functions", mget(offered, functions))
}

exports <- function(namespace) {
  directives <- Filter(function(call) identical(call[[1L]], quote(export)), parse(namespace))
  vapply(as.list(directives), function(call) as.character(call[[2L]]), "")
}

#' Put functions on the search path, under a name, in addition to those that are there
offer <- function(name, objects) {
  place <- if (name %in% search()) as.environment(name) else attach(NULL, name = name)
  list2env(objects, place)
  invisible()
}

#' Offer what R code may ask of Python without Keras' verbs
offer_bridge <- function() {
  offer("pyreg:bridge", mget(c("import_python", "python_builtin", "numpy_array"), bridge))
}

#' Register the S3 methods of our classes: since R 4.1 dispatch does not see attached environments
register_methods <- function(bridge) {
  for (class in c("python_object", "python_super", "python_main", "keras_shape")) {
    ending <- paste0("[.]", class, "$")
    for (name in ls(bridge, pattern = ending, all.names = TRUE)) {
      registerS3method(sub(ending, "", name), class, bridge[[name]], envir = bridge)
    }
  }
}
