"""What a service was asked and what its network learned from in, how far the two are apart out."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import ks_2samp
from statsmodels.stats.multitest import multipletests

from pyreg.data import read_dataset
from pyreg.data.image_input import ImageInput
from pyreg.data.reviews import OUT_OF_VOCABULARY
from pyreg.errors import InputError
from pyreg.records.layout import Layout, RecordFolder
from pyreg.records.run import read_predictions
from pyreg.serving.input_kind import taken_by

BINS = 10
MOST_FREQUENT = 100  # words whose frequencies are compared; of rare ones a window says nothing
LEVEL = 0.01  # of the corrected p-values
FEWEST = 50  # texts of a window
QUANTITIES = {
    "known": "share of known words",
    "length": "words of a text",
    "probability": "probability of positive",
}


@dataclass(frozen=True)
class Sample:
    """Texts as a service counts them.

    Attributes:
        values: of each of `QUANTITIES` an array with a value per text; those of the probability
            may be of other texts.
        per_word: int array (num_words,): how many texts hold each word.
    """

    values: dict[str, np.ndarray]
    per_word: np.ndarray


def training_sample(layout: Layout, record: RecordFolder) -> Sample:
    """The training reviews; their probabilities are those of the validation reviews, as a network
    is too sure of what it learned by heart.

    Raises:
        InputError: the run left no words, or its data are gone.
    """
    words = taken_by(record)
    if isinstance(words, ImageInput):
        raise InputError("the network takes images, of which nothing is counted; name one of texts")
    train, _ = read_dataset(layout.data.folder).reviews
    num_words = train.lengths - 1  # the first index of each begins it
    is_known = np.concatenate([[0], np.cumsum(train.indices > OUT_OF_VOCABULARY)])
    num_known = np.diff(is_known[train.offsets])
    predictions, _ = read_predictions(record.predictions)
    per_word = words.occurrences(train).sum(axis=0, dtype=np.int64)
    return Sample(values_of(num_words, num_known, predictions), per_word)


def served_sample(answers: pd.DataFrame, per_word: np.ndarray) -> Sample:
    """What was counted, as from `counts.read`.

    Raises:
        InputError: too little was.
    """
    if len(answers) < FEWEST:
        raise InputError(
            f"got counts of {len(answers)} texts, expected at least {FEWEST}; wait for more, or "
            "leave --since out if it is given"
        )
    columns = (answers[name].to_numpy() for name in ("num_words", "num_known", "probability"))
    return Sample(values_of(*columns), per_word)


def values_of(
    num_words: np.ndarray, num_known: np.ndarray, probability: np.ndarray
) -> dict[str, np.ndarray]:
    known = num_known / np.maximum(num_words, 1)
    return {"known": known, "length": num_words, "probability": probability}


def compare(training: Sample, served: Sample, limit: float) -> pd.DataFrame:
    """A row per quantity, and one of the frequencies of words: psi, p_value, alarm.

    Args:
        limit: of the population stability index; an alarm takes more than that, and, but for words,
            distributions that differ by the Kolmogorov-Smirnov test, corrected by Holm.
    """
    names = list(QUANTITIES)
    pairs = [(training.values[name], served.values[name]) for name in names]
    p_values = multipletests([ks_2samp(*pair).pvalue for pair in pairs], method="holm")[1]
    rows = [
        {"quantity": QUANTITIES[name], "psi": psi_of_values(*pair), "p_value": float(p)}
        for name, pair, p in zip(names, pairs, p_values, strict=True)
    ]
    frequent = np.argsort(-training.per_word, kind="stable")[:MOST_FREQUENT]
    counts = training.per_word[frequent], served.per_word[frequent]
    rows.append({"quantity": "frequencies of words", "psi": psi(*counts), "p_value": np.nan})
    table = pd.DataFrame(rows)
    is_different = ~(table["p_value"] >= LEVEL)  # words have none
    return table.assign(alarm=(table["psi"] > limit) & is_different)


def verdict(table: pd.DataFrame, limit: float, num_texts: int) -> str:
    """What `compare` found, in words."""
    if not table["alarm"].any():
        return f"no alarm in {num_texts:,} texts"
    named = ", ".join(table["quantity"][table["alarm"]])
    return (
        f"{named}: beyond the limit of {limit} in {num_texts:,} texts; the network may not be "
        "right for what it is asked"
    )


def explanation(limit: float) -> str:
    """What the numbers of `compare` are, in words."""
    return (
        "PSI: population stability index, 0 where both are alike. p-value: two-sample "
        f"Kolmogorov-Smirnov test, corrected by Holm for the {len(QUANTITIES)} tests. Alarm: a PSI "
        f"above {limit:g} and a p-value below {LEVEL:g}; of the frequencies of words, which are "
        "not tested, the PSI alone. "
        "Probabilities are held against those of the validation reviews, the rest against the "
        "training reviews."
    )


def psi_of_values(expected: np.ndarray, found: np.ndarray) -> float:
    """Over the tenths of what is expected; a value that fills several has one of its own."""
    edges, times = np.unique(
        np.quantile(expected, np.linspace(0, 1, BINS + 1)[1:-1]), return_counts=True
    )
    edges = np.union1d(edges, np.nextafter(edges[times > 1], -np.inf))
    counts = (
        np.bincount(np.searchsorted(edges, values), minlength=len(edges) + 1)
        for values in (expected, found)
    )
    return psi(*counts)


def psi(expected: np.ndarray, found: np.ndarray) -> float:
    """The population stability index of counts; half a count each keeps empty ones finite."""
    p, q = ((counts + 0.5) / (counts + 0.5).sum() for counts in (expected, found))
    return float(((q - p) * np.log(q / p)).sum())
