rm(list = ls())
library(keras3)
set.seed(9)
x.train <- matrix(runif(90), ncol = 3)
`my labels` <- as.numeric(x.train[, 1] > 0.5)
lambda <- 0.01
class <- 4
données <- x.train * 2
print.me <- TRUE
keras <- "not the module"

data <- keras_model_sequential(input_shape = 3) |>
  layer_dense(class, kernel_regularizer = regularizer_l2(lambda), name = "first/layer" |> sub("/", "_", x = _)) |>
  layer_dense(1, activation = "sigmoid")
data |> compile(optimizer = "sgd", loss = "binary_crossentropy")
data |> fit(données, `my labels`, epochs = 2, verbose = 0)
