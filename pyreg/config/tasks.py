"""What a network learns: the last layer, loss and metrics that go with it, and their names."""

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


@dataclass(frozen=True)
class Measure:
    """A metric as a reader sees it.

    Attributes:
        unit: of its values.
        greater_is_better: else less is.
    """

    name: str
    unit: str
    greater_is_better: bool = False

    @property
    def title(self) -> str:
        """Name and unit, as on an axis."""
        return f"{self.name} ({self.unit})"


MEASURES: Mapping[str, Measure] = {
    "binary_crossentropy": Measure("Binary cross-entropy", "nats"),
    "sparse_categorical_crossentropy": Measure("Categorical cross-entropy", "nats"),
    "mean_squared_error": Measure("Mean squared error", "squared units of the target"),
    "mean_absolute_error": Measure("Mean absolute error", "units of the target"),
    "accuracy": Measure("Accuracy", "share correct", greater_is_better=True),
}
