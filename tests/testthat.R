# Run the R tests: Rscript tests/testthat.R (from anywhere; needs testthat, no Python).

script <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
testthat::test_dir(
  file.path(dirname(normalizePath(script)), "testthat"),
  reporter = testthat::SummaryReporter$new(),
  stop_on_failure = TRUE
)
