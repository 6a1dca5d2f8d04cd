# keras3's verbs on arrays and tensors that the table cannot say, its datasets and its helpers.

# Operations -------------------------------------------------------------------------------------

op_arange <- function(start, end, step = 1L, dtype = NULL, include_end = TRUE) {
  if (missing(end)) {
    end <- start
    start <- if (is.double(end)) 1 else 1L
  }
  whole <- !is.null(dtype) && grepl("int", dtype)
  number <- function(x) if (whole) as_whole(x) else x
  end <- number(end)
  step <- number(step)
  if (include_end) {
    end <- end + step
  }
  given <- list(start = number(start), stop = end, step = step, dtype = dtype)
  call_symbol("keras.ops.arange", given)
}

op_convert_to_tensor <- function(x, dtype = NULL, sparse = NULL, ragged = NULL) {
  given <- list(typed(x, dtype), dtype = dtype)
  given$sparse <- sparse
  given$ragged <- ragged
  do.call(python_symbol("keras.ops.convert_to_tensor"), given)
}

op_array <- function(x, dtype = NULL) {
  python_symbol("keras.ops.array")(typed(x, dtype), dtype)
}

# R's doubles as whole numbers where whole numbers are asked for; vectors as arrays.
typed <- function(x, dtype) {
  if (is.double(x) && is.character(dtype) && grepl("int", dtype)) {
    storage.mode(x) <- "integer"
  }
  if (is.atomic(x) && length(x) > 1L) as.array(x) else x
}

op_convert_to_numpy <- function(x) {
  python("kept call", python_symbol("keras.ops.convert_to_numpy"), list(x), list())
}

op_shape <- function(x) {
  structure(python_symbol("keras.ops.shape")(x), class = "keras_shape")
}

op_matmul <- function(x1, x2) {
  if (python("is tensor", x1) && is.atomic(x2)) {
    x2 <- op_convert_to_tensor(x2, x1$dtype)
  } else if (python("is tensor", x2) && is.atomic(x1)) {
    x1 <- op_convert_to_tensor(x1, x2$dtype)
  }
  python_symbol("keras.ops.matmul")(x1, x2)
}

op_reshape <- function(x, newshape) {
  python_symbol("keras.ops.reshape")(as_floats(x), as_shape_given(shape(newshape)))
}

op_split <- function(x, indices_or_sections, axis = 1L) {
  n <- indices_or_sections
  sections <- if (is.atomic(n) && length(n) == 1L && is.null(dim(n))) as.integer(n) else as_index(n)
  python_symbol("keras.ops.split")(x, sections, as_axis(axis))
}

#' Where a tensor is not 0: a row of indices, counted from 1, for each place
op_nonzero <- function(x) {
  found <- lapply(python_symbol("keras.ops.nonzero")(x), function(indices) indices + 1L)
  python_symbol("keras.ops.stack")(found, axis = -1L)
}

op_hstack <- function(xs, ...) {
  python_symbol("keras.ops.hstack")(arrays_of(xs, ...))
}

op_vstack <- function(xs, ...) {
  python_symbol("keras.ops.vstack")(arrays_of(xs, ...))
}

arrays_of <- function(xs, ...) {
  unname(lapply(c(as_list(xs), list(...)), as_dims))
}

op_meshgrid <- function(..., indexing = "xy") {
  arrays <- lapply(list(...), function(x) if (is.double(x)) numpy_array(x, "int64") else x)
  do.call(python_symbol("keras.ops.meshgrid"), c(unname(arrays), indexing = indexing))
}

op_rearrange <- function(tensor, pattern, ...) {
  python_symbol("keras.ops.rearrange")(tensor, pattern, ...)
}

op_einsum <- function(subscripts, ...) {
  python_symbol("keras.ops.einsum")(subscripts, ...)
}

op_switch <- function(index, branches, ...) {
  python_symbol("keras.ops.switch")(as_index(index), branches, ...)
}

op_vectorize <- function(func, ..., excluded = NULL, signature = NULL) {
  python_symbol("keras.ops.vectorize")(func, ..., excluded = excluded, signature = signature)
}

op_top_k <- function(x, k, sorted = TRUE, zero_indexed = FALSE) {
  given <- prepare(verbs[["op_top_k"]], arguments_given(sys.nframe()))
  found <- as.list(call_symbol("keras.ops.top_k", given))
  list(values = found[[1L]], indices = if (zero_indexed) found[[2L]] else found[[2L]] + 1L)
}

#' Parts of a tensor, as `x[i, j]` takes them in R
op_subset <- function(x, ...) {
  python("subset", x, indices(...))
}

`op_subset<-` <- function(x, ..., value) { # nolint: object_name_linter.
  python("assign subset", x, indices(...), value)
}
op_subset_set <- `op_subset<-`

# Shapes -----------------------------------------------------------------------------------------

#' Sizes of an array or tensor, or a shape of given sizes; what is not known is `NULL`
shape <- function(...) {
  sizes <- unlist(lapply(list(...), sizes_of))
  structure(lapply(sizes, function(n) if (is.na(n)) NULL else n), class = "keras_shape")
}

