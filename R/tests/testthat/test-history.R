# Runs as histories of R's keras, and a study's results read in R.


run_table <- function(seed = 1L) {
  data.frame(
    epoch = rep(1:2, 4),
    value = c(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, NA),
    metric = rep(c("loss", "accuracy"), each = 2, times = 2),
    data = rep(c("training", "validation"), each = 4),
    model = "l2", engine = "python", shuffle = "per-epoch", seed = seed
  )
}

write_run <- function(folder, ...) {
  dir.create(folder, recursive = TRUE)
  write.csv(rbind(...), file.path(folder, "history.csv"), row.names = FALSE)
  folder
}

test_that("a run becomes a history as keras3 makes it", {
  history <- as_keras_history(run_table())
  expect_s3_class(history, "keras_training_history")
  expect_equal(history$params$epochs, 2)
  expect_equal(history$metrics, list(
    loss = c(0.1, 0.2), accuracy = c(0.3, 0.4), val_loss = c(0.5, 0.6), val_accuracy = c(0.7, NA)
  ))
})

test_that("rows may come in any order", {
  expect_equal(
    as_keras_history(run_table()[8:1, ])$metrics[c("loss", "val_accuracy")],
    as_keras_history(run_table())$metrics[c("loss", "val_accuracy")]
  )
})

test_that("history.rds lies beside history.csv, replicates by their seeds, nothing else left", {
  run <- write_run(withr::local_tempdir() |> file.path("run"), run_table())
  replicates <- write_run(file.path(dirname(run), "seeds-1-2"), run_table(1L), run_table(2L))
  write_keras_histories(c(run, replicates))
  expect_equal(readRDS(file.path(run, "history.rds")), as_keras_history(run_table()))
  expect_equal(names(readRDS(file.path(replicates, "history.rds"))), c("1", "2"))
  expect_setequal(list.files(run, all.files = TRUE, no.. = TRUE), c("history.csv", "history.rds"))
})

test_that("keras3 takes it: as.data.frame() gives the table back, plot() draws it", {
  skip_if_not_installed("keras3")
  loadNamespace("keras3")
  history <- as_keras_history(run_table())
  frame <- as.data.frame(history)
  expect_equal(frame$value, run_table()$value)
  expect_equal(as.character(frame$metric), run_table()$metric)
  expect_equal(as.character(frame$data), run_table()$data)
  expect_s3_class(plot(history), "ggplot")
  expect_output(print(history), "val_loss: 0.6")
})

test_that("a history that was read prints its last values", {
  expect_output(print(as_keras_history(run_table())), "val_loss: 0.6")
})

test_that("a study's tables and histories are read at once", {
  results <- file.path(withr::local_tempdir(), "imdb")
  write_run(file.path(results, "runs/python/l2/per-epoch/seed-1"), run_table())
  write_run(file.path(results, "runs/r/l2/per-epoch/seed-1"), run_table())
  write_run(file.path(results, "replicates/l2/per-epoch/seeds-1-2"), run_table(), run_table(2L))
  dir.create(file.path(results, "tables"))
  write.csv(data.frame(level = "bit-identical"), file.path(results, "tables/agreement.csv"))
  nowhere <- file.path(dirname(results), "nowhere")
  expect_error(read_results(nowhere), paste("such as", results), fixed = TRUE)
  read <- read_results(results)
  expect_equal(read$agreement$level, "bit-identical")
  expect_equal(dim(read$runs), c(16, 8))
  expect_equal(unique(read$replicates$seed), 1:2)
  expect_equal(levels(read$runs$metric), c("loss", "accuracy"))
})

batch <- function(results, seeds, age) {
  name <- paste0("seeds-", min(seeds), "-", max(seeds))
  folder <- file.path(results, "replicates/l2/per-epoch", name)
  do.call(write_run, c(list(folder), lapply(seeds, run_table)))
  Sys.setFileTime(file.path(folder, "history.csv"), Sys.time() - age)
}

test_that("no seed is read twice: of batches that share seeds the newest is taken", {
  results <- file.path(withr::local_tempdir(), "imdb")
  dir.create(file.path(results, "runs"), recursive = TRUE)
  batch(results, 1:2, age = 300)
  batch(results, 3:4, age = 200)
  batch(results, 4:5, age = 100) # shares 4, newer
  left_out <- "left out .*seeds-3-4: newer batches hold its seeds"
  expect_message(read <- read_results(results), left_out)
  expect_equal(unique(read$replicates$seed), c(1, 2, 4, 5))
  expect_equal(nrow(read$replicates), 4 * nrow(run_table()))
})

test_that("an old large batch gives way to the small ones that replaced it", {
  results <- file.path(withr::local_tempdir(), "imdb")
  dir.create(file.path(results, "runs"), recursive = TRUE)
  batch(results, 1:4, age = 300)
  batch(results, 1:2, age = 100)
  expect_message(read <- read_results(results), "seeds-1-4")
  expect_equal(unique(read$replicates$seed), 1:2)
})

test_that("batches that share no seed are read without a word", {
  results <- file.path(withr::local_tempdir(), "imdb")
  dir.create(file.path(results, "runs"), recursive = TRUE)
  batch(results, 1:2, age = 300)
  batch(results, 3:4, age = 100)
  expect_no_message(read <- read_results(results))
  expect_equal(unique(read$replicates$seed), 1:4)
})

test_that("a folder without runs is refused by name", {
  expect_error(read_results(tempdir()), "holds no runs; name the folder of a study")
})
