# Small scripts for keras3's verbs, one for each kind of thing that they do. Each value is numbers.
#
# test_same_numbers.py runs them with the bridge's verbs and with R's keras3; both must give the
# same numbers to the last digit. Each begins with the same seed.

x <- matrix(sin(1:120), 20)
y <- as.numeric(x[, 1] > 0)
images <- array(sin(1:(4 * 8 * 8 * 3)), c(4, 8, 8, 3))
words <- matrix(c(1:40 %% 9), 8)
texts <- c("the cat sat", "a dog ran", "the dog sat")

trained <- function(model, x, y, loss = "mse", ...) {
  model |> compile(optimizer = "adam", loss = loss)
  history <- model |> fit(x, y, epochs = 2, batch_size = 8, verbose = 0, ...)
  list(history$metrics, predict(model, x, verbose = 0), get_weights(model))
}

scripts <- list(
  # seeds: arguments are evaluated before the model that is piped in
  explicit_initializers = function() {
    model <- keras_model_sequential(input_shape = 3) |>
      layer_dense(4, kernel_initializer = initializer_random_normal()) |>
      layer_dense(2, kernel_initializer = initializer_he_uniform())
    get_weights(model)
  },
  magrittr = function() {
    model <- keras_model_sequential(input_shape = 3) %>%
      layer_dense(4, kernel_initializer = initializer_random_normal()) %>%
      layer_dropout(0.5) %>%
      layer_dense(2, kernel_initializer = initializer_he_uniform())
    get_weights(model)
  },
  bidirectional_lstm = function() {
    model <- keras_model_sequential(input_shape = 5) |>
      layer_embedding(10, 4) |>
      bidirectional(layer_lstm(units = 3)) |>
      layer_dense(1, activation = "sigmoid")
    trained(model, words, rep(0:1, 4), "binary_crossentropy")
  },
  time_distributed = function() {
    model <- keras_model_sequential(input_shape = c(5, 2)) |>
      time_distributed(layer_dense(units = 3, kernel_initializer = initializer_glorot_normal())) |>
      layer_gru(2, return_sequences = TRUE) |>
      layer_global_average_pooling_1d()
    predict(model, array(sin(1:40), c(4, 5, 2)), verbose = 0)
  },
  regularizers_and_constraints = function() {
    model <- keras_model_sequential(input_shape = 6) |>
      layer_dense(4,
        kernel_regularizer = regularizer_l1_l2(0.01, 0.02), bias_regularizer = regularizer_l2(),
        kernel_constraint = constraint_maxnorm(0.5), activity_regularizer = regularizer_l1()
      ) |>
      layer_batch_normalization() |>
      layer_layer_normalization(axis = -1) |>
      layer_dense(1)
    trained(model, x, y)
  },
  defaults_of_l1_l2 = function() {
    regularizer <- regularizer_l1_l2()
    c(as.numeric(regularizer$l1), as.numeric(regularizer$l2))
  },
  convolution = function() {
    model <- keras_model_sequential(input_shape = c(8, 8, 3)) |>
      layer_conv_2d(filters = 4, kernel_size = c(3, 3), strides = 1, activation = "relu") |>
      layer_max_pooling_2d(pool_size = c(2, 2)) |>
      layer_zero_padding_2d(padding = list(c(1, 0), c(0, 1))) |>
      layer_cropping_2d(cropping = c(1, 1)) |>
      layer_flatten() |>
      layer_dense(3, activation = "softmax")
    trained(model, images, c(0, 1, 2, 1), "sparse_categorical_crossentropy")
  },
  reshape_and_permute = function() {
    model <- keras_model_sequential(input_shape = 6) |>
      layer_reshape(c(2, NA)) |>
      layer_permute(c(2, 1)) |>
      layer_flatten()
    predict(model, x, verbose = 0)
  },
  functional_with_two_inputs = function() {
    left <- layer_input(shape = c(3), name = "left")
    right <- keras_input(shape = 3, name = "right")
    both <- layer_concatenate(list(left |> layer_dense(2), right |> layer_dense(2)), axis = -1)
    out <- layer_add(list(both, both)) |> layer_dense(1)
    trained(keras_model(list(left, right), out), list(x[, 1:3], x[, 4:6]), y)
  },
  residual_block = function() {
    input <- keras_input(c(8, 8, 3))
    block <- input |> layer_conv_2d(3, 3, padding = "same") |> layer_activation("relu")
    output <- layer_add(input, block) |> layer_global_average_pooling_2d() |> layer_dense(1)
    predict(keras_model(input, output), images, verbose = 0)
  },
  multi_output = function() {
    input <- layer_input(6)
    hidden <- input |> layer_dense(4, "tanh")
    model <- keras_model(input, list(a = hidden |> layer_dense(1), b = hidden |> layer_dense(2)))
    model |> compile("sgd", loss = list(a = "mse", b = "mae"), loss_weights = list(a = 1, b = 0.5),
                     metrics = list(a = "mae"))
    history <- model |> fit(x, list(a = y, b = x[, 1:2]), epochs = 2, verbose = 0, shuffle = FALSE)
    history$metrics[order(names(history$metrics))]
  },
  class_and_sample_weights = function() {
    model <- keras_model_sequential(input_shape = 6) |> layer_dense(1, activation = "sigmoid")
    one <- trained(model, x, y, "binary_crossentropy", class_weight = list("0" = 1, "1" = 3))
    two <- trained(model, x, y, "binary_crossentropy", sample_weight = seq_len(20) / 10)
    list(one, two)
  },
  validation = function() {
    model <- keras_model_sequential(input_shape = 6) |> layer_dense(1)
    list(
      trained(model, x, y, validation_split = 0.25),
      trained(model, x, y, validation_data = list(x[1:5, ], y[1:5]), validation_batch_size = 2)
    )
  },
  a_factor_is_its_codes = function() {
    model <- keras_model_sequential(input_shape = 6) |> layer_dense(3, activation = "softmax")
    kind <- factor(rep(c("a", "b", "c", "a"), 5))
    list(
      trained(model, x, kind, "sparse_categorical_crossentropy"),
      to_categorical(kind), to_categorical(c(0, 2, 1), 4)
    )
  },
  callbacks = function() {
    seen <- c()
    model <- keras_model_sequential(input_shape = 6) |> layer_dense(1)
    model |> compile(optimizer_sgd(0.1, momentum = 0.9), "mse", metrics = c("mae", "accuracy"))
    history <- model |> fit(x, y,
      epochs = 12, verbose = 0, validation_split = 0.2,
      callbacks = list(
        callback_early_stopping(monitor = "loss", patience = 2, min_delta = 0.05),
        callback_reduce_lr_on_plateau(monitor = "val_loss", factor = 0.5, patience = 1),
        callback_learning_rate_scheduler(function(epoch, lr) if (epoch < 3) lr else lr * 0.9),
        callback_lambda(on_epoch_end = function(epoch, logs) seen <<- c(seen, epoch, logs$loss))
      )
    )
    list(history$metrics, seen)
  },
  a_callback_class = function() {
    seen <- c()
    noting <- Callback("Noting",
      initialize = function(start) {
        super$initialize()
        self$start <- start
        private$count <- 0
      },
      on_epoch_begin = function(epoch, logs = NULL) seen <<- c(seen, self$start + epoch),
      on_train_batch_end = function(batch, logs = NULL) private$count <- private$count + batch,
      on_train_end = function(logs = NULL) seen <<- c(seen, private$count),
      private = list(count = NULL)
    )
    model <- keras_model_sequential(input_shape = 6) |> layer_dense(1)
    model |> compile("sgd", "mse")
    model |> fit(x, y, epochs = 3, verbose = 0, callbacks = list(noting(100)))
    seen
  },
  a_layer_class = function() {
    layer_linear <- Layer("Linear",
      initialize = function(units = 4, ...) {
        super$initialize(...)
        self$units <- as.integer(units)
      },
      build = function(input_shape) {
        self$w <- self$add_weight(
          shape = shape(input_shape[[2]], self$units),
          initializer = initializer_random_normal()
        )
      },
      call = function(inputs) op_relu(op_matmul(inputs, self$w))
    )
    model <- keras_model_sequential(input_shape = 6) |> layer_linear(3) |> layer_dense(1)
    trained(model, x, y)
  },
  functions_as_loss_and_metric = function() {
    model <- keras_model_sequential(input_shape = 6) |> layer_dense(1)
    my_loss <- function(y_true, y_pred) op_mean(op_square(y_true - y_pred))
    my_metric <- custom_metric("apart", function(y_true, y_pred) op_max(op_abs(y_true - y_pred)))
    model |> compile("adam", loss = my_loss, metrics = list(my_metric, "mae"))
    history <- model |> fit(x, y, epochs = 2, verbose = 0)
    history$metrics[c("apart", "loss", "mae")]
  },
  a_lambda_layer = function() {
    model <- keras_model_sequential(input_shape = 6) |>
      layer_lambda(f = function(x) x^2 + 1) |>
      layer_dense(1)
    predict(model, x, verbose = 0)
  },
  an_activation_that_is_a_verb = function() {
    model <- keras_model_sequential(input_shape = 6) |>
      layer_dense(4, activation = activation_relu) |>
      layer_dense(1, activation = "sigmoid")
    model |> compile(optimizer_adam(0.01), loss_binary_crossentropy(),
                     metrics = list(metric_auc(), metric_binary_accuracy, loss_mean_squared_error))
    unlist(fit(model, x, y, epochs = 2, verbose = 0)$metrics)
  },
  schedules = function() {
    rate <- learning_rate_schedule_exponential_decay(0.1, decay_steps = 3, decay_rate = 0.5)
    model <- keras_model_sequential(input_shape = 6) |> layer_dense(1)
    model |> compile(optimizer_rmsprop(rate), "mse")
    fit(model, x, y, epochs = 4, verbose = 0)$metrics
  },
  save_and_load = function() {
    model <- keras_model_sequential(input_shape = 6) |> layer_dense(3) |> layer_dense(1)
    before <- trained(model, x, y)
    path <- tempfile(fileext = ".keras")
    save_model(model, path)
    weights <- tempfile(fileext = ".weights.h5")
    save_model_weights(model, weights)
    other <- clone_model(model) |> load_model_weights(weights)
    list(before, predict(load_model(path), x, verbose = 0), predict(other, x, verbose = 0))
  },
  freezing = function() {
    model <- keras_model_sequential(input_shape = 6) |>
      layer_dense(3, name = "one") |>
      layer_dense(2, name = "two") |>
      layer_dense(1, name = "three")
    told <- function() vapply(model$layers, function(layer) layer$trainable, NA)
    freeze_weights(model, to = "two")
    one <- told()
    unfreeze_weights(model, from = 3)
    two <- told()
    freeze_weights(model, which = c(1, 3))
    three <- told()
    freeze_weights(model)
    c(one, two, three, told(), length(get_layer(model, index = 1)$get_weights()),
      get_layer(model, "two")$units, count_params(model))
  },
  weights_in_and_out = function() {
    model <- keras_model_sequential(input_shape = 6) |> layer_dense(2)
    set_weights(model, list(matrix(1:12 / 10, 6), array(c(1, 2))))
    list(predict(model, x, verbose = 0), get_weights(model), model$layers[[1]]$units)
  },
  batches_by_hand = function() {
    model <- keras_model_sequential(input_shape = 6) |> layer_dense(1)
    model |> compile("sgd", "mse", metrics = "mae")
    list(
      train_on_batch(model, x, y), test_on_batch(model, x, y), predict_on_batch(model, x),
      evaluate(model, x, y, verbose = 0)
    )
  },
  sequences = function() {
    list(
      pad_sequences(list(c(1, 2, 3), 4, c(5, 6)), maxlen = 2),
      pad_sequences(list(c(1, 2), 3), padding = "post", value = 9),
      pad_sequences(list(array(1:3), numeric(), list(6, 7), matrix(1:4, 2)), maxlen = 3),
      normalize(x, axis = 2), array_reshape(x, c(6, 20)), array_reshape(x, c(10, NA), order = "F")
    )
  },
  preprocessing_layers = function() {
    scaling <- layer_normalization(axis = -1)
    scaling |> adapt(x)
    vectorize <- layer_text_vectorization(output_mode = "int", output_sequence_length = 4)
    vectorize |> adapt(texts)
    list(
      as.array(scaling(x)), as.array(vectorize(texts)), length(get_vocabulary(vectorize)),
      as.array(layer_rescaling(scale = 1 / 255)(x)),
      as.array(layer_category_encoding(num_tokens = 4, output_mode = "multi_hot")(c(1L, 3L)))
    )
  },
  operations = function() {
    t <- op_convert_to_tensor(matrix(c(3, 1, 2, 6, 5, 4), 2))
    numbers <- list(
      op_argmax(t, axis = 2), op_argmax(t, axis = 2, zero_indexed = TRUE), op_argsort(t),
      op_take(t, c(1, 3), axis = 2), op_sum(t, axis = 1), op_mean(t), op_transpose(t),
      op_one_hot(c(1L, 3L), 3), op_concatenate(list(t, t), axis = 1), op_stack(list(t, t), axis = 1),
      op_expand_dims(t, 1), op_squeeze(op_expand_dims(t, 1), 1), op_reshape(t, c(3, -1)),
      op_max(t, axis = -1), op_clip(t, 2, 5), op_where(t > 2, t, 0), op_cumsum(t, axis = 2),
      op_norm(t, axis = 2), op_matmul(t, op_transpose(t)), op_softmax(t), op_arange(5),
      op_linspace(0, 1, 3), op_zeros(c(2, 2)), op_cast(t, "int32"), op_sort(t, axis = 2),
      op_split(t, 3, axis = 2)[[2]], op_split(t, c(2, 3), axis = 2)[[2]], op_flip(t, axis = 1),
      op_roll(t, 1, axis = 2), op_repeat(t, 2L, axis = 2), op_pad(t, list(c(1, 0), c(0, 1))),
      op_top_k(t, 2)$values, op_top_k(t, 2)$indices, op_searchsorted(c(1, 3, 5), c(2, 4)),
      op_slice(t, c(1, 2), c(2L, 1L)), op_diagonal(op_matmul(t, op_transpose(t))),
      op_swapaxes(t, 1, 2), op_moveaxis(t, 1, 2), op_einsum("ij,kj->ik", t, t), op_vstack(t, t),
      op_nonzero(t - 1), op_qr(t)$q, op_svd(t)[[2]]
    )
    lapply(numbers, as.array)
  },
  arithmetic_of_tensors = function() {
    t <- op_convert_to_tensor(matrix(c(3, 1, 2, 6, 5, 4) / 2, 2), "float32")
    numbers <- list(
      t + 1, 1 - t, t * t, t / 2, t^2, t^0.5, t^3, -t, t > 1, t == 1, t %% 2, t %/% 2, exp(t),
      log(t), sqrt(t), abs(-t), sum(t), mean(t), max(t), min(t), t[1, ], t[, 2:3], t[2, 1], round(t)
    )
    c(lapply(numbers, as.array), list(dim(t), as.numeric(t[1, 2]), as.matrix(t)))
  },
  losses_and_metrics_on_data = function() {
    p <- matrix(c(0.1, 0.8, 0.4, 0.9), 2)
    q <- matrix(c(0, 1, 1, 1), 2)
    auc <- metric_auc()
    auc$update_state(q, p)
    numbers <- list(
      loss_binary_crossentropy(q, p), loss_mean_absolute_error(q, p),
      loss_categorical_crossentropy(q, p), metric_mean_squared_error(q, p),
      loss_mean_squared_error()(q, p), auc$result()
    )
    lapply(numbers, as.array)
  },
  random_numbers = function() {
    numbers <- list(
      random_normal(c(2, 3), seed = 1), random_uniform(4, seed = 2), random_integer(5, 1, 9, seed = 3)
    )
    lapply(numbers, as.array)
  },
  shapes = function() {
    input <- keras_input(shape = c(NA, 4), batch_size = 2)
    c(unlist(shape(28, 28)), unlist(op_shape(op_ones(c(2, 3)))), unlist(shape(input)),
      unlist(shape(matrix(1:6, 2))))
  },
  pipes = function() {
    halve <- function(x, by = 2) x / by
    list(
      c(4, 8) %>% halve, c(4, 8) %>% halve(), c(4, 8) %>% halve(by = 4), 3 %>% halve(12, .),
      list(a = 5) %>% .$a, 6 %>% (function(x) x + 1), 7 %>% {. * 2}, c(9, 16) %>% sqrt() %>% sum()
    )
  },
  taking_lists_apart = function() {
    c(c(a, b), d) %<-% list(list(1, 2), 3)
    c(first, ...rest) %<-% list(4, 5, 6)
    c(a, b, d, first, unlist(rest))
  },
  attention = function() {
    input <- keras_input(c(5, 4))
    output <- layer_multi_head_attention(list(input, input), num_heads = 2, key_dim = 3) |>
      layer_global_max_pooling_1d() |>
      layer_dense(1)
    predict(keras_model(input, output), array(sin(1:60), c(3, 5, 4)), verbose = 0)
  },
  cells = function() {
    cell <- rnn_cells_stack(list(rnn_cell_gru(3), rnn_cell_lstm(2)))
    model <- keras_model_sequential(input_shape = c(5, 2)) |> layer_rnn(cell = cell)
    predict(model, array(sin(1:40), c(4, 5, 2)), verbose = 0)
  },
  embedding_of_a_model_in_a_model = function() {
    base <- keras_model_sequential(input_shape = 6) |> layer_dense(3, activation = "relu")
    model <- keras_model_sequential(input_shape = 6) |> base() |> layer_dense(1)
    trained(model, x, y)
  },
  datasets_of_tensorflow = function() {
    tf <- import("tensorflow")
    data <- tf$data$Dataset$from_tensor_slices(tuple(x, y))$batch(5L)
    model <- keras_model_sequential(input_shape = 6) |> layer_dense(1)
    model |> compile("adam", "mse")
    list(fit(model, data, epochs = 2, verbose = 0)$metrics, evaluate(model, data, verbose = 0))
  }
)

# Numbers of a value, whatever lists and arrays they stand in, with all their digits.
digits <- function(value) {
  numbers <- rapply(list(value), function(x) as.numeric(as.vector(x)), how = "unlist")
  sprintf("%.17g", unname(numbers))
}

run_script <- function(name) {
  set_random_seed(1)
  tryCatch(digits(scripts[[name]]()), error = function(e) paste("error:", conditionMessage(e)))
}
