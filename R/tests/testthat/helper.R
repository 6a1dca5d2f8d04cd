# In the installed package its functions are there; in a clone they are sourced.
in_clone <- function(...) testthat::test_path("..", "..", ...)

if (!isNamespaceLoaded("pyreg")) {
  for (file in list.files(in_clone("R"), full.names = TRUE)) {
    sys.source(file, globalenv())
  }
  register_history_methods(globalenv())
}

# A file of inst/ or, where the package is installed, of its folder.
source_file <- function(folder, name, envir = parent.frame()) {
  installed <- system.file(folder, name, package = "pyreg")
  file <- if (file.exists(in_clone("inst"))) in_clone("inst", folder, name) else installed
  testthat::skip_if_not(file.exists(file), paste(name, "is not here"))
  sys.source(file, envir)
}

# A command that stands in for pyreg: it notes what it was called with and answers as told.
stand_in <- function(folder, lines) {
  path <- file.path(folder, "pyreg")
  writeLines(c("#!/bin/sh", "printf '%s\\n' \"$@\" >> called", lines), path)
  Sys.chmod(path, "755")
  path
}
