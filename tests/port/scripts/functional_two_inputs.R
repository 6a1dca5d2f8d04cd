library(keras3)
set.seed(7)

n <- 80
numbers <- matrix(rnorm(n * 6), nrow = n)
groups <- sample(0:4, n, replace = TRUE)
price <- numbers[, 1] * 2 + groups + rnorm(n, sd = 0.1)

input_numbers <- layer_input(shape = 6, name = "numbers")
input_groups <- layer_input(shape = 1, name = "group", dtype = "int32")

embedded <- input_groups |>
  layer_embedding(input_dim = 5, output_dim = 3) |>
  layer_flatten()

x <- input_numbers |>
  layer_dense(units = 16, activation = "relu")

output <- layer_concatenate(list(x, embedded)) |>
  layer_dense(units = 8, activation = "relu") |>
  layer_dense(units = 1)

model <- keras_model(inputs = list(input_numbers, input_groups), outputs = output)
model |> compile(optimizer = optimizer_adam(learning_rate = 0.01), loss = "mse")

history <- model |> fit(
  x = list(numbers, matrix(groups, ncol = 1)),
  y = price,
  epochs = 3,
  batch_size = 16,
  verbose = 0
)
predictions <- model |> predict(list(numbers, matrix(groups, ncol = 1)))
