# Shared by several scripts
width <- 5

# One hidden layer
network <- function(hidden) {
  model <- keras_model_sequential(input_shape = width) |>
    layer_dense(hidden, activation = "relu") |>
    layer_dense(1, activation = "sigmoid")
  model |> compile(optimizer = "adam", loss = "binary_crossentropy", metrics = "accuracy")
  model
}
