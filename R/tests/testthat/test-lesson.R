test_that("each word of a review fills its column, however often it occurs", {
  sequences <- list(c(1L, 3L, 3L), 2L, integer())
  expected <- rbind(
    c(1L, 0L, 1L, 0L),
    c(0L, 1L, 0L, 0L),
    c(0L, 0L, 0L, 0L)
  )
  expect_identical(lesson_encode(sequences, dimension = 4), expected)
})

test_that("Python's columns are R's, one further: another matrix of the same words", {
  sequences <- list(c(0L, 2L), 3L)
  from_zero <- rbind(
    c(1L, 0L, 1L, 0L),
    c(0L, 0L, 0L, 1L)
  )
  expect_identical(lesson_encode(sequences, 4, column_base = 0), from_zero)
  # The trap: indexing as in Python without the shift loses word 0 without a word of warning.
  wrong <- matrix(0L, nrow = 2, ncol = 4)
  wrong[1, c(0L, 2L)] <- 1L
  expect_identical(wrong[1, ], c(0L, 1L, 0L, 0L))
  expect_error(lesson_encode(sequences, 4), "review 1 holds word index 0, expected 1 to 4")
})

test_that("the same index lands in different columns under the two bases", {
  expect_identical(which(lesson_encode(list(2L), 4) == 1L), 2L)
  expect_identical(which(lesson_encode(list(2L), 4, column_base = 0) == 1L), 3L)
})

test_that("an index beyond the matrix is refused with the review it is in", {
  expect_error(
    lesson_encode(list(1L, c(2L, 9L)), 4),
    "review 2 holds word index 9, expected 1 to 4"
  )
  expect_error(lesson_encode(list(4L), 4, column_base = 0), "expected 0 to 3")
})

test_that("a matrix of padded reviews is refused: its cells are not reviews", {
  expect_error(lesson_encode(matrix(1:4, nrow = 2), 4), "got matrix, expected a list")
})

test_that("no reviews give a matrix of no rows", {
  expect_identical(dim(lesson_encode(list(), 4)), c(0L, 4L))
})

test_that("labels become a column of integers", {
  expect_identical(as_column(c(0, 1, 1)), matrix(c(0L, 1L, 1L), ncol = 1))
})

test_that("the lesson has its five networks, the baseline first", {
  expect_named(lesson_models(), c("baseline", "smaller", "bigger", "l2", "dropout"))
})

test_that("a name that is no network's is refused with those that are", {
  expect_error(lesson_run("larger"), "got model 'larger', expected baseline, smaller, bigger, l2")
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
