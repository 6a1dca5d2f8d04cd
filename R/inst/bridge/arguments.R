# An R value and the name of a conversion in, what Keras takes in its place out.
#
# The names stand in the column `convert` of inst/verbs/*.csv. What is Python's already, and what
# a conversion does not concern (such as the string "auto" where a number may stand), passes as it
# is.

# Whole numbers: R's 16 is 16.0 in Python --------------------------------------------------------

as_whole <- function(x) {
  if (is.numeric(x)) as.integer(x) else x
}

as_whole_array <- function(x) {
  if (!is.numeric(x)) {
    return(x)
  }
  storage.mode(x) <- "integer"
  as.array(x)
}

whole_each <- function(x) lapply(x, as_whole)
whole_list <- function(x) as.list(as_whole(x))
whole_tuple <- function(x) py_tuple_of(lapply(x, as_whole))
whole_above <- function(x) as_whole(ceiling(x))
whole_if_count <- function(x) if (is.numeric(x) && x >= 1) as_whole(x) else x
whole_or_tuple <- function(x) if (is.list(x)) whole_tuple(x) else as_whole(x)
whole_if_finite <- function(x) if (is.double(x) && all(is.finite(x))) as.integer(x) else x

py_tuple_of <- function(items) {
  python("tuple", items)
}

# Sizes ------------------------------------------------------------------------------------------

#' A shape: `c(28, 28, 1)`, `list(NULL, 4)`, `NA`
#'
#' @return A tuple in Python, with None for what is not known; `NULL` for `NULL`.
as_shape <- function(x) {
  if (is.null(x) || is_python(x)) x else py_tuple_of(shape_sizes(x))
}

shape_sizes <- function(x) {
  lapply(as.list(x), function(n) {
    if (is.null(n) || is_python(n)) n else if (is.na(n)) NULL else as.integer(n)
  })
}

# Of an array that is there: one size may be left to it.
as_shape_given <- function(x) {
  py_tuple_of(lapply(shape_sizes(x), function(n) n %||% -1L))
}

# A number for each end of each dimension: c(1, 2), or list(c(1, 2), c(3, 4)).
as_sizes_at_ends <- function(x) {
  if (is.list(x) && any(lengths(x) > 1L)) lapply(x, as.integer) else as.integer(unlist(x))
}

# Counted from 1 in R, from 0 in Python ----------------------------------------------------------

as_axis <- function(axis) {
  if (is.null(axis) || is_python(axis)) {
    return(axis)
  }
  if (length(axis) > 1L) {
    return(lapply(axis, as_axis))
  }
  axis <- as.integer(axis)
  if (axis == 0L) {
    stop("got the axis 0, but R counts from 1; take 1 for the first, -1 for the last",
         call. = FALSE)
  }
  if (axis > 0L) axis - 1L else axis
}

# Numbers above 0 are positions; those below count from the end, in Python too.
as_index <- function(x) {
  if (is.list(x)) {
    return(lapply(x, as_index))
  }
  if (is_python(x)) {
    return(python_symbol("keras.ops.where")(x > 0L, x - 1L, x))
  }
  if (!is.numeric(x)) {
    return(x)
  }
  storage.mode(x) <- "integer"
  above <- x > 0L
  x[above] <- x[above] - 1L
  if (length(x) > 1L) as.array(x) else x
}

# Arrays and lists -------------------------------------------------------------------------------

as_array <- function(x) {
  if (is.null(x) || is_python(x)) x else as.array(x)
}

as_dims <- function(x) {
  if (is.atomic(x)) as.array(x) else x
}

as_list <- function(x) {
  if (is.null(x) || is.list(x)) x else list(x)
}

each_as_list <- function(x) {
  # A plain vector becomes a list by itself, a million words at once; a single value would not.
  lapply(x, function(item) {
    is_plain <- length(item) > 1L && is.atomic(item) && !is.object(item)
    if (is_plain) as.vector(item) else as.list(item)
  })
}
first_of <- function(x) x[[1L]]

as_tuple <- function(x) {
  if (is_python(x)) x else py_tuple_of(as.list(x))
}

as_scalar_or_tuple <- function(x) {
  if (length(x) == 1L) x else as_tuple(x)
}

# Numbers as Keras computes with them; whole ones and truth values keep their types.
as_floats <- function(x) {
  if (is.null(x) || is_python(x)) {
    return(x)
  }
  numpy_array(x, if (is.double(x)) python_symbol("keras.config.floatx")())
}

as_floats_deep <- function(x) {
  if (is.list(x)) lapply(x, as_floats_deep) else as_floats(x)
}

# Functions and objects --------------------------------------------------------------------------

counted_function <- function(f) {
  if (is.function(f) && !is_python(f)) python("counted function", f, 0L) else f
}

logging_function <- function(f) {
  if (is.function(f) && !is_python(f)) python("logging function", f) else f
}

# Objects of the user's own by the names under which a saved model knows them.
as_custom_objects <- function(objects) {
  if (is.null(objects) || length(objects) == 0L) {
    return(NULL)
  }
  if (!is.list(objects)) {
    objects <- list(objects)
  }
  made <- lapply(objects, as_python)
  names <- names(objects) %||% character(length(objects))
  unnamed <- !nzchar(names)
  names[unnamed] <- vapply(made[unnamed], function(object) object$`__name__`, "")
  stats::setNames(made, names)
}

# By the names in the tables.
conversions <- list(
  int = as_whole, int_list = whole_each, int_tuple = whole_tuple, int_vector_list = whole_list,
  int_above = whole_above, int_if_count = whole_if_count, int_or_tuple = whole_or_tuple,
  int_array = as_whole_array, finite_int = whole_if_finite,
  shape = as_shape, shape_given = as_shape_given, padding = as_sizes_at_ends,
  axis = as_axis, index = as_index, layer_index = as_axis,
  array = as_array, dims = as_dims, floats = as_floats, floats_deep = as_floats_deep,
  lists = each_as_list, list = as_list, as_list = as.list, first = first_of, tuple = as_tuple,
  scalar_or_tuple = as_scalar_or_tuple,
  counted = counted_function, logging = logging_function, objects = as_custom_objects
)
