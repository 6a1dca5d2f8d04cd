library(keras3)
set.seed(1)
who <- sample(c("ann", "bob"), 30, replace = TRUE)
old <- runif(30) > 0.5

x <- cbind(seq_len(30) / 30, as.numeric(old))
y <- as.integer(who == "bob")

model <- keras_model_sequential(input_shape = 2) |> layer_dense(1, activation = "sigmoid")
model |> compile(loss = "binary_crossentropy", optimizer = "adam")
model |> fit(x, y, epochs = 2, verbose = 0)

p <- predict(model, x, verbose = 0)
names <- c("ann", "bob")[1 + (p[, 1] > 0.5)]
print(names)
