"""Which words each review holds in, products with a first layer's kernels out; dense or sparse."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, Protocol

import keras
import numpy as np
from keras import ops
from scipy import sparse

Batch = Mapping[str, Any]


class Words(Protocol):
    """The multi-hot matrix of all reviews, in the form a backend multiplies fastest."""

    def batch(self, rows: np.ndarray) -> Batch:
        """Arrays for a model's input.

        Args:
            rows: int array of shape (batch, num_replicates), each replicate's own reviews, or
                (batch, 1), the same reviews for all.
        """

    def matmul(self, batch: Batch, kernel: Any) -> Any:
        """Multiply each replicate's reviews by its kernel.

        Args:
            kernel: shape (num_replicates, num_words, units).

        Returns:
            Shape (num_replicates, batch, units).
        """


def words(*halves: np.ndarray) -> Words:
    """Choose the form: sparse for TensorFlow on a CPU, dense for any other backend or device.

    2.5 per cent of the cells of a review's row are 1, and TensorFlow has sparse kernels that
    make use of it; XLA's gathers and scatters lose against its dense product.

    Args:
        halves: uint8 arrays of shape (num_reviews, num_words), 0 or 1; their rows are numbered
            through.
    """
    if keras.backend.backend() == "tensorflow" and not _tensorflow_sees_gpu():
        return SparseWords(halves)
    return DenseWords(halves)


class DenseWords(keras.layers.Layer):
    """One byte a cell, stored once on the device: a batch is only its reviews' row numbers.

    A layer, for JAX: a weight of the model is passed to its compiled steps, where an array that
    the model knows nothing of would become a constant of 250 MB in each of them.
    """

    def __init__(self, halves: Sequence[np.ndarray]) -> None:
        super().__init__()
        matrix = np.concatenate(halves)
        self.table = self.add_weight(
            shape=matrix.shape, dtype="uint8", trainable=False, initializer=lambda *_, **__: matrix
        )

    def batch(self, rows: np.ndarray) -> Batch:
        return {"reviews": rows}

    def matmul(self, batch: Batch, kernel: Any) -> Any:
        rows = ops.take(self.table, ops.transpose(batch["reviews"]), axis=0)
        return ops.matmul(ops.cast(rows, kernel.dtype), kernel)


class SparseWords:
    """Only the cells that are 1, as TensorFlow's sparse matrices. No gradient but the kernel's."""

    def __init__(self, halves: Sequence[np.ndarray]) -> None:
        self.rows = sparse.vstack([_compress(half) for half in halves], format="csr")

    def batch(self, rows: np.ndarray) -> Batch:
        """Also `words`: int32 array (num_ones, 2), the cells of a block-diagonal matrix.

        Replicate r's reviews fill the r-th block of rows and of columns, so that one product
        with all kernels on top of each other is every replicate's own product.
        """
        batch_size, num_replicates = rows.shape
        picked = self.rows[rows.T.ravel()]
        blocks = np.arange(num_replicates, dtype=np.int32) * picked.shape[1]
        starts = np.stack([np.arange(rows.size, dtype=np.int32), np.repeat(blocks, batch_size)], 1)
        cells = np.repeat(starts, np.diff(picked.indptr), axis=0)
        cells[:, 1] += picked.indices
        return {"reviews": rows, "words": cells}

    def matmul(self, batch: Batch, kernel: Any) -> Any:
        kernel = ops.convert_to_tensor(kernel)
        num_replicates, num_words, units = kernel.shape
        batch_size = ops.shape(batch["reviews"])[0]
        if batch["reviews"].shape[1] == num_replicates:
            multiply = _coordinates if units < COORDINATES_BELOW else _compressed
            shape = (num_replicates * batch_size, num_replicates * num_words)
            stacked = ops.reshape(kernel, (num_replicates * num_words, units))
            product = multiply(batch["words"], shape)(stacked)
            return ops.reshape(product, (num_replicates, batch_size, units))
        multiply_by = _compressed(batch["words"], (batch_size, num_words))
        if not 1 < units < COORDINATES_BELOW:  # one column is summed up in another order
            return ops.stack([multiply_by(one) for one in ops.unstack(kernel)])
        beside = ops.reshape(ops.transpose(kernel, (1, 0, 2)), (num_words, num_replicates * units))
        product = ops.reshape(multiply_by(beside), (batch_size, num_replicates, units))
        return ops.transpose(product, (1, 0, 2))


# Measured, one thread, 512 reviews of 123 words: TensorFlow's kernel for coordinates takes
# 0.24 ms for 16 columns, but 27 ms for 512; its kernel for compressed rows 0.13 and 1.7 ms, after
# a conversion of 0.25 ms. Where all replicates see the same 2,500 reviews, one product takes 9 ms
# for ten times 4 columns where ten took 49, and 14 where ten took 20 for 16 (another processor).
COORDINATES_BELOW = 32

Matmul = Callable[[Any], Any]


def _coordinates(cells: Any, shape: tuple[Any, Any]) -> Matmul:
    """Multiplication by the matrix of 1s in these cells, which are read as they are."""
    import tensorflow as tf

    multiply = partial(
        tf.raw_ops.SparseTensorDenseMatMul,
        a_indices=cells,
        a_values=tf.ones(tf.shape(cells)[:1]),
        a_shape=tf.cast(shape, "int64"),
    )
    return _differentiable(
        lambda kernel: multiply(b=kernel), lambda upstream: multiply(b=upstream, adjoint_a=True)
    )


def _compressed(cells: Any, shape: tuple[Any, Any]) -> Matmul:
    """The same by compressed rows.

    The gradient takes a transposed copy of the matrix: TensorFlow's own multiplies by the
    transpose in place, and scatters into the kernel's rows, three times slower.
    """
    import tensorflow as tf

    matrix = tf.raw_ops.SparseTensorToCSRSparseMatrix(
        indices=tf.cast(cells, "int64"),
        values=tf.ones(tf.shape(cells)[:1]),
        dense_shape=tf.cast(shape, "int64"),
    )

    def gradient(upstream: Any) -> Any:
        transposed = tf.raw_ops.SparseMatrixTranspose(input=matrix, type=upstream.dtype)
        return tf.raw_ops.SparseMatrixMatMul(a=transposed, b=upstream)

    return _differentiable(
        lambda kernel: tf.raw_ops.SparseMatrixMatMul(a=matrix, b=kernel), gradient
    )


def _differentiable(product: Matmul, gradient: Matmul) -> Matmul:
    import tensorflow as tf

    return tf.custom_gradient(lambda kernel: (product(kernel), gradient))


def _compress(matrix: np.ndarray) -> sparse.csr_array:
    """`csr_array(matrix)` for 0 and 1, six times faster."""
    num_rows, num_columns = matrix.shape
    cells = np.flatnonzero(matrix.view(bool))
    starts = np.searchsorted(cells, np.arange(num_rows + 1) * num_columns).astype(np.int32)
    columns = (cells % num_columns).astype(np.int32)
    return sparse.csr_array((np.ones_like(columns, np.uint8), columns, starts), matrix.shape)


def _tensorflow_sees_gpu() -> bool:
    import tensorflow as tf

    return bool(tf.config.list_physical_devices("GPU"))
