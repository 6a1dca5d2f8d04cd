"""Commands in, a table of seconds and memory against the plain tutorial script out.

Everything is timed in this one run, so the ratios hold on any machine. Usage:
bench.py, with PYREG_IMDB naming an imdb.npz, else the cached one. How costs grow: growth.py.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import yaml

from pyreg import config
from pyreg.data import origin

HERE = Path(__file__).parent
CONFIG = HERE.parents[1] / "config" / "config.yaml"
SMALL = ["baseline", "smaller", "l2", "dropout"]
STUDIES = HERE.parents[1] / "workflow" / "studies"
# Study -> its model that plain_layers.py writes in plain Keras.
LAYERED = {"cnn": "dropout", "recurrent": "lstm", "transformer": "transformer"}
ENCODE = """
from pyreg import config, data
from pyreg.data import encoding
settings = config.load({config!r}).data
dataset = data.load(settings)
halves = (dataset.train, dataset.validation)
matrices = [encoding.multi_hot(half, settings.num_words) for half in halves]
"""


@dataclass(frozen=True)
class Cost:
    """What one process took.

    Attributes:
        processor: seconds at work, whatever else ran beside it.
    """

    seconds: float
    processor: float
    megabytes: float
    output: str


def cost(*command: str) -> Cost:
    """Run a command; its wall time and peak memory as the system counts them."""
    started = time.time()
    with tempfile.TemporaryFile("w+") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
        output.seek(0)
        seconds, processor = time.time() - started, usage.ru_utime + usage.ru_stime
        return Cost(seconds, processor, usage.ru_maxrss / 1024, output.read())


def pyreg(*arguments: str) -> Cost:
    return cost(sys.executable, "-m", "pyreg", *arguments)


def row(what: str, measured: float, plain: float, megabytes: float, target: str) -> None:
    print(
        f"| {what} | {measured:.1f} | {plain:.1f} | {measured / plain:.2f} "
        f"| {megabytes:.0f} | {target} |",
        flush=True,
    )


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        bench(str(origin.find(config.Data()).path), Path(folder))


def bench(imdb: str, folder: Path) -> None:
    plain = cost(sys.executable, str(HERE / "plain_python.py"), imdb, *SMALL, "bigger")
    seconds = {line.split()[0]: float(line.split()[1]) for line in plain.output.splitlines()}
    print(f"plain script: {plain.seconds:.1f} s, {plain.megabytes:.0f} MB; {seconds}\n")
    print(
        "| what | s | plain s | ratio | peak MB | target |\n| --- | --- | --- | --- | --- | --- |"
    )
    study = bench_study(imdb, folder)
    encoded = cost(sys.executable, "-c", ENCODE.format(config=str(study)))
    target = "at most 2 s, 600 MB"
    row("npz to encoded matrices", encoded.seconds, seconds["encoded"], encoded.megabytes, target)
    pyreg("data", "prepare", "--config", str(study), "--output-dir", str(folder))
    pyreg(
        "encode", "--config", str(study), "--data", str(folder), "--output", f"{folder}/encoded.npz"
    )
    bench_runs(study, folder, plain.seconds)
    small_plain = sum(seconds[model] for model in SMALL)
    small, peak = at_once(lambda model: replicate(study, folder, model, 10), SMALL)
    row("10 replicates of the four small", small, small_plain, peak, "ratio at most 1.5")
    bigger = replicate(study, folder, "bigger", 10, os.cpu_count() or 1)
    total, total_plain = small + bigger.seconds, small_plain + seconds["bigger"]
    target = "ratio at most 0.33, 3 GB"
    row("10 replicates of all five", total, 10 * total_plain, bigger.megabytes, target)
    bench_recording(imdb)
    bench_layers(imdb, folder)


def bench_study(imdb: str, folder: Path) -> Path:
    """The lesson's study with the data file written into it."""
    study = config.load(CONFIG)
    changed = study.model_copy(update={"data": config.Data(source="file", path=imdb)})
    path = folder / "config.yaml"
    path.write_text(config.dump(changed))
    return path


def bench_runs(study: Path, folder: Path, plain: float) -> None:
    """The five exact runs, as many at once as there are processors."""
    models = yaml.safe_load(study.read_text())["models"]
    # The longest first, as a scheduler would.
    longest_first = sorted(models, key=lambda model: model != "bigger")
    seconds, peak = at_once(lambda model: train(study, folder, model), longest_first)
    row("the five runs", seconds, plain, peak, "ratio at most 1, 2 GB")


def at_once(job: Callable[[str], Cost], models: list[str]) -> tuple[float, float]:
    """Run a job per model, as many at once as there are processors: seconds and peak memory."""
    started = time.time()
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        costs = list(pool.map(job, models))
    return time.time() - started, max(one.megabytes for one in costs)


def train(study: Path, folder: Path, model: str) -> Cost:
    output = folder / "runs" / model
    output.parent.mkdir(exist_ok=True)
    return pyreg(
        *("train", "--config", str(study), "--model", model),
        *("--data", str(folder), "--output", str(output)),
    )


def replicate(study: Path, folder: Path, model: str, count: int, threads: int = 1) -> Cost:
    return pyreg(
        *("replicate", "--config", str(study), "--model", model, "--seeds", f"1-{count}"),
        *("--threads", str(threads)),
        *("--encoded", f"{folder}/encoded.npz", "--output", f"{folder}/replicates-{model}-{count}"),
    )


def bench_recording(imdb: str) -> None:
    """The lesson as an R script, recorded as `pyreg port` does it, against R alone."""
    command = (sys.executable, str(HERE / "recording.py"))
    plain, recorded = (
        cost(*command, how, imdb, str(HERE / "lesson.R")) for how in ("plain", "recorded")
    )
    target = "ratio at most 1.05"
    row(
        "recording an R script, against R alone",
        recorded.seconds,
        plain.seconds,
        recorded.megabytes,
        target,
    )


def bench_layers(imdb: str, folder: Path) -> None:
    """A convolutional, a recurrent and an attention network, each against a plain Keras script."""
    for name, model in LAYERED.items():
        samples = folder / name
        study = layered_study(name, imdb, samples)
        maxlen = str(config.load(study).data.maxlen)
        plain = cost(sys.executable, str(HERE / "plain_layers.py"), name, imdb, maxlen)
        trained = train(study, samples, model)
        what = f"a network of the study {name}"
        row(what, trained.seconds, plain.seconds, trained.megabytes, "ratio at most 1, 2 GB")


def layered_study(name: str, imdb: str, folder: Path) -> Path:
    """The file of a study in small, as plain_layers.py has it; its samples go to `folder`."""
    content = yaml.safe_load((STUDIES / f"{name}.yaml").read_text())
    reviews = {**content["data"], "source": "file", "path": imdb, "num_reviews": 2000}
    content |= {"epochs": 3, "data": {"source": "digits"} if name == "cnn" else reviews}
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.yaml"
    path.write_text(config.dump(config.load(content)))
    pyreg("data", "prepare", "--config", str(path), "--output-dir", str(folder))
    given = ("--config", str(path), "--data", str(folder), "--output", str(folder / "encoded.npz"))
    pyreg("encode", *given)
    return path


if __name__ == "__main__":
    main()
