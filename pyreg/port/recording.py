"""What R asked of Keras, as plain data: calls in their order, with the values they were given."""

from dataclasses import dataclass, field
from typing import Any, Literal

from pyreg.port.rtree import Call as RCall
from pyreg.port.rtree import Span

# Values ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Plain:
    """None, True, 3, 0.5 or "relu"."""

    value: bool | int | float | str | None


@dataclass(frozen=True)
class Made:
    """What an earlier call returned, or a part of it: attributes by name, items by number."""

    call: int
    path: tuple[str | int, ...] = ()


@dataclass(frozen=True)
class Array:
    """An array, kept in the recording's `arrays` under `number`."""

    number: int


@dataclass(frozen=True)
class Items:
    """A list or a tuple."""

    kind: Literal["list", "tuple"]
    items: tuple["Value", ...]


@dataclass(frozen=True)
class Table:
    """A dict with texts or whole numbers for keys."""

    items: tuple[tuple[str | int, "Value"], ...]


@dataclass(frozen=True)
class Public:
    """A public class or function of Keras itself."""

    path: str


@dataclass(frozen=True)
class RFunction:
    """An R function that Python calls; it is run live. `number`: its place in `functions`."""

    number: int


@dataclass(frozen=True)
class Batches:
    """A generator: what it gave is kept in the recording's `batches` under `number`."""

    number: int


@dataclass(frozen=True)
class Unknown:
    """What Python code cannot write, described."""

    description: str


Value = Plain | Made | Array | Items | Table | Public | RFunction | Batches | Unknown


# Calls -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Frame:
    """One of the user's functions at work.

    Attributes:
        definition: where its code stands.
        number: tells this call of the function from its other calls.
        called: where it was called; None where that line is not known.
    """

    definition: Span
    number: int
    called: Span | None


@dataclass(frozen=True)
class Place:
    """Where the script was.

    Attributes:
        statement: number of the top-level statement.
        frames: the user's functions at work, outermost first.
        span: the innermost statement under way.
        calls: R's calls under way there, as R has them.
    """

    statement: int
    frames: tuple[Frame, ...] = ()
    span: Span | None = None
    calls: Any = None


Kind = Literal["make", "function", "method", "set", "operator"]


@dataclass
class Call:
    """One call of Keras' public API from outside of Keras.

    Attributes:
        number: its place in the recording.
        kind: `make` an object of a class; call a `function` or a `method`; `set` a property;
            an `operator` between tensors.
        target: `keras.layers.Dense`, or the method's or the property's name.
        owner: the object whose method it is.
        draws: whether it drew from Python's random numbers, as seeds of layers do; such calls
            must keep their order.
        outcome: what is compared: of `fit` the history, of `evaluate` numbers, of others digests.
        result: what it returned, where that is an array or has arrays in it: path -> number.
        verb: the R call that led to it, such as `layer_dense(., units = 16)`, where it is known.
    """

    number: int
    kind: Kind
    target: str
    owner: Value | None
    args: tuple[Value, ...]
    kwargs: dict[str, Value]
    place: Place
    draws: bool = False
    outcome: dict[str, Any] | None = None
    result: dict[tuple[str | int, ...], int] = field(default_factory=dict)
    returns: str = "NoneType"  # the type's name
    verb: RCall | None = None
