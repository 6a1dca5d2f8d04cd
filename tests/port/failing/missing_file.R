library(keras3)

houses <- read.csv("no_such_houses.csv")
model <- keras_model_sequential(input_shape = 4)