sizes_of <- function(x) {
  if (is_python(x) || is.array(x)) {
    return(dim(x))
  }
  if (is.list(x) || length(x) > 1L) {
    return(unlist(lapply(x, sizes_of)))
  }
  if (is.null(x) || is.na(x) || x == -1) NA_integer_ else as.integer(x)
}

#' @export
format.keras_shape <- function(x, ...) {
  paste0("shape(", toString(vapply(x, function(n) format(n %||% "NA"), "")), ")")
}

#' @export
print.keras_shape <- function(x, ...) {
  cat(format(x), "\n", sep = "")
  invisible(x)
}

#' @export
as.integer.keras_shape <- function(x, ...) {
  vapply(unclass(x), function(n) n %||% NA_integer_, integer(1L))
}

#' @export
`[.keras_shape` <- function(x, ...) {
  structure(unclass(x)[...], class = "keras_shape")
}

# Data -------------------------------------------------------------------------------------------

#' Class numbers, counted from 0, as rows of zeros with a one
#'
#' @param x Whole numbers, or a factor.
to_categorical <- function(x, num_classes = NULL) {
  if (is.factor(x)) {
    num_classes <- num_classes %||% nlevels(x)
    x <- array(as.integer(x) - 1L, dim(x) %||% length(x))
  }
  given <- list(as_whole_array(x))
  given$num_classes <- as_whole(num_classes)
  do.call(python_symbol("keras.utils.to_categorical"), given)
}

adapt <- function(object, data, ..., batch_size = NULL, steps = NULL) {
  given <- prepare(verbs[["adapt"]], arguments_given(sys.nframe(), except = c("object", "data")))
  do.call(object$adapt, c(list(as_floats_deep(data)), given))
  invisible(object)
}

set_vocabulary <- function(object, vocabulary, idf_weights = NULL, ...) {
  do.call(object$set_vocabulary, arguments_given(sys.nframe(), except = "object"))
  invisible(object)
}

image_to_array <- function(img, data_format = NULL, dtype = NULL) {
  types <- c(double = "float64", integer = "int32")
  given <- arguments_given(sys.nframe())
  given$dtype <- if (is.null(dtype)) "float64" else c(types, stats::setNames(dtype, dtype))[[dtype]]
  call_symbol("keras.utils.img_to_array", given)
}

image_array_save <- function(x, path, data_format = NULL, file_format = NULL, scale = TRUE, ...) {
  call_symbol("keras.utils.save_img", arguments_given(sys.nframe()))
  invisible(x)
}

image_smart_resize <- function(x, size, interpolation = "bilinear", data_format = "channels_last",
                               backend_module = NULL) {
  given <- arguments_given(sys.nframe())
  given$size <- as_whole(given$size)
  given$backend_module <- NULL
  call_symbol("keras.preprocessing.image.smart_resize", given)
}

#' Keras' `(x, y), (x, y)` as R knows a dataset
#'
#' @return A list: `train` and `test`, each a list of `x` and `y`. Texts are a list of vectors.
as_dataset <- function(loaded) {
  lapply(stats::setNames(loaded, c("train", "test")), function(half) {
    half <- stats::setNames(half, c("x", "y"))
    if (is.list(half$x)) {
      half <- list(x = lapply(half$x, identity), y = as.integer(half$y))
    }
    half
  })
}

# Helpers ----------------------------------------------------------------------------------------

#' A list whose parts are named after what they are made of
named_list <- function(...) {
  values <- list(...)
  written <- vapply(eval(substitute(alist(...))), deparse1, "")
  names <- names(values) %||% character(length(values))
  stats::setNames(values, ifelse(nzchar(names), names, written))
}

#' Lists side by side: the first parts together, the second parts, ...
zip_lists <- function(...) {
  lists <- list(...)
  if (length(lists) == 1L) {
    lists <- lists[[1L]]
  }
  names <- names(lists[[1L]])
  if (!is.null(names)) {
    lists <- lapply(lists, function(one) {
      if (!setequal(names(one), names)) {
        stop("zip_lists() got lists of different names; unname() them to go by position",
             call. = FALSE)
      }
      one[names]
    })
  }
  stats::setNames(do.call(Map, c(list(list), lapply(lists, unname))), names)
}

config_set_backend <- function(backend) {
  python_symbol("keras.config.set_backend")(backend)
  invisible(backend)
}

use_backend <- function(backend, gpu = NA) {
  running <- python_symbol("keras.config.backend")()
  if (backend != running) {
    stop("Keras runs on ", running, " here, got '", backend, "'; set KERAS_BACKEND before pyreg ",
         "starts", call. = FALSE)
  }
  invisible()
}

install_keras <- function(envname = "r-keras", ...,
                          extra_packages = c("scipy", "pandas", "Pillow", "pydot", "ipython",
                                             "tensorflow_datasets"),
                          python_version = ">=3.9,<=3.11", backend = c("tensorflow", "jax"),
                          gpu = NA, restart_session = TRUE) {
  nothing_installed("install_keras")
}

nothing_installed <- function(name) {
  message(name, "(): nothing is installed; pyreg's own Python is used")
  invisible()
}
