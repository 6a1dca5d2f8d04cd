import numpy as np
import pytest

from pyreg import config, data
from pyreg.config import Synthetic
from pyreg.data import synthetic

WANTED = Synthetic(num_features=20, num_train=400, num_validation=100)


def test_labels_have_nothing_to_do_with_random_features():
    train, validation = synthetic.draw("random", WANTED.model_copy(update={"num_train": 20_000}))
    assert (train.values.shape, validation.values.shape) == ((20_000, 20), (100, 20))
    assert (train.values.dtype, train.labels.dtype) == (np.float32, np.uint8)
    assert 0 <= train.values.min() < 0.001 < 0.999 < train.values.max() < 1
    assert set(train.labels) == {0, 1}
    together = np.corrcoef(np.column_stack([train.values, train.labels]), rowvar=False)
    assert abs(together[-1, :-1]).max() < 4 / np.sqrt(20_000)  # four standard errors


def test_linear_targets_are_the_book_s_function_of_their_features():
    train, validation = synthetic.draw("linear", WANTED)
    for half in (train, validation):
        noise = half.labels - (0.05 + 0.01 * half.values.sum(axis=1))
        assert 0.008 < noise.std() < 0.012
    exact, _ = synthetic.draw("linear", WANTED.model_copy(update={"noise": 0.0}))
    design = np.column_stack([exact.values, np.ones(len(exact))])
    weights = np.linalg.lstsq(design, exact.labels, rcond=None)[0]
    assert weights == pytest.approx([0.01] * 20 + [0.05], abs=1e-6)


@pytest.mark.parametrize("source", ["random", "linear"])
def test_the_seed_decides_the_samples(source):
    same = [data.load(config.Data(source=source, synthetic=WANTED)) for _ in range(2)]
    other = data.load(config.Data(source=source, synthetic=WANTED.model_copy(update={"seed": 1})))
    digests = [dataset.provenance["content_digest"] for dataset in (*same, other)]
    assert digests[0] == digests[1] != digests[2]


def test_what_was_drawn_says_so_and_names_no_file():
    provenance = data.load(config.Data(source="random", synthetic=WANTED)).provenance
    assert (provenance["file"], provenance["sha256"], provenance["fetched"]) == (None, None, None)
    assert provenance["licence"] == "none needed: drawn at random"
    assert provenance["notice"] is None
    assert provenance["is_lesson_data"] is False
    assert (provenance["num_train"], provenance["num_validation"]) == (400, 100)
