# A script of keras 2.x, as most public ones are
library(keras)

boston <- dataset_boston_housing()
c(train_data, train_labels) %<-% boston$train
c(test_data, test_labels) %<-% boston$test

train_data <- scale(train_data)
col_means_train <- attr(train_data, "scaled:center")
col_stddevs_train <- attr(train_data, "scaled:scale")
test_data <- scale(test_data, center = col_means_train, scale = col_stddevs_train)

build_model <- function() {
  model <- keras_model_sequential() %>%
    layer_dense(units = 16, activation = "relu", input_shape = dim(train_data)[2]) %>%
    layer_dense(units = 16, activation = "relu") %>%
    layer_dense(units = 1)

  model %>% compile(
    loss = "mse",
    optimizer = optimizer_rmsprop(lr = 0.002),
    metrics = list("mean_absolute_error")
  )
  model
}

model <- build_model()
model %>% summary()

# Display training progress by printing a single dot for each completed epoch
print_dot_callback <- callback_lambda(
  on_epoch_end = function(epoch, logs) {
    if (epoch %% 80 == 0) cat("\n")
    cat(".")
  }
)
early_stop <- callback_early_stopping(monitor = "val_loss", patience = 20)

model <- build_model()
history <- model %>% fit(
  train_data,
  train_labels,
  epochs = 3,
  validation_split = 0.2,
  verbose = 0,
  callbacks = list(early_stop, print_dot_callback)
)

plot(history, metrics = "mean_absolute_error", smooth = FALSE)
tail(history$metrics$val_mae, 1)

c(loss, mae) %<-% (model %>% evaluate(test_data, test_labels, verbose = 0))
paste0("Mean absolute error on test set: $", sprintf("%.2f", mae * 1000))

test_predictions <- model %>% predict(test_data)
test_predictions[, 1]
