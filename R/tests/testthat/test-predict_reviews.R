answering <- function(folder, answers) {
  write.csv(answers, file.path(folder, "answer.csv"), row.names = FALSE, na = "NA")
  lines <- c(
    "while [ \"$1\" != --table ]; do shift; done; cp \"$2\" asked.csv",
    "while [ \"$1\" != --output ]; do shift; done; cp answer.csv \"$2\""
  )
  stand_in(folder, lines)
}

answers <- data.frame(
  text = c("x", "y"), probability = c(0.9, 0.5), class = c("positive", "unknown"),
  num_words = c(3L, 0L), num_known = c(3L, 0L), note = c(NA, "no words")
)
texts <- c("great, \"superb\"\nfilm, caf\u00e9", "")

test_that("texts are handed to pyreg as they are, and its answers come back", {
  skip_on_os("windows")
  folder <- withr::local_tempdir()
  withr::local_options(pyreg.command = answering(folder, answers))
  found <- predict_reviews(texts, run = "a run", explain = TRUE, folder = folder)
  expect_equal(found$text, texts)
  expect_equal(found$probability, c(0.9, 0.5))
  expect_equal(found$note, c("", "no words"))
  called <- readLines(file.path(folder, "called"))
  expect_equal(called[1:3], c("predict", "--run", "a run"))
  expect_true("--explain" %in% called)
  asked <- read.csv(file.path(folder, "asked.csv"), encoding = "UTF-8")
  expect_equal(enc2utf8(asked$text), enc2utf8(texts))
})

test_that("what is no text is refused", {
  expect_error(predict_reviews(1), "got numeric, expected a character vector")
  expect_error(predict_reviews(c("good", NA)), "got a missing text")
  expect_error(predict_reviews(character()), "got no text, expected a character vector")
})
