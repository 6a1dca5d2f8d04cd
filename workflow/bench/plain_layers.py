"""Networks of other layers as Keras' own examples write them: images, and sequences of words.

The yardstick of `make bench`; nothing of pyreg is used. Usage: plain_layers.py NAME IMDB.npz
MAXLEN, with cnn, recurrent or transformer, as the studies of these names have them.
"""

import sys

import numpy as np
from sklearn.datasets import load_digits
from tensorflow import keras
from tensorflow.keras import layers

EPOCHS, NUM_REVIEWS, NUM_WORDS = 3, 2000, 5000


def digits():
    x, y = load_digits(return_X_y=True)
    x, y, half = (x / 16).reshape(-1, 8, 8, 1), keras.utils.to_categorical(y), len(x) // 2
    return (x[:half], y[:half]), (x[half:], y[half:])


def reviews(path, maxlen):
    with np.load(path, allow_pickle=True) as stored:
        for half in ("train", "test"):
            order = np.random.RandomState(113).permutation(len(stored[f"x_{half}"]))[:NUM_REVIEWS]
            x = [[1] + [word + 3 for word in review] for review in stored[f"x_{half}"][order]]
            x = [[word if word < NUM_WORDS else 2 for word in review] for review in x]
            yield keras.utils.pad_sequences(x, maxlen=maxlen), stored[f"y_{half}"][order]


def cnn(inputs):
    x = layers.Conv2D(16, 3, activation="relu")(inputs)
    x = layers.Conv2D(32, 3, activation="relu")(x)
    x = layers.Dropout(0.25)(layers.MaxPooling2D()(x))
    x = layers.Dense(128, activation="relu")(layers.Flatten()(x))
    return layers.Dense(10, activation="softmax")(layers.Dropout(0.5)(x))


def recurrent(inputs):
    x = layers.LSTM(32)(layers.Embedding(NUM_WORDS, 32)(inputs))
    return layers.Dense(1, activation="sigmoid")(x)


def transformer(inputs):
    maxlen = inputs.shape[1]
    places = layers.Embedding(maxlen, 32)(keras.ops.arange(maxlen))
    x = layers.Embedding(NUM_WORDS, 32)(inputs) + places
    x = layers.LayerNormalization()(x + layers.MultiHeadAttention(2, 16)(x, x))
    x = layers.LayerNormalization()(x + layers.Dense(32)(layers.Dense(32, activation="relu")(x)))
    x = layers.Dense(20, activation="relu")(layers.GlobalAveragePooling1D()(x))
    return layers.Dense(1, activation="sigmoid")(x)


def main(name, imdb, maxlen):
    is_cnn = name == "cnn"
    train, validation = digits() if is_cnn else reviews(imdb, int(maxlen))
    inputs = keras.Input(train[0].shape[1:])
    model = keras.Model(inputs, {"cnn": cnn, "recurrent": recurrent}.get(name, transformer)(inputs))
    optimizer = keras.optimizers.Adadelta(1.0) if is_cnn else "adam"
    loss = "categorical_crossentropy" if is_cnn else "binary_crossentropy"
    model.compile(optimizer=optimizer, loss=loss, metrics=["accuracy"])
    model.fit(*train, epochs=EPOCHS, batch_size=128, validation_data=validation, verbose=0)


main(*sys.argv[1:])
