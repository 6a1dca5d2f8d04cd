# A model of pyreg's configuration in, the Keras model out, through the same verbs as the lesson.

#' Build any network that the configuration can describe
#'
#' @param spec A list: `units` (of each hidden layer), `activation`, `l1` and `l2` (factors of the
#'   penalties on the kernels of the hidden layers), `dropout` (rate after each hidden layer).
#' @param num_words Columns of the multi-hot matrix.
#' @return A Keras model, not compiled.
#' @examples
#' # spec <- list(units = c(16, 16), activation = "relu", l1 = 0, l2 = 0.001, dropout = 0)
#' # model <- build_model(spec, num_words = 5000)
build_model <- function(spec, num_words) {
  model <- keras_model_sequential(input_shape = num_words)
  for (units in spec$units) {
    model <- model |>
      layer_dense(units, activation = spec$activation, kernel_regularizer = penalty(spec))
    if (spec$dropout > 0) {
      model <- model |> layer_dropout(spec$dropout)
    }
  }
  model |> layer_dense(1, activation = "sigmoid")
}

penalty <- function(spec) {
  if (spec$l1 > 0 && spec$l2 > 0) {
    regularizer_l1_l2(l1 = spec$l1, l2 = spec$l2)
  } else if (spec$l1 > 0) {
    regularizer_l1(spec$l1)
  } else if (spec$l2 > 0) {
    regularizer_l2(spec$l2)
  }
}
