# Lint R/ and the R tests; exit code 1 if anything is found.
if (!requireNamespace("lintr", quietly = TRUE)) {
  message("lintr is not installed: R code not linted (apt-get install r-cran-lintr)")
  quit(status = 0)
}
found <- c(
  lintr::lint_dir("R"),
  lintr::lint_dir("tests/testthat")
)
if (length(found) > 0) {
  print(found)
  quit(status = 1)
}
