# Methods of Python objects for R's own functions: `$`, `[`, arithmetic, dim(), as.array(), ...
#
# They do what reticulate's and tensorflow's methods do. Tensors count from 1 in `[`, other objects
# take Python's own index there, as with reticulate.

spellings <- new.env() # of keras 2: `arguments`: their rows of keras2.csv; `said`: what became what

# Attributes and items ---------------------------------------------------------------------------

#' @export
`$.python_object` <- function(x, name) {
  python("get", x, today(name))
}

#' @export
`$<-.python_object` <- function(x, name, value) { # nolint: object_name_linter.
  python("set", x, today(name), value)
  x
}

# In scripts of keras 2 a learning rate is `optimizer$lr`.
today <- function(name) {
  if (name != "lr" || is.null(spellings$are_old)) {
    return(name)
  }
  became("optimizer$lr", "optimizer$learning_rate")
  "learning_rate"
}

#' @export
`[[.python_object` <- function(x, i) {
  python("item", x, whole_index(i))
}

#' @export
`[[<-.python_object` <- function(x, i, value) { # nolint: object_name_linter.
  python("set item", x, whole_index(i), value)
  x
}

#' @export
`[.python_object` <- function(x, ...) {
  if (python("is tensor", x)) {
    return(python("subset", x, indices(...)))
  }
  index <- lapply(list(...), whole_index)
  python("item", x, if (length(index) == 1L) index[[1L]] else do.call(py_tuple, index))
}

#' @export
`[<-.python_object` <- function(x, ..., value) { # nolint: object_name_linter.
  index <- lapply(list(...), whole_index)
  python("set item", x, if (length(index) == 1L) index[[1L]] else do.call(py_tuple, index), value)
  x
}

# What stands between the brackets of a tensor; ":" for nothing.
indices <- function(...) {
  given <- eval(substitute(alist(...)))
  lapply(seq_along(given), function(i) {
    if (is_empty_symbol(given[[i]])) ":" else ...elt(i)
  })
}

whole_index <- function(i) {
  if (is.double(i) && all(i == round(i))) as.integer(i) else i
}

py_tuple <- function(...) {
  python("tuple", list(...))
}

#' @export
names.python_object <- function(x) {
  python("names", x)
}

#' @export
.DollarNames.python_object <- function(x, pattern = "") { # nolint: object_name_linter.
  grep(pattern, names(x), value = TRUE)
}

#' @export
length.python_object <- function(x) {
  python("length", x) %||% 1L
}

#' @export
dim.python_object <- function(x) {
  shape <- python("shape", x)
  if (is.null(shape)) NULL else vapply(shape, function(n) n %||% NA_integer_, integer(1L))
}

# Printing ---------------------------------------------------------------------------------------

#' @export
print.python_object <- function(x, ...) {
  cat(format(x), "\n", sep = "")
  invisible(x)
}

#' @export
format.python_object <- function(x, ...) {
  if (is_model(x)) model_summary(x, ...) else python("describe", x)
}

#' @export
str.python_object <- function(object, ...) {
  cat(" ", python("describe", object), "\n", sep = "")
}

#' @export
summary.python_object <- function(object, ...) {
  text <- format(object, ...)
  cat(text, "\n", sep = "")
  invisible(text)
}

#' What `summary(model)` prints, as one text
model_summary <- function(x, line_length = min(getOption("width"), 180L), positions = NULL,
                          expand_nested = FALSE, show_trainable = NA, ..., layer_range = NULL,
                          compact = TRUE) {
  if (is.na(show_trainable)) {
    show_trainable <- isTRUE(x$built) && length(x$non_trainable_weights) > 0L
  }
  lines <- character()
  x$summary(
    line_length = as.integer(line_length), positions = positions, expand_nested = expand_nested,
    show_trainable = show_trainable, layer_range = layer_range,
    print_fn = function(line, ...) lines <<- c(lines, line)
  )
  lines <- unlist(strsplit(lines, "\n", fixed = TRUE))
  paste(if (compact) lines[nzchar(trimws(lines))] else lines, collapse = "\n")
}

# What Keras' objects are, by the names of their classes.
is_kind <- function(x, class) {
  is_python(x) && any(grepl(paste0("^keras[.].*[.]", class, "$"), python("class names", x)))
}

is_sequential <- function(x) is_kind(x, "Sequential")
is_model <- function(x) is_kind(x, "Model")
is_layer <- function(x) is_kind(x, "Layer")

# Values -----------------------------------------------------------------------------------------

# What an array or tensor holds, as R's own.
values_of <- function(x) {
  values <- python("values", x)
  if (is_python(values)) {
    stop("got ", python("text", python_builtin("type")(x)), ", which holds no values that R has a ",
         "type for; take a part of it, as with $ or [[", call. = FALSE)
  }
  values
}

#' @export
as.array.python_object <- function(x, ...) {
  as.array(values_of(x))
}

#' @export
as.matrix.python_object <- function(x, ...) {
  as.matrix(values_of(x))
}

#' @export
as.vector.python_object <- function(x, mode = "any") {
  as.vector(values_of(x), mode)
}

#' @export
as.double.python_object <- function(x, ...) {
  as.double(values_of(x))
}

#' @export
as.integer.python_object <- function(x, ...) {
  as.integer(values_of(x))
}

#' @export
as.logical.python_object <- function(x, ...) {
  as.logical(values_of(x))
}

#' @export
as.character.python_object <- function(x, ...) {
  if (python("is tensor", x)) as.character(values_of(x)) else python("text", x)
}

#' @export
as.list.python_object <- function(x, ...) {
  python("items", x)
}

#' @export
as.data.frame.python_object <- function(x, ...) {
  as.data.frame(values_of(x), ...)
}

#' @export
with.python_object <- function(data, expr, as = NULL, ...) {
  entered <- data$`__enter__`()
  on.exit(data$`__exit__`(NULL, NULL, NULL))
  name <- if (missing(as)) attr(data, "as") else as.character(substitute(as))
  if (!is.null(name)) { # stays, as with reticulate: gradients are asked for behind the block
    assign(name, entered, envir = attr(data, "as_envir") %||% parent.frame())
  }
  force(expr)
}

# Arithmetic -------------------------------------------------------------------------------------

#' @export
Ops.python_object <- function(e1, e2) {
  if (missing(e2)) python("unary", .Generic, e1) else python("binary", .Generic, e1, e2)
}

#' @export
Math.python_object <- function(x, ...) {
  python("math", .Generic, x, list(...))
}

#' @export
log.python_object <- function(x, base = exp(1)) {
  if (missing(base)) python("math", "log", x, list()) else log(x) / log(base)
}

#' @export
Summary.python_object <- function(..., axis = NULL, keepdims = FALSE, na.rm = FALSE) {
  python("math", .Generic, ..1, reduction(axis, keepdims))
}

#' @export
mean.python_object <- function(x, ..., axis = NULL, keepdims = FALSE) {
  python("math", "mean", x, reduction(axis, keepdims))
}

reduction <- function(axis, keepdims) {
  given <- list(axis = as_axis(axis), keepdims = keepdims)
  given[c(!is.null(axis), keepdims)]
}

#' @export
`%*%.python_object` <- function(x, y) {
  python("binary", "%*%", x, y)
}

#' @export
t.python_object <- function(x) {
  python("math", "transpose", x, list())
}

#' @export
aperm.python_object <- function(a, perm = NULL, ...) {
  python("math", "transpose", a, list(axes = as_axis(perm)))
}

#' @export
all.equal.python_object <- function(target, current, ...) {
  all.equal(as.array(target), as.array(current), ...)
}
