
history <- structure(
  class = "keras_training_history",
  list(
    params = list(epochs = 3L),
    metrics = list(
      loss = c(0.7, 0.5),
      accuracy = c(0.5, 0.75),
      val_loss = c(0.6, 0.55),
      val_accuracy = c(0.5, 0.625)
    )
  )
)

test_that("a history becomes the data frame that keras3 makes of it", {
  expected <- data.frame(
    epoch = c(1L, 2L, 3L, 1L, 2L, 3L, 1L, 2L, 3L, 1L, 2L, 3L),
    value = c(0.7, 0.5, NA, 0.5, 0.75, NA, 0.6, 0.55, NA, 0.5, 0.625, NA),
    metric = factor(rep(rep(c("loss", "accuracy"), each = 3), 2), levels = c("loss", "accuracy")),
    data = factor(rep(c("training", "validation"), each = 6), levels = c("training", "validation"))
  )
  expect_identical(as.data.frame(history), expected)
})

test_that("a history without validation has training rows only", {
  history$metrics <- history$metrics[c("loss", "accuracy")]
  expect_identical(nrow(as.data.frame(history)), 6L)
  expect_identical(unique(as.character(as.data.frame(history)$data)), "training")
})

test_that("a history prints the values of its last epoch", {
  printed <- capture.output(print(history))
  expect_match(printed[[1]], "2 epochs")
  expect_match(printed, "val_loss: 0.5500", fixed = TRUE, all = FALSE)
})

test_that("a history is drawn with one panel per metric", {
  skip_if_not_installed("ggplot2")
  panels <- ggplot2::ggplot_build(plot(history))$layout$layout
  expect_setequal(as.character(panels$metric), c("loss", "accuracy"))
})

test_that("a history is drawn without ggplot2 too", {
  pdf(NULL)
  on.exit(dev.off())
  expect_null(plot_with_base(as.data.frame(history)))
})
