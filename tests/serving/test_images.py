"""A network of images: what it is shown, what it says, and what is no image."""

import base64
import json
import os
import re
import struct
import zlib

import numpy as np
import pytest

from pyreg import cli, data
from pyreg.errors import InputError
from pyreg.records.network import of_network
from pyreg.records.replicates import read_replicates
from pyreg.records.run import read_predictions
from pyreg.serving import network
from serving.conftest import KEY, NUM_IMAGES, SHAPES, of_seeds, pixels_of, png

HALF = NUM_IMAGES // 2


def ask(network, *contents):
    return list(network.answers(contents, [f"{i}" for i in range(len(contents))]))


def test_files_of_the_validation_images_give_the_recorded_predictions_bit_for_bit(
    of_images, image_network
):
    recorded, labels = read_predictions(of_images.run(KEY).predictions)
    shown = data.read_dataset(of_images.data.folder).validation.values
    found = ask(image_network, *map(png, shown))
    assert np.array_equal(
        np.array([list(one.probabilities.values()) for one in found], np.float32), recorded
    )
    assert [SHAPES.index(one.label) for one in found] == recorded.argmax(axis=1).tolist()
    assert (recorded.argmax(axis=1) == labels).mean() > 0.9
    assert all(one.note == "" and one.probability == one.probabilities[one.label] for one in found)


def test_of_replicates_it_is_their_average_bit_for_bit(of_images):
    record = of_seeds(of_images, 1, 2)
    each = read_replicates(record.folder).predictions
    shown = data.read_dataset(of_images.data.folder).validation.values
    found = ask(network.load(record.folder), *map(png, shown))
    means = each.mean(axis=0, dtype=np.float64)
    assert [list(one.probabilities.values()) for one in found] == means.tolist()
    assert [one.label for one in found] == [SHAPES[i] for i in means.argmax(axis=1)]
    spreads = each.std(axis=0, dtype=np.float64, ddof=1)[range(len(found)), means.argmax(axis=1)]
    assert [one.sd for one in found] == spreads.tolist()


def test_another_size_and_colours_are_told(image_network):
    large = pixels_of(1, shape=1, size=(40, 30))
    coloured = np.stack([large, large, 255 - large], axis=2)
    grey, other = ask(image_network, png(large), png(coloured))
    assert (grey.label, grey.note) == ("left", "made 6 x 8 of 30 x 40 pixels")
    assert other.note == "made grey, made 6 x 8 of 30 x 40 pixels"
    assert grey.pixels.shape == other.pixels.shape == (8, 6)


def test_ways_to_keep_one_image_are_one_image(image_network):
    from PIL import Image

    pixels = pixels_of(30, shape=2)
    expected, *others = ask(
        image_network,
        png(pixels),
        png(np.stack([pixels] * 3, axis=2)),
        png(np.dstack([pixels] * 3 + [np.full_like(pixels, 255)])),  # opaque
        png(pixels, format="BMP"),
        png(np.stack([pixels] * 3, axis=2), format="WEBP", lossless=True),
        png(np.rot90(pixels), exif=_rotated(Image.Exif())),
    )
    assert [one.probability for one in others] == pytest.approx([expected.probability] * 5)
    assert all(np.array_equal(one.pixels, pixels) for one in others)


def _rotated(exif):
    exif[0x0112] = 6  # to be turned right, as a phone that was held upright says
    return exif


