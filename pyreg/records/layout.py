"""A folder of results in, every path below it out: the one place that spells them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RESULTS = Path("results")  # of all studies, below the folder that snakemake runs in
REFERENCE = "reference"  # the committed results, a study's folder like the others


@dataclass(frozen=True, order=True)
class RunKey:
    """Names one run of a study."""

    engine: str
    model: str
    shuffle: str
    seed: int

    @classmethod
    def of_info(cls, info: Mapping[str, Any]) -> "RunKey":
        """Of the run whose run.json says this."""
        return cls(info["engine"], info["model"], info["shuffle"], info["seed"])

    def __str__(self) -> str:
        return f"{self.engine} {self.model} {self.shuffle} seed {self.seed}"


@dataclass(frozen=True, order=True)
class ReplicateSet:
    """Names the runs of one model that differ in their seed alone."""

    model: str
    shuffle: str
    backend: str = "tensorflow"

    @property
    def kind(self) -> str:
        """`replicates`, on another backend than TensorFlow with its name: `replicates-jax`."""
        return "replicates" + ("" if self.backend == "tensorflow" else f"-{self.backend}")

    @property
    def engine(self) -> str:
        """The engine in the records: TensorFlow's replicates are those of the Python runs."""
        return f"python-{self.kind}"


@dataclass(frozen=True)
class DataFolder:
    """The samples of a study."""

    folder: Path

    @property
    def samples(self) -> Path:
        return self.folder / "samples.npz"

    @property
    def provenance(self) -> Path:
        return self.folder / "provenance.json"

    @property
    def vocabulary(self) -> Path:
        """What the numbers of a sample mean: the words of reviews, the shape of others."""
        return self.folder / "vocabulary.json"

    @property
    def encoded(self) -> Path:
        return self.folder / "encoded.npz"


@dataclass(frozen=True)
class RecordFolder:
    """What one run leaves, or one batch of replicates, which has no chain and no weights."""

    folder: Path

    @property
    def history(self) -> Path:
        return self.folder / "history.csv"

    @property
    def r_history(self) -> Path:
        """The same as R's keras saves it."""
        return self.folder / "history.rds"

    @property
    def info(self) -> Path:
        return self.folder / "run.json"

    @property
    def chain(self) -> Path:
        return self.folder / "chain.json"

    @property
    def predictions(self) -> Path:
        return self.folder / "predictions.npz"

    @property
    def weights(self) -> Path:
        return self.folder / "weights.npz"

    @property
    def model(self) -> Path:
        """The trained network, as Keras saves it; of a run that Keras trained. Of a batch all of
        them side by side, where they are kept."""
        return self.folder / "model.keras"

    @property
    def vocabulary(self) -> Path:
        """What the network needs to be shown raw input."""
        return self.folder / "vocabulary.json"

    @property
    def of_run(self) -> list[Path]:
        """The files of every run's record."""
        return [self.history, self.info, self.chain, self.predictions, self.weights]

    @property
    def of_keras_run(self) -> list[Path]:
        """The files of the record of a run that Keras trained."""
        return [*self.of_run, self.model, self.vocabulary]

    @property
    def of_batch(self) -> list[Path]:
        """The files of a record of replicates."""
        return [self.history, self.info, self.predictions]

    @property
    def of_saved_batch(self) -> list[Path]:
        """The files of a record of replicates with their networks."""
        return [*self.of_batch, self.model, self.vocabulary]


@dataclass(frozen=True)
class SearchFolder:
    """What one search leaves."""

    folder: Path

    @property
    def trials(self) -> Path:
        return self.folder / "trials.csv"

    @property
    def best(self) -> Path:
        return self.folder / "best.json"

    @property
    def journal(self) -> Path:
        """The trials so far, beside the folder, which appears when they are done."""
        return self.folder.with_name(f"{self.folder.name}.journal")


@dataclass(frozen=True)
class CompressedFolder:
    """A network in smaller forms."""

    folder: Path

    @property
    def table(self) -> Path:
        """What each form costs."""
        return self.folder / "compression.csv"

    def network(self, form: str) -> Path:
        return self.folder / f"{form}.keras"


