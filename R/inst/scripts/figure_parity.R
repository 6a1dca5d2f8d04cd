# The CSV beside a curve figure in, the same figure by ggplot2 out, and what its layers hold.
#
#   Rscript R/inst/scripts/figure_parity.R CSV FOLDER

#' Draw a curve figure again with ggplot2, and save its picture and its layers' data
#'
#' @param csv Path of a CSV that `pyreg figures` wrote for a comparison of models.
#' @param folder Where to write `layer-1.csv`, `layer-2.csv`, ... and the picture, a PNG named
#'   like the CSV.
#' @return The plot, invisibly.
figure_parity <- function(csv, folder) {
  plot <- curve_plot(read_curves(csv))
  dir.create(folder, showWarnings = FALSE, recursive = TRUE)
  for (i in seq_along(plot$layers)) {
    layer <- ggplot2::layer_data(plot, i)
    is_plain <- !vapply(layer, is.list, logical(1))
    path <- file.path(folder, paste0("layer-", i, ".csv"))
    utils::write.csv(layer[is_plain], path, row.names = FALSE)
  }
  picture <- file.path(folder, sub("csv$", "png", basename(csv)))
  ggplot2::ggsave(picture, plot, width = 175, height = 75, units = "mm", dpi = 300)
  invisible(plot)
}

if (sys.nframe() == 0L) {
  script <- sub("^--file=", "", grep("^--file=", commandArgs(), value = TRUE))
  script <- gsub("~+~", " ", script, fixed = TRUE) # how Rscript hands on a blank
  for (file in c("R/history.R", "R/curves.R")) {
    source(file.path(dirname(script), "..", "..", file))
  }
  do.call(figure_parity, as.list(commandArgs(trailingOnly = TRUE)))
}
