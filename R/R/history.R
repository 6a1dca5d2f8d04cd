# Training histories of R's keras: made from pyreg's runs, printed, drawn and turned into tables.
#
# A history is a list of class `keras_training_history` with `params` and `metrics`, a vector of
# values for each metric. keras3 has methods for it; where keras3 is not loaded these stand in.

# Reading and writing ----------------------------------------------------------------------------

#' Turn a run's table into a training history
#'
#' @param table A data frame with columns `epoch`, `value`, `metric` and `data`, as
#'   `as.data.frame(history)` gives it and pyreg's history.csv holds it.
#' @return A `keras_training_history`, as keras3 makes it.
#' @examples
#' table <- data.frame(
#'   epoch = c(1, 2, 1, 2), value = c(0.6, 0.4, 0.7, 0.6), metric = "loss",
#'   data = c("training", "training", "validation", "validation")
#' )
#' as_keras_history(table)
#' @export
as_keras_history <- function(table) {
  table <- table[order(table$epoch), ]
  names <- paste0(ifelse(table$data == "validation", "val_", ""), table$metric)
  metrics <- split(table$value, factor(names, unique(names)))
  params <- list(verbose = 0L, epochs = max(table$epoch))
  structure(list(params = params, metrics = metrics), class = "keras_training_history")
}

#' Read a run of pyreg as a training history
#'
#' @param folder A run's folder, or the folder of replicates.
#' @return A history as from [as_keras_history()]; for replicates a list of them, named by their
#'   seeds.
#' @examples
#' \dontrun{
#' history <- read_keras_history("results/imdb/runs/python/baseline/per-epoch/seed-1")
#' plot(history)
#' }
#' @export
read_keras_history <- function(folder) {
  table <- utils::read.csv(file.path(folder, "history.csv"))
  histories <- lapply(split(table, table$seed), as_keras_history)
  if (length(histories) == 1L) histories[[1L]] else histories
}

# Write history.rds into the folders of runs, each file whole or not at all.
#
# A full disk ends saveRDS() without an error: what was written is read back before it takes the
# place of an earlier file.
write_keras_histories <- function(folders) {
  for (folder in folders) {
    part <- tempfile(".history-", folder, ".rds")
    history <- read_keras_history(folder)
    written <- tryCatch(
      {
        saveRDS(history, part)
        identical(readRDS(part), history)
      },
      error = function(condition) FALSE
    )
    file <- file.path(folder, "history.rds")
    if (!written || !file.rename(part, file)) {
      unlink(part)
      stop("cannot write ", file, ": make room, or see that you may write there", call. = FALSE)
    }
  }
}

# Methods ----------------------------------------------------------------------------------------

# A data frame with a row per epoch, metric and data set: `epoch` (from 1), `value`, `metric`, and
# `data` ("training" or "validation"). Epochs that were not reached have the value `NA`.
history_as_table <- function(x, ...) {
  names <- names(x$metrics)
  epochs <- seq_len(x$params$epochs)
  values <- lapply(x$metrics, function(values) as.numeric(values)[epochs])
  metric <- sub("^val_", "", names)
  data <- ifelse(startsWith(names, "val_"), "validation", "training")
  data.frame(
    epoch = rep(epochs, times = length(names)),
    value = unlist(values, use.names = FALSE),
    metric = factor(rep(metric, each = length(epochs)), levels = unique(metric)),
    data = factor(rep(data, each = length(epochs)), levels = c("training", "validation"))
  )
}

print_history <- function(x, ...) {
  epochs <- length(x$metrics[[1L]])
  last <- vapply(x$metrics, function(values) as.numeric(values)[[epochs]], numeric(1))
  cat("Trained for ", epochs, " epochs. In the last one:\n", sep = "")
  cat(paste0(formatC(names(last), width = max(nchar(names(last)))), ": ",
             formatC(last, digits = 4, format = "f"), "\n"), sep = "")
  invisible(x)
}

# A ggplot with a panel per metric; without ggplot2 `NULL`, and the curves are drawn with base
# graphics.
plot_history <- function(x, y, metrics = NULL, ...) {
  history <- history_as_table(x)
  if (!is.null(metrics)) {
    history <- droplevels(history[history$metric %in% metrics, ])
  }
  if (!requireNamespace("ggplot2", quietly = TRUE)) {
    return(plot_with_base(history, ...))
  }
  epoch <- value <- data <- NULL # columns of the history
  ggplot2::ggplot(history, ggplot2::aes(epoch, value, colour = data, fill = data)) +
    ggplot2::geom_line(na.rm = TRUE) +
    ggplot2::geom_point(shape = 21, colour = "black", na.rm = TRUE) +
    ggplot2::facet_grid(metric ~ ., switch = "y", scales = "free_y") +
    ggplot2::scale_x_continuous(breaks = whole_breaks) +
    ggplot2::labs(x = "epoch", y = NULL)
}

# Whole numbers from 1 on: there is no epoch 0 or 1.5.
whole_breaks <- function(limits) unique(c(1, round(pretty(limits))[-1]))

plot_with_base <- function(history, ...) {
  metrics <- levels(history$metric)
  before <- graphics::par(mfrow = c(length(metrics), 1L), mar = c(4, 4, 1, 1))
  on.exit(graphics::par(before))
  for (metric in metrics) {
    rows <- history[history$metric == metric, ]
    graphics::plot(
      rows$epoch, rows$value,
      pch = c(19, 1)[rows$data], xlab = "epoch", ylab = metric, ...
    )
    graphics::legend("topright", levels(rows$data), pch = c(19, 1), bty = "n")
  }
  invisible(NULL)
}

# Registered when they are needed, and not in the package's NAMESPACE: keras3's methods of the same
# class are as good, and neither package is to overwrite the other's.
register_history_methods <- function(envir) {
  methods <- list(as.data.frame = history_as_table, print = print_history, plot = plot_history)
  for (generic in names(methods)) {
    registerS3method(generic, "keras_training_history", methods[[generic]], envir = envir)
  }
}
