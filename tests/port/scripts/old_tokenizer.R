library(keras)
samples <- c(
  "The cat sat on the mat.", "The dog ate my homework.", "A cat and a dog.",
  "My homework was about the mat.", "The dog sat on the cat!", "I ate on the mat."
)
labels <- c(1, 0, 1, 0, 0, 1)

# Only the most common words
tokenizer <- text_tokenizer(num_words = 20) %>% fit_text_tokenizer(samples)
sequences <- texts_to_sequences(tokenizer, samples)
data <- pad_sequences(sequences, maxlen = 6)
word_index <- tokenizer$word_index

model <- keras_model_sequential() %>%
  layer_embedding(input_dim = 20, output_dim = 4, input_length = 6) %>%
  layer_flatten() %>%
  layer_dense(units = 1, activation = "sigmoid")
model %>% compile(optimizer = "rmsprop", loss = "binary_crossentropy", metrics = c("acc"))
model %>% fit(data, labels, epochs = 3, batch_size = 2, verbose = 0)
