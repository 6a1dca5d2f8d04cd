library(keras3)
model <- keras_model_sequential(
