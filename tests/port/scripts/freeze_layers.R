# Transfer learning on a small scale: train, freeze, train a new head
library(keras3)
set_random_seed(13)
c(c(x_train, y_train), c(x_test, y_test)) %<-% dataset_fashion_mnist()
x_train <- array_reshape(x_train, c(120, 28, 28, 1)) / 255

conv_base <- keras_model_sequential(input_shape = c(28, 28, 1), name = "base") %>%
  layer_conv_2d(4, 3, activation = "relu") %>%
  layer_max_pooling_2d(2) %>%
  layer_flatten()

model <- keras_model_sequential() %>%
  conv_base() %>%
  layer_dense(16, activation = "relu") %>%
  layer_dense(10, activation = "softmax")
model %>% compile("adam", "sparse_categorical_crossentropy", metrics = "accuracy")
model %>% fit(x_train, y_train, epochs = 1, verbose = 0)

freeze_weights(conv_base)
length(model$trainable_weights)
model %>% compile(optimizer_rmsprop(2e-3), "sparse_categorical_crossentropy", metrics = "accuracy")
model %>% fit(x_train, y_train, epochs = 1, verbose = 0)

unfreeze_weights(conv_base)
model %>% compile(optimizer_rmsprop(1e-4), "sparse_categorical_crossentropy", metrics = "accuracy")
model %>% fit(x_train, y_train, epochs = 1, verbose = 0)

# What the second last layer sees
features <- keras_model(model$inputs, get_layer(model, index = 2)$output)
f <- features %>% predict(x_train[1:8, , , , drop = FALSE])
