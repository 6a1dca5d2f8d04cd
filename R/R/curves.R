# The CSV beside a curve figure in, the same figure by ggplot2 out.
#
# pyreg draws with plotnine. Drawn from the same data by ggplot2 the layers must hold the same
# values; tests/figures/test_figures.py compares them.

metric_titles <- c(
  binary_crossentropy = "Binary cross-entropy (nats)",
  sparse_categorical_crossentropy = "Categorical cross-entropy (nats)",
  mean_squared_error = "Mean squared error (squared units of the target)",
  mean_absolute_error = "Mean absolute error (units of the target)",
  accuracy = "Accuracy (share correct)"
)
# Okabe and Ito, and three of Tol's, as in pyreg/figures/looks.py
model_colours <- c(
  "#000000", "#E69F00", "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#882255",
  "#999933", "#332288"
)
model_shapes <- c(19, 17, 15, 18, 25, 3, 4, 8, 6, 0)

#' Read a curve figure's data; models, data and metrics keep the order in which they stand
#'
#' @param csv Path of the CSV: columns model, metric, data, epoch, value, low, high, num_runs, best.
#' @return A data frame with factors, for [curve_plot()].
#' @export
read_curves <- function(csv) {
  curves <- utils::read.csv(csv)
  curves$model <- factor(curves$model, unique(curves$model))
  curves$data <- factor(curves$data, c("training", "validation"))
  curves$panel <- droplevels(factor(metric_titles[curves$metric], metric_titles))
  curves$best <- curves$best == "True"
  curves
}

#' The figure: bands if there are replicates, lines, points, and rings at the best epochs
#'
#' @param curves A data frame that [read_curves()] gave.
#' @return A ggplot.
#' @examples
#' \dontrun{
#' curve_plot(read_curves("results/imdb/figures/compare-capacity.csv"))
#' }
#' @export
curve_plot <- function(curves) {
  models <- levels(curves$model)
  in_order <- function(values) stats::setNames(values[seq_along(models)], models)
  plot <- ggplot2::ggplot(curves, ggplot2::aes(epoch, value, colour = model, linetype = data))
  if (any(curves$num_runs > 1)) {
    band <- ggplot2::aes(ymin = low, ymax = high, fill = model)
    plot <- plot + ggplot2::geom_ribbon(band, alpha = 0.2, colour = NA, show.legend = FALSE)
  }
  plot +
    ggplot2::geom_line(linewidth = 0.35) +
    ggplot2::geom_point(ggplot2::aes(shape = model), size = 0.8) +
    ggplot2::geom_point(data = curves[curves$best, ], shape = 1, size = 2.4, show.legend = FALSE) +
    ggplot2::facet_wrap(ggplot2::vars(panel), ncol = 2, scales = "free_y") +
    ggplot2::scale_x_continuous(breaks = whole_breaks) +
    ggplot2::scale_colour_manual(values = in_order(model_colours)) +
    ggplot2::scale_fill_manual(values = in_order(model_colours)) +
    ggplot2::scale_shape_manual(values = in_order(model_shapes)) +
    ggplot2::scale_linetype_manual(values = c(training = "dashed", validation = "solid")) +
    ggplot2::labs(x = "Epoch", y = NULL, colour = NULL, shape = NULL, linetype = NULL) +
    paper_theme()
}

paper_theme <- function() {
  ggplot2::theme_bw(base_size = 7.5) +
    ggplot2::theme(
      legend.position = "top",
      legend.justification = "left",
      legend.margin = ggplot2::margin(),
      panel.border = ggplot2::element_blank(),
      panel.grid.minor = ggplot2::element_blank(),
      axis.line = ggplot2::element_line(linewidth = 0.2),
      strip.background = ggplot2::element_blank(),
      strip.text = ggplot2::element_text(face = "bold", hjust = 0)
    )
}
