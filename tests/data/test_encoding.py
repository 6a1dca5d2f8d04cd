from contextlib import nullcontext

import numpy as np
import pytest
from conftest import reviews_of
from hypothesis import given
from hypothesis import strategies as st

from pyreg import config, files
from pyreg.commands import replicate, train
from pyreg.data import Dataset, Samples, encoding
from pyreg.data.encoding import (
    data_digest,
    labels_of_run,
    multi_hot,
    read_encoded,
    read_for_seed,
    save_encoded,
    scaled,
)
from pyreg.data.folds import fold_rows
from pyreg.data.sources import LESSON_DIGEST
from pyreg.errors import InputError
from pyreg.records.layout import RunKey

EMBEDDED = [{"kind": "embedding", "input_dim": 40, "output_dim": 2}]


def test_words_are_marked_in_r_columns_by_default():
    matrix = multi_hot(reviews_of([[1, 3], [2, 4, 2]]), num_words=5)
    assert matrix.tolist() == [[1, 0, 1, 0, 0], [0, 1, 0, 1, 0]]


def test_the_off_by_one_between_r_and_python_columns():
    # R: x[1, c(1, 3)] <- 1 fills the 1st and 3rd column; Python: x[0, [1, 3]] = 1 the 2nd and 4th.
    reviews = reviews_of([[1, 3]])
    assert multi_hot(reviews, 5, column_base=1).tolist() == [[1, 0, 1, 0, 0]]
    assert multi_hot(reviews, 5, column_base=0).tolist() == [[0, 1, 0, 1, 0]]


def test_a_repeated_word_counts_once_and_an_empty_review_is_zeros():
    assert multi_hot(reviews_of([[2, 2, 2], []]), 4).tolist() == [[0, 1, 0, 0], [0, 0, 0, 0]]


def test_no_reviews():
    assert multi_hot(reviews_of([]), 4).shape == (0, 4)


@pytest.mark.parametrize(
    ("index", "column_base", "expected"),
    [
        (
            12000,
            1,
            "review 1 holds word index 12000, expected 1 to 9999 .* num_words=12001 or more",
        ),
        (10000, 0, "review 1 holds word index 10000, expected 0 to 9999"),
        (0, 1, "review 1 holds word index 0, expected 1 to 9999 .* column_base: 0"),
        (-1, 0, "review 1 holds word index -1"),
    ],
)
def test_an_index_outside_the_matrix_is_named(index, column_base, expected):
    with pytest.raises(InputError, match=expected):
        multi_hot(reviews_of([[5], [7, index]]), 10000, column_base)


@given(st.lists(st.lists(st.integers(1, 19), max_size=30), max_size=20), st.sampled_from([0, 1]))
def test_it_equals_the_lesson_loop(sequences, column_base):
    expected = np.zeros((len(sequences), 20), dtype=np.uint8)
    for row, sequence in enumerate(sequences):
        for index in sequence:
            expected[row, index - column_base] = 1
    assert np.array_equal(multi_hot(reviews_of(sequences), 20, column_base), expected)


def test_what_is_stored_reads_back_equal(tmp_path, small_dataset):
    # 41 words: not a whole number of bytes in a row
    save_encoded(tmp_path / "encoded.npz", small_dataset, num_words=41, column_base=1)
    encoded = read_encoded(tmp_path / "encoded.npz")
    assert np.array_equal(encoded.x_train, multi_hot(small_dataset.train, 41))
    assert np.array_equal(encoded.x_validation, multi_hot(small_dataset.validation, 41))
    assert np.array_equal(encoded.y_train[:, 0], small_dataset.train.labels)
    assert encoded.y_validation.shape == (64, 1)
    assert encoded.data_digest == data_digest(small_dataset)


def test_bits_not_bytes_are_stored(tmp_path, small_dataset):
    save_encoded(tmp_path / "encoded.npz", small_dataset, num_words=4000, column_base=1)
    assert (tmp_path / "encoded.npz").stat().st_size < (96 + 64) * 4000 / 8 + 4000


@pytest.mark.parametrize("damage", [b"", b"not a zip", None])
def test_a_damaged_file_is_refused_with_the_remedy(tmp_path, small_dataset, damage):
    path = tmp_path / "encoded.npz"
    save_encoded(path, small_dataset, 41, 1)
    path.write_bytes(path.read_bytes()[:-300] if damage is None else damage)
    with pytest.raises(InputError, match="delete it and run snakemake again"):
        read_encoded(path)


PIXELS = Samples(
    np.array([[[0, 8], [16, 4]], [[16, 16], [0, 0]]], dtype=np.uint8), np.array([9, 0]), 16, 10
)


