# What a script must not do to the machine that it is ported on
rm(list = ls())
setwd("~/Documents/deep learning")
if (!require("keras3")) install.packages("keras3")
install.packages(c("keras", "ggplot2"))
library(keras3)
X11()

set.seed(1)
x <- matrix(rnorm(60), ncol = 3)
y <- rep(c(0, 1), 10)
model <- keras_model_sequential(input_shape = 3) |>
  layer_dense(1, activation = "sigmoid")
model |> compile(optimizer = "sgd", loss = "binary_crossentropy", metrics = "acc")
history <- model |> fit(x, y, epochs = 2, verbose = 0)
write.csv(as.data.frame(history), "history.csv")
plot(history)
history$metrics$accuracy
