import io
import pickle
import resource
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.making import object_array
from pyreg.data import pickled
from pyreg.errors import InputError

# Integers whose bytes look like pickle's own: "]q", "]\x94(" and the like.
LOOK_ALIKES = [0x715D, 0x945D, 0x28945D, 0x725D, 0x5D, 0x28, 0x65, 0x655D28]
RANKS = st.one_of(st.integers(0, 2**31 - 1), st.integers(0, 300), st.sampled_from(LOOK_ALIKES))
SEQUENCES = st.lists(st.lists(RANKS, max_size=30), min_size=1, max_size=12)

# How Python 2's cPickle wrote [[7, 1000], []] with NumPy 1, protocol 2: typed from the
# definition of the operations, as no Python 2 is at hand to write it.
PYTHON_2 = (
    b"\x80\x02cnumpy.core.multiarray\n_reconstruct\nq\x01cnumpy\nndarray\nq\x02K\x00\x85q\x03U\x01b"
    b"q\x04\x87q\x05Rq\x06(K\x01K\x02\x85q\x07cnumpy\ndtype\nq\x08U\x02O8q\tK\x00K\x01\x87q\nRq\x0b"
    b"(K\x03U\x01|q\x0cNNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK?tq\rb\x89]q\x0e(]q\x0f(K\x07M\xe8\x03"
    b"e]q\x10etq\x11b."
)


def lists_of(stream):
    values, offsets = pickled.read_lists(stream)
    return [values[a:b].tolist() for a, b in pairwise(offsets)]


def python_dumps(array, protocol):
    """What the pickler written in Python writes: it marks single items differently."""
    file = io.BytesIO()
    pickle._Pickler(file, protocol).dump(array)
    return file.getvalue()


@pytest.mark.parametrize("dumps", [pickle.dumps, python_dumps])
@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
@given(sequences=SEQUENCES)
@settings(max_examples=100, deadline=None)
def test_reads_what_any_pickler_writes(sequences, protocol, dumps):
    assert lists_of(dumps(object_array(sequences), protocol)) == sequences


@pytest.mark.parametrize("protocol", [2, 4])
def test_reads_lists_and_arrays_longer_than_a_batch_of_the_pickler(protocol):
    sequences = [list(range(2001)), [5], *[[i] * (i % 3) for i in range(1000, 2002)]]
    assert lists_of(pickle.dumps(object_array(sequences), protocol)) == sequences


def test_reads_what_python_2_wrote():
    assert lists_of(PYTHON_2) == [[7, 1000], []]


def test_reads_what_numpy_1_wrote():
    stream = pickle.dumps(object_array([[3], [4, 5]]), 3)
    assert lists_of(stream.replace(b"numpy._core", b"numpy.core")) == [[3], [4, 5]]


class Hostile:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
@pytest.mark.parametrize("place", ["alone", "as a review", "in a review", "after the reviews"])
def test_a_hostile_pickle_runs_nothing(tmp_path, protocol, place):
    victim = tmp_path / "written"
    hostile = Hostile(victim)
    content = {
        "alone": hostile,
        "as a review": object_array([[1], hostile]),
        "in a review": object_array([[1], [2, hostile]]),
        "after the reviews": (object_array([[1]]), hostile),
    }[place]
    stream = pickle.dumps(content, protocol)
    with pytest.raises(InputError):
        pickled.read_lists(stream)
    assert not victim.exists()
    pickle.loads(stream)  # the trap: this is what an ordinary reader does
    assert victim.exists()


@pytest.mark.parametrize(
    "module", [b"numpy._core.multiarray\x94", b"posix\x94", b"numpy\n.core.multiarray\x94"]
)
def test_the_preamble_names_nothing_but_numpy(module):
    stream = pickle.dumps(object_array([[1]]), 4)
    was = b"\x8c\x16numpy._core.multiarray\x94"
    now = b"\x8c" + bytes([len(module) - 1]) + module
    changed = stream.replace(was, now)
    if changed == stream:
        assert lists_of(changed) == [[1]]
    else:
        with pytest.raises(InputError, match="expected lists of integers only"):
            pickled.read_lists(changed)


