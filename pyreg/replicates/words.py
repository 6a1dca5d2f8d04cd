"""Which words each review holds in, products with a first layer's kernels out; dense or sparse."""

from collections.abc import Mapping, Sequence
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


class DenseWords:
    """One byte a cell, stored once on the device: a batch is only its reviews' row numbers."""

    def __init__(self, halves: Sequence[np.ndarray]) -> None:
        matrix = np.concatenate(halves)
        self.table = keras.Variable(matrix, dtype="uint8", trainable=False, name="reviews")

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
        """Also `words`: int64 array (num_ones, 2), the cells of a block-diagonal matrix.

        Replicate r's reviews fill the r-th block of rows and of columns, so that one product
        with all kernels on top of each other is every replicate's own product.
        """
        batch_size, num_replicates = rows.shape
        picked = self.rows[rows.T.ravel()]
        cells = np.empty((picked.nnz, 2), dtype=np.int64)
        lengths = np.diff(picked.indptr)
        cells[:, 0] = np.repeat(np.arange(rows.size), lengths)
        blocks = np.repeat(np.arange(num_replicates), batch_size) * picked.shape[1]
        cells[:, 1] = np.repeat(blocks, lengths)
        cells[:, 1] += picked.indices
        return {"reviews": rows, "words": cells}

    def matmul(self, batch: Batch, kernel: Any) -> Any:
        kernel = ops.convert_to_tensor(kernel)
        num_replicates, num_words, units = kernel.shape
        batch_size = ops.shape(batch["reviews"])[0]
        if batch["reviews"].shape[1] == num_replicates:
            matrix = _ones(batch["words"], num_replicates * batch_size, num_replicates * num_words)
            stacked = ops.reshape(kernel, (num_replicates * num_words, units))
            return ops.reshape(_product(matrix, stacked), (num_replicates, batch_size, units))
        matrix = _compressed(_ones(batch["words"], batch_size, num_words))
        return ops.stack([_compressed_product(matrix, kernel[r]) for r in range(num_replicates)])


def _compress(matrix: np.ndarray) -> sparse.csr_array:
    """`csr_array(matrix)` for 0 and 1, six times faster."""
    num_rows, num_columns = matrix.shape
    cells = np.flatnonzero(matrix.view(bool))
    starts = np.searchsorted(cells, np.arange(num_rows + 1) * num_columns).astype(np.int32)
    columns = (cells % num_columns).astype(np.int32)
    return sparse.csr_array((np.ones_like(columns, np.uint8), columns, starts), matrix.shape)


# Measured, one thread, 512 reviews of 123 words: TensorFlow's kernel for coordinates (COO) takes
# 0.24 ms for 16 columns, but 27 ms for 512; its kernel for compressed rows (CSR) 0.13 and 1.7 ms,
# after a conversion of 0.25 ms.
COORDINATES_BELOW = 32


def _product(matrix: Any, kernel: Any) -> Any:
    import tensorflow as tf

    if kernel.shape[-1] < COORDINATES_BELOW:
        return tf.sparse.sparse_dense_matmul(matrix, kernel)
    return _compressed_product(_compressed(matrix), kernel)


def _ones(cells: Any, num_rows: Any, num_columns: int) -> Any:
    import tensorflow as tf

    shape = [tf.cast(num_rows, "int64"), num_columns]
    return tf.SparseTensor(cells, tf.ones(tf.shape(cells)[:1]), shape)


def _compressed(matrix: Any) -> Any:
    import tensorflow as tf

    return tf.raw_ops.SparseTensorToCSRSparseMatrix(
        indices=matrix.indices, values=matrix.values, dense_shape=matrix.dense_shape
    )


def _compressed_product(matrix: Any, kernel: Any) -> Any:
    """The product, with a gradient three times faster than TensorFlow's own.

    TensorFlow multiplies by the transpose in place, scattering into the kernel's rows; a
    transposed copy of the small matrix reads and writes in order.
    """
    import tensorflow as tf

    @tf.custom_gradient
    def product(kernel: Any) -> Any:
        def gradient(upstream: Any) -> Any:
            transposed = tf.raw_ops.SparseMatrixTranspose(input=matrix, type=upstream.dtype)
            return tf.raw_ops.SparseMatrixMatMul(a=transposed, b=upstream)

        return tf.raw_ops.SparseMatrixMatMul(a=matrix, b=kernel), gradient

    return product(kernel)


def _tensorflow_sees_gpu() -> bool:
    import tensorflow as tf

    return bool(tf.config.list_physical_devices("GPU"))
