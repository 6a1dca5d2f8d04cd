"""What counts as the same array: lists of numbers and texts are compared item by item."""

import numpy as np
import pytest

from pyreg.port.arrays import same


def objects(*items):
    array = np.empty(len(items), dtype=object)
    array[:] = items
    return array


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (objects([1.0, 2.0], [3.0]), objects([1, 2], [3]), True),
        (objects([0.25, 2.0], [3.0]), objects([0.75, 2.0], [3.0]), False),
        (objects(0.0, 0.0), objects([0.5, 0.5], [0.0]), False),  # weights are not their biases
        (objects("a", "b"), objects("a", "b"), True),
        (objects("a", "b"), objects("a", "c"), False),
    ],
)
def test_objects_are_the_same_where_all_their_items_are(left, right, expected):
    assert same(left, right) is expected
