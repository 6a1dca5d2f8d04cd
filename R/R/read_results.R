# A results folder in, its tables and histories as data frames out.

#' Read everything a study found
#'
#' A seed counts once: where a study was first run in other batches of replicates, the newest of
#' those that share seeds is read, and a message names what was left out.
#'
#' @param folder `results/<study>`.
#' @return A list of data frames: the tables that are there (`agreement`, `metrics`, `claims`,
#'   `my_runs`, ...), `runs`, the histories of all single runs, and `replicates`, those of all
#'   seeds. Histories have the columns of `as.data.frame(history)` first, then `model`, `engine`,
#'   `shuffle` and `seed`.
#' @examples
#' \dontrun{
#' results <- read_results("results/imdb") # or "results/small", after the small study
#' subset(results$agreement, select = c(model, right, level))
#' }
#' @export
read_results <- function(folder) {
  if (!dir.exists(file.path(folder, "runs"))) {
    there <- dirname(Sys.glob(file.path(dirname(folder), "*", "runs")))
    example <- if (length(there) > 0L) there[[1L]] else "results/imdb"
    stop(folder, " holds no runs; name the folder of a study, such as ", example, call. = FALSE)
  }
  tables <- Sys.glob(file.path(folder, "tables", "*.csv"))
  names(tables) <- sub("[.]csv$", "", basename(tables))
  runs <- Sys.glob(file.path(folder, "runs", "*", "*", "*", "seed-*", "history.csv"))
  batches <- Sys.glob(file.path(folder, "replicates", "*", "*", "seeds-*-*", "history.csv"))
  c(
    lapply(tables, utils::read.csv),
    list(runs = read_histories(runs), replicates = read_histories(newest_batches(batches)))
  )
}

# Histories below each other; `NULL` if there are none. Models, metrics and data are factors.
read_histories <- function(files) {
  histories <- do.call(rbind, lapply(files, utils::read.csv))
  for (column in intersect(c("metric", "data", "model"), names(histories))) {
    histories[[column]] <- factor(histories[[column]], unique(histories[[column]]))
  }
  histories
}

# Of each set of replicates the batches that share no seed, the newest first.
newest_batches <- function(files) {
  of_set <- factor(dirname(dirname(files)), unique(dirname(dirname(files))))
  kept <- lapply(split(files, of_set), function(files) {
    by_age <- files[order(file.mtime(files), decreasing = TRUE)]
    seeds <- lapply(by_age, seeds_of_batch)
    is_kept <- logical(length(by_age))
    for (i in seq_along(by_age)) {
      is_kept[[i]] <- !any(seeds[[i]] %in% unlist(seeds[is_kept]))
    }
    by_age[is_kept][order(vapply(seeds[is_kept], min, numeric(1)))]
  })
  kept <- unlist(kept, use.names = FALSE)
  for (file in setdiff(files, kept)) {
    message("left out ", dirname(file), ": newer batches hold its seeds")
  }
  kept
}

# Of .../seeds-1-10/history.csv the numbers 1 to 10.
seeds_of_batch <- function(file) {
  ends <- as.numeric(strsplit(basename(dirname(file)), "-", fixed = TRUE)[[1L]][-1L])
  seq(ends[[1L]], ends[[2L]])
}
