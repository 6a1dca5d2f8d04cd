"""Translations: no text is missing, none lost its values, and the compiled file is the written one."""

import io
import re
from collections import Counter
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

import pyreg
from pyreg import config
from pyreg.config import Data
from pyreg.data import provenance
from pyreg.data.origin import DIGITS_NOTICE, FALLBACK_NOTICE, SUBSET_NOTICE
from pyreg.data.sources import SOURCES
from pyreg.records.run import Chain
from pyreg.wording import _, counted, recorded, speaking, whole
from pyreg.wording.language import DOMAIN, LOCALES

ROOT = Path(pyreg.__file__).parent
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2), "counted": (1, 2)}
# Values that a text is given, and the markup around them.
PLACES = re.compile(r"\{\w+\}|%\(\w+\)s|</?\w+")
LANGUAGES = sorted(path.name for path in LOCALES.iterdir() if path.is_dir())


def written(name):
    path = LOCALES / name / "LC_MESSAGES" / f"{DOMAIN}.po"
    with path.open("rb") as file:
        return read_po(file, locale=name)


@pytest.fixture(scope="module")
def texts():
    """Every text of the code and the templates that a reader may see."""
    with (ROOT / "wording" / "babel.ini").open() as file:
        methods, options = parse_mapping_cfg(file)
    catalog = Catalog()
    for _file, _line, text, _comments, _context in extract_from_dir(
        str(ROOT), methods, options, KEYWORDS
    ):
        catalog.add(text)
    return [message.id for message in catalog if message.id]


def test_every_language_of_the_settings_has_its_words():
    offered = config.Study.model_json_schema()["properties"]["language"]["enum"]
    assert sorted(offered) == sorted(["en", *LANGUAGES])


@pytest.mark.parametrize("name", LANGUAGES)
def test_no_text_is_missing_and_none_is_left_over(texts, name):
    catalog = written(name)
    there = {message.id for message in catalog if message.id and is_whole(message)}
    assert len(texts) > 300
    assert there == set(texts), "run `make words` and translate what is new"


def is_whole(message):
    return all(forms(message.string)) and not message.fuzzy


def forms(text):
    """For one thing and for many, where a text has both."""
    return text if isinstance(text, tuple) else (text,)


@pytest.mark.parametrize("name", LANGUAGES)
def test_translations_keep_values_and_markup(name):
    for message in written(name):
        if message.id:
            for text, translation in zip(forms(message.id), forms(message.string), strict=True):
                assert Counter(PLACES.findall(text)) == Counter(PLACES.findall(translation)), text


@pytest.mark.parametrize("name", LANGUAGES)
def test_what_is_compiled_is_what_is_written(name):
    compiled = io.BytesIO()
    write_mo(compiled, written(name))
    path = LOCALES / name / "LC_MESSAGES" / f"{DOMAIN}.mo"
    assert path.read_bytes() == compiled.getvalue(), "run `make words`"


def test_a_text_is_in_the_language_that_is_spoken():
    with speaking("es"):
        assert (_("undecided"), _("")) == ("sin decidir", "")
        assert counted("{number} group", "{number} groups", 2) == "{number} grupos"
        assert whole(25000) == "25\N{NO-BREAK SPACE}000"
    assert (_("undecided"), whole(25000)) == ("undecided", "25,000")


def test_what_records_say_is_put_into_words_with_its_values():
    said = "Only the first 1,000 reviews of each half are used. The numbers are not the lesson's."
    with speaking("es"):
        assert recorded("weights after epoch 3") == "pesos tras la época 3"
        assert recorded(said) == (
            "Solo se usan las primeras 1,000 reseñas de cada mitad. "
            "Los números no son los de la lección."
        )
        assert recorded("A claim of my own. It is mine.") == "A claim of my own. It is mine."
    assert recorded(said) == said


def lesson_says():
    study = config.load("config/config.yaml")
    yield study.tolerances["base-r"].reason
    for claim in study.claims:
        yield from (claim.claim, claim.source)


def records_say():
    for source in SOURCES.values():
        yield source.description
    yield from (FALLBACK_NOTICE, DIGITS_NOTICE, SUBSET_NOTICE)
    yield from provenance._NOTICES.values()
    cut = Data(num_reviews=1000, validation_split=0.2, permute_labels=True)
    yield from provenance._changes(cut)
    yield from provenance._changes(Data(folds=5))
    yield from provenance._changes(Data(source="digits", num_samples=1000))
    chain = Chain("a", "b", "c", "d", ["e"], "f")
    yield from (link for link, _digest in chain.links())


@pytest.mark.parametrize("sentence", sorted({*lesson_says(), *records_say()}))
def test_what_the_lesson_and_the_records_say_has_a_translation(sentence):
    with speaking("es"):
        assert recorded(sentence) != sentence
