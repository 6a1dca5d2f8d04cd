# A results folder in, its tables and histories as data frames out. Base R only.

#' Read everything a study found
#'
#' @param folder `results/<study>`.
#' @return A list of data frames: the tables that are there (`agreement`, `metrics`, `claims`,
#'   `my_runs`, ...), `runs`, the histories of all single runs, and `replicates`, those of all
#'   seeds. Histories have the columns of `as.data.frame(history)` first, then `model`, `engine`,
#'   `shuffle` and `seed`.
#' @examples
#' # results <- read_results("results/imdb")
#' # subset(results$agreement, select = c(model, right, level))
read_results <- function(folder) {
  tables <- Sys.glob(file.path(folder, "tables", "*.csv"))
  if (!dir.exists(file.path(folder, "runs"))) {
    stop(folder, " holds no runs; name the folder of a study, such as results/imdb", call. = FALSE)
  }
  names(tables) <- sub("[.]csv$", "", basename(tables))
  c(
    lapply(tables, utils::read.csv),
    list(
      runs = read_histories(file.path(folder, "runs", "*", "*", "*", "seed-*")),
      replicates = read_histories(file.path(folder, "replicates", "*", "*", "seeds-*"))
    )
  )
}

#' Read histories and put them below each other
#'
#' @param pattern Path of runs' folders, with wildcards.
#' @return A data frame; `NULL` if no run is there. Models, metrics and data are factors.
read_histories <- function(pattern) {
  files <- Sys.glob(file.path(pattern, "history.csv"))
  histories <- do.call(rbind, lapply(files, utils::read.csv))
  for (column in intersect(c("metric", "data", "model"), names(histories))) {
    histories[[column]] <- factor(histories[[column]], unique(histories[[column]]))
  }
  histories
}