def test_pixels_are_rows_between_0_and_1(tmp_path):
    assert scaled(PIXELS).tolist() == [[0, 0.5, 1, 0.25], [1, 1, 0, 0]]
    save_encoded(tmp_path / "encoded.npz", Dataset(PIXELS, PIXELS, {}), 41, 1)
    encoded = read_encoded(tmp_path / "encoded.npz")
    assert encoded.x_train.dtype == np.float32
    assert np.array_equal(encoded.x_validation, scaled(PIXELS))
    assert encoded.y_train.tolist() == [[9], [0]]
    assert encoded.num_outputs == 10


def test_features_stay_as_they_are(tmp_path):
    values = np.array([[-1.5, 3e8], [0.1, 1]], dtype=np.float32)
    targets = np.array([0.25, -2], dtype=np.float32)
    assert np.array_equal(scaled(Samples(values, targets)), values)
    save_encoded(tmp_path / "encoded.npz", Dataset(*[Samples(values, targets)] * 2, {}), 41, 1)
    encoded = read_encoded(tmp_path / "encoded.npz")
    assert (encoded.y_train.dtype, encoded.y_train.tolist()) == (np.float32, [[0.25], [-2]])
    assert encoded.num_outputs == 1


def permuted(seed, y_train, y_validation, permute_labels=True):
    settings = config.Data(permute_labels=permute_labels)
    return labels_of_run(settings, seed, y_train, y_validation)


@given(st.integers(0, 2**31 - 1), st.integers(1, 30), st.integers(0, 30))
def test_each_seed_permutes_the_labels_of_both_halves_together(seed, num_train, num_validation):
    labels = np.arange(num_train + num_validation)
    halves = labels[:num_train], labels[num_train:]
    train, validation = permuted(seed, *halves)
    assert (len(train), len(validation)) == (num_train, num_validation)
    assert sorted([*train, *validation]) == labels.tolist()
    columns = permuted(seed, *(half[:, np.newaxis] for half in halves))
    assert np.array_equal(columns[0][:, 0], train)  # R has vectors, Python columns: same labels
    assert permuted(seed, *halves, permute_labels=False) == halves


def test_permuted_labels_are_exchangeable():
    halves = np.arange(6), np.arange(6, 8)
    places = [int(np.argmax(np.concatenate(permuted(seed, *halves)))) for seed in range(4000)]
    counts = np.bincount(places, minlength=8)
    assert abs(counts - 500).max() < 4 * np.sqrt(500)


def test_what_a_run_reads_of_a_cross_validation_are_its_folds(tmp_path, small_dataset):
    save_encoded(tmp_path / "encoded.npz", small_dataset, 41, 1)
    plain = read_encoded(tmp_path / "encoded.npz")
    run = read_for_seed(tmp_path / "encoded.npz", config.Data(folds=2), 1)
    train, held_out = fold_rows(len(plain.x_train), 2, 1, 0)
    assert np.array_equal(run.x_train, plain.x_train[train])
    assert np.array_equal(run.y_train, plain.y_train[train])
    assert np.array_equal(run.x_validation, plain.x_train[held_out])
    assert np.array_equal(run.y_validation, plain.y_train[held_out])


@pytest.mark.parametrize("settings", [{}, {"folds": 3}, {"permute_labels": True}])
def test_two_halves_are_what_a_run_trains_on_in_turns(tmp_path, small_dataset, settings):
    path = tmp_path / "encoded.npz"
    encoding.save_encoded(path, small_dataset, 40, 1)
    data = config.Data(num_words=40, **settings)
    whole, *halves = (encoding.read_for_seed(path, data, 2, half) for half in (None, 1, 2))
    for name in ("x_train", "y_train"):
        first, second = (getattr(half, name) for half in halves)
        assert np.array_equal(getattr(whole, name)[0::2], first)
        assert np.array_equal(getattr(whole, name)[1::2], second)
    for half in halves:
        assert np.array_equal(half.x_validation, whole.x_validation)
        assert np.array_equal(half.y_validation, whole.y_validation)


def test_what_a_run_reads_has_its_labels(tmp_path, small_dataset):
    save_encoded(tmp_path / "encoded.npz", small_dataset, 41, 1)
    plain = read_encoded(tmp_path / "encoded.npz")
    one, other = (
        read_for_seed(tmp_path / "encoded.npz", config.Data(permute_labels=True), seed)
        for seed in (1, 2)
    )
    assert np.array_equal(one.x_train, plain.x_train)
    assert not np.array_equal(one.y_train, plain.y_train)
    assert not np.array_equal(one.y_train, other.y_train)
    assert one.y_train.sum() + one.y_validation.sum() == (
        plain.y_train.sum() + plain.y_validation.sum()
    )


def test_the_data_digest_tells_labels_apart(small_dataset):
    train = small_dataset.train
    flipped = Dataset(
        type(train)(train.indices, train.offsets, 1 - train.labels), small_dataset.validation, {}
    )
    assert data_digest(flipped) != data_digest(small_dataset)


