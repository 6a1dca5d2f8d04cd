# The study's settings, where its results lie, and what a step's results depend on.
from pathlib import Path

from pyreg import plan

STUDY = plan.load_or_exit(config)
R_MISSING = plan.r_missing_or_exit(STUDY)


report: "../report/workflow.rst"


wildcard_constraints:
    engine="python|r|base-r",
    model="|".join(STUDY.models),
    shuffle="per-epoch|keras",
    seed=r"\d+",
    kind="replicates(-jax|-torch)?",
    first=r"\d+",
    last=r"\d+",
    held_out=r"fold-\d+|validation",


onstart:
    plan.save_settings(STUDY)


def results(path):
    return f"results/{STUDY.study}/{path}"


def log_of(path):
    return results(f"logs/{path}.log")


def benchmark_of(path):
    return results(f"benchmarks/{path}.tsv")


def run_folder(key):
    return str(key.folder(results("")))


def histories_of(sets):
    """history.csv of every batch of these sets of replicates."""
    batches = [plan.batch_folders(STUDY, one, results("")) for one in sets]
    return [str(folder / "history.csv") for folders in batches for folder in folders]


def code(*patterns):
    """Files that results depend on besides data: an edit of one runs the step again."""
    root = Path(workflow.basedir)
    return sorted(str(path) for pattern in patterns for path in root.glob(pattern))


# Each step reads the saved settings, and names in its params those that its results depend on:
# a new figure width never trains a model again.
CONFIG = results("config.yaml")
ENVIRONMENT = "../../environment.yml"
