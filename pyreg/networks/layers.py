"""A layer's description in, the Keras layer at the end of a model out."""

import re
from collections.abc import Callable
from typing import Any

import keras
from keras import ops

from pyreg.config.layers import (
    Embedding,
    Encoder,
    Flip,
    Layer,
    Penalized,
    Recurrent,
    Shift,
    Turn,
    arguments,
)
from pyreg.errors import InputError

LAYERS: dict[str, Callable[..., keras.Layer]] = {
    "activation": keras.layers.Activation,
    "average_pooling_1d": keras.layers.AveragePooling1D,
    "average_pooling_2d": keras.layers.AveragePooling2D,
    "batch_normalization": keras.layers.BatchNormalization,
    "conv_1d": keras.layers.Conv1D,
    "conv_2d": keras.layers.Conv2D,
    "cropping_1d": keras.layers.Cropping1D,
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


def then(network: Any, layer: keras.Layer) -> Any:
    """A layer behind the others, as R's pipe: of a sequential model, or of a tensor."""
    if not isinstance(network, keras.Sequential):
        return layer(network)
    network.add(layer)
    return network


def add(network: Any, layer: Layer) -> Any:
    """Put a layer that is described behind the others.

    Raises:
        InputError: it does not take what the layer before it gives.
    """
    try:
        if isinstance(layer, Encoder):
            return _encode(network, layer)
        if isinstance(layer, Embedding) and layer.positions:
            return _with_positions(network, layer)
        return then(network, _build(layer))
    except (ValueError, TypeError) as error:
        raise InputError(
            f"layers: {layer.kind} does not take what the layer before it gives "
            f"({_reason(error)}); change one of them"
        ) from None


def _reason(error: Exception) -> str:
    """Keras prints the reason in bold where another layer's call is what failed."""
    bold = re.search(r"\033\[1m(.+?)\033\[0m", str(error), re.DOTALL)
    return (bold[1] if bold else str(error)).splitlines()[0]


def penalty(l1: float, l2: float) -> keras.Regularizer | None:
    """Keras' regularizer for a kernel."""
    if l1 and l2:
        return keras.regularizers.L1L2(l1, l2)
    if l1:
        return keras.regularizers.L1(l1)
    return keras.regularizers.L2(l2) if l2 else None


def _with_positions(words: Any, layer: Embedding) -> Any:
    """A vector for each word and one for its position, added up."""
    vectors = _build(layer)(words)
    positions = ops.subtract(ops.cumsum(ops.ones_like(words), axis=-1), 1)
    places = keras.layers.Embedding(words.shape[1], layer.output_dim, trainable=layer.trainable)(
        positions
    )
    return keras.layers.Add()([vectors, places])


def _encode(x: Any, layer: Encoder) -> Any:
    attention = keras.layers.MultiHeadAttention(
        layer.num_heads, layer.key_dim, dropout=layer.attention_dropout
    )
    attention.input_spec = keras.InputSpec(min_ndim=3)
    attended = attention(x, x)
    attention.trainable = layer.trainable  # once built: only then do its own layers follow
    x = _joined(x, attended, layer)
    forward = keras.layers.Dense(layer.units, activation="relu", trainable=layer.trainable)(x)
    back = keras.layers.Dense(x.shape[-1], trainable=layer.trainable)(forward)
    return _joined(x, back, layer)


def _joined(x: Any, change: Any, layer: Encoder) -> Any:
    if layer.dropout:
        change = keras.layers.Dropout(layer.dropout)(change)
    normalize = keras.layers.LayerNormalization(trainable=layer.trainable)
    return normalize(keras.layers.Add()([x, change]))


def _build(layer: Layer) -> keras.Layer:
    given = arguments(layer)
    if isinstance(layer, Penalized):
        given["kernel_regularizer"] = penalty(layer.l1, layer.l2)
    built = LAYERS[layer.kind](**given)
    if isinstance(layer, (Flip, Shift, Turn)):
        # Else Keras takes a batch of sequences for one image.
        built.input_spec = keras.InputSpec(ndim=4)
    is_twofold = isinstance(layer, Recurrent) and layer.bidirectional
    return keras.layers.Bidirectional(built) if is_twofold else built
