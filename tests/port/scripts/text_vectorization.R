library(keras3)
reviews <- read.csv("comments.csv", stringsAsFactors = FALSE)
str(reviews)

texts <- reviews$text
labels <- ifelse(reviews$mood == "good", 1, 0)

text_vectorization <- layer_text_vectorization(
  max_tokens = 50, output_mode = "int", output_sequence_length = 8
)
text_vectorization |> adapt(texts)
get_vocabulary(text_vectorization) |> head()

sequences <- as.array(text_vectorization(texts))
model <- keras_model_sequential() |>
  layer_embedding(input_dim = 50, output_dim = 4) |>
  layer_global_average_pooling_1d() |>
  layer_dense(1, activation = "sigmoid")
model |> compile(optimizer = "adam", loss = "binary_crossentropy", metrics = "accuracy")
model |> fit(sequences, labels, epochs = 3, batch_size = 4, verbose = 0)
