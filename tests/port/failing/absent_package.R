library(keras)
library(no.such.package)
x <- 1
