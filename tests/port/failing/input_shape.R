library(keras3)
model <- keras_model_sequential(input_shape = 5) |>
  layer_dense(1)
model |> compile(optimizer = "adam", loss = "mse")
model |> fit(matrix(1, 4, 2), rep(1, 4), verbose = 0)
