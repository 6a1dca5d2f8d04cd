"""One network: its layers, penalties, optimizer, and when its training ends."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Discriminator, Field, Tag, model_validator

from pyreg.config.layers import (
    Activation,
    Factor,
    Layer,
    Penalized,
    Rate,
    Reshape,
    Weighted,
    is_branched,
)
from pyreg.config.section import NUMBER, FileName, Name, Section
from pyreg.config.tasks import Metric
from pyreg.errors import InputError

MOST_LAYERS = 100
GROUPS = 32  # Keras' default

# Settings of the hidden layers, and what to do where a network has none.
ELSEWHERE = {
    "activation": "give it to a layer of `layers`",
    "dropout": "put `{kind: dropout, rate: 0.5}` into `layers`",
    "normalization": "put `{kind: batch_normalization}` or another one into `layers`",
    "l1": "give it to a layer of `layers`, or give `penalized: all`",
    "l2": "give it to a layer of `layers`, or give `penalized: all`",
}


def _form(value: object) -> str:
    return "[each]" if isinstance(value, list) else "[all]"


def _origin(value: object) -> str:
    return "[file]" if isinstance(value, str) else "[model]"


def _is_none(value: object) -> bool:
    return value is None


# One value for all layers, or a list with one for each. The form is told before the value
# is checked, so that a mistake is one message; brackets mark what is no key (see loading.py).
Value = TypeVar("Value")
PerLayer = Annotated[
    Annotated[Value, Tag("[all]")] | Annotated[list[Value], Tag("[each]")], Discriminator(_form)
]


class Optimizer(Section):
    """How weights follow their gradients; what is not given is Keras' default."""

    name: Literal["adam", "adamw", "sgd", "rmsprop", "adadelta"] = Field(
        "adam", description="Keras' optimizer of that name."
    )
    learning_rate: float | None = Field(
        None, gt=0, description="Step size; none: the optimizer's own default in Keras."
    )
    momentum: float | None = Field(
        None, ge=0, lt=1, description="Momentum, for sgd and rmsprop; none: 0."
    )
    weight_decay: float | None = Field(
        None,
        ge=0,
        description="Decoupled weight decay: every weight shrinks by learning_rate times this in "
        "each step, apart from the gradient. None: no decay, but 0.004 for adamw.",
    )

    @model_validator(mode="after")
    def _momentum_is_known(self) -> "Optimizer":
        if self.momentum is not None and self.name not in ("sgd", "rmsprop"):
            raise ValueError(
                f"optimizer: got momentum for {self.name}, expected it for sgd or rmsprop; "
                "leave it out"
            )
        return self


class EarlyStopping(Section):
    """End training when a validation value has not improved for some epochs."""

    monitor: Literal["loss", Metric] = Field(
        "loss", description="The validation value that is watched; the loss includes penalties."
    )
    patience: int = Field(
        0, ge=0, le=10_000, description="Epochs without improvement that are waited for."
    )
    restore_best_weights: bool = Field(
        False, description="Predict with the weights of the best epoch instead of the last one's."
    )


class OfModel(Section):
    """Weights that another network of the study ends with."""

    model: Name = Field(
        description="Its name. All runs begin with the weights of that network's one exact run."
    )


Origin = Annotated[
    Annotated[FileName, Tag("[file]")] | Annotated[OfModel, Tag("[model]")],
    Discriminator(_origin),
]


