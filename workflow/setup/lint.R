# Lint the R package, its tests and the bridge's R code; exit code 1 if anything is found.
if (!requireNamespace("lintr", quietly = TRUE)) {
  message("lintr is not installed: R code not linted (apt-get install r-cran-lintr)")
  quit(status = 0)
}
# The bridge's names are those of the packages that it stands in for.
of_bridge <- lintr::linters_with_defaults(
  line_length_linter = lintr::line_length_linter(100L),
  object_name_linter = NULL, object_length_linter = NULL, object_usage_linter = NULL
)
found <- c(
  lintr::lint_dir("R/R"),
  lintr::lint_dir("R/tests"),
  lintr::lint_dir("R/inst/scripts"),
  lintr::lint_dir("R/inst/bridge", linters = of_bridge)
)
if (length(found) > 0) {
  print(found)
  quit(status = 1)
}
