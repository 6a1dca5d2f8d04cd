"""Levels of agreement and verdicts as records name them in, the words that a reader sees out."""

from pyreg.wording.language import N_, _

LEVELS = {
    "bit-identical": N_("bit-identical"),
    "within-tolerance": N_("within tolerance"),
    "equivalent": N_("equivalent"),
    "different": N_("different"),
    "not-run": N_("not run"),
}
VERDICTS = {
    "holds": N_("holds"),
    "does not hold": N_("does not hold"),
    "undecided": N_("undecided"),
}
OWN_VERDICTS = {
    "identical": N_("identical"),
    "inside": N_("inside"),
    "outside": N_("outside"),
}
PORT_VERDICTS = {
    "differs-from-itself": N_("differs from itself"),
    "not-compared": N_("nothing compared"),
}
EPOCHS = {"last": N_("last"), "best": N_("best")}
QUANTITIES = {
    "validation": N_("validation"),
    "training": N_("training"),
    "gap": N_("gap"),
    "best_epoch": N_("best epoch"),
}
WORDS = {**LEVELS, **VERDICTS, **OWN_VERDICTS, **PORT_VERDICTS, **EPOCHS, **QUANTITIES}


def word(value: object) -> str:
    """What a table's cell says, in words; as it stands where it is none of these."""
    return _(WORDS.get(str(value), str(value)))
