"""What a network learns: the last layer, loss and metrics that go with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Name = Literal["binary", "multiclass", "regression"]
Metric = Literal[
    "accuracy",
    "binary_crossentropy",
    "sparse_categorical_crossentropy",
    "mean_squared_error",
    "mean_absolute_error",
]


@dataclass(frozen=True)
class Task:
    """One kind of labels.

    Attributes:
        activation: of the last layer.
        loss: Keras' name of the loss.
        metrics: what models are compared by, the loss without penalties first.
    """

    activation: str
    loss: str
    metrics: tuple[Metric, ...]


TASKS: Mapping[Name, Task] = {
    "binary": Task("sigmoid", "binary_crossentropy", ("binary_crossentropy", "accuracy")),
    "multiclass": Task(
        "softmax",
        "sparse_categorical_crossentropy",
        ("sparse_categorical_crossentropy", "accuracy"),
    ),
    "regression": Task(
        "linear", "mean_squared_error", ("mean_squared_error", "mean_absolute_error")
    ),
}


# Of the other metrics, less is better.
GREATER_IS_BETTER: frozenset[str] = frozenset({"accuracy"})
