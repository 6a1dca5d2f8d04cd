"""The lesson as a Python tutorial writes it: dense float64, one model after the other.

The yardstick of `make bench`; nothing of pyreg is used. Usage: plain_python.py IMDB.npz MODEL...
"""

import sys
import time

import numpy as np
from tensorflow import keras


def load(path, num_words):
    with np.load(path, allow_pickle=True) as stored:
        halves = [(stored[f"x_{half}"], stored[f"y_{half}"]) for half in ("train", "test")]
    random = np.random.RandomState(113)
    for reviews, labels in halves:
        order = np.arange(len(reviews))
        random.shuffle(order)
        sequences = [[1] + [word + 3 for word in review] for review in reviews[order]]
        yield [[w if w < num_words else 2 for w in s] for s in sequences], labels[order]


def multi_hot_sequences(sequences, dimension):
    results = np.zeros((len(sequences), dimension))
    for row, sequence in enumerate(sequences):
        results[row, [word - 1 for word in sequence]] = 1
    return results


def build(name):
    units = {"smaller": 4, "bigger": 512}.get(name, 16)
    penalty = keras.regularizers.l2(0.001) if name == "l2" else None
    layers = [keras.Input((5000,))]
    for _ in range(2):
        layers.append(keras.layers.Dense(units, activation="relu", kernel_regularizer=penalty))
        if name == "dropout":
            layers.append(keras.layers.Dropout(0.6))
    model = keras.Sequential([*layers, keras.layers.Dense(1, activation="sigmoid")])
    model.compile(optimizer="adam", loss="binary_crossentropy", metrics=["accuracy"])
    return model


def main(path, *names):
    started = time.time()
    (train, y_train), (test, y_test) = load(path, 5000)
    x_train, x_test = multi_hot_sequences(train, 5000), multi_hot_sequences(test, 5000)
    print(f"encoded {time.time() - started:.2f}", flush=True)
    for name in names:
        started = time.time()
        build(name).fit(
            x_train, y_train, epochs=20, batch_size=512, validation_data=(x_test, y_test), verbose=0
        )
        print(f"{name} {time.time() - started:.2f}", flush=True)


main(*sys.argv[1:])
