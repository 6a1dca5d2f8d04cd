# The network stands in a file of its own
library(keras3)
source("helper_network.R")
set.seed(3)
x <- matrix(runif(40 * width), ncol = width)
y <- as.numeric(x[, 1] > x[, 2])
model <- network(hidden = 6)
model |> fit(x, y, epochs = 2, batch_size = 10, verbose = 0)
