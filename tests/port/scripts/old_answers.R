# What tutorials do with predictions: classes, shares and errors
library(keras)
set.seed(3)
x <- matrix(runif(120 * 4), ncol = 4)
y <- rep(0:2, 40)
model <- keras_model_sequential()
model %>%
  layer_dense(8, activation = "relu", input_shape = 4) %>%
  layer_dense(3, activation = "softmax")
model %>% compile(
  loss = "sparse_categorical_crossentropy", optimizer = "adam", metrics = "accuracy"
)
model %>% fit(x, y, epochs = 2, verbose = 0)

classes <- model %>% predict_classes(x, batch_size = 120)
print(mean(classes == y))
table(classes, y)

p <- model %>% predict(x)
first <- p[, 1, drop = FALSE]
rmse <- sqrt(mean((first - x[, 1])^2))
cat("RMSE:", rmse, "\n")
cat("correlation:", cor(p[, 1], x[, 1]), "\n")
spread <- mad(p[, 1])
cat("spread:", spread, "\n")
