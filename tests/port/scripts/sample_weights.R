library(keras3)
set.seed(123)
x <- matrix(rnorm(300), ncol = 3)
y <- x %*% c(1, -2, 0.5) + rnorm(100, sd = 0.2)
weights <- ifelse(y > 0, 2, 1)

model <- keras_model_sequential(input_shape = 3)
model |> layer_dense(8, activation = "tanh") |> layer_dense(1)
model |> compile(loss = "mse", optimizer = optimizer_sgd(learning_rate = 0.05, momentum = 0.9),
                 metrics = list("mae"))
model |> fit(x, y, sample_weight = weights, epochs = 3, batch_size = 20, verbose = 0)
model |> evaluate(x, y, sample_weight = weights, verbose = 0)
