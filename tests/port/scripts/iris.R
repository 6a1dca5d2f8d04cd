# Classification of irises with a small network
library(keras3)

data(iris)
head(iris)

# Normalize each column to 0..1
normalize <- function(x) {
  (x - min(x)) / (max(x) - min(x))
}
iris_norm <- as.data.frame(lapply(iris[1:4], normalize))
iris_norm$Species <- as.numeric(iris$Species) - 1

iris_matrix <- as.matrix(iris_norm)
dimnames(iris_matrix) <- NULL

# Split into training and test set
set.seed(1234)
ind <- sample(2, nrow(iris_matrix), replace = TRUE, prob = c(0.67, 0.33))
iris.training <- iris_matrix[ind == 1, 1:4]
iris.test <- iris_matrix[ind == 2, 1:4]
iris.trainingtarget <- iris_matrix[ind == 1, 5]
iris.testtarget <- iris_matrix[ind == 2, 5]

# One-hot encode the targets
iris.trainLabels <- to_categorical(iris.trainingtarget)
iris.testLabels <- to_categorical(iris.testtarget)

model <- keras_model_sequential()
model %>%
  layer_dense(units = 8, activation = "relu", input_shape = c(4)) %>%
  layer_dense(units = 3, activation = "softmax")

model %>% compile(
  loss = "categorical_crossentropy",
  optimizer = "adam",
  metrics = "accuracy"
)
history <- model %>% fit(
  iris.training, iris.trainLabels,
  epochs = 3, batch_size = 5, validation_split = 0.2
)
score <- model %>% evaluate(iris.test, iris.testLabels, batch_size = 128)
print(score)
