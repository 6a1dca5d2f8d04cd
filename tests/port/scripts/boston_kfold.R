library(keras3)

dataset <- dataset_boston_housing()
c(c(train_data, train_targets), c(test_data, test_targets)) %<-% dataset
str(train_data)

# Normalize with the means and deviations of the training data
mean <- apply(train_data, 2, mean)
std <- apply(train_data, 2, sd)
train_data <- scale(train_data, center = mean, scale = std)
test_data <- scale(test_data, center = mean, scale = std)

# Because we need the same network several times, we build it in a function
build_model <- function() {
  model <- keras_model_sequential(input_shape = ncol(train_data)) |>
    layer_dense(units = 16, activation = "relu") |>
    layer_dense(units = 16, activation = "relu") |>
    layer_dense(units = 1)

  model |> compile(
    optimizer = "rmsprop",
    loss = "mse",
    metrics = c("mae")
  )
  model
}

k <- 4
set.seed(42)
indices <- sample(1:nrow(train_data))
folds <- cut(indices, breaks = k, labels = FALSE)

num_epochs <- 2
all_scores <- c()
for (i in 1:k) {
  cat("processing fold #", i, "\n")

  # Prepare the validation data: data from partition #k
  val_indices <- which(folds == i, arr.ind = TRUE)
  val_data <- train_data[val_indices, ]
  val_targets <- train_targets[val_indices]

  # Prepare the training data: data from all other partitions
  partial_train_data <- train_data[-val_indices, ]
  partial_train_targets <- train_targets[-val_indices]

  # Build the Keras model (already compiled)
  model <- build_model()

  # Train the model (in silent mode, verbose=0)
  model |> fit(partial_train_data, partial_train_targets,
               epochs = num_epochs, batch_size = 8, verbose = 0)

  # Evaluate the model on the validation data
  results <- model |> evaluate(val_data, val_targets, verbose = 0)
  all_scores <- c(all_scores, results$mae)
}

mean(all_scores)
