"""A model, a method of its and R functions that return batches in, the method's result out.

TensorFlow asks for batches from threads of its own, but R may only run in the thread that it was
started in. So an epoch's batches are drawn before the epoch begins, by a dataset of Keras', whose
`on_epoch_begin` is called there.
"""

from collections.abc import Callable
from types import FunctionType
from typing import Any

from pyreg.errors import InputError
from pyreg.rbridge.convert import to_argument, to_python
from pyreg.rbridge.rinterface import RObject

STEPS = {
    "fit": {"x": "steps_per_epoch", "validation_data": "validation_steps"},
    "evaluate": {"x": "steps"},
    "predict": {"x": "steps"},
}


def _train(model: RObject, method: RObject, given: RObject) -> Any:
    name, named = to_python(method), dict(to_argument(given))
    for data, steps in STEPS[name].items():
        if isinstance(named.get(data), FunctionType):
            named[data] = batches_of(named[data], named.pop(steps, None), steps)
            if steps == "steps_per_epoch":
                named["shuffle"] = False  # the order is R's
    return getattr(to_python(model), name)(**named)


def batches_of(draw: Callable[[], Any], num_batches: int | None, steps: str) -> Any:
    """A `keras.utils.PyDataset` of what an R function returns.

    Args:
        draw: returns one batch, a list of arrays, or None when there are no more.
        num_batches: how many an epoch takes.
        steps: how R calls that number.

    Raises:
        InputError: the number is not given.
    """
    if num_batches is None:
        raise InputError(f"got an R function as data without {steps}; say how many batches to draw")
    wanted: int = num_batches
    import keras

    class Batches(keras.utils.PyDataset):
        """One epoch of an R function's batches at a time."""

        batches: list[tuple] | None = None
        are_used = False

        @property
        def num_batches(self) -> int:
            return wanted

        def __getitem__(self, index: int) -> tuple:
            if self.batches is None:
                self.batches = self.draw_epoch()
            return self.batches[index]

        def on_epoch_begin(self) -> None:
            if self.are_used:
                self.batches = self.draw_epoch()
            self.are_used = True

        def draw_epoch(self) -> list[tuple]:
            drawn: list[tuple] = []
            while len(drawn) < wanted:
                batch = draw()
                if batch is None:
                    raise InputError(
                        f"the R function ended after {len(drawn)} batches of an epoch, expected "
                        f"{wanted}; lower {steps}, or let it begin again"
                    )
                drawn.append(tuple(batch))
            return drawn

    return Batches()


OPERATIONS: dict[str, Callable[..., Any]] = {"train": _train}
