library(keras3)
set_random_seed(8)

mnist <- dataset_mnist()
x_train <- mnist$train$x / 255
x_test <- mnist$test$x / 255
x_train <- array_reshape(x_train, c(nrow(x_train), 784), order = "F")
x_test <- array_reshape(x_test, c(nrow(x_test), 784), order = "F")

enc_input <- layer_input(shape = c(784))
enc_output <- enc_input %>%
  layer_dense(units = 32, activation = "relu") %>%
  layer_activation_leaky_relu() %>%
  layer_dense(units = 2)
encoder <- keras_model(enc_input, enc_output)

dec_input <- layer_input(shape = c(2))
dec_output <- dec_input %>%
  layer_dense(units = 32, activation = "relu") %>%
  layer_dense(units = 784, activation = "sigmoid")
decoder <- keras_model(dec_input, dec_output)

aen_input <- layer_input(shape = c(784))
aen_output <- aen_input %>% encoder() %>% decoder()
aen <- keras_model(aen_input, aen_output)

aen %>% compile(optimizer = "rmsprop", loss = "binary_crossentropy")
aen %>% fit(x_train, x_train, epochs = 2, batch_size = 32)

encoded_imgs <- encoder %>% predict(x_test)
decoded_imgs <- decoder %>% predict(encoded_imgs)
