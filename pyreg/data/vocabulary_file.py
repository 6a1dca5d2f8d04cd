"""What samples mean in, vocabulary.json out; and back, to ask a network about raw ones."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pyreg import config, files
from pyreg.data import text
from pyreg.data.image_input import ImageInput
from pyreg.data.prepared import Half
from pyreg.data.reviews import INDEX_FROM, OUT_OF_VOCABULARY, START, Reviews
from pyreg.data.vocabulary import Vocabulary
from pyreg.errors import InputError
from pyreg.records.layout import DataFolder, RecordFolder

CLASSES = ["negative", "positive"]


def describe(
    train: Half, ranks: Mapping[bytes, int] | None, classes: Sequence[str] = ()
) -> dict[str, Any]:
    """vocabulary.json of a study's data.

    Args:
        train: the training samples.
        ranks: of the words of reviews; None: not known, so that no text can be read.
        classes: the names of those of images.
    """
    if not isinstance(train, Reviews):
        named = {"classes": list(classes)} if classes else {}
        return {
            "samples": "numbers",
            "shape": list(train.values.shape[1:]),
            "scale": train.scale,
            "num_classes": train.num_outputs,
            **named,
        }
    return {
        "samples": "reviews",
        "classes": CLASSES,
        "rules": {
            "lower_case": "ASCII letters only",
            "become_spaces": text.FILTERS,
            "split_on": " ",
        },
        "index": {"start": START, "cut": OUT_OF_VOCABULARY, "first_word": INDEX_FROM + 1},
        "words": None if ranks is None else [w.decode() for w in sorted(ranks, key=ranks.get)],  # type: ignore[arg-type]
    }


def of_run(data_folder: Path, settings: config.Data) -> dict[str, Any] | None:
    """vocabulary.json of a run; None where the data do not tell any."""
    path = DataFolder(data_folder).vocabulary
    if not path.exists():
        return None
    content = files.read_json(path)
    if content.get("samples") != "reviews":
        return content or None
    words = content.pop("words")
    columns = {"num_words": settings.num_words, "column_base": settings.column_base}
    sequences = {"sequences": settings.sequences} if settings.sequences else {}
    return {**content, **columns, **sequences, "words": words}


def require_same_words(study: config.Study, model: str, data_folder: Path) -> None:
    """Refuse a model whose weights are a saved network's for other words, where both tell theirs.

    Raises:
        InputError: another of the words that are used has the same number there.
    """
    network, num_words = study.models[model].weights, study.data.num_words
    if not isinstance(network, str):
        return
    folders = RecordFolder(Path(network).expanduser().parent), DataFolder(data_folder)
    theirs, ours = (_words(folder.vocabulary)[:num_words] for folder in folders)
    for number, (got, expected) in enumerate(zip(theirs, ours, strict=False), start=1):
        if got != expected:
            raise InputError(
                f"weights: {network} was trained on other words, number {number} is {got!r}, "
                f"expected {expected!r}; name a network that was trained on reviews of this "
                "vocabulary"
            )


def _words(path: Path) -> Sequence[str]:
    """Those of a vocabulary.json in the order of their numbers; none where they are not told."""
    content = files.read_json(path) if path.exists() else None
    return (content.get("words") if isinstance(content, dict) else None) or ()


def read(content: Any) -> Vocabulary | ImageInput:
    """What vocabulary.json of a run says.

    Raises:
        InputError: it is of neither reviews nor images, or their words or classes are not known.
        ValueError: it is damaged.
    """
    if not isinstance(content, dict) or content.get("samples") not in ("reviews", "numbers"):
        raise ValueError("it does not say what its samples are")
    if content["samples"] == "numbers":
        return _images(content.get("shape"), content.get("classes"))
    words, num_words, base = (content.get(n) for n in ("words", "num_words", "column_base"))
    if words is None:
        raise InputError(
            "the words of its reviews are not known: Keras' imdb_word_index.json was not at hand; "
            "put it beside imdb.npz and run `snakemake --forcerun data`"
        )
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise ValueError("its words are no list of words")
    if type(num_words) is not int or base not in (0, 1):
        raise ValueError("its num_words or column_base is no such number")
    return Vocabulary(words, num_words, base, _sequences(content.get("sequences")))


def _images(shape: Any, classes: Any) -> ImageInput:
    if not isinstance(shape, list) or not all(type(size) is int and size > 0 for size in shape):
        raise ValueError("its shape is no list of sizes")
    if len(shape) < 2:
        raise InputError(
            "the network was trained on numbers, not on texts or images; ask one of those"
        )
    if classes is None:
        raise InputError(
            "the classes of its images are not known: an earlier version trained it; run "
            "`snakemake --forcerun data`"
        )
    if not isinstance(classes, list) or not all(isinstance(name, str) for name in classes):
        raise ValueError("its classes are no list of names")
    return ImageInput(tuple(shape), classes)


def _sequences(content: Any) -> tuple[int, str, str] | None:
    if content is None:
        return None
    maxlen, padding, truncating = content
    if type(maxlen) is not int or not {padding, truncating} <= {"pre", "post"}:
        raise ValueError("its sequences are no length with two sides")
    return maxlen, padding, truncating
