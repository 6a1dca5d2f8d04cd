"""A layer's description in, the Keras layer at the end of a model out."""

from collections.abc import Callable

import keras

from pyreg.config.layers import Layer, Penalized, Recurrent, arguments
from pyreg.errors import InputError

LAYERS: dict[str, Callable[..., keras.Layer]] = {
    "activation": keras.layers.Activation,
    "average_pooling_1d": keras.layers.AveragePooling1D,
    "average_pooling_2d": keras.layers.AveragePooling2D,
    "batch_normalization": keras.layers.BatchNormalization,
    "conv_1d": keras.layers.Conv1D,
    "conv_2d": keras.layers.Conv2D,
    "dropout": keras.layers.Dropout,
    "embedding": keras.layers.Embedding,
    "flatten": keras.layers.Flatten,
    "global_average_pooling_1d": keras.layers.GlobalAveragePooling1D,
    "global_average_pooling_2d": keras.layers.GlobalAveragePooling2D,
    "global_max_pooling_1d": keras.layers.GlobalMaxPooling1D,
    "global_max_pooling_2d": keras.layers.GlobalMaxPooling2D,
    "gru": keras.layers.GRU,
    "layer_normalization": keras.layers.LayerNormalization,
    "lstm": keras.layers.LSTM,
    "max_pooling_1d": keras.layers.MaxPooling1D,
    "max_pooling_2d": keras.layers.MaxPooling2D,
    "random_flip": keras.layers.RandomFlip,
    "random_rotation": keras.layers.RandomRotation,
    "random_translation": keras.layers.RandomTranslation,
    "reshape": keras.layers.Reshape,
    "simple_rnn": keras.layers.SimpleRNN,
    "spatial_dropout_1d": keras.layers.SpatialDropout1D,
    "spatial_dropout_2d": keras.layers.SpatialDropout2D,
}


def add(model: keras.Sequential, layer: Layer) -> None:
    """Put a layer behind the others.

    Raises:
        InputError: it does not take what the layer before it gives.
    """
    try:
        model.add(_build(layer))
    except ValueError as error:
        raise InputError(
            f"layers: {layer.kind} does not take what the layer before it gives "
            f"({str(error).splitlines()[0]}); change one of them"
        ) from None


def penalty(l1: float, l2: float) -> keras.Regularizer | None:
    """Keras' regularizer for a kernel."""
    if l1 and l2:
        return keras.regularizers.L1L2(l1, l2)
    if l1:
        return keras.regularizers.L1(l1)
    return keras.regularizers.L2(l2) if l2 else None


def _build(layer: Layer) -> keras.Layer:
    given = arguments(layer)
    if isinstance(layer, Penalized):
        given["kernel_regularizer"] = penalty(layer.l1, layer.l2)
    built = LAYERS[layer.kind](**given)
    is_twofold = isinstance(layer, Recurrent) and layer.bidirectional
    return keras.layers.Bidirectional(built) if is_twofold else built
