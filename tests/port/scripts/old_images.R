library(keras)
c(c(x_train, y_train), c(x_test, y_test)) %<-% dataset_cifar10()
x_train <- x_train / 255
y_train <- to_categorical(y_train, 10)

datagen <- image_data_generator(rescale = NULL, horizontal_flip = FALSE)
flow <- flow_images_from_data(x_train, y_train, datagen, batch_size = 10, shuffle = FALSE)

model <- keras_model_sequential() %>%
  layer_conv_2d(filters = 4, kernel_size = c(3, 3), activation = "relu",
                input_shape = c(32, 32, 3)) %>%
  layer_max_pooling_2d(pool_size = c(2, 2)) %>%
  layer_flatten() %>%
  layer_dense(10, activation = "softmax")
model %>% compile(loss = "categorical_crossentropy", optimizer = "adam", metrics = "accuracy")

history <- model %>% fit_generator(flow, steps_per_epoch = 6, epochs = 2)