class Model(Section):
    """One network: layers of any kind, hidden dense layers, then a layer that fits the task.

    Where a setting is given per hidden layer, it is a list as long as `units`; penalties of all
    layers have one value more, the last layer's.
    """

    layers: list[Layer] = Field(
        [],
        max_length=MOST_LAYERS,
        description="Layers before the hidden ones, first to last; `kind` says which.",
    )
    units: list[Annotated[int, Field(ge=1, le=65_536)]] = Field(
        max_length=MOST_LAYERS,
        description="Units of each hidden layer, first to last; none: a linear model.",
    )
    activation: PerLayer[Activation] = Field(
        "relu", description="Activation of the hidden layers: one for all, or a list."
    )
    l1: PerLayer[Factor] = Field(
        0.0, description="L1 factor on the kernels: one for all penalized layers, or a list."
    )
    l2: PerLayer[Factor] = Field(
        0.0, description="L2 factor on the kernels: one for all penalized layers, or a list."
    )
    penalized: Literal["hidden", "all"] = Field(
        "hidden",
        description="Whose kernels l1 and l2 penalize: the hidden layers', or the last one's too.",
    )
    dropout: PerLayer[Rate] = Field(
        0.0, description="Dropout rate after each hidden layer: one for all, or a list."
    )
    normalization: Literal["none", "batch", "layer", "group", "instance"] = Field(
        "none",
        description="Normalization between each hidden layer's affine map and its activation. "
        "instance: group normalization with a group for each unit.",
    )
    groups: int = Field(
        GROUPS, ge=1, le=65_536, description="Groups of units, for group normalization."
    )
    optimizer: Optimizer = Field(Optimizer(), description="How the weights follow gradients.")
    early_stopping: EarlyStopping | None = Field(
        None, description="When to end before the last epoch; none: never."
    )
    # What few networks have is left out of the records of all others.
    weights: Origin | None = Field(
        None,
        exclude_if=_is_none,
        description="What `layers` begin with: a network that Keras saved, `FILE.keras`, or "
        "another model of the study, `{model: NAME}`, whose first layers are the same. The hidden "
        "and the last layer begin anew. None: all weights are drawn from the seed.",
    )
    half: Annotated[Literal[1, 2], NUMBER] | None = Field(
        None,
        exclude_if=_is_none,
        description="Train on every other sample: 1 on the first, the third and so on, 2 on the "
        "second, the fourth and so on. None: on all.",
    )

    @property
    def activations(self) -> list[Activation]:
        """The activation of each hidden layer."""
        return _per_layer(self.activation, len(self.units))

    @property
    def dropouts(self) -> list[float]:
        """The dropout rate after each hidden layer."""
        return _per_layer(self.dropout, len(self.units))

    @property
    def penalties(self) -> list[tuple[float, float]]:
        """L1 and L2 factor of each layer's kernel, the last layer's too."""
        pairs = zip(*(_per_layer(f, self._num_penalized) for f in (self.l1, self.l2)), strict=True)
        return [*pairs, (0.0, 0.0)][: len(self.units) + 1]

    @property
    def is_penalized(self) -> bool:
        """Whether the loss has a penalty in it."""
        kernels = (layer for layer in self.layers if isinstance(layer, Penalized))
        return any(map(any, self.penalties)) or any(layer.l1 or layer.l2 for layer in kernels)

    @property
    def weights_of(self) -> str | None:
        """The other model of the study with whose weights it begins."""
        return self.weights.model if isinstance(self.weights, OfModel) else None

    def require_weights(self) -> None:
        """Raise InputError if the file with whose weights it begins is not there."""
        if isinstance(self.weights, str) and not Path(self.weights).expanduser().is_file():
            raise InputError(
                f"weights: got {self.weights}, which is not there, expected a network that Keras "
                "saved, FILE.keras; name one, or leave `weights` out"
            )

    @property
    def is_sequential(self) -> bool:
        """Whether its layers stand in one row."""
        return not any(map(is_branched, self.layers))

    def for_images(self, shape: Sequence[int]) -> "Model":
        """The network with its input reshaped to images of this height, width and colours."""
        layers = [
            layer.model_copy(update={"target_shape": layer.target_shape or list(shape)})
            if isinstance(layer, Reshape)
            else layer
            for layer in self.layers
        ]
        return self.model_copy(update={"layers": layers})

    @property
    def _num_penalized(self) -> int:
        return len(self.units) + (self.penalized == "all")

    @model_validator(mode="after")
    def _weights_have_layers(self) -> "Model":
        if self.weights and not any(isinstance(layer, Weighted) for layer in self.layers):
            raise ValueError(
                "weights: got some for a network none of whose `layers` has any, expected one such "
                "as an embedding; describe it, or leave `weights` out"
            )
        return self

    @model_validator(mode="after")
    def _layers_fit(self) -> "Model":
        expected = {name: len(self.units) for name in ("activation", "dropout", "normalization")}
        expected |= dict.fromkeys(("l1", "l2"), self._num_penalized)
        for name, num_layers in expected.items():
            given = getattr(self, name)
            if isinstance(given, list) and len(given) != num_layers:
                layers = "penalized" if name in ("l1", "l2") else "hidden"
                raise ValueError(
                    f"{name}: got {len(given)} values for {num_layers} {layers} layers; give one "
                    "value for all, or one for each"
                )
            if not num_layers and given not in (type(self).model_fields[name].default, []):
                raise ValueError(
                    f"{name}: got {given} where `units` is empty, expected hidden layers, to which "
                    f"it applies; leave it out, or {ELSEWHERE[name]}"
                )
        if self.normalization != "group" and self.groups != GROUPS:
            raise ValueError(
                f"groups: got {self.groups} for normalization {self.normalization}, expected group "
                "normalization, which has them; leave it out, or give `normalization: group`"
            )
        unfit = [units for units in self.units if units % self.groups]
        if self.normalization == "group" and unfit:
            raise ValueError(
                f"groups: got {self.groups} for a layer of {unfit[0]} units, expected a divisor; "
                "choose groups that divide every layer's units"
            )
        return self


def _per_layer(value: Any, num_layers: int) -> list[Any]:
    return list(value) if isinstance(value, list) else [value] * num_layers
