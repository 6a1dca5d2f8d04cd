library(keras3)
build <- function(units) {
  stop("units must be known")
}
model <- build(3)
