# Scripts as people wrote them for R's older keras package, one for each thing that has changed.
# Each value is what test_libraries.py expects.
rm(list = ls())
suppressPackageStartupMessages(library(keras))
use_session_with_seed(42)

x <- matrix(sin(1:200), 20)
y <- rep(0:1, 10)
network <- function() {
  model <- keras_model_sequential()
  model %>%
    layer_dense(units = 4, activation = "relu", input_shape = c(10)) %>%
    layer_dropout(rate = 0.4) %>%
    layer_dense(units = 1, activation = "sigmoid")
  model %>% compile(
    loss = "binary_crossentropy", optimizer = optimizer_rmsprop(lr = 0.01, decay = 1e-6),
    metrics = c("acc")
  )
}

scripts <- list(
  metrics_keep_their_old_name = function() {
    history <- network() %>% fit(x, y, epochs = 2, batch_size = 5, verbose = 0)
    list(names(history$metrics), is.null(history$metrics$accuracy), length(history$metrics$acc))
  },
  classes_and_probabilities = function() {
    model <- network()
    p <- model %>% predict_proba(x)
    many <- keras_model_sequential() %>% layer_dense(3, input_shape = 10)
    list(
      all((p > 0.5) == predict_classes(model, x)),
      all(max.col(predict(many, x, verbose = 0)) - 1 == predict_classes(many, x))
    )
  },
  generators_are_r_functions = function() {
    i <- 0
    batches <- function() {
      i <<- i + 1
      list(x[1:4, ] + i, y[1:4])
    }
    model <- network()
    history <- model %>% fit_generator(batches,
      steps_per_epoch = 3, epochs = 2, verbose = 0, validation_data = batches, validation_steps = 1
    )
    p <- model %>% predict_generator(function() list(x[1:5, ]), steps = 2)
    list(i, length(history$metrics$val_loss), nrow(p))
  },
  the_learning_rate_has_two_names = function() {
    model <- network()
    before <- k_get_value(model$optimizer$lr)
    k_set_value(model$optimizer$lr, 0.5)
    list(before, k_get_value(model$optimizer$learning_rate))
  },
  the_backend = function() {
    t <- k_constant(matrix(1:6, 2))
    list(
      as.array(k_sum(t, axis = 1)), as.array(k_argmax(t)), k_eval(k_mean(t)), k_int_shape(t),
      as.array(k_clip(t, 2, 4)), as.array(k_concatenate(list(t, t)))[1, ],
      k_eval(k_dot(t, k_transpose(t))),
      as.array(k_expand_dims(t))[1, 1, 1], k_epsilon()
    )
  },
  a_custom_loss_of_the_backend = function() {
    model <- keras_model_sequential() %>% layer_dense(1, input_shape = 10)
    model %>% compile("sgd", loss = function(y_true, y_pred) k_mean(k_square(y_true - y_pred)))
    one <- fit(model, x, y, epochs = 1, verbose = 0, shuffle = FALSE)$metrics$loss
    one > 0
  },
  texts = function() {
    tokenizer <- text_tokenizer(num_words = 10)
    tokenizer %>% fit_text_tokenizer(c("the cat sat", "the dog"))
    list(
      texts_to_sequences(tokenizer, c("the cat", "a dog")),
      dim(texts_to_matrix(tokenizer, c("the cat", "dog"))), tokenizer$word_index$the,
      dim(sequences_to_matrix(tokenizer, list(1, c(2, 3))))
    )
  },
  saving = function() {
    folder <- tempfile()
    dir.create(folder)
    model <- network()
    path <- file.path(folder, "model.hdf5")
    save_model_hdf5(model, path)
    save_model_weights_hdf5(model, file.path(folder, "weights.h5"))
    other <- network() %>% load_model_weights_hdf5(file.path(folder, "weights.h5"))
    p <- predict(model, x, verbose = 0)
    list(
      identical(p, predict(load_model_hdf5(path), x, verbose = 0)),
      identical(p, predict(other, x, verbose = 0)),
      identical(p, predict(unserialize_model(serialize_model(model)), x, verbose = 0)),
      sort(list.files(folder))
    )
  },
  r6_callback = function() {
    losses <- R6::R6Class("Losses",
      inherit = KerasCallback,
      public = list(
        losses = NULL,
        on_batch_end = function(batch, logs = list()) {
          self$losses <- c(self$losses, logs[["loss"]])
        }
      )
    )
    seen <- losses$new()
    network() %>% fit(x, y, epochs = 2, batch_size = 5, verbose = 0, callbacks = list(seen))
    list(length(seen$losses), seen$params$epochs)
  },
  r6_layer = function() {
    linear <- R6::R6Class("Linear",
      inherit = KerasLayer,
      public = list(
        units = NULL, kernel = NULL,
        initialize = function(units) self$units <- units,
        build = function(input_shape) {
          self$kernel <- self$add_weight(
            name = "kernel", shape = list(input_shape[[2]], self$units),
            initializer = initializer_random_normal(), trainable = TRUE
          )
        },
        call = function(x, mask = NULL) k_dot(x, self$kernel)
      )
    )
    layer_linear <- function(object, units, name = NULL, trainable = TRUE) {
      args <- list(units = as.integer(units), name = name, trainable = trainable)
      create_layer(linear, object, args)
    }
    model <- keras_model_sequential() %>%
      layer_linear(3) %>%
      layer_linear(2, name = "last", trainable = FALSE)
    list(dim(model(x)), model$layers[[2]]$name, length(model$trainable_weights))
  },
  a_model_of_one_s_own = function() {
    model <- keras_model_custom(name = "own", function(self) {
      self$dense <- layer_dense(units = 2)
      function(x, mask = NULL) self$dense(x)
    })
    dim(model(x))
  },
  layers_that_changed_their_names = function() {
    model <- keras_model_sequential() %>%
      layer_embedding(input_dim = 10, output_dim = 4, input_length = 5) %>%
      layer_cudnn_lstm(units = 3) %>%
      layer_activation_selu() %>%
      layer_dense(2) %>%
      layer_activation_leaky_relu(alpha = 0.1) %>%
      layer_activation_thresholded_relu(theta = 0.5)
    vapply(model$layers, function(layer) layer$name, "")
  },
  arguments_that_changed_their_names = function() {
    list(
      to_categorical(y = c(0, 1), num_classes = 3),
      callback_model_checkpoint("best.keras", period = 2)$save_freq,
      as.numeric(optimizer_adam(lr = 0.25)$learning_rate$numpy())
    )
  },
  images = function() {
    generator <- image_data_generator(rescale = 0.5)
    flow <- flow_images_from_data(array(1, c(4, 6, 6, 3)), c(0, 1, 0, 1), generator, batch_size = 2)
    batch <- generator_next(flow)
    list(dim(batch[[1]]), max(batch[[1]]))
  },
  what_is_gone_says_so = function() {
    tryCatch(k_gradients(1, 2), error = conditionMessage)
  },
  names_with_their_package = function() {
    list(keras::k_floatx(), keras3::config_floatx(), reticulate::py_to_r(reticulate::r_to_py(3)))
  },
  what_is_not_installed_is_named = function() {
    list(
      tryCatch(library(notThere), error = conditionMessage),
      suppressWarnings(require(notThere)), requireNamespace("keras", quietly = TRUE)
    )
  },
  seeds_of_tensorflow = function() {
    library(tensorflow)
    set_random_seed(3)
    one <- as.array(tf$random$uniform(list(2L)))
    tensorflow::set_random_seed(3)
    identical(one, as.array(tf$random$uniform(list(2L))))
  },
  datasets = function() {
    library(tfdatasets)
    data <- tensor_slices_dataset(list(x, y)) %>%
      dataset_shuffle(20) %>%
      dataset_batch(5) %>%
      dataset_map(function(x, y) list(x * 2, y))
    history <- network() %>% fit(data, epochs = 2, verbose = 0)
    length(history$metrics$loss)
  },
  python_from_r = function() {
    library(reticulate)
    py_run_string("def double(v): return [2 * one for one in v]")
    np <- import("numpy")
    list(
      py$double(c(1, 2)), np$mean(c(1, 2, 6)), py_eval("1 + 1"), py_len(dict(a = 1, b = 2)),
      import_builtins()$sum(c(1, 2)), iterate(as_iterator(list(1, 2)))
    )
  },
  context_managers = function() {
    v <- tf$Variable(3)
    with(tf$GradientTape() %as% tape, squared <- v * v)
    with(tf$GradientTape(), cubed <- v^3, as = other)
    c(as.numeric(tape$gradient(squared, v)), as.numeric(other$gradient(cubed, v)))
  },
  nothing_is_left_in_the_workspace = function() {
    setdiff(ls(globalenv()), c("x", "y", "network", "scripts"))
  }
)
