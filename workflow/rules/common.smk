# The study's settings, where its results lie, and what a step's results depend on.
import os
import re
from pathlib import Path

from pyreg import workflow as glue
from pyreg.records.layout import Layout
from pyreg.study import parts, plan
from pyreg.study.code import code_of

# Used as a module, the configuration is a part of another workflow's, whose files are its own.
IS_OURS = "models" in workflow.config
STUDY = glue.load_or_exit(config, workflow.configfiles if IS_OURS else [])
R_MISSING = glue.r_missing_or_exit(STUDY)
PORTED = glue.scripts_or_exit(STUDY) if R_MISSING is None else {}
LAYOUT = Layout.of_study(STUDY.study)


report: "../report/workflow.rst"


wildcard_constraints:
    engine="python|r|base-r",
    model="|".join(map(re.escape, STUDY.models)),
    shuffle="per-epoch|keras",
    seed=r"\d+",
    kind="replicates(-jax|-torch)?",
    first=r"\d+",
    last=r"\d+",
    held_out=r"fold-\d+|validation",


def code(*modules):
    """The code that a step's results depend on: an edit of a file of it runs the step again."""
    here = Path.cwd()
    paths = code_of(*modules)
    return [
        str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
        for path in paths
    ]


def batches_of(sets):
    """The records of every batch of these sets of replicates."""
    return [record for one in sets for record in plan.batches(STUDY, LAYOUT, one)]


def begun(model, engine="python"):
    """The study with the file that a model begins with, if it begins with another one's weights."""
    return plan.with_weights(STUDY, LAYOUT, model, engine)


def weights_of(model, engine="python"):
    """That file, or the user's own; none for a model that begins anew."""
    file = begun(model, engine).models[model].weights
    return [os.path.expanduser(file)] if file else []


ENVIRONMENT = "../../environment.yml"


RUN_KEYS = plan.runs(STUDY, with_r=R_MISSING is None)
REPLICATES = batches_of(plan.replicate_sets(STUDY))


def files_of(record, engine):
    """The files of a run's record: with the network itself where Keras trained it."""
    return record.of_run if engine == "base-r" else record.of_keras_run


def files_of_batch(record):
    """The files of a batch of replicates: with the networks where the study keeps them."""
    return record.of_saved_batch if STUDY.save_models else record.of_batch
