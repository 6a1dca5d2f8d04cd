# A training history in, what pyreg finds out about it out.

#' Compare a history of your own with the runs of pyreg's study
#'
#' Is it identical to one of the study's runs, inside the band of its seeds, or outside, and why?
#' Calls the command `pyreg compare`, and so needs pyreg itself (Python) and a study that it has run
#' in `folder`. It is looked for in the option `pyreg.command`, on the PATH, and as
#' `.venv/bin/pyreg` in `folder` and the folders above it.
#'
#' @param history What `fit()` returned, or the path of a file that holds it (`.rds`,
#'   `.RData`, a table or JSON, known by its content).
#' @param model Name of the study's network that it is a run of.
#' @param seed The seed you set, if it is not the study's.
#' @param quick Whether to use stored runs only: nothing is trained, no causes are tested.
#' @param results Folder of the study to compare with, as seen from `folder`, such as
#'   `"results/small"`; it brings its settings along. `NULL`: that of `config/config.yaml`, the
#'   lesson's.
#' @param folder Folder that pyreg runs in, with its `config` and `results`: your clone of it.
#' @param arguments Further words for the command, such as `c("--config", "mine.yaml")`.
#' @return A data frame with a row per history: `file`, `model`, `verdict` (`identical`,
#'   `identical in part`, `inside`, `outside`, `diverged` or `diverged or stopped`), `cause`,
#'   `max_abs_diff`, `sentence`, `agrees` and more. It prints as the sentence.
#' @examples
#' \dontrun{
#' history <- model |> fit(x_train, y_train, validation_data = list(x_val, y_val), epochs = 20)
#' compare_history(history, model = "baseline")
#' compare_history("mine.csv", model = "l2", seed = 42)
#' compare_history(history, model = "baseline", results = "results/small") # after the small study
#' }
#' @export
compare_history <- function(history, model = "baseline", seed = NULL, quick = FALSE,
                            results = NULL, folder = getOption("pyreg.folder", "."),
                            arguments = character()) {
  command <- find_pyreg(folder)
  work <- tempfile("pyreg-")
  dir.create(work)
  on.exit(unlink(work, recursive = TRUE))
  file <- history_file(history, work)
  table <- file.path(work, "verdict.csv")
  arguments <- c(
    "compare", file, "--model", model, "--output", table,
    if (!is.null(seed)) c("--seed", format(seed, scientific = FALSE)),
    if (quick) "--quick", if (!is.null(results)) c("--results", path.expand(results)), arguments
  )
  is_own <- dirname(file) == work
  run_in(folder, command, arguments, yours = if (is_own) file)
  verdict <- utils::read.csv(table)
  verdict$agrees <- as.logical(verdict$agrees)
  verdict$sentence <- in_r_words(verdict$sentence)
  if (is_own) {
    verdict$file <- "your history"
    written <- "history[.](rds|csv) \\(an? [^;]*; "
    verdict$sentence <- sub(written, "your history (", verdict$sentence)
  }
  structure(verdict, class = c("pyreg_verdict", "data.frame"))
}

#' @export
print.pyreg_verdict <- function(x, ...) {
  for (i in seq_len(nrow(x))) {
    text <- paste0(x$model[[i]], ": ", x$verdict[[i]], ". ", x$sentence[[i]])
    cat(strwrap(text, width = min(getOption("width"), 100L)), sep = "\n")
  }
  invisible(x)
}

# The path of a file that pyreg reads.
history_file <- function(history, folder) {
  if (inherits(history, "keras_training_history")) {
    path <- file.path(folder, "history.rds")
    saveRDS(history, path, compress = FALSE)
    return(path)
  }
  if (is.data.frame(history)) {
    path <- file.path(folder, "history.csv")
    utils::write.csv(history, path, row.names = FALSE)
    return(path)
  }
  if (!is.character(history) || length(history) != 1L || !file.exists(history)) {
    stop("got ", if (is.character(history)) toString(history) else class(history)[[1L]],
         ", expected a history, as fit() returns it, or the path of a .csv or .rds file",
         call. = FALSE)
  }
  normalizePath(history)
}
