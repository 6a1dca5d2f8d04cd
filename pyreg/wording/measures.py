"""A metric's key in, its name and its unit as a reader sees them out."""

from dataclasses import dataclass

from pyreg.config.tasks import GREATER_IS_BETTER
from pyreg.wording.language import N_, _

NAMES = {
    "binary_crossentropy": (N_("Binary cross-entropy"), N_("nats")),
    "sparse_categorical_crossentropy": (N_("Categorical cross-entropy"), N_("nats")),
    "mean_squared_error": (N_("Mean squared error"), N_("squared units of the target")),
    "mean_absolute_error": (N_("Mean absolute error"), N_("units of the target")),
    "accuracy": (N_("Accuracy"), N_("share correct")),
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
    greater_is_better: bool

    @property
    def title(self) -> str:
        """Name and unit, as on an axis."""
        return f"{self.name} ({self.unit})"

    @property
    def inside(self) -> str:
        """The name within a sentence."""
        return self.name[0].lower() + self.name[1:]


def measure(metric: str) -> Measure:
    name, unit = NAMES[metric]
    return Measure(_(name), _(unit), metric in GREATER_IS_BETTER)
