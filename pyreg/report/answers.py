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
    ran = agreement[agreement["level"] != "not-run"]
    if ran.empty:
        evidence = [f"The R side did not run: {note}." for note in agreement["note"].unique()]
        return Answer(question, "Not tested here", "open", evidence, "r")
    different = ran[ran["level"] == "different"]
    if len(different):
        verdict = f"Not everywhere: {len(different)} of {len(ran)} pairs of runs differ"
        parted = [
            f"{row.model}: {row.left} and {row.right} part in the {row.first_difference}."
            for row in different.itertuples()
        ]
        return Answer(question, verdict, "bad", _first(parted), "r")
    keras = ran[ran["right"] == "r"]
    worst = max((keras if len(keras) else ran)["level"], key=list(LEVELS).index)
    return Answer(question, LEVELS[worst], "good", _agreement_evidence(ran), "r")


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
    by_claim = [_verdict(rows) for _, rows in claims.groupby("id", sort=False)]
    num_hold = sum(verdict == "holds" for verdict, _ in by_claim)
    evidence = [f"Decided over {_range(claims['num_seeds'])} seeds, at the last and best epoch."]
    evidence += _first([sentence for verdict, sentence in by_claim if verdict != "holds"])
    if num_hold == len(by_claim):
        return Answer(question, f"Yes, all {num_hold}", "good", evidence, "claims")
    tone: Tone = "bad" if ("does not hold" in dict(by_claim)) else "open"
    return Answer(question, f"{num_hold} of {len(by_claim)} hold", tone, evidence, "claims")


def _verdict(rows: pd.DataFrame) -> tuple[str, str]:
    """One claim's verdict over the epochs it is decided at, and the same in a sentence."""
    found, claim = list(rows["verdict"]), rows["claim"].iloc[0]
    if len(set(found)) == 1:
        return found[0], f"{found[0].capitalize()}: {claim}."
    epochs = " and ".join(f"{row.verdict} at the {row.at} epoch" for row in rows.itertuples())
    return "depends", f"It depends: {claim} ({epochs})."


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
