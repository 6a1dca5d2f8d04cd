# The lesson's two cures: weight regularization and dropout.
library(keras3)
set_random_seed(42)

num_words <- 350
c(c(train_data, train_labels), c(test_data, test_labels)) %<-% dataset_imdb(num_words = num_words)

# Word k fills column k + 1, as Python ports do
vectorize <- function(sequences, dimension = 350) {
  results <- array(0, dim = c(length(sequences), dimension))
  for (i in seq_along(sequences)) {
    results[i, sequences[[i]] + 1] <- 1
  }
  results
}

x_train <- vectorize(train_data)
x_test <- vectorize(test_data)
y_train <- as.numeric(train_labels)
y_test <- as.numeric(test_labels)

l2_model <- keras_model_sequential(input_shape = num_words) %>%
  layer_dense(units = 16, activation = "relu",
              kernel_regularizer = regularizer_l2(l = 0.001)) %>%
  layer_dense(units = 16, activation = "relu",
              kernel_regularizer = regularizer_l2(l = 0.001)) %>%
  layer_dense(units = 1, activation = "sigmoid")

l2_model %>% compile(
  optimizer = "adam",
  loss = "binary_crossentropy",
  metrics = list("accuracy")
)

l2_history <- l2_model %>% fit(
  x_train, y_train, epochs = 2, batch_size = 32,
  validation_data = list(x_test, y_test), verbose = 0
)

dropout_model <- keras_model_sequential(input_shape = num_words) %>%
  layer_dense(units = 16, activation = "relu") %>%
  layer_dropout(0.6) %>%
  layer_dense(units = 16, activation = "relu") %>%
  layer_dropout(0.6) %>%
  layer_dense(units = 1, activation = "sigmoid")

dropout_model %>% compile(
  optimizer = "adam",
  loss = "binary_crossentropy",
  metrics = list("accuracy")
)

dropout_history <- dropout_model %>% fit(
  x_train, y_train, epochs = 2, batch_size = 32,
  validation_data = list(x_test, y_test), verbose = 0
)

# Which of the two generalizes better?
dropout_model %>% predict(x_test[1:10, ])
l2_history$metrics$val_loss
