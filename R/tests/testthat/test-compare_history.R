answering <- function(folder, verdict = "inside") {
  table <- data.frame(
    file = "history.rds", model = "l2", verdict, cause = NA, max_abs_diff = 0.5,
    sentence = paste(
      "history.rds (an .rds file of R's saveRDS(); epochs 1 to 2) lies inside the band of our 10",
      "seeds. No cause was tested; leave out --quick to test some."
    ),
    agrees = "True" # as Python writes it
  )
  write.csv(table, file.path(folder, "answer.csv"), row.names = FALSE)
  stand_in(folder, "while [ \"$1\" != --output ]; do shift; done; cp answer.csv \"$2\"")
}

history <- structure(
  class = "keras_training_history",
  list(params = list(epochs = 2L), metrics = list(loss = c(0.5, 0.4)))
)

test_that("a history is handed to pyreg, and its verdict comes back", {
  skip_on_os("windows")
  folder <- withr::local_tempdir()
  withr::local_options(pyreg.command = answering(folder))
  verdict <- compare_history(history, model = "l2", seed = 100000, quick = TRUE, folder = folder)
  expect_s3_class(verdict, c("pyreg_verdict", "data.frame"), exact = TRUE)
  expect_equal(verdict$verdict, "inside")
  called <- readLines(file.path(folder, "called"))
  expect_equal(called[c(1, 3, 4)], c("compare", "--model", "l2"))
  expect_equal(called[which(called == "--seed") + 1], "100000")
  expect_true("--quick" %in% called)
  expect_false("--results" %in% called)
  expect_identical(verdict$agrees, TRUE)
  expect_equal(verdict$file, "your history")
  expect_match(verdict$sentence, "leave out quick = TRUE to test some", fixed = TRUE)
  expect_output(print(verdict), "l2: inside. your history (epochs 1 to 2) lies", fixed = TRUE)
})

test_that("what is handed over is the history itself, a table of it, or a file", {
  folder <- withr::local_tempdir()
  expect_identical(readRDS(history_file(history, folder)), history)
  table <- data.frame(epoch = 1, value = 0.5, metric = "loss", data = "training")
  expect_equal(read.csv(history_file(table, folder)), table)
  path <- history_file(table, folder)
  expect_equal(history_file(path, folder), normalizePath(path))
  expect_error(history_file("nowhere.csv", folder), "got nowhere.csv, expected a history")
  expect_error(history_file(1, folder), "got numeric, expected a history")
})

test_that("pyreg's own message is the error, in one line", {
  skip_on_os("windows")
  folder <- withr::local_tempdir()
  lines <- c("echo training >&2", "echo 'pyreg compare: no such model' >&2", "exit 2")
  fails <- stand_in(folder, lines)
  withr::local_options(pyreg.command = fails)
  before <- getwd()
  expect_error(compare_history(history, folder = folder), "^pyreg compare: no such model$")
  expect_equal(getwd(), before)
})

test_that("other results are handed on, and a file keeps its name", {
  skip_on_os("windows")
  folder <- withr::local_tempdir()
  withr::local_options(pyreg.command = answering(folder))
  file <- file.path(folder, "history.rds")
  saveRDS(history, file)
  verdict <- compare_history(file, results = "results/small", folder = folder)
  called <- readLines(file.path(folder, "called"))
  expect_equal(called[which(called == "--results") + 1], "results/small")
  expect_match(verdict$sentence, "^history.rds \\(an .rds file")
})

test_that("a message calls the history what its owner does", {
  skip_on_os("windows")
  folder <- withr::local_tempdir()
  fails <- stand_in(folder, c("echo \"pyreg compare: $2 holds none\" >&2", "exit 2"))
  withr::local_options(pyreg.command = fails)
  said <- "^pyreg compare: your history holds none$"
  expect_error(compare_history(history, folder = folder), said)
})
