# The LSTM is made before the embedding: R evaluates a layer's arguments first.
library(keras3)

max_features <- 300
maxlen <- 25
imdb <- dataset_imdb(num_words = max_features)
x_train <- pad_sequences(imdb$train$x, maxlen = maxlen)
y_train <- imdb$train$y

model <- keras_model_sequential() |>
  layer_embedding(input_dim = max_features, output_dim = 8) |>
  bidirectional(layer_lstm(units = 8)) |>
  layer_dropout(rate = 0.5) |>
  layer_dense(units = 1, activation = "sigmoid")

model |> compile(
  loss = "binary_crossentropy",
  optimizer = "adam",
  metrics = c("accuracy")
)

model |> fit(x_train, y_train, batch_size = 32, epochs = 2, validation_split = 0.1)
