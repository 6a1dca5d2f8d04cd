"""A study's samples and changed settings in, the same samples encoded for these settings out."""

import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from pyreg import config, data, files
from pyreg.data import encoding
from pyreg.data.dataset import split
from pyreg.data.prepared import Dataset, read_provenance
from pyreg.errors import InputError
from pyreg.own_runs.candidates import NUM_WORDS
from pyreg.records.layout import DataFolder

MOST_WORDS = max(NUM_WORDS)
Layout = tuple[int, int, float | None]  # words, column base, validation_split


def _layout(settings: config.Data) -> Layout:
    return settings.num_words, settings.column_base, settings.validation_split


def _cut(samples: Dataset, number: int) -> Dataset:
    """The same samples with fewer words."""
    train, validation = (half.cut(number) for half in samples.reviews)
    return Dataset(train, validation, samples.provenance)


@dataclass
class Samples:
    """The samples of one study, which are encoded anew where other settings ask for it.

    Attributes:
        study: the settings that the samples were made with.
        folder: where they lie; loaded again where they are not kept, as in the reference.
    """

    study: config.Study
    folder: DataFolder
    _encoded: dict[Layout, Path] = field(default_factory=dict)
    _loaded: dict[int, Dataset | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._temporary = tempfile.TemporaryDirectory(prefix="pyreg-own-runs-")
        if self.folder.encoded.exists():
            self._encoded[_layout(self.study.data)] = self.folder.folder

    @property
    def digest(self) -> str:
        """Of the samples as their source has them; empty if nothing is known of them."""
        return str((read_provenance(self.folder.folder) or {}).get("content_digest", ""))

    def encoded(self, settings: config.Data) -> Path | None:
        """A folder with the samples as these settings want them; None if they are not at hand.

        Made once for each layout of the matrix.
        """
        layout = _layout(settings)
        if layout not in self._encoded:
            samples = self._with_words(settings.num_words)
            if samples is None:
                return None
            share = settings.validation_split
            if share is not None and share != self.study.data.validation_split:
                samples = Dataset(*split(samples.train, share), samples.provenance)
            folder = Path(self._temporary.name) / "-".join(map(str, layout))
            files.write_json(DataFolder(folder).provenance, samples.provenance)
            encoding.save_encoded(
                DataFolder(folder).encoded, samples, *layout[:2], settings.sequences
            )
            self._encoded[layout] = folder
        return self._encoded[layout]

    def _with_words(self, number: int) -> Dataset | None:
        """The samples with so many words: the study's own, cut, or their source read again."""
        if number not in self._loaded:
            self._loaded[number] = self._kept(number) or self._read(number)
        return self._loaded[number]

    def _kept(self, number: int) -> Dataset | None:
        if not self.folder.samples.exists() or number > self.study.data.num_words:
            return None
        kept = data.read_dataset(self.folder.folder)
        return kept if number == self.study.data.num_words else _cut(kept, number)

    def _read(self, number: int) -> Dataset | None:
        """Of the source, which is read once for all numbers of words that are asked for."""
        if number >= MOST_WORDS or not self.study.data.is_multi_hot:
            return self._load(number)
        most = self._with_words(MOST_WORDS)
        return _cut(most, number) if most else self._load(number)

    def _load(self, number: int) -> Dataset | None:
        try:
            loaded = data.load(self.study.data.model_copy(update={"num_words": number}))
        except InputError:
            return None
        # Where nothing can be downloaded, other reviews come instead: no use here.
        return loaded if loaded.provenance["content_digest"] == self.digest else None
