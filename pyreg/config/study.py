"""Everything a study's results depend on."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, field_validator, model_validator

from pyreg.config import tasks
from pyreg.config.data import Data
from pyreg.config.layers import Embedding
from pyreg.config.network import Model
from pyreg.config.search import Search
from pyreg.config.section import NUMBER, FileName, Name, Section
from pyreg.config.sweep import Sweep
from pyreg.config.tasks import TASKS, Metric
from pyreg.errors import InputError

Shuffle = Literal["per-epoch", "keras"]
Engine = Literal["python", "r", "base-r"]
Colour = Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$")]
# Snakemake plans some 150 jobs in a second: half a minute.
MOST_JOBS = 5000
RESERVED = "reference"  # results/reference holds the committed results
MISSING = "NA"  # as tables write what is missing


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
    sparse_categorical_crossentropy: float = Field(
        0.02, gt=0, description="Margin for validation categorical cross-entropy."
    )
    mean_squared_error: float = Field(
        0.02, gt=0, description="Margin for validation mean squared error, for targets near 1."
    )
    mean_absolute_error: float = Field(
        0.02, gt=0, description="Margin for validation mean absolute error, for targets near 1."
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

    @model_validator(mode="after")
    def _compares_two_models(self) -> "Claim":
        if self.left == self.right:
            raise ValueError(
                f"right: got {self.right}, which is left too, expected another model; name one, or "
                "leave it out to compare with `margin`"
            )
        return self


class Figures(Section):
    """How figures are drawn; never retrains anything."""

    columns: Annotated[Literal[1, 2], NUMBER] = Field(
        2, description="Width: one (85 mm) or two (175 mm) journal columns."
    )
    style: Literal["paper", "plot-history"] = Field(
        "paper",
        description="paper: the project's theme; plot-history: the look of R's plot(history).",
    )
    texts: bool = Field(
        True,
        description="Title, subtitle and caption in the picture. false: the picture alone; its "
        "words stand in NAME.txt either way.",
    )
    font: str = Field(
        "DejaVu Sans",
        description="Font family, as this machine's fonts call it; the default comes with "
        "matplotlib, so that every machine draws the same.",
    )
    font_size: float = Field(
        6.5, ge=4, le=14, description="Size of axes and legends in points; all others follow it."
    )
    formats: list[Literal["pdf", "png", "tiff"]] = Field(
        ["pdf", "png"], description="Formats beside SVG and CSV, which the report is made of."
    )
    names: dict[Name, str] = Field(
        {}, description="Model -> its name in figures, report and LaTeX tables."
    )
    colours: dict[Name, Colour] = Field(
        {}, description="Model -> its colour, as #0072B2; the others keep theirs."
    )


class MyRun(Section):
    """A history of the user's own, to be compared with the study's runs."""

    file: FileName = Field(
        description="A keras history: .rds, .RData, a table or JSON, known by its content."
    )
    model: Name = Field(description="The model of this study it is a run of.")


class Study(Section):
    """Everything a study's results depend on."""

    study: Name = Field("imdb", description="Name of the study: results go to results/<study>/.")
    data: Data = Field(
        Data(), description="The samples: their source and how they become a matrix."
    )
    models: dict[Name, Model] = Field(
        min_length=1, description="The networks by name; the first one is the baseline."
    )
    sweeps: dict[Name, Sweep] = Field(
        {}, description="Further models, by the settings they differ in; NAME-VALUE is a model."
    )
    search: Search | None = Field(
        None, description="A search for the network with the best settings; none: no search."
    )
    epochs: int = Field(20, ge=1, le=10_000, description="Passes over the training data.")
    batch_size: int = Field(512, ge=1, le=10_000_000, description="Samples per gradient step.")
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
    save_models: bool = Field(
        False,
        description="Keep the networks of each batch of replicates, in one model.keras, so that "
        "`pyreg predict` can ask them all. The exact runs' are always kept.",
    )
    train_together: bool = Field(
        False,
        description="All runs in Python in one job, and all in R: for small studies, in which "
        "starting Keras takes longer than training.",
    )
    backends: dict[Literal["jax", "torch"], list[Name]] = Field(
        {},
        description="Models whose replicates are trained once more with Keras on another backend: "
        "a second arithmetic, which agreement.csv holds against the first.",
    )
    compress: list[Name] = Field(
        [],
        description="Models whose exact Python run is made smaller, quantized and pruned: its "
        "size, time and accuracy then. Networks of classes only.",
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
    language: Literal["en", "es"] = Field(
        "en", description="Language of the report, of its three answers and of the figures."
    )
    figures: Figures = Field(Figures(), description="How figures are drawn.")
    my_runs: list[MyRun] = Field([], description="Your own R histories to compare with.")
    ports: list[str] = Field(
        [],
        description="Your own R keras scripts to port to Python (and to run): `scripts/*.R`.",
    )

    @property
    def single_models(self) -> tuple[str, ...]:
        """The models that belong to no sweep, the baseline first."""
        swept = {model for name, sweep in self.sweeps.items() for model, _ in sweep.points(name)}
        return tuple(model for model in self.models if model not in swept)

    @property
    def task(self) -> tasks.Name:
        """What the networks learn, decided by the data."""
        return self.data.task

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """What its models are compared by, the loss without penalties first."""
        return TASKS[self.task].metrics

    def require_model(self, name: str) -> None:
        """Raise InputError unless a network has this name, and all that it begins with."""
        if name not in self.models:
            raise InputError(
                f"got model '{name}', expected one of {', '.join(self.models)}; "
                "name a model of the study's configuration"
            )
        if giver := self.models[name].weights_of:
            raise InputError(
                f"models.{name}.weights: got the model {giver}, which only snakemake trains first, "
                f"expected a file; name the model.keras that {giver} left"
            )

    def require_search(self) -> Search:
        """The study's search; raise InputError if it has none."""
        if self.search is None:
            raise InputError(
                f"the study {self.study} has no search; describe one under `search` in its settings"
            )
        return self.search

    def settings_of_run(self, model: str) -> dict[str, Any]:
        """The settings that a run's numbers depend on: a change of nothing else trains it again."""
        return {
            "data": self.data.model_dump(mode="json"),
            "model": self.models[model].model_dump(mode="json"),
            "epochs": self.epochs,
            "batch_size": self.batch_size,
            "device": self.device,
        }

    def settings_of_search(self) -> dict[str, Any]:
        """The settings that a search's numbers depend on, besides what it holds out."""
        return {
            "data": self.data.model_dump(mode="json"),
            "search": self.require_search().model_dump(mode="json"),
            "epochs": self.epochs,
            "batch_size": self.batch_size,
            "seed": self.seed,
            "shuffle": self.shuffle,
            "device": self.device,
        }

    @model_validator(mode="before")
    @classmethod
    def _sweeps_are_models(cls, content: Any) -> Any:
        """Put the sweeps' models behind the others; a saved study has them there already."""
        if not isinstance(content, Mapping) or not isinstance(content.get("models"), Mapping):
            return content
        models, sweeps = dict(content["models"]), content.get("sweeps")
        for name, sweep in sweeps.items() if isinstance(sweeps, Mapping) else ():
            try:
                made = Sweep.model_validate(sweep).models(name)
            except ValidationError:
                continue  # told where the sweep itself is validated
            for model, settings in made.items():
                if not _is_same(models.setdefault(model, settings), settings):
                    raise ValueError(
                        f"sweeps.{name} makes a model {model}, and there is another of that name; "
                        "name one of the two otherwise"
                    )
        return {**content, "models": models}

    @field_validator("r", mode="before")
    @classmethod
    def _off_is_off(cls, value: object) -> object:
        """YAML 1.1 reads a bare `off` as false."""
        return "off" if value is False else value

    @model_validator(mode="after")
    def _names_are_free(self) -> "Study":
        if self.study.casefold() == RESERVED:
            raise ValueError(
                f"study: got {self.study}, whose folder holds the committed results; name it "
                "otherwise"
            )
        if MISSING in self.models:
            raise ValueError(f"models: got {MISSING}, which tables write for what is missing")
        named = {"models": list(self.models), "keras_shuffle_models": self.keras_shuffle_models}
        named |= {f"backends.{on}": names for on, names in self.backends.items()}
        named["compress"] = self.compress
        for where, names in named.items():
            folded = [name.casefold() for name in names]
            if len(set(folded)) < len(folded):
                twice = next(name for name in names if folded.count(name.casefold()) > 1)
                raise ValueError(
                    f"{where}: got {twice} twice, and some systems do not tell capitals apart; "
                    "name each once"
                )
        return self

    @model_validator(mode="after")
    def _jobs_can_be_planned(self) -> "Study":
        batches = -(-self.replicates // self.replicate_batch)
        sets = len(self.models) + len(self.keras_shuffle_models)
        others = sum(map(len, self.backends.values()))
        searches = self.search.folds + 1 if self.search else 0
        number = 3 * sets + batches * (sets + others) + searches + len(self.compress)
        if number > MOST_JOBS:
            raise ValueError(
                f"got {number:,} jobs ({len(self.models):,} models, {batches:,} batches of "
                f"replicates each), expected up to {MOST_JOBS:,}; a larger replicate_batch makes "
                "fewer"
            )
        return self

    @model_validator(mode="after")
    def _names_exist(self) -> "Study":
        known = ", ".join(self.models)
        named = [("keras_shuffle_models", name) for name in self.keras_shuffle_models]
        named += [(f"backends.{on}", name) for on, names in self.backends.items() for name in names]
        named += [(f"claims.{claim.id}", claim.left) for claim in self.claims]
        named += [(f"claims.{claim.id}", claim.right) for claim in self.claims if claim.right]
        named += [("my_runs", run.model) for run in self.my_runs]
        named += [("compress", name) for name in self.compress]
        given = {name: model.weights_of for name, model in self.models.items()}
        named += [(f"models.{name}.weights", giver) for name, giver in given.items() if giver]
        named += [("figures.names", name) for name in self.figures.names]
        named += [("figures.colours", name) for name in self.figures.colours]
        for where, name in named:
            if name not in self.models:
                raise ValueError(f"{where} names model '{name}'; the models are {known}")
        ids = [claim.id for claim in self.claims]
        if len(ids) != len(set(ids)):
            raise ValueError("claims: two claims have the same id; give each its own")
        return self

    @model_validator(mode="after")
    def _weights_are_handed_on_once(self) -> "Study":
        handed = {name: model.weights_of for name, model in self.models.items()}
        for name, giver in handed.items():
            if giver and handed[giver]:
                raise ValueError(
                    f"models.{name}.weights: got {giver}, which begins with weights of "
                    f"{handed[giver]}, expected a model that does not; name another"
                )
        model = self.search.model if self.search else None
        if model and (model.weights_of or model.half):
            raise ValueError(
                "search.model: got `half` or weights of another model, expected a network that "
                "trains on all samples, anew or from a file; leave them out"
            )
        return self

    @model_validator(mode="after")
    def _words_go_into_embeddings(self) -> "Study":
        encoding, num_words = self.data.encoding, self.data.num_words
        models = {f"models.{name}": model for name, model in self.models.items()}
        if self.search:
            models["search.model"] = self.search.model
        for name, model in models.items():
            found = [layer for layer in model.layers if isinstance(layer, Embedding)]
            if found != (model.layers[:1] if encoding == "sequences" else []):
                raise ValueError(
                    f"{name}.layers: got {len(found)} embeddings for the encoding {encoding}, "
                    "expected one as the first layer with sequences, else none"
                )
            if found and found[0].input_dim < num_words:
                raise ValueError(
                    f"{name}.layers: got an embedding of {found[0].input_dim} words, expected "
                    f"{num_words} (data.num_words) or more"
                )
        return self

    @model_validator(mode="after")
    def _classes_are_compressed(self) -> "Study":
        if self.compress and self.task == "regression":
            raise ValueError(
                "compress: got networks that predict values, expected ones of classes; leave it out"
            )
        return self

    @model_validator(mode="after")
    def _metrics_are_the_task_s(self) -> "Study":
        expected = self.metrics
        named = [(f"claims.{claim.id}.metric", claim.metric) for claim in self.claims]
        named += [
            (f"models.{name}.early_stopping.monitor", model.early_stopping.monitor)
            for name, model in self.models.items()
            if model.early_stopping and model.early_stopping.monitor != "loss"
        ]
        for where, metric in named:
            if metric not in expected:
                raise ValueError(
                    f"{where}: got {metric} where the data make a {self.task} task, expected "
                    f"{' or '.join(expected)}"
                )
        return self


def _is_same(one: object, other: Mapping[str, Any]) -> bool:
    """Whether two models' settings come to the same, spelled out or not."""
    try:
        return Model.model_validate(one) == Model.model_validate(other)
    except ValidationError:
        return True  # told where the model itself is validated
