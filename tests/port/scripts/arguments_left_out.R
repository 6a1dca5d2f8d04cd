library(keras)
x <- matrix(c(0, 0, 0, 1, 1, 0, 1, 1), ncol = 2, byrow = TRUE)
y <- c(0, 1, 1, 0)

build <- function(units = 4, rate = 0.01) {
  model <- keras_model_sequential() %>%
    layer_dense(units = units, activation = "tanh", input_shape = 2) %>%
    layer_dense(units = 1, activation = "sigmoid")
  model %>% compile(loss = "binary_crossentropy", optimizer = optimizer_adam(lr = rate))
  model
}

# The first argument is its default, the second is not
model <- build(units = 4, rate = 0.05)
model %>% fit(x, y, epochs = 2, verbose = 0)
