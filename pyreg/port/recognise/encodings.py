"""A matrix that R filled in a loop, and what it may be made of, in; the encoding it is out.

R code of many shapes fills these matrices: they are told by what they hold.
"""

from collections.abc import Iterator

import numpy as np

from pyreg.port.names import identifier
from pyreg.port.python import Py, UntranslatableError, combine, literal
from pyreg.port.rtree import Call, Constant, Function

MULTI_HOT = """\
def {function}({sequences}, {dimension}):
    results = np.zeros((len({sequences}), {size}), dtype="float32")
    for i, sequence in enumerate({sequences}):
        results[i, {columns}] = 1.0
    return results
"""
# R's column k is Python's k - 1; Python ports write column k.
COLUMNS = {1: "np.subtract(sequence, 1)", 0: "sequence"}


def proposals(
    shape: tuple[int, ...], sources: list[Py], call: Call | None, function: Function | None
) -> Iterator[Py]:
    """Encodings that give a matrix of this shape.

    Args:
        sources: what the R code mentions.
        call: the R call that made the matrix, of a `function` of the user's, whose names are used.
    """
    if len(shape) != 2:
        return
    for source in sources:
        if len(np.shape(source.value)) != 1 or len(source.value) != shape[0]:
            continue
        try:
            if _holds_sequences(source.value):
                for base in COLUMNS:
                    yield _multi_hot(source, shape[1], base, call, function, sources)
            else:
                yield from _one_hot(source, shape[1], sources)
        except UntranslatableError:
            continue


def _multi_hot(
    source: Py,
    dimension: int,
    base: int,
    call: Call | None,
    function: Function | None,
    sources: list[Py],
) -> Py:
    own = call.head if call and function else None
    parameters = [identifier(p.name or "") for p in function.parameters] if function else []
    sequences, size = [*parameters[:2], *["sequences", "dimension"][len(parameters) :]]
    default = function.parameters[1].value if function and len(parameters) > 1 else None
    is_default = default == Constant(float(dimension)) and call is not None and len(call) == 1
    helper = identifier(own or "multi_hot")
    code = MULTI_HOT.format(
        function=helper,
        sequences=sequences,
        dimension=f"{size}={dimension}" if is_default else size,
        size=size,
        columns=COLUMNS[base],
    )
    if is_default:
        return combine(f"{helper}(_0)", source, helpers={helper: code})
    return combine(f"{helper}(_0, _1)", source, spelled(dimension, sources), helpers={helper: code})


def spelled(number: int, sources: list[Py]) -> Py:
    """The number, by the variable that has it where R's code mentions one."""
    for source in sources:
        if type(source.value) is int and source.value == number and source.uses:
            return source
    return literal(number)


def _one_hot(source: Py, num_classes: int, sources: list[Py]) -> Iterator[Py]:
    values = np.asarray(source.value)
    if values.dtype.kind not in "iuf" or not len(values):
        return
    least = int(values.min())
    shifted = source if least == 0 else combine("_0 - _1", source, literal(least))
    yield combine("keras.utils.to_categorical(_0, _1)", shifted, spelled(num_classes, sources))


def _holds_sequences(value: object) -> bool:
    return isinstance(value, np.ndarray) and value.dtype == object and isinstance(value[0], list)
