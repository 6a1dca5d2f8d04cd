library(keras)
set.seed(12)
x <- matrix(rnorm(200), ncol = 4)
y <- cbind(x[, 1] + x[, 2], x[, 3])

root_mean_squared_error <- function(y_true, y_pred) {
  k_sqrt(k_mean(k_square(y_pred - y_true), axis = -1))
}
metric_mean_pred <- custom_metric("mean_pred", function(y_true, y_pred) {
  k_mean(y_pred)
})

input <- layer_input(shape = c(4))
scaled <- input %>% layer_lambda(function(t) k_clip(t, -2, 2))
output <- scaled %>%
  layer_dense(8, activation = "relu") %>%
  layer_dense(2)
model <- keras_model(input, output)
model %>% compile(
  optimizer = optimizer_sgd(lr = 0.01, decay = 0),
  loss = root_mean_squared_error,
  metrics = c(metric_mean_pred)
)
model %>% fit(x, y, epochs = 2, batch_size = 10, verbose = 0)
