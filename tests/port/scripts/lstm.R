library(keras3)
set_random_seed(11)

max_features <- 390
maxlen <- 30 # cut texts after this number of words

c(c(input_train, y_train), c(input_test, y_test)) %<-% dataset_imdb(num_words = max_features)
input_train <- pad_sequences(input_train, maxlen = maxlen)
input_test <- pad_sequences(input_test, maxlen = maxlen)

model <- keras_model_sequential() %>%
  layer_embedding(input_dim = max_features, output_dim = 8) %>%
  layer_lstm(units = 8, dropout = 0.2, return_sequences = TRUE) %>%
  layer_gru(units = 8) %>%
  layer_dense(units = 1, activation = "sigmoid")

model %>% compile(optimizer = "rmsprop", loss = "binary_crossentropy", metrics = c("acc"))

history <- model %>% fit(
  input_train, y_train,
  epochs = 2,
  batch_size = 64,
  validation_split = 0.2
)
model %>% evaluate(input_test, y_test)
