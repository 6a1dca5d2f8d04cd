# Classifying newswires: a multiclass classification example
library(keras3)

reuters <- dataset_reuters(num_words = 300)
train_data <- reuters$train$x
train_labels <- reuters$train$y
test_data <- reuters$test$x
test_labels <- reuters$test$y

vectorize_sequences <- function(sequences, dimension = 300) {
  results <- matrix(0, nrow = length(sequences), ncol = dimension)
  for (i in 1:length(sequences))
    results[i, sequences[[i]]] <- 1
  results
}

x_train <- vectorize_sequences(train_data)
x_test <- vectorize_sequences(test_data)

to_one_hot <- function(labels, dimension = 46) {
  results <- matrix(0, nrow = length(labels), ncol = dimension)
  for (i in 1:length(labels))
    results[i, labels[[i]] + 1] <- 1
  results
}

one_hot_train_labels <- to_one_hot(train_labels)
one_hot_test_labels <- to_categorical(test_labels, num_classes = 46)

model <- keras_model_sequential() %>%
  layer_dense(units = 64, activation = "relu", input_shape = c(300)) %>%
  layer_dense(units = 64, activation = "relu") %>%
  layer_dense(units = 46, activation = "softmax")

model %>% compile(
  optimizer = "rmsprop",
  loss = "categorical_crossentropy",
  metrics = c("accuracy")
)

# Set apart 40 samples for validation
val_indices <- 1:40

x_val <- x_train[val_indices, ]
partial_x_train <- x_train[-val_indices, ]

y_val <- one_hot_train_labels[val_indices, ]
partial_y_train <- one_hot_train_labels[-val_indices, ]

history <- model %>% fit(
  partial_x_train,
  partial_y_train,
  epochs = 3,
  batch_size = 32,
  validation_data = list(x_val, y_val)
)
plot(history)

results <- model %>% evaluate(x_test, one_hot_test_labels)
results

predictions <- model %>% predict(x_test)
dim(predictions)
sum(predictions[1, ])
which.max(predictions[1, ])
