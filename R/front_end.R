# Which package serves the keras verbs: R's keras3, or keras_verbs.R over the bridge.

oldest_reticulate <- "1.42" # earlier ones cannot convert arrays of NumPy 2

#' Why keras3 cannot be used here; `NULL` if it can
keras3_problem <- function() {
  tryCatch(
    {
      loadNamespace("keras3")
      if (utils::packageVersion("reticulate") < oldest_reticulate) {
        paste0("reticulate is older than ", oldest_reticulate)
      }
    },
    error = conditionMessage
  )
}

is_keras3_attached <- function() {
  "package:keras3" %in% search()
}

attach_keras3 <- function() {
  suppressPackageStartupMessages(library(keras3))
}

package_version <- function(name) {
  as.character(utils::packageVersion(name))
}

#' A Python object of the bridge as the verbs in use take it
#'
#' keras3 knows only reticulate's objects; both refer to the same object of the same Python.
as_keras_object <- function(object) {
  if (!is_keras3_attached()) {
    return(object)
  }
  reticulate::import("pyreg.rbridge.objects")$look_up(attr(object, "handle")$number)
}

#' A matrix for Keras: whole numbers as bytes, others in single precision
#'
#' The network sees the same numbers; R's own types would take two to four times the memory,
#' several times.
as_samples <- function(x) {
  dtype <- if (is.double(x)) "float32" else "uint8"
  if (is_keras3_attached()) {
    reticulate::np_array(x, dtype = dtype)
  } else {
    numpy_array(x, dtype = dtype)
  }
}

#' Stop the thread with which reticulate polls R while Python runs
#'
#' It goes on polling while Python ends, and then crashes it. Python itself is left alone here,
#' as reticulate did not start it.
stop_reticulate <- function() {
  utils::getFromNamespace("py_finalize", "reticulate")()
}
