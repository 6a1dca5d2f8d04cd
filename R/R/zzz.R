# What happens when the package is loaded: a history without keras3 gets methods.

.onLoad <- function(libname, pkgname) { # nolint: object_name_linter.
  if (!isNamespaceLoaded("keras3")) {
    register_history_methods(topenv())
  }
}

# Verbs of keras3, which the lesson's functions find where it is attached; columns of tables.
utils::globalVariables(c(
  "bidirectional", "callback_early_stopping", "compile", "data", "dataset_imdb", "epoch", "fit",
  "freeze_weights", "get_weights", "high", "keras_model", "keras_model_sequential",
  "layer_activation", "layer_add", "layer_batch_normalization", "layer_dense", "layer_dropout",
  "layer_embedding", "layer_group_normalization", "layer_input", "layer_layer_normalization",
  "layer_multi_head_attention", "load_model", "low", "model", "op_cumsum", "op_ones_like",
  "op_subtract", "panel", "regularizer_l1", "regularizer_l1_l2", "regularizer_l2",
  "set_random_seed", "set_weights", "value"
))
