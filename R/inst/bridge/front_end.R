# Which package serves the keras verbs: R's keras3, or the bridge's own verbs.

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
  suppressPackageStartupMessages(library("keras3", character.only = TRUE))
}

version_of <- function(package) {
  as.character(utils::packageVersion(package))
}

#' Put the bridge's verbs on the search path, as `library(keras3)` would
#'
#' @param keras3 Path of the table of keras3's functions.
offer_verbs <- function(keras3) {
  register_history_methods(globalenv())
  serve_generics()
  offer("pyreg:keras3", make_verbs(keras3))
  place <- as.environment("pyreg:keras3")
  delayedAssign("keras", import_python("keras"), assign.env = place)
  place$newaxis <- NULL
}

#' Let the generics of R's package generics find our functions
#'
#' tidymodels and others bring it along, and then its fit() comes before ours.
serve_generics <- function(...) {
  if (isNamespaceLoaded("generics")) {
    for (name in c("compile", "evaluate", "fit", "generate")) {
      registerS3method(name, "python_object", bridge[[name]], envir = asNamespace("generics"))
    }
  } else {
    setHook(packageEvent("generics", "onLoad"), serve_generics)
  }
}

#' Stop the thread with which reticulate polls R while Python runs
#'
#' It goes on polling while Python ends, and then crashes it. Python itself is left alone here,
#' as reticulate did not start it.
stop_reticulate <- function() {
  utils::getFromNamespace("py_finalize", "reticulate")()
}
