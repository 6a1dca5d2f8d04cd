library(keras3)
set_random_seed(8)
x <- matrix(seq(-1, 1, length.out = 48), ncol = 2)
y <- x[, 1] * x[, 2]

# By name, made in a loop: each keeps its own weights
networks <- list()
for (activation in c("relu", "tanh")) {
  network <- keras_model_sequential(input_shape = 2) |>
    layer_dense(3, activation = activation) |>
    layer_dense(1)
  network |> compile(loss = "mse", optimizer = "sgd")
  network |> fit(x, y, epochs = 1, verbose = 0)
  networks[[activation]] <- network
}
first <- predict(networks$relu, x, verbose = 0)
second <- predict(networks[["tanh"]], x, verbose = 0)
for (name in names(networks)) {
  networks[[name]] |> evaluate(x, y, verbose = 0)
}

# By number, asked in a loop once all of them are trained
committee <- vector("list", 2)
for (i in 1:2) {
  member <- keras_model_sequential(input_shape = 2) |> layer_dense(1)
  member |> compile(loss = "mae", optimizer = "adam")
  committee[[i]] <- member
}
for (i in 1:2) committee[[i]] |> fit(x, y, epochs = i, verbose = 0)

# From a function, whose own variable has one name for all of them
build <- function(units) {
  own <- keras_model_sequential(input_shape = 2) |> layer_dense(units) |> layer_dense(1)
  own |> compile(loss = "mse", optimizer = "sgd")
  own |> fit(x, y, epochs = 1, verbose = 0)
  own
}
built <- lapply(c(2, 3), build)
for (each in built) each |> evaluate(x, y, verbose = 0)
answers <- Map(function(own, number) predict(own, x[1:number, ], verbose = 0), built, c(5, 6))
