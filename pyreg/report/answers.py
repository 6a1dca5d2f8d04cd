"""A study's tables in, straight answers to the report's three questions out."""

from dataclasses import dataclass
from typing import Literal

import pandas as pd

Tone = Literal["good", "bad", "open"]

# The levels of agreement.csv from the best to the worst, as an answer to the first question.
LEVELS = {
    "bit-identical": "Yes, bit for bit",
    "within-tolerance": "Yes, within the stated tolerance",
    "equivalent": "Yes, statistically",
    "different": "No",
}

# Engines of replicates that Keras trained with another arithmetic.
BACKENDS = {"python-replicates-jax": "JAX", "python-replicates-torch": "PyTorch"}

MOST_SENTENCES = 3


@dataclass(frozen=True)
class Answer:
    """One question of the user's.

    Attributes:
        verdict: the answer in a few words.
        tone: `good` and `bad` are decided, `open` is not.
        evidence: what the verdict rests on, in sentences.
        section: the report's section that shows more.
    """

    question: str
    verdict: str
    tone: Tone
    evidence: list[str]
    section: str


def answers(
    agreement: pd.DataFrame, claims: pd.DataFrame | None, my_runs: pd.DataFrame | None
) -> list[Answer]:
    """Answer the three questions, each from its table; None where the study has no such table."""
    return [_same_as_r(agreement), _claims_hold(claims), _own_runs_agree(my_runs)]


def _same_as_r(agreement: pd.DataFrame) -> Answer:
    question = "Does Python give what R gives?"
    with_r = agreement[agreement["right"].isin(["r", "base-r"])]
    ran = with_r[with_r["level"] != "not-run"]
    if ran.empty:
        evidence = [f"The R side did not run: {note}." for note in with_r["note"].unique()]
        return Answer(question, "Not tested here", "open", evidence, "r")
    different = ran[ran["level"] == "different"]
    if len(different):
        verdict = f"Not everywhere: {len(different)} of {len(ran)} pairs of runs differ"
        differing = [
            f"{row.model}: {row.left} and {row.right} part in the {row.first_difference}."
            for row in different.itertuples()
        ]
        return Answer(question, verdict, "bad", _first(differing), "r")
    keras = ran[ran["right"] == "r"]
    worst = max((keras if len(keras) else ran)["level"], key=list(LEVELS).index)
    evidence = _agreement_evidence(ran) + _other_backends(agreement.drop(with_r.index))
    return Answer(question, LEVELS[worst], "good", evidence, "r")


def _other_backends(sets: pd.DataFrame) -> list[str]:
    """Whether another arithmetic gives statistically the same, as far as it was tried."""
    ran = sets[sets["level"] != "not-run"]
    if ran.empty:
        return []
    names = " and ".join(BACKENDS[right] for right in ran["right"].unique())
    equal = int((ran["level"] == "equivalent").sum())
    return [f"Trained on {names} as well, {equal} of {len(ran)} models give equivalent results."]


def _agreement_evidence(ran: pd.DataFrame) -> list[str]:
    keras, plain = ran[ran["right"] == "r"], ran[ran["right"] == "base-r"]
    sentences = []
    if len(keras):
        equal = int((keras["level"] == "bit-identical").sum())
        sentences.append(
            f"{equal} of {len(keras)} pairs of a Python and an R run are equal in every history "
            "value, weight and prediction."
        )
    if len(plain):
        apart = plain["max_abs_diff_history"].max()
        sentences.append(
            f"Plain R without Keras follows {len(plain)} models through an epoch; history values "
            f"are at most {apart:.1g} apart."
        )
    return sentences


def _claims_hold(claims: pd.DataFrame | None) -> Answer:
    question = "Do the lesson's claims hold?"
    if claims is None:
        evidence = ["This study decides none; that takes claims and replicates in its settings."]
        return Answer(question, "Not asked here", "open", evidence, "rerun")
    # The lesson looks at its curves where they end: that is what its claims are about.
    at_the_end = claims.drop_duplicates("id", keep="first")
    num_hold = int((at_the_end["verdict"] == "holds").sum())
    evidence = [
        f"Judged as the lesson does, after training, over {_range(claims['num_seeds'])} seeds."
    ]
    others = at_the_end[at_the_end["verdict"] != "holds"]
    evidence += _first(
        [f"{str(row.verdict).capitalize()}: {row.claim}." for row in others.itertuples()]
    )
    evidence += _at_the_best_epoch(claims)
    if others.empty:
        return Answer(question, f"Yes, all {num_hold}", "good", evidence, "claims")
    tone: Tone = "bad" if "does not hold" in set(others["verdict"]) else "open"
    return Answer(question, f"{num_hold} of {len(at_the_end)} hold", tone, evidence, "claims")


def _at_the_best_epoch(claims: pd.DataFrame) -> list[str]:
    """What becomes of the claims if each network is stopped where it is best."""
    both = claims[claims.duplicated("id", keep=False)]
    if both.empty:
        return []
    best = both[both["at"] == "best"]["verdict"]
    num_hold = (best == "holds").sum()
    return [f"With each network stopped at its best epoch, {num_hold} of {len(best)} hold."]


def _first(sentences: list[str]) -> list[str]:
    """As many as leave all three answers on one screen."""
    more = len(sentences) - MOST_SENTENCES
    return sentences[:MOST_SENTENCES] + ([f"And {more} more, below."] if more > 0 else [])


def _range(counts: pd.Series) -> str:
    least, most = counts.min(), counts.max()
    return str(least) if least == most else f"{least} to {most}"


def _own_runs_agree(my_runs: pd.DataFrame | None) -> Answer:
    question = "I have R results of my own: do they agree?"
    if my_runs is None:
        evidence = ["Name your keras history, a .csv or .rds file, under my_runs in the settings."]
        return Answer(question, "None given", "open", evidence, "rerun")
    num_agree = int(my_runs["verdict"].isin(["identical", "inside"]).sum())
    evidence = _first(list(my_runs["sentence"]))
    if num_agree < len(my_runs):
        verdict = f"{num_agree} of {len(my_runs)} agree"
        return Answer(question, verdict, "bad", evidence, "my-runs")
    equal = (my_runs["verdict"] == "identical").all()
    verdict = "Yes, to the last digit" if equal else "Yes, like another seed of ours"
    return Answer(question, verdict, "good", evidence, "my-runs")
