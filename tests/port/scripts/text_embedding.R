library(keras3)

# Parameters --------------------------------------------------------------
max_features <- 390
maxlen <- 40
batch_size <- 32
embedding_dims <- 8
filters <- 8
kernel_size <- 3
hidden_dims <- 16
epochs <- 2

# Data Preparation --------------------------------------------------------
imdb <- dataset_imdb(num_words = max_features)

# Pad the sequences, so they have all the same length
x_train <- imdb$train$x |> pad_sequences(maxlen = maxlen)
x_test <- imdb$test$x |> pad_sequences(maxlen = maxlen)

# Defining Model ------------------------------------------------------
model <- keras_model_sequential()

model |>
  # Start off with an efficient embedding layer
  layer_embedding(max_features, embedding_dims) |>
  layer_dropout(0.2) |>
  # Add a Convolution1D, which will learn filters
  layer_conv_1d(filters, kernel_size, padding = "valid", activation = "relu", strides = 1) |>
  # Apply max pooling:
  layer_global_max_pooling_1d() |>
  layer_dense(hidden_dims) |>
  layer_dropout(0.2) |>
  layer_activation("relu") |>
  layer_dense(1) |>
  layer_activation("sigmoid")

model |> compile(
  loss = "binary_crossentropy",
  optimizer = "adam",
  metrics = "accuracy"
)

model |> fit(
  x_train, imdb$train$y,
  batch_size = batch_size,
  epochs = epochs,
  validation_data = list(x_test, imdb$test$y)
)
