# Texts in, what a trained network of the study says of them out.

#' Ask a trained network about texts of your own
#'
#' Calls the command `pyreg predict`, and so needs pyreg itself (Python), which is looked for as
#' [compare_history()] does, and a study that it has run in `folder`.
#'
#' @param texts A character vector, a review each.
#' @param run Folder of the run whose network is asked, as seen from `folder`; or of replicates,
#'   all of whose networks are asked, such as
#'   `"results/imdb/replicates/dropout/per-epoch/seeds-1-10"` (kept with `save_models: true` in the
#'   study).
#' @param explain Whether to tell the words that move each answer most: how much less the
#'   probability is without them.
#' @param folder Folder that pyreg runs in, with its `results`: your clone of it.
#' @return A data frame with a row per text: `text`, `probability` (of `positive`), `class`
#'   (`negative`, `positive`, or `unknown` where fewer than 4 words of 10 are known), `num_words`,
#'   `num_known`, `note`, and with `explain` also `words`. Of replicates, `probability` is the
#'   average over their networks, and `sd` its standard deviation.
#' @examples
#' \dontrun{
#' texts <- c("this film was great", "what a bore")
#' predict_reviews(texts)
#' # After the small study:
#' predict_reviews(texts, run = "results/small/runs/python/dropout/per-epoch/seed-1")
#' }
#' @export
predict_reviews <- function(texts, run = "results/imdb/runs/python/dropout/per-epoch/seed-1",
                            explain = FALSE, folder = getOption("pyreg.folder", ".")) {
  if (!is.character(texts) || length(texts) == 0L || anyNA(texts)) {
    got <- if (anyNA(texts)) "a missing text" else class(texts)[[1L]]
    stop("got ", if (length(texts) == 0L) "no text" else got,
         ", expected a character vector with a review in each element", call. = FALSE)
  }
  command <- find_pyreg(folder)
  work <- tempfile("pyreg-")
  dir.create(work)
  on.exit(unlink(work, recursive = TRUE))
  asked <- file.path(work, "texts.csv")
  answers <- file.path(work, "answers.csv")
  utils::write.csv(
    # Quotes and a column beside it: no text is taken for more than one field, or for none.
    data.frame(number = seq_along(texts), text = enc2utf8(texts)), asked,
    row.names = FALSE, fileEncoding = "UTF-8"
  )
  arguments <- c(
    "predict", "--run", run, "--table", asked, "--output", answers, if (explain) "--explain"
  )
  run_in(folder, command, arguments)
  found <- utils::read.csv(answers, encoding = "UTF-8")
  found$text <- texts # as they were given
  for (column in intersect(c("note", "words"), names(found))) {
    found[[column]][is.na(found[[column]])] <- ""
  }
  found
}
