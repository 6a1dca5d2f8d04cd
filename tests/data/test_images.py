import gzip
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from data.test_verify import run
from pyreg import config, data, files
from pyreg.data import cache, images, installed, sources
from pyreg.data.sources import SOURCES
from pyreg.errors import InputError

PIXELS = np.random.RandomState(0).randint(0, 256, (5, 28, 28)).astype(np.uint8)
CLASSES = np.array([9, 0, 3, 3, 1], dtype=np.uint8)


def idx(array):
    """An array of bytes in the format of MNIST's files, by its description."""
    lengths = b"".join(length.to_bytes(4, "big") for length in array.shape)
    return gzip.compress(bytes([0, 0, 8, array.ndim]) + lengths + array.tobytes(), mtime=0)


@pytest.fixture
def fashion(monkeypatch):
    """A Fashion-MNIST of five training and two test images in the cache, pinned as the real one."""
    contents = [idx(array) for array in (PIXELS, CLASSES, PIXELS[:2], CLASSES[:2])]
    pinned = []
    for file, content in zip(SOURCES["fashion-mnist"].files, contents, strict=True):
        path = cache.folder() / file.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        pinned.append(replace(file, sha256=files.digest_file(path), parts=()))
    whole = replace(pinned[0], parts=tuple(pinned[1:]))
    monkeypatch.setitem(sources.SOURCES, "fashion-mnist", whole)
    return whole


def test_fashion_mnist_is_read_as_its_format_says(fashion):
    dataset = data.load(config.Data(source="fashion-mnist"))
    assert np.array_equal(dataset.train.values, PIXELS)
    assert dataset.train.labels.tolist() == CLASSES.tolist()
    assert dataset.validation.values.shape == (2, 28, 28)
    assert dataset.validation.labels.tolist() == [9, 0]
    assert (dataset.train.scale, dataset.train.num_outputs) == (255, 10)
    provenance = dataset.provenance
    assert provenance["notice"] is None
    assert provenance["url"] == fashion.urls[0]
    assert "Xiao" in provenance["citation"]


def test_it_is_read_as_keras_reads_it(fashion, monkeypatch):
    from keras.src.datasets import fashion_mnist

    def in_the_cache(name, origin, cache_subdir):
        return cache.folder() / "fashion-mnist" / name

    monkeypatch.setattr(fashion_mnist, "get_file", in_the_cache)
    dataset = data.load(config.Data(source="fashion-mnist"))
    halves = [(half.values, half.labels) for half in (dataset.train, dataset.validation)]
    for found, expected in zip(halves, fashion_mnist.load_data(), strict=True):
        assert np.array_equal(found[0], expected[0])
        assert np.array_equal(found[1], expected[1])


def test_what_keras_downloaded_before_is_found(fashion, monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    shutil.move(cache.folder() / "fashion-mnist", tmp_path / "datasets" / "fashion-mnist")
    assert len(data.load(config.Data(source="fashion-mnist")).train) == 5


@pytest.mark.parametrize("missing", range(4))
def test_without_one_of_its_files_the_digits_are_taken_and_that_is_said(fashion, missing, capsys):
    (cache.folder() / fashion.files[missing].file).unlink()
    dataset = data.load(config.Data(source="fashion-mnist"))
    assert dataset.provenance["source"] == "digits"
    assert "could not be downloaded" in dataset.provenance["notice"]
    assert "not Fashion-MNIST's" in dataset.provenance["notice"]
    said = capsys.readouterr().err
    assert said.count("WARNING") == 1
    assert Path(fashion.files[missing].file).name in said  # and why


def test_the_digits_are_scikit_learn_s_in_their_order():
    from sklearn.datasets import load_digits

    dataset = data.load(config.Data(source="digits"))
    expected = load_digits()
    found = np.concatenate([dataset.train.values, dataset.validation.values])
    assert np.array_equal(found, expected.images)
    labels = np.concatenate([dataset.train.labels, dataset.validation.labels])
    assert np.array_equal(labels, expected.target)
    assert (len(dataset.train), len(dataset.validation)) == (898, 899)
    assert found.max() == dataset.train.scale == 16
    assert dataset.provenance["notice"] is None


def test_altered_digits_are_refused(tmp_path):
    path = tmp_path / "digits.csv.gz"
    path.write_bytes(gzip.compress(b"1,2,3\n"))
    with pytest.raises(InputError, match=r"missing or altered.*pip install"):
        images.read_digits(path)


def test_images_are_verified_by_their_digest(fashion, capsys, tmp_path):
    digits = installed.locate(SOURCES["digits"])
    code, out, _ = run(capsys, "verify", digits)
    assert code == 0
    assert "1,797 handwritten digits" in out
    altered = tmp_path / digits.name
    altered.write_bytes(digits.read_bytes() + b"0")
    code, _, err = run(capsys, "verify", altered)
    assert code == 2
    assert "expected 09f66e6d" in err


def test_info_tells_of_every_file_of_a_source(capsys):
    _, out, _ = run(capsys, "info", "fashion-mnist")
    for file in SOURCES["fashion-mnist"].files:
        assert file.sha256 in out
    assert out.count("here:        not here") == 4


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        gzip.compress(b"", mtime=0),
        gzip.compress(b"\0\0\x08\x03" + b"\xff" * 12, mtime=0),  # claims 2^96 pixels
        gzip.compress(b"\0\0\x0d\x01\0\0\0\x01" + bytes(4), mtime=0),  # numbers of four bytes
        gzip.compress(b"\0\0\x08\xff" + bytes(100), mtime=0),
        idx(CLASSES)[:-4],
        gzip.compress(gzip.decompress(idx(CLASSES)) + b"x", mtime=0),
    ],
)
def test_a_damaged_file_of_images_is_one_message(tmp_path, content):
    (tmp_path / "x.gz").write_bytes(content)
    with pytest.raises(InputError, match="is no file of images or classes"):
        images._read_idx(tmp_path / "x.gz")