@pytest.mark.parametrize(
    "content",
    [
        object_array([["a", "word"]]),
        object_array([[1.5]]),
        object_array([[float("nan")]]),
        object_array([[True]]),
        object_array([[None]]),
        object_array([[[1]]]),
        object_array([(1, 2)]),
        object_array([{1: 2}]),
        object_array(["text"]),
        object_array([7]),
        object_array([np.array([1, 2])]),
        object_array([[2**31]]),
        np.array([[1, 2], [3, 4]], dtype=object),
        np.array([1, 2]),
        [[1], [2]],
    ],
    ids=lambda content: repr(content)[:30],
)
def test_refuses_anything_but_lists_of_integers(content):
    for protocol in (2, 3, 4, 5):
        with pytest.raises(InputError):
            pickled.read_lists(pickle.dumps(content, protocol))


def test_refuses_a_review_that_recalls_another():
    shared = [1, 2]
    with pytest.raises(InputError):
        pickled.read_lists(pickle.dumps(object_array([shared, shared]), 4))


@pytest.mark.parametrize(
    "stream",
    [
        b"\x80\x02]r\xff\xff\xff\x7f.",  # remember an object under a number of 31 bits
        b"\x80\x05\x96" + (2**40).to_bytes(8, "little") + b".",  # a terabyte of bytes
        b"\x80\x02\x8b" + (2**31 - 1).to_bytes(4, "little") + b".",  # an integer of 2 GB
        b"\x80\x04" + b"]" * 100_000 + b"a" * 99_999 + b".",  # lists in lists
        b"\x80\x02]K\x01b.",  # a state for a list
        b"",
    ],
)
def test_refuses_what_asks_for_more_than_it_holds(stream):
    before = resource.getrlimit(resource.RLIMIT_AS)
    with pytest.raises(InputError, match="expected lists of integers only"):
        pickled.read_lists(stream)
    assert resource.getrlimit(resource.RLIMIT_AS) == before


def test_refuses_absurd_lengths():
    with pytest.raises(InputError, match="more than 100,000 words"):
        pickled.read_lists(pickle.dumps(object_array([[1] * 200_000]), 4))
    many = object_array([[] for _ in range(1_000_001)])
    with pytest.raises(InputError, match="more than 1,000,000 lists"):
        pickled.read_lists(pickle.dumps(many, 4))


class Array:
    """What pickles as NumPy's array would, but for its state."""

    def __init__(self, state):
        self.state = state

    def __reduce__(self):
        function, arguments, _ = object_array([[]]).__reduce__()
        return function, arguments, self.state


def test_an_array_of_another_state_is_refused():
    state = object_array([[1]]).__reduce__()[2]
    assert lists_of(pickle.dumps(Array(state))) == [[1]]
    for other in [(*state, 0), state[:4], {"lists": [[1]]}]:
        with pytest.raises(InputError, match="not whole"):
            lists_of(pickle.dumps(Array(other)))


@given(data=st.data())
@settings(max_examples=500, deadline=None)
def test_damage_is_refused_or_reads_as_pickle_reads_it(data):
    """Whatever a changed byte means, we say what unpickling says, or refuse."""
    protocol = data.draw(st.integers(2, 5))
    stream = bytearray(pickle.dumps(object_array(data.draw(SEQUENCES)), protocol))
    for _ in range(data.draw(st.integers(1, 4))):
        position = data.draw(st.integers(0, len(stream) - 1))
        stream[position] = data.draw(
            st.one_of(st.sampled_from(b"](aeKMJ\x94q.tb"), st.integers(0, 255))
        )
    cut = data.draw(st.one_of(st.just(len(stream)), st.integers(0, len(stream))))
    damaged = bytes(stream[:cut])
    try:
        read = lists_of(damaged)
    except InputError:
        return
    try:
        expected = pickle.loads(damaged)
    except Exception:  # for example for a frame's length, which tells us nothing
        return
    assert [[*one] for one in expected] == read
