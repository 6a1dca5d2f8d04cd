library(keras)
tensorflow::tf$random$set_seed(4L)
set_random_seed(4)
series <- sin(1:64 / 5)
x <- array(series[1:60], dim = c(20, 3, 1))
y <- array(series[4:63][seq(1, 60, by = 3)], dim = c(20, 1))

model <- keras_model_sequential()
model %>%
  layer_cudnn_lstm(units = 4, batch_input_shape = c(5, 3, 1), stateful = TRUE) %>%
  layer_dense(units = 1)
model %>% compile(loss = "mse", optimizer = "rmsprop")

for (i in 1:3) {
  model %>% fit(x, y, batch_size = 5, epochs = 1, verbose = 0, shuffle = FALSE)
  model %>% reset_states()
}
