source_r("run_lesson.R")
source_r("lesson.R")
source_r("keras_verbs.R")

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
  expect_error(run_lesson(list(models = "larger")), "got model 'larger', expected baseline")
})

test_that("a history is written as a table and as itself", {
  folder <- withr::local_tempdir()
  history <- structure(
    class = "keras_training_history",
    list(params = list(epochs = 2L), metrics = list(loss = c(0.1, 1 / 3)))
  )
  write_history(history, file.path(folder, "baseline"))
  expect_identical(readRDS(file.path(folder, "baseline.rds")), history)
  table <- read.csv(file.path(folder, "baseline.csv"))
  expect_named(table, c("epoch", "value", "metric", "data"))
  expect_equal(table$value, c(0.1, 1 / 3))
})
