# Runs of pyreg in, the same as histories of R's keras out.
#
#   Rscript R/history.R RUN_FOLDER...
#
# writes history.rds into each folder, beside its history.csv. Where keras3 is loaded, plot() and
# as.data.frame() take what readRDS() gives; where it is not, it prints as a list.

#' Turn a run's table into a training history
#'
#' @param table A data frame with columns `epoch`, `value`, `metric` and `data`, as
#'   `as.data.frame(history)` gives it and pyreg's history.csv holds it.
#' @return A list of class `keras_training_history`, as keras3 makes it: `params`, and `metrics`, a
#'   vector of values for each metric.
as_keras_history <- function(table) {
  table <- table[order(table$epoch), ]
  names <- paste0(ifelse(table$data == "validation", "val_", ""), table$metric)
  metrics <- split(table$value, factor(names, unique(names)))
  params <- list(verbose = 0L, epochs = max(table$epoch))
  structure(list(params = params, metrics = metrics), class = "keras_training_history")
}

#' Read a run as a training history
#'
#' @param folder A run's folder, or the folder of replicates.
#' @return A history from `as_keras_history()`; for replicates a list of them, named by their seeds.
read_keras_history <- function(folder) {
  table <- utils::read.csv(file.path(folder, "history.csv"))
  histories <- lapply(split(table, table$seed), as_keras_history)
  if (length(histories) == 1L) histories[[1L]] else histories
}

#' Write history.rds into the folders of runs, each file whole or not at all
write_keras_histories <- function(folders) {
  for (folder in folders) {
    part <- tempfile(".history-", folder, ".rds")
    saveRDS(read_keras_history(folder), part)
    file.rename(part, file.path(folder, "history.rds"))
  }
}

if (sys.nframe() == 0L) {
  write_keras_histories(commandArgs(trailingOnly = TRUE))
}
