"""A study's tables in, straight answers to the report's three questions out."""

import textwrap
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from pyreg.config import Study
from pyreg.wording import N_, _, counted, recorded
from pyreg.wording.levels import word
from pyreg.wording.networks import named

# `none`: nothing was asked; `open`: what was asked is not decided.
Tone = Literal["good", "bad", "open", "none"]

# The levels of agreement.csv from the best to the worst, as an answer to the first question.
SAME = {
    "bit-identical": N_("Yes, bit for bit"),
    "within-tolerance": N_("Yes, within the stated tolerance"),
    "equivalent": N_("Yes, statistically"),
    "different": N_("No"),
}

# Engines of replicates that Keras trained with another arithmetic.
BACKENDS = {"python-replicates-jax": "JAX", "python-replicates-torch": "PyTorch"}

LESSON = "the lesson"  # with which the source of a claim of its own begins

MOST_SENTENCES = 3
WIDTH = 78  # of a console, less two


@dataclass(frozen=True)
class Answer:
    """One question of the user's.

    Attributes:
        verdict: the answer in a few words.
        evidence: what the verdict rests on, in sentences.
        section: the report's section that shows more.
    """

    question: str
    verdict: str
    tone: Tone
    evidence: list[str]
    section: str


def answers(
    study: Study,
    agreement: pd.DataFrame,
    claims: pd.DataFrame | None,
    my_runs: pd.DataFrame | None,
    is_lesson_data: bool,
) -> list[Answer]:
    """Answer the three questions, each from its table; None where the study has no such table."""
    return [
        _same_as_r(study, agreement),
        _claims_hold(claims, is_lesson_data),
        _own_runs_agree(my_runs),
    ]


def as_text(found: Sequence[Answer], notice: str) -> str:
    """The answers for a console of 80 columns.

    Args:
        notice: what must be said of the data first.
    """
    parts = [f"{textwrap.fill(notice, WIDTH)}\n"] if notice else []
    for answer in found:
        told = " ".join([f"{answer.verdict}.", *answer.evidence])
        lines = textwrap.fill(told, WIDTH, initial_indent="  ", subsequent_indent="  ")
        parts.append(f"{answer.question}\n{lines}\n")
    return "".join(parts)


def _same_as_r(study: Study, agreement: pd.DataFrame) -> Answer:
    question = _("Does Python give what R gives?")
    with_r = agreement[agreement["right"].isin(["r", "base-r"])]
    ran = with_r[with_r["level"] != "not-run"]
    if ran.empty:
        reasons = map(recorded, with_r["note"].unique())
        evidence = [_("The R side did not run: {reason}.").format(reason=one) for one in reasons]
        return Answer(question, _("Not tested here"), "open", evidence, "r")
    different = ran[ran["level"] == "different"]
    if len(different):
        verdict = _("Not everywhere: {number} of {all} pairs of runs differ").format(
            number=len(different), all=len(ran)
        )
        differing = [_parting(study, row) for row in different.to_dict("records")]
        return Answer(question, verdict, "bad", _first(differing), "r")
    keras = ran[ran["right"] == "r"]
    worst = max((keras if len(keras) else ran)["level"], key=list(SAME).index)
    evidence = _agreement_evidence(ran) + _other_backends(agreement.drop(with_r.index))
    return Answer(question, _(SAME[worst]), "good", evidence, "r")


def _parting(study: Study, row: dict[Any, Any]) -> str:
    return _("{model}: {left} and {right} part in the {link}.").format(
        model=named(study, row["model"]),
        left=row["left"],
        right=row["right"],
        link=recorded(row["first_difference"]),
    )


def _other_backends(sets: pd.DataFrame) -> list[str]:
    """Whether another arithmetic gives statistically the same, as far as it was tried."""
    ran = sets[sets["level"] != "not-run"]
    if ran.empty:
        return []
    names = _(" and ").join(BACKENDS[right] for right in ran["right"].unique())
    return [
        _(
            "Trained on {backends} as well, {number} of {all} models give equivalent results."
        ).format(backends=names, number=int((ran["level"] == "equivalent").sum()), all=len(ran))
    ]