@pytest.mark.imdb
def test_the_density_of_the_canonical_data(imdb_path):
    from pyreg.data import load

    dataset = load(config.Data(source="file", path=str(imdb_path)))
    matrix = multi_hot(dataset.train, 5000)
    assert matrix.shape == (25000, 5000)
    assert round(1000 * matrix.mean(), 1) == 24.6


@pytest.mark.parametrize("padding", ["pre", "post"])
@pytest.mark.parametrize("truncating", ["pre", "post"])
def test_sequences_are_padded_as_keras_does(padding, truncating):
    from keras.utils import pad_sequences

    sequences = [[1, 5, 9, 2, 7], [1], [], [1, 2, 3]]
    found = encoding.padded(reviews_of(sequences), 3, padding, truncating)
    expected = pad_sequences(sequences, 3, padding=padding, truncating=truncating)
    assert found.dtype == expected.dtype
    assert found.tolist() == expected.tolist()


def test_sequences_read_back_as_they_were_padded(tmp_path, small_dataset):
    encoding.save_encoded(tmp_path / "encoded.npz", small_dataset, 40, 1, (5, "post", "pre"))
    read = encoding.read_encoded(tmp_path / "encoded.npz")
    train, validation = small_dataset.reviews
    assert np.array_equal(read.x_train, encoding.padded(train, 5, "post"))
    assert np.array_equal(read.x_validation, encoding.padded(validation, 5, "post"))
    assert np.array_equal(read.y_train.ravel(), train.labels)


@pytest.mark.parametrize(
    ("shape", "expected"),
    [((7, 8), (7, 8, 1)), ((7, 8, 3), (7, 8, 3)), ((5,), ())],
)
def test_images_keep_their_shape(tmp_path, shape, expected):
    half = Samples(np.zeros((2, *shape), np.uint8), np.zeros(2, np.uint8), scale=255, num_outputs=3)
    encoding.save_encoded(tmp_path / "encoded.npz", Dataset(half, half, {}), 40, 1)
    read = encoding.read_encoded(tmp_path / "encoded.npz")
    assert read.image_shape == expected
    assert read.x_train.shape == (2, np.prod(shape))


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, None),
        ({"num_reviews": 500}, None),  # of a source that has no more
        ({"num_reviews": 96}, None),
        ({"num_reviews": 95}, "num_reviews 96, expected 95 as in the configuration; run"),
        ({"num_reviews": 159, "validation_split": 0.4}, "num_reviews 160, expected 159"),
        ({"num_words": 50}, "num_words 40, expected 50"),
        ({"column_base": 0}, "column_base 1, expected 0"),
        ({"encoding": "sequences", "maxlen": 7}, "maxlen 40, expected 7"),
    ],
)
def test_samples_of_other_settings_are_refused(tmp_path, small_dataset, settings, said):
    encoding.save_encoded(tmp_path / "encoded.npz", small_dataset, 40, 1)
    study = config.load(
        {
            "models": {"a": {"layers": EMBEDDED if "encoding" in settings else [], "units": []}},
            "data": {"num_words": 40, **settings},
        }
    )
    if said is None:
        encoding.require_settings(tmp_path / "encoded.npz", study.data)
        return
    for engine in train.ENGINES:
        with pytest.raises(InputError, match=said):
            train.train_and_write(study, RunKey(engine, "a", "per-epoch", 1), tmp_path, tmp_path)
    for_seeds = ("a", "per-epoch", range(1, 3), tmp_path / "encoded.npz", tmp_path / "run")
    with pytest.raises(InputError, match=said):
        replicate.train_and_write(study, *for_seeds)


def test_python_s_columns_are_refused_where_the_study_has_r_s(tmp_path, small_dataset):
    encoding.save_encoded(tmp_path / "encoded.npz", small_dataset, 40, 0)
    encoding.require_settings(tmp_path / "encoded.npz", config.Data(num_words=40, column_base=0))
    with pytest.raises(InputError, match="column_base 0, expected 1"):
        encoding.require_settings(tmp_path / "encoded.npz", config.Data(num_words=40))


@pytest.mark.parametrize(("number", "said"), [(96, None), (97, "96, expected 97"), (None, "None")])
def test_too_few_of_the_lesson_s_reviews_are_refused(tmp_path, small_dataset, number, said):
    encoding.save_encoded(tmp_path / "encoded.npz", small_dataset, 40, 1)
    files.write_json(tmp_path / "provenance.json", {"content_digest": LESSON_DIGEST})
    settings = config.Data(num_words=40, num_reviews=number)
    with pytest.raises(InputError, match=said) if said else nullcontext():
        encoding.require_settings(tmp_path / "encoded.npz", settings)
