# A model of pyreg's configuration in, the Keras model out, through the same verbs as the lesson.

# Build any network that the configuration can describe
#
# @param spec A list, as docs/configuration.md describes a model. What holds for each layer is one
#   value for all, or a vector.
# @param task A list: `activation` and `num_outputs` of the last layer, `loss` and `metrics`.
# @param num_inputs Columns of the matrix of samples.
# @return A Keras model, not compiled.
build_model <- function(spec, task, num_inputs) {
  num_hidden <- length(spec$units)
  activations <- rep_len(spec$activation, num_hidden)
  dropouts <- rep_len(spec$dropout, num_hidden)
  penalties <- layer_penalties(spec)
  is_sequential <- !any(vapply(spec$layers, is_branched, logical(1)))
  inputs <- if (is_sequential) NULL else layer_input(num_inputs)
  model <- if (is_sequential) keras_model_sequential(input_shape = num_inputs) else inputs
  for (layer in spec$layers) {
    model <- model |> add_layer(layer, num_inputs)
  }
  for (l in seq_len(num_hidden)) {
    model <- model |> add_hidden(spec, spec$units[[l]], activations[[l]], penalties[[l]])
    if (dropouts[[l]] > 0) {
      model <- model |> layer_dropout(dropouts[[l]])
    }
  }
  model <- model |> layer_dense(
    task$num_outputs,
    activation = task$activation,
    kernel_regularizer = penalties[[num_hidden + 1L]]
  )
  model <- if (is_sequential) model else keras_model(inputs, model)
  if (!is.null(spec$weights)) {
    per_hidden <- if (spec$normalization == "none") 1L else 3L
    num_last <- num_hidden * per_hidden + sum(dropouts > 0) + 1L
    give_weights(utils::head(model$layers, -num_last), spec$weights)
  }
  model
}

# Let layers begin with the weights of as many first layers of a saved network.
give_weights <- function(layers, path) {
  has_weights <- function(layer) length(get_weights(layer)) > 0L
  sizes <- function(layers) lapply(layers, function(weights) lapply(weights, dim))
  saved <- Filter(has_weights, load_model(path.expand(path), compile = FALSE)$layers)
  ours <- Filter(has_weights, layers)
  theirs <- lapply(utils::head(saved, length(ours)), get_weights)
  if (!identical(sizes(lapply(ours, get_weights)), sizes(theirs))) {
    stop(
      "weights: the first layers of ", path, " are others than this network's; name a network ",
      "that begins as this one does, or change its `layers`",
      call. = FALSE
    )
  }
  Map(set_weights, ours, theirs)
}

# Compile a network with the optimizer of its description and the loss of its task
compile_model <- function(model, spec, task) {
  model |> compile(optimizer = optimizer(spec), loss = task$loss, metrics = task$metrics)
}

# Callbacks that the description asks for: early stopping, or none
#
# @return A list.
model_callbacks <- function(spec) {
  stopping <- spec$early_stopping
  if (is.null(stopping)) {
    return(list())
  }
  list(callback_early_stopping(
    monitor = paste0("val_", stopping$monitor),
    mode = if (stopping$monitor == "accuracy") "max" else "min",
    patience = stopping$patience,
    restore_best_weights = stopping$restore_best_weights
  ))
}

# A layer before the hidden ones. Its kind is the verb's name; what is not given is Keras' default.
add_layer <- function(model, layer, num_inputs) {
  if (layer$kind == "transformer_encoder") {
    return(add_encoder(model, layer))
  }
  ours <- c("kind", "l1", "l2", "bidirectional", "positions")
  given <- Filter(Negate(is.null), layer[setdiff(names(layer), ours)])
  if (!is.null(layer$l1)) {
    given$kernel_regularizer <- regularizer_of(layer$l1, layer$l2)
  }
  verb <- paste0("layer_", layer$kind)
  if (isTRUE(layer$bidirectional)) {
    return(model |> bidirectional(do.call(verb, given)))
  }
  added <- do.call(verb, c(list(model), given))
  if (isTRUE(layer$positions)) {
    positions <- op_subtract(op_cumsum(op_ones_like(model), axis = -1), 1L)
    places <- layer_embedding(
      positions,
      input_dim = num_inputs,
      output_dim = layer$output_dim,
      trainable = is_trainable(layer)
    )
    return(layer_add(list(added, places)))
  }
  added
}

# Whether a layer's input takes two ways, so that layers do not stand in one row.
is_branched <- function(layer) {
  layer$kind == "transformer_encoder" || isTRUE(layer$positions)
}

# Whether training changes a layer's weights.
is_trainable <- function(layer) {
  !isFALSE(layer$trainable)
}

# A transformer's encoder: what each step gives is added to what it was given, and normalized.
add_encoder <- function(x, layer) {
  attention <- layer_multi_head_attention(
    num_heads = layer$num_heads,
    key_dim = layer$key_dim,
    dropout = layer$attention_dropout
  )
  attended <- attention(x, x)
  if (!is_trainable(layer)) {
    freeze_weights(attention) # once built: only then do its own layers follow
  }
  x <- add_and_normalize(x, attended, layer)
  forward <- x |>
    layer_dense(layer$units, activation = "relu", trainable = is_trainable(layer)) |>
    layer_dense(utils::tail(unlist(x$shape), 1L), trainable = is_trainable(layer))
  add_and_normalize(x, forward, layer)
}

add_and_normalize <- function(x, change, layer) {
  if (layer$dropout > 0) {
    change <- layer_dropout(change, layer$dropout)
  }
  layer_add(list(x, change)) |> layer_layer_normalization(trainable = is_trainable(layer))
}

# A dense layer; with normalization the activation comes after it, as a layer of its own.
add_hidden <- function(model, spec, units, activation, penalty) {
  if (spec$normalization == "none") {
    return(model |> layer_dense(units, activation = activation, kernel_regularizer = penalty))
  }
  model |>
    layer_dense(units, kernel_regularizer = penalty) |>
    add_normalization(spec, units) |>
    layer_activation(activation)
}

add_normalization <- function(model, spec, units) {
  switch(spec$normalization,
    batch = layer_batch_normalization(model),
    layer = layer_layer_normalization(model),
    group = layer_group_normalization(model, groups = spec$groups),
    instance = layer_group_normalization(model, groups = units)
  )
}

# A penalty or NULL for each layer's kernel, the last layer's too.
layer_penalties <- function(spec) {
  num_layers <- length(spec$units) + 1L
  num_penalized <- num_layers - (spec$penalized == "hidden")
  of_layers <- function(factors) c(rep_len(factors, num_penalized), 0)[seq_len(num_layers)]
  Map(regularizer_of, of_layers(spec$l1), of_layers(spec$l2))
}

regularizer_of <- function(l1, l2) {
  if (l1 > 0 && l2 > 0) {
    regularizer_l1_l2(l1 = l1, l2 = l2)
  } else if (l1 > 0) {
    regularizer_l1(l1)
  } else if (l2 > 0) {
    regularizer_l2(l2)
  }
}

# What is not given is Keras' default.
optimizer <- function(spec) {
  given <- Filter(Negate(is.null), spec$optimizer)
  verb <- paste0("optimizer_", if (given$name == "adamw") "adam_w" else given$name)
  do.call(verb, given[names(given) != "name"])
}
