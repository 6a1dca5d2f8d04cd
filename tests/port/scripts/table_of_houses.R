library(keras3)
set.seed(5)

houses <- read.csv("houses.csv", stringsAsFactors = TRUE)
summary(houses)

houses <- na.omit(houses)
houses$heating <- as.numeric(houses$heating)

n <- nrow(houses)
train_rows <- sample(1:n, size = 90)

predictors <- c("rooms", "area", "age", "heating")
train_x <- as.matrix(houses[train_rows, predictors])
test_x <- as.matrix(houses[-train_rows, predictors])
train_y <- houses$price[train_rows]
test_y <- houses$price[-train_rows]

min_max <- function(x, like) {
  sweep(sweep(x, 2, apply(like, 2, min), "-"), 2, apply(like, 2, max) - apply(like, 2, min), "/")
}
scaled_train <- min_max(train_x, train_x)
scaled_test <- min_max(test_x, train_x)

model <- keras_model_sequential(input_shape = 4) |>
  layer_dense(units = 10, activation = "relu") |>
  layer_dense(units = 1, activation = "linear")
model |> compile(loss = "mse", optimizer = "adam", metrics = "mean_absolute_error")
model |> fit(scaled_train, log(train_y), epochs = 3, batch_size = 10, verbose = 0)

result <- model |> evaluate(scaled_test, log(test_y), verbose = 0)
cat("Mean absolute error on log price:", result$mean_absolute_error, "\n")
predicted <- exp(predict(model, scaled_test, verbose = 0))
