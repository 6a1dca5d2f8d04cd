"""A study's settings and encoded samples in; its claims, decided by seeds trained with JAX, out.

For a machine with a GPU that has neither TensorFlow nor R. Started by `workflow/bench/gpu`, which
says how.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pandas as pd

from pyreg import config, files
from pyreg.records.layout import Layout, ReplicateSet
from pyreg.records.replicates import read_histories
from pyreg.records.run import read_info
from pyreg.statistics import claims

# Several jobs share one GPU: none takes all of its memory, and what one compiled serves the others.
SHARED = {
    "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
    "JAX_COMPILATION_CACHE_DIR": str(Path(tempfile.gettempdir()) / "pyreg-compiled"),
    "JAX_PERSISTENT_COMPILATION_CACHE_MIN_COMPILE_TIME_SECS": "0",
}


def main(results: str, output: str, seeds: str, jobs: str, seconds: str) -> None:
    """Train seeds 1 to `seeds`, so many jobs at once, each of one model and seed, and decide.

    What does not fit into `seconds` is left out; all models are judged by the same seeds, but for
    those that have none.
    """
    layout, deadline = Layout(Path(results)), time.time() + float(seconds)
    study = config.load(layout.config)
    # A network that begins with another's weights needs that one's exact run.
    models = [name for name, model in study.models.items() if not model.weights_of]
    with ThreadPoolExecutor(int(jobs)) as pool:
        for seed in range(1, int(seeds) + 1):
            for model in models:
                pool.submit(train, study, layout, model, seed, deadline)
    sets = {model: ReplicateSet(model, study.shuffle, "jax") for model in models}
    found = {model: set(layout.batch_seeds(one)) for model, one in sets.items()}
    found = {model: of_model for model, of_model in found.items() if of_model}
    complete = set.intersection(*found.values()) if found else set()
    if not complete:
        sys.exit(f"no seed was trained by all of {', '.join(found) or 'the models'}; more seconds?")
    records = [layout.batch(sets[model], each) for model in found for each in sorted(complete)]
    history = read_histories(records)
    decided = [one for one in study.claims if {one.left, one.right} <= {*found, None}]
    table = claims.decide(decided, history, study.confidence)
    folder = Path(output)
    files.write_csv(folder / f"{study.study}-claims.csv", table)
    files.write_csv(folder / f"{study.study}-history.csv", history)
    said = summary([read_info(batch.info) for batch in records], len(complete))
    files.write_json(folder / f"{study.study}.json", said)
    print(json.dumps(said))
    print(table[["id", "at", "estimate", "ci_low", "ci_high", "verdict"]].to_string(index=False))


def train(study: config.Study, layout: Layout, model: str, seed: int, deadline: float) -> None:
    output = layout.batch(ReplicateSet(model, study.shuffle, "jax"), (seed, seed)).folder
    command = [sys.executable, "-m", "pyreg", "replicate", "--config", "-", "--backend", "jax"]
    command += ["--model", model, "--seeds", str(seed), "--shuffle", study.shuffle]
    command += ["--encoded", str(layout.data.encoded), "--output", str(output)]
    try:
        subprocess.run(
            command,
            input=config.dump(study),
            text=True,
            capture_output=True,
            check=True,
            timeout=max(deadline - time.time(), 0),
            env={**os.environ, **SHARED},
        )
    except subprocess.TimeoutExpired:
        return
    except subprocess.CalledProcessError as error:
        print(f"{model}, seed {seed}: {error.stderr[-500:]}", flush=True)


def summary(infos: list[dict[str, Any]], num_seeds: int) -> dict[str, Any]:
    times = pd.DataFrame([{"model": i["model"], **i["times"]} for i in infos])
    return {
        "device": infos[0]["device_name"],
        "versions": infos[0]["versions"],
        "seeds": num_seeds,
        "median_seconds_of_a_run": times.groupby("model")["seconds"].median().round(1).to_dict(),
    }


if __name__ == "__main__":
    main(*sys.argv[1:])
