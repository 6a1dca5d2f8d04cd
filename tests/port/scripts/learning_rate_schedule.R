library(keras3)
set_random_seed(31)
x <- array(runif(60 * 5), dim = c(60, 5))
y <- to_categorical(sample(0:2, 60, replace = TRUE), 3)

schedule <- learning_rate_schedule_exponential_decay(
  initial_learning_rate = 0.05, decay_steps = 20, decay_rate = 0.9
)
model <- keras_model_sequential(input_shape = 5) |>
  layer_dense(12, activation = "elu") |>
  layer_dense(3, activation = "softmax")
model |> compile(
  optimizer = optimizer_sgd(learning_rate = schedule, momentum = 0.9, nesterov = TRUE),
  loss = loss_categorical_crossentropy(label_smoothing = 0.1),
  metrics = list("accuracy", metric_top_k_categorical_accuracy(k = 2))
)
model |> fit(x, y, epochs = 3, batch_size = 16, verbose = 0)

# Go on at a tenth of the rate
model |> compile(optimizer = optimizer_sgd(0.005), loss = "categorical_crossentropy")
model |> fit(x, y, epochs = 2, batch_size = 16, verbose = 0)
