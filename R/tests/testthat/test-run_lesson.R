source_file("scripts", "run_lesson.R")

test_that("options not given have their defaults", {
  expect_identical(parse_arguments(character()), defaults)
})

test_that("options are read, in any order", {
  options <- parse_arguments(c("--seed", "0", "--output-dir", "my runs", "--models", "l2,dropout"))
  expect_identical(options$seed, 0L)
  expect_identical(options$output_dir, "my runs")
  expect_identical(options$models, c("l2", "dropout"))
  expect_identical(options$epochs, 20L)
})

test_that("help wins over the rest", {
  expect_null(parse_arguments(c("--epochs", "--help")))
})

test_that("slips are named", {
  expect_error(parse_arguments(c("--epoch", "2")), "got '--epoch', expected an option")
  expect_error(parse_arguments("--seed"), "got '--seed', expected an option with its value")
  expect_error(parse_arguments(c("--epochs", "0")), "--epochs got '0', expected a whole number")
  expect_error(parse_arguments(c("--seed", "x")), "--seed got 'x'")
})
