# What happens when the package is loaded: a history without keras3 gets methods.

.onLoad <- function(libname, pkgname) { # nolint: object_name_linter.
  if (!isNamespaceLoaded("keras3")) {
    register_history_methods(topenv())
  }
}

# Verbs of keras3, which the lesson's functions find where it is attached; columns of tables.
utils::globalVariables(c(
  "bidirectional", "compile", "dataset_imdb", "fit", "keras_model", "keras_model_sequential",
  "layer_activation", "layer_add", "layer_batch_normalization", "layer_dense", "layer_dropout",
  "layer_embedding", "layer_group_normalization", "layer_input", "layer_layer_normalization",
  "layer_multi_head_attention", "op_cumsum", "op_ones_like", "op_subtract", "regularizer_l1",
  "regularizer_l1_l2", "regularizer_l2", "set_random_seed", "callback_early_stopping", "epoch",
  "value", "model", "data", "low", "high", "panel"
))
