source_file("bridge", "train_run.R")

test_that("flat reviews are cut where the offsets say, empty ones too", {
  expect_identical(as_sequences(c(1L, 5L, 2L), c(0, 2, 2, 3)), list(c(1L, 5L), integer(), 2L))
})

test_that("reviews are encoded with their labels beside them", {
  encoded <- encode_reviews(c(1L, 3L, 2L), c(0, 2, 3), c(1L, 0L), num_words = 3, column_base = 1)
  expect_identical(encoded$x, rbind(c(1L, 0L, 1L), c(0L, 1L, 0L)))
  expect_identical(encoded$y, matrix(c(1L, 0L), ncol = 1))
})
