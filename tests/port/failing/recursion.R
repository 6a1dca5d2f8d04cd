library(keras3)
countdown <- function(n) {
  countdown(n - 1)
}
countdown(10)
