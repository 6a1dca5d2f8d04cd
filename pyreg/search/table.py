"""What each search found in, search.csv and the honest estimate out; pandas, no Keras."""

import math
from typing import NamedTuple

import pandas as pd
import scipy

from pyreg import files
from pyreg.config import Study
from pyreg.config.search import VALIDATION
from pyreg.errors import refusing
from pyreg.records.layout import Layout, SearchFolder
from pyreg.statistics import claims


class Estimate(NamedTuple):
    """A mean over the folds with its interval."""

    mean: float
    low: float
    high: float
    num_folds: int


def assemble(study: Study, layout: Layout) -> pd.DataFrame:
    """search.csv: a row for each set of samples that is held out of a search.

    Args:
        study: settings; they have a search.
        layout: where the searches lie.

    Returns:
        held_out; trial, the number of the best one; a column per searched setting; epochs; naive,
        the value that the best trial was chosen by; a column per metric of the study, the best
        network's values on the samples held out; num_train and num_held_out.

    Raises:
        InputError: a search is missing.
    """
    names = study.require_search().held_out_sets
    return pd.DataFrame([_row(study, layout.search(name)) for name in names])


def nested(table: pd.DataFrame, column: str, confidence: float) -> Estimate:
    """Mean of the folds, with a t interval that knows that folds share training samples.

    How it knows: `claims.widening`.

    Args:
        table: search.csv, or columns held_out and `column` of it.
        column: a metric, or `naive`.
    """
    values = table.loc[table["held_out"] != VALIDATION, column].astype(float)
    number = len(values)
    error = float(values.std(skipna=False)) / math.sqrt(number) * claims.widening(number, number)
    reach = float(scipy.stats.t.ppf((1 + confidence) / 2, number - 1)) * error
    mean = float(values.mean(skipna=False))
    return Estimate(mean, mean - reach, mean + reach, number)


def _row(study: Study, search: SearchFolder) -> dict[str, object]:
    with refusing(
        f"{search.folder} holds no finished search",
        "expected best.json as `pyreg search` leaves it; run `snakemake --cores all`, which makes "
        "what is missing",
    ):
        best = files.read_json(search.best)
        return {
            "held_out": best["held_out"],
            "trial": best["trial"],
            **best["settings"],
            "epochs": best["epochs"],
            "naive": best["naive"],
            **{metric: best["values"][metric] for metric in study.metrics},
            "num_train": best["num_train"],
            "num_held_out": best["num_held_out"],
        }
