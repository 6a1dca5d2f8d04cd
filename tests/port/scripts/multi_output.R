library(keras3)
set.seed(99)
posts <- matrix(sample(1:50, 60 * 12, replace = TRUE), nrow = 60)
age <- runif(60, 18, 70)
income <- sample(0:2, 60, replace = TRUE)
gender <- sample(c(0, 1), 60, replace = TRUE)

posts_input <- layer_input(shape = list(NULL), dtype = "int32", name = "posts")
embedded_posts <- posts_input |> layer_embedding(input_dim = 51, output_dim = 8)
base_model <- embedded_posts |>
  layer_conv_1d(filters = 8, kernel_size = 3, activation = "relu") |>
  layer_global_max_pooling_1d() |>
  layer_dense(units = 8, activation = "relu")

age_prediction <- base_model |> layer_dense(units = 1, name = "age")
income_prediction <- base_model |> layer_dense(3, activation = "softmax", name = "income")
gender_prediction <- base_model |> layer_dense(units = 1, activation = "sigmoid", name = "gender")

model <- keras_model(posts_input, list(age_prediction, income_prediction, gender_prediction))
model |> compile(
  optimizer = "rmsprop",
  loss = list(age = "mse", income = "categorical_crossentropy", gender = "binary_crossentropy"),
  loss_weights = list(age = 0.25, income = 1, gender = 10)
)
model |> fit(
  posts, list(age = age, income = to_categorical(income, 3), gender = gender),
  epochs = 2, batch_size = 20
)
