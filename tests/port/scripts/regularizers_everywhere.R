library(keras3)
set_random_seed(5)
x <- matrix(seq(-1, 1, length.out = 120), ncol = 4)
y <- sin(x[, 1] * 3) + x[, 2]

model <- keras_model_sequential(input_shape = 4) |>
  layer_dense(
    units = 16,
    activation = "relu",
    kernel_initializer = initializer_he_normal(),
    bias_initializer = initializer_constant(0.1),
    kernel_regularizer = regularizer_l1(0.001),
    bias_regularizer = regularizer_l2(0.01),
    activity_regularizer = regularizer_l1_l2(l1 = 0.0001, l2 = 0.0001),
    kernel_constraint = constraint_maxnorm(max_value = 2)
  ) |>
  layer_batch_normalization(momentum = 0.9) |>
  layer_dense(
    units = 8,
    kernel_initializer = initializer_random_normal(stddev = 0.05),
    kernel_constraint = constraint_nonneg()
  ) |>
  layer_activation_leaky_relu(negative_slope = 0.2) |>
  layer_dense(units = 1, kernel_initializer = "glorot_normal")

model |> compile(optimizer = optimizer_adam_w(learning_rate = 0.01), loss = loss_huber(delta = 0.5))
model |> fit(x, y, epochs = 3, batch_size = 8, verbose = 0)
predict(model, x[1:3, ])
