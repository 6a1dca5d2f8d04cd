"""A model's specification in, a compiled Keras model out."""

import keras

from pyreg import config


def build(spec: config.Model, num_words: int, seed: int) -> keras.Model:
    """Build and compile one network of the lesson, its weights drawn from `seed`.

    Keras draws the seeds of layers in the order they are created, so the seed is set here,
    right before the first of them.

    Args:
        spec: hidden units, penalties and dropout rate.
        num_words: columns of the multi-hot matrix.

    Returns:
        A compiled model: (num_reviews, num_words) -> (num_reviews, 1), the probability that
        a review is positive.
    """
    keras.utils.set_random_seed(seed)
    model = keras.Sequential([keras.Input((num_words,))])
    for units in spec.units:
        model.add(
            keras.layers.Dense(units, activation=spec.activation, kernel_regularizer=_penalty(spec))
        )
        if spec.dropout:
            model.add(keras.layers.Dropout(spec.dropout))
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    model.compile(
        optimizer="adam",
        loss="binary_crossentropy",
        # The loss includes the L2 penalty, on validation data too: models are compared on
        # the cross-entropy alone.
        metrics=["accuracy", "binary_crossentropy"],
    )
    return model


def _penalty(spec: config.Model) -> keras.Regularizer | None:
    if spec.l1 and spec.l2:
        return keras.regularizers.L1L2(spec.l1, spec.l2)
    if spec.l1:
        return keras.regularizers.L1(spec.l1)
    return keras.regularizers.L2(spec.l2) if spec.l2 else None