def claiming(width, height):
    """A PNG that claims a size and holds nothing."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", b"")


def chunk(name, content):
    checksum = struct.pack(">I", zlib.crc32(name + content))
    return struct.pack(">I", len(content)) + name + content + checksum


WHOLE = png(pixels_of(0))
NO_IMAGES = {
    "nothing": b"",
    "text": b"<svg onload='alert(1)'>",
    "PostScript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    "half": WHOLE[: len(WHOLE) // 2],
    "header alone": claiming(6, 8)[:40],
    "empty": claiming(6, 8),
    "large": claiming(1025, 1024),
    "bomb": claiming(60_000, 60_000),
    "no pixels": claiming(0, 0),
    "altered": WHOLE.replace(b"IDAT", b"IDAX"),
    "transparent": png(np.zeros((8, 6, 4), np.uint8)),
    "16 bits": png(np.zeros((8, 6), np.uint16)),
    "TIFF": png(pixels_of(0), format="TIFF"),
}


@pytest.mark.parametrize("content", NO_IMAGES.values(), ids=NO_IMAGES)
def test_what_is_no_image_is_one_message(image_network, content):
    with pytest.raises(
        InputError, match=r"^0 is no image that .*expected one of PNG, JPEG"
    ) as error:
        ask(image_network, content)
    assert "0x" not in str(error.value)  # an address


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (NO_IMAGES["large"], "got 1025 x 1024 pixels, expected 1,048,576 at most"),
        (NO_IMAGES["bomb"], "could be decompression bomb"),
        (NO_IMAGES["transparent"], "it is transparent"),
        (NO_IMAGES["16 bits"], "got the mode I;16"),
        (NO_IMAGES["TIFF"], "its content is that of no image"),
    ],
)
def test_the_message_says_why(image_network, content, reason):
    with pytest.raises(InputError, match=reason):
        ask(image_network, content)


def predict(capsys, folder, *arguments):
    code = cli.main(["predict", "--run", str(folder), *map(str, arguments)])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def test_a_file_whose_name_is_no_unicode_is_asked_too(capsys, of_images, tmp_path):
    path = tmp_path / os.fsdecode(b"b\xff.png")
    path.write_bytes(png(pixels_of(1)))
    code, out, _ = predict(capsys, of_images.run(KEY).folder, "--image", path, "--format", "json")
    assert code == 0
    assert json.loads(out)[0]["image"] == str(tmp_path / "b\ufffd.png")


def test_files_of_images_are_asked_on_the_command_line(capsys, of_images, tmp_path):
    folder = of_images.run(KEY).folder
    own = of_images.folder.parent / "own"
    paths = [own / name / f"{HALF}.png" for name in SHAPES]
    code, out, _ = predict(capsys, folder, "--image", *paths, "--format", "json")
    found = json.loads(out)
    assert code == 0
    assert [one["class"] for one in found] == SHAPES
    assert list(found[0]) == ["image", "probability", "class", "note"]
    (tmp_path / "no.png").write_bytes(b"no")
    code, out, err = predict(capsys, folder, "--image", paths[0], tmp_path / "no.png")
    assert (code, out) == (2, "")
    assert f"{tmp_path}/no.png is no image" in err


def test_texts_and_images_are_not_mistaken_for_each_other(capsys, of_images, run_folder):
    folder = of_images.run(KEY).folder
    own = of_images.folder.parent / "own" / "top" / "00.png"
    asked = [(folder, "great"), (run_folder, "--image", own), (folder, "--image", own, "--explain")]
    for arguments, message in zip(
        asked, ["takes images; name some with --image", "takes texts, not images", "got --image beside"],
        strict=True,
    ):  # fmt: skip
        code, out, err = predict(capsys, *arguments)
        assert (code, out) == (2, "")
        assert message in err
    assert of_network(folder).vocabulary.exists()


@pytest.fixture(scope="module")
def client(image_network):
    pytest.importorskip("flask")
    pytest.importorskip("prometheus_client")
    from pyreg.serving import app

    return app.create(image_network).test_client()


def in_base64(content):
    return base64.b64encode(content).decode()


def test_images_in_base64_are_answered(client, image_network):
    contents = [png(pixels_of(40, shape)) for shape in range(3)]
    found = client.post("/predict", json={"images": [*map(in_base64, contents)]}).json["answers"]
    expected = ask(image_network, *contents)
    assert [one["class"] for one in found] == SHAPES
    assert [one["probabilities"] for one in found] == [one.probabilities for one in expected]
    (one,) = client.post("/predict", json={"image": in_base64(contents[1])}).json["answers"]
    assert one["class"] == "left"
    told = client.get("/metrics").text
    assert 'pyreg_images_total{label="left"} 2.0' in told
    card = client.get("/model").json
    assert (card["images"], card["classes"]) == ([8, 6], SHAPES)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b'{"image": 1}', b'{"images": []}', b'{"text": "a"}', b'{"image": "a", "images": []}',
        b'{"image": "no base64"}', b'{"image": "\xc3\xa9"}', b'{"image": "YQ=="}', b'{"image": ""}',
        json.dumps({"image": in_base64(claiming(60_000, 60_000))}).encode(),
        json.dumps({"images": ["YQ=="] * 21}).encode(),
    ],
)  # fmt: skip
def test_a_request_that_is_none_gets_one_message(client, body):
    answer = client.post("/predict", data=body)
    assert answer.status_code == 400
    assert set(answer.json) == {"error"}
    assert "expected" in answer.json["error"]


def upload(client, content, name="image.png"):
    import io

    return client.post("/", data={"image": (io.BytesIO(content), name)})


def test_an_image_is_uploaded_and_shown_as_the_network_saw_it(client):
    assert 'type="file"' in client.get("/").text
    page = upload(client, png(pixels_of(41, shape=0, size=(80, 60))), "<script>.png").text
    assert '<p class="short">bar &lt;b&gt;</p>' in page
    assert "made 6 x 8 of 60 x 80 pixels" in page
    assert "<script" not in page
    shown = base64.b64decode(re.search(r'src="data:image/png;base64,([^"]+)"', page)[1])
    assert shown.startswith(b"\x89PNG")


@pytest.mark.parametrize("content", NO_IMAGES.values(), ids=NO_IMAGES)
def test_what_is_no_image_is_said_on_the_page(client, content):
    answer = upload(client, content)
    assert answer.status_code == 400
    assert "onload" not in answer.text
    assert 'class="error"' in answer.text


def test_a_form_without_a_file_asks_for_one(client):
    for form in ({}, {"image": "text"}, b"\xff"):
        answer = client.post("/", data=form)
        assert answer.status_code == 400
        assert "choose an image" in answer.text


def test_nothing_is_counted_of_images(capsys, of_images, tmp_path):
    pytest.importorskip("waitress")
    folder = str(of_images.run(KEY).folder)
    assert cli.main(["serve", folder, "--counts", str(tmp_path / "counts")]) == 2
    assert "leave out --counts" in capsys.readouterr().err
    assert not any(tmp_path.iterdir())
    assert cli.main(["drift", folder, "--counts", str(tmp_path / "counts")]) == 2
    assert "nothing is counted" in capsys.readouterr().err
