# A small adversarial pair, trained batch by batch
library(keras3)
set_random_seed(21)
set.seed(21)
real <- matrix(rnorm(64, mean = 2), ncol = 2)

generator <- keras_model_sequential(input_shape = 3) |>
  layer_dense(4, activation = "relu") |>
  layer_dense(2)
discriminator <- keras_model_sequential(input_shape = 2) |>
  layer_dense(4, activation = "relu") |>
  layer_dense(1, activation = "sigmoid")
discriminator |> compile(optimizer = optimizer_adam(1e-3), loss = "binary_crossentropy")

freeze_weights(discriminator)
gan_input <- layer_input(shape = 3)
gan <- keras_model(gan_input, discriminator(generator(gan_input)))
gan |> compile(optimizer = optimizer_adam(1e-3), loss = "binary_crossentropy")
unfreeze_weights(discriminator)

batch_size <- 8
start <- 1
for (step in 1:3) {
  noise <- matrix(rnorm(batch_size * 3), ncol = 3)
  generated <- generator |> predict(noise, verbose = 0)
  combined <- rbind(generated, real[start:(start + batch_size - 1), ])
  labels <- rbind(matrix(1, nrow = batch_size, ncol = 1), matrix(0, nrow = batch_size, ncol = 1))
  d_loss <- discriminator |> train_on_batch(combined, labels)

  noise <- matrix(rnorm(batch_size * 3), ncol = 3)
  a_loss <- gan |> train_on_batch(noise, array(0, dim = c(batch_size, 1)))
  start <- start + batch_size
}
