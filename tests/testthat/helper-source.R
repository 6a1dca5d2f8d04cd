#' Source a file of R/; like every file there it only defines functions
source_r <- function(name, envir = parent.frame()) {
  sys.source(testthat::test_path("..", "..", "R", name), envir)
}
