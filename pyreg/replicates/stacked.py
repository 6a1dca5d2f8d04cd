"""Single models in, one Keras model with a replicate axis out; each learns as if it were alone."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from pyreg.replicates.words import Batch, Words


class Stacked(keras.Model):
    """Models of one shape side by side, each trained on its own batches.

    Input: a batch of `words`. Output: logits, shape (batch, num_replicates). Labels: shape
    (batch, num_replicates), or (batch, 1) if all replicates see the same reviews.

    The loss is the sum of the replicates' losses. Adam treats every weight by itself, and
    nothing else mixes replicates, so each makes the steps it would make alone.
    """

    def __init__(self, singles: Sequence[keras.Sequential], words: Words) -> None:
        super().__init__()
        self.words = words
        first, *hidden, last = zip(*(single.layers for single in singles), strict=True)
        self.hidden = [StackedDense(first, words.matmul), *map(_stack, hidden)]
        self.last = StackedDense(last)
        self.averages = [
            PerReplicate(len(singles), name)
            for name in ("losses", "accuracy", "binary_crossentropy")
        ]
        self.built = True

    def call(self, batch: Batch, training: bool = False) -> Any:
        outputs = batch
        for layer in self.hidden:
            outputs = layer(outputs, training=training)
        return ops.transpose(self.last.linear(outputs)[:, :, 0])

    def compute_loss(
        self,
        x: Any = None,
        y: Any = None,
        y_pred: Any = None,
        sample_weight: Any = None,
        training: bool = True,
    ) -> Any:
        """Sum the replicates' losses, and note each one's for the history."""
        y = ops.broadcast_to(ops.cast(y, y_pred.dtype), ops.shape(y_pred))
        crossentropy = _crossentropy(y, y_pred)
        accuracy = ops.mean(ops.cast((y_pred > 0) == (y > 0.5), y_pred.dtype), axis=0)
        losses = crossentropy + sum(layer.penalty() for layer in [*self.hidden, self.last])
        for average, values in zip(self.averages, (losses, accuracy, crossentropy), strict=True):
            average.update_state(values, ops.shape(y)[0])
        return ops.sum(losses)

    def trained(self, singles: Sequence[keras.Sequential]) -> Sequence[keras.Sequential]:
        """The single models, as they were given, with what each has learned."""
        weights = [
            weight.numpy() for layer in [*self.hidden, self.last] for weight in layer.weights
        ]
        for replicate, single in enumerate(singles):
            single.set_weights([weight[replicate] for weight in weights])
        return singles


class StackedDense(keras.layers.Layer):
    """Dense layers of one shape side by side.

    Input (num_replicates, batch, inputs), output (num_replicates, batch, units).
    """

    def __init__(
        self, singles: Sequence[keras.layers.Dense], matmul: Callable[..., Any] | None = None
    ) -> None:
        super().__init__()
        self.matmul = matmul or _matmul
        self.activation = singles[0].activation
        self.regularizer = singles[0].kernel_regularizer
        self.kernel = self._side_by_side([single.kernel for single in singles])
        self.bias = self._side_by_side([single.bias for single in singles])

    def call(self, inputs: Any, training: bool = False) -> Any:
        del training
        return self.activation(self.linear(inputs))

    def linear(self, inputs: Any) -> Any:
        return self.matmul(inputs, self.kernel) + self.bias[:, None]

    def penalty(self) -> Any:
        """Each replicate's penalty, shape (num_replicates,)."""
        if self.regularizer is None:
            return 0.0
        kernels = ops.unstack(ops.convert_to_tensor(self.kernel))
        return ops.stack([self.regularizer(kernel) for kernel in kernels])

    def _side_by_side(self, variables: Sequence[keras.Variable]) -> keras.Variable:
        values = np.stack([variable.numpy() for variable in variables])
        return self.add_weight(shape=values.shape, initializer=lambda *_, **__: values)


class StackedDropout(keras.layers.Layer):
    """The single models' own dropout layers: every replicate gets the masks of its single run."""

    def __init__(self, singles: Sequence[keras.layers.Dropout]) -> None:
        super().__init__()
        self.singles = list(singles)

    def call(self, inputs: Any, training: bool = False) -> Any:
        parts = zip(self.singles, ops.unstack(inputs), strict=True)
        return ops.stack([single(part, training=training) for single, part in parts])

    def penalty(self) -> float:
        return 0.0


class PerReplicate(keras.metrics.Metric):
    """The mean over an epoch's reviews of one number per replicate."""

    def __init__(self, num_replicates: int, name: str) -> None:
        super().__init__(name=name)
        self.total = self.add_variable((num_replicates,), initializer="zeros")
        self.num_reviews = self.add_variable((), initializer="zeros")

    def update_state(self, means: Any, num_reviews: Any) -> None:
        """Add a batch: each replicate's mean, shape (num_replicates,), over so many reviews."""
        num_reviews = ops.cast(num_reviews, self.dtype)
        self.total.assign_add(means * num_reviews)
        self.num_reviews.assign_add(num_reviews)

    def result(self) -> Any:
        return self.total / self.num_reviews


def _stack(singles: Sequence[keras.layers.Layer]) -> keras.layers.Layer:
    if isinstance(singles[0], keras.layers.Dropout):
        return StackedDropout(singles)
    return StackedDense(singles)


def _matmul(inputs: Any, kernel: Any) -> Any:
    """Each replicate's inputs by its kernel, one by one.

    TensorFlow's product of stacks takes another way for a stack of one than for larger ones, and
    on some processors another last bit.
    """
    pairs = zip(ops.unstack(inputs), ops.unstack(ops.convert_to_tensor(kernel)), strict=True)
    return ops.stack([ops.matmul(*pair) for pair in pairs])


def _crossentropy(labels: Any, logits: Any) -> Any:
    """Each replicate's mean cross-entropy, shape (num_replicates,).

    One by one: how a long vector is cut for the processor's wide registers changes the last
    bit of `exp` and of sums, and would make a result depend on the replicates beside it.
    From logits, as Keras on TensorFlow takes it for a model that ends in a sigmoid.
    """
    pairs = zip(ops.unstack(labels, axis=1), ops.unstack(logits, axis=1), strict=True)
    return ops.stack([ops.mean(ops.binary_crossentropy(*pair, from_logits=True)) for pair in pairs])
