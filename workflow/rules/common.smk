# The study's settings, where its results lie, and what a step's results depend on.
from pyreg import plan

STUDY = plan.load_or_exit(config)
R_MISSING = plan.r_missing_or_exit(STUDY)


report: "../report/workflow.rst"


wildcard_constraints:
    engine="python|r|base-r",
    model="|".join(STUDY.models),
    shuffle="per-epoch|keras",
    seed=r"\d+",
    first=r"\d+",
    last=r"\d+",


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


# The saved settings are named in the shell command only: what a step depends on stands in
# its params, so that a new figure width never trains a model again.
CONFIG = results("config.yaml")

# Code that results depend on is an input: an edit runs the step again.
DATA_CODE = ["pyreg/data", "pyreg/commands/data.py"]
TRAIN_CODE = ["pyreg/train.py", "pyreg/models.py", "pyreg/encode.py", "pyreg/shuffle.py"]
R_CODE = ["pyreg/rbridge", "R/lesson.R", "R/build_model.R", "R/keras_verbs.R"]
