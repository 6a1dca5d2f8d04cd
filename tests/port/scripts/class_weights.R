library(keras3)
df <- read.csv("transactions.csv")
str(df)

train <- df[1:100, ]
test <- df[101:150, ]

x_train <- as.matrix(train[, c("amount", "hour", "v1")])
y_train <- train$fraud
x_test <- as.matrix(test[, c("amount", "hour", "v1")])
y_test <- test$fraud

# Normalize with training statistics only
mean <- apply(x_train, 2, mean)
std <- apply(x_train, 2, sd)
x_train <- scale(x_train, center = mean, scale = std)
x_test <- scale(x_test, center = mean, scale = std)

counts <- table(y_train)
weight_for_0 <- 1 / counts[["0"]]
weight_for_1 <- 1 / counts[["1"]]

model <- keras_model_sequential(input_shape = ncol(x_train)) |>
  layer_dense(16, activation = "relu") |>
  layer_dropout(0.3) |>
  layer_dense(1, activation = "sigmoid")

metrics <- list(
  metric_false_negatives(name = "fn"),
  metric_precision(name = "precision"),
  metric_auc(name = "auc")
)
model |> compile(optimizer_adam(1e-2), "binary_crossentropy", metrics = metrics)

class_weight <- list("0" = weight_for_0, "1" = weight_for_1)
model |> fit(
  x_train, y_train,
  batch_size = 32, epochs = 2, verbose = 2,
  class_weight = class_weight,
  validation_data = list(x_test, y_test)
)
