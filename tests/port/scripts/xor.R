library(keras3)
set_random_seed(2)

# The four cases of exclusive or
x <- matrix(c(0, 0, 0, 1, 1, 0, 1, 1), ncol = 2, byrow = TRUE)
y <- c(0, 1, 1, 0)

model <- keras_model_sequential(input_shape = c(2))
model %>%
  layer_dense(units = 4, activation = "tanh") %>%
  layer_dense(units = 1, activation = "sigmoid")
model %>% compile(loss = "binary_crossentropy", optimizer = optimizer_adam(learning_rate = 0.1))

model %>% fit(x, y, epochs = 20, batch_size = 4, verbose = 0)
round(model %>% predict(x), 3)