@dataclass(frozen=True)
class Layout:
    """The results of one study.

    Attributes:
        folder: `results/<study>`.
    """

    folder: Path

    @classmethod
    def of_study(cls, name: str) -> "Layout":
        return cls(RESULTS / name)

    @classmethod
    def of_run(cls, folder: Path) -> "Layout":
        """Of the study that a run's folder, as from `run`, lies in."""
        return cls(folder.resolve().joinpath(*[".."] * 5).resolve())

    @property
    def config(self) -> Path:
        """The resolved settings."""
        return self.folder / "config.yaml"

    @property
    def data(self) -> DataFolder:
        return DataFolder(self.folder / "data")

    @property
    def report(self) -> Path:
        return self.folder / "report.html"

    @property
    def answers(self) -> Path:
        """The report's three answers as plain text."""
        return self.folder / "answers.txt"

    def run(self, key: RunKey) -> RecordFolder:
        names = key.engine, key.model, key.shuffle, f"seed-{key.seed}"
        return RecordFolder(self.folder.joinpath("runs", *names))

    def runs(self) -> list[RunKey]:
        """The runs whose records lie here."""
        histories = self.folder.glob("runs/*/*/*/seed-*/history.csv")
        return sorted(
            RunKey(engine, model, shuffle, int(seed.removeprefix("seed-")))
            for engine, model, shuffle, seed in (path.parent.parts[-4:] for path in histories)
            if re.fullmatch(r"seed-\d{1,10}", seed)  # no copy beside it, such as seed-1-old
        )

    def replicates(self, one: ReplicateSet) -> Path:
        """The folder of a set, in which each batch of seeds has its own."""
        return self.folder / one.kind / one.model / one.shuffle

    def batch(self, one: ReplicateSet, seeds: tuple[int, int]) -> RecordFolder:
        """The record of the replicates from the first to the last of these seeds."""
        return RecordFolder(self.replicates(one) / "seeds-{}-{}".format(*seeds))

    def replicate_sets(self) -> list[ReplicateSet]:
        """The sets whose records lie here."""
        found = {
            path.parents[1] for path in self.folder.glob("replicates*/*/*/seeds-*/history.csv")
        }
        sets = [path.relative_to(self.folder).parts for path in found]
        return sorted(
            ReplicateSet(model, shuffle, kind.partition("-")[2] or "tensorflow")
            for kind, model, shuffle in sets
        )

    def batch_pattern(self) -> RecordFolder:
        """The record of a batch, with wildcards of Snakemake: kind, model, shuffle, first, last."""
        return RecordFolder(self.folder / "{kind}/{model}/{shuffle}/seeds-{first}-{last}")

    def batch_seeds(self, one: ReplicateSet) -> list[tuple[int, int]]:
        """First and last seed of every finished batch of a set; of two cuts, all batches."""
        folders = self.replicates(one).glob("seeds-*-*")
        found = {_seeds(path): path for path in folders}
        return sorted(
            seeds for seeds, path in found.items() if seeds and RecordFolder(path).history.exists()
        )

    def batches(self, one: ReplicateSet) -> list[RecordFolder]:
        """The records of a set that lie here, in the order of their seeds, each seed once.

        Of batches that share seeds, as a study leaves them that was cut otherwise before, the
        newer is taken.
        """
        found = {seeds: self.batch(one, seeds) for seeds in self.batch_seeds(one)}
        ages = {seeds: record.history.stat().st_mtime for seeds, record in found.items()}
        kept: list[tuple[int, int]] = []
        for first, last in sorted(ages, key=ages.__getitem__, reverse=True):
            if all(last < begin or end < first for begin, end in kept):
                kept.append((first, last))
        return [found[seeds] for seeds in sorted(kept)]

    def band(self, one: ReplicateSet) -> Path:
        """The values of many more seeds of a set, which the reference alone keeps."""
        return self.folder / "bands" / f"{one.model}-{one.shuffle}.npz"

    def bands(self) -> list[Path]:
        """The bands that lie here."""
        return sorted(self.folder.glob("bands/*.npz"))

    def table(self, name: str) -> Path:
        return self.folder / "tables" / f"{name}.csv"

    def tables(self) -> list[Path]:
        """The tables that lie here."""
        return sorted(self.folder.glob("tables/*.csv"))

    def search(self, held_out: str) -> SearchFolder:
        return SearchFolder(self.folder / "search" / held_out)

    def compressed(self, model: str) -> CompressedFolder:
        """The smaller forms of a model's exact run."""
        return CompressedFolder(self.folder / "compressed" / model)

    def port(self, name: str) -> Path:
        """The folder of a script that is ported."""
        return self.folder / "ports" / name

    def figures(self) -> Path:
        return self.folder / "figures"

    def figure(self, name: str, file_format: str) -> Path:
        return self.figures() / f"{name}.{file_format}"

    def numbers(self, file_format: str) -> Path:
        return self.folder / "numbers" / f"numbers.{file_format}"

    def log(self, name: str) -> Path:
        return self.folder / "logs" / f"{name}.log"

    def benchmark(self, name: str) -> Path:
        return self.folder / "benchmarks" / f"{name}.tsv"


def _seeds(path: Path) -> tuple[int, int] | None:
    """Of a batch's folder; None of another's, such as a copy beside it."""
    match = re.fullmatch(r"seeds-(\d{1,10})-(\d{1,10})", path.name)
    return (int(match[1]), int(match[2])) if match else None