def _agreement_evidence(ran: pd.DataFrame) -> list[str]:
    keras, plain = ran[ran["right"] == "r"], ran[ran["right"] == "base-r"]
    sentences = []
    if len(keras):
        equal = int((keras["level"] == "bit-identical").sum())
        sentences.append(
            _(
                "{number} of {all} pairs of a Python and an R run are equal in every history "
                "value, weight and prediction."
            ).format(number=equal, all=len(keras))
        )
    if len(plain):
        apart = plain["max_abs_diff_history"].max()
        sentences.append(
            _(
                "Plain R without Keras follows {number} models through an epoch; history values "
                "are at most {apart} apart."
            ).format(number=len(plain), apart=f"{apart:.1g}")
        )
    return sentences


def _claims_hold(claims: pd.DataFrame | None, is_lesson_data: bool) -> Answer:
    # On other data, or with claims that others make, a study judges its own.
    is_lesson = is_lesson_data and (
        claims is None or claims["source"].astype(str).str.startswith(LESSON).all()
    )
    question = _("Do the lesson's claims hold?") if is_lesson else _("Do the study's claims hold?")
    if claims is None:
        evidence = [_("This study decides none; that takes claims and replicates in its settings.")]
        return Answer(question, _("Not asked here"), "none", evidence, "rerun")
    # The lesson looks at its curves where they end: that is what its claims are about.
    at_the_end = claims.drop_duplicates("id", keep="first")
    seeds = _range(claims["num_seeds"])
    judged = (
        _("Judged as the lesson does, after training, over {seeds} seeds.")
        if is_lesson
        else _("Judged after training, over {seeds} seeds.")
    )
    evidence = [judged.format(seeds=seeds)]
    others = at_the_end[at_the_end["verdict"] != "holds"]
    evidence += _first([_exception(row) for row in others.to_dict("records")])
    evidence += _at_the_best_epoch(claims)
    if others.empty:
        verdict = _("Yes, all {number}").format(number=len(at_the_end))
        return Answer(question, verdict, "good", evidence, "claims")
    tone: Tone = "bad" if "does not hold" in set(others["verdict"]) else "open"
    return Answer(question, _counts(at_the_end["verdict"]), tone, evidence, "claims")


def _exception(row: dict[Any, Any]) -> str:
    verdict = word(row["verdict"])
    return f"{verdict[0].upper()}{verdict[1:]}: {recorded(row['claim'])}."


def _at_the_best_epoch(claims: pd.DataFrame) -> list[str]:
    """What becomes of the claims if each network is stopped where it is best."""
    both = claims[claims.duplicated("id", keep=False)]
    if both.empty:
        return []
    best = both[both["at"] == "best"]["verdict"]
    return [
        _("With each network stopped at its best epoch: {counts}.").format(counts=_counts(best))
    ]


def _counts(verdicts: pd.Series) -> str:
    """As `0 hold, 1 undecided`: whether any holds is always said."""
    numbers = Counter(verdicts)
    said = {
        "holds": counted("{number} holds", "{number} hold", numbers["holds"]),
        "does not hold": counted(
            "{number} does not hold", "{number} do not hold", numbers["does not hold"]
        ),
        "undecided": _("{number} undecided"),
    }
    return ", ".join(
        text.format(number=numbers[verdict])
        for verdict, text in said.items()
        if verdict == "holds" or numbers[verdict]
    )


def _first(sentences: list[str]) -> list[str]:
    """As many as leave all three answers on one screen."""
    more = len(sentences) - MOST_SENTENCES
    rest = [_("And {number} more, below.").format(number=more)] if more > 0 else []
    return sentences[:MOST_SENTENCES] + rest


def _range(counts: pd.Series) -> str:
    least, most = counts.min(), counts.max()
    return str(least) if least == most else _("{low} to {high}").format(low=least, high=most)


def _own_runs_agree(my_runs: pd.DataFrame | None) -> Answer:
    question = _("I have R results of my own: do they agree?")
    if my_runs is None:
        evidence = [
            _("Name your keras history, a .csv or .rds file, under my_runs in the settings.")
        ]
        return Answer(question, _("None given"), "none", evidence, "rerun")
    num_agree = int(my_runs["agrees"].sum())
    evidence = _first([recorded(sentence) for sentence in my_runs["sentence"]])
    if num_agree < len(my_runs):
        verdict = _("{number} of {all} agree").format(number=num_agree, all=len(my_runs))
        return Answer(question, verdict, "bad", evidence, "my-runs")
    equal = (my_runs["verdict"] == "identical").all()
    verdict = _("Yes, to the last digit") if equal else _("Yes, like another seed of ours")
    return Answer(question, verdict, "good", evidence, "my-runs")
