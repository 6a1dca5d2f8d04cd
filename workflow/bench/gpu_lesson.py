"""Encoded reviews in; how fast replicates train on a GPU and whether the CPU's agree, out.

Each measurement is a process of its own, so that its peak memory is its own. Started by
`workflow/bench/gpu`, which says how.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__)
ROOT = HERE.parents[2]
REFERENCE = ROOT / "results" / "reference"
SEEDS = 10  # as many as the reference has
GROWTH = {10: 4, 100: 4, 1000: 2}  # replicates of baseline -> epochs
MOST_SECONDS = 480  # of all; what does not fit is said to be left out


def main(encoded: str, output: str, *options: str) -> None:
    quick = "--quick" in options  # to see that it works, on any machine
    deadline = time.time() + MOST_SECONDS
    rows: list[dict[str, Any]] = []
    for model, count, epochs in jobs(quick):
        name = f"{count} replicates of {model}, {epochs} epochs"
        command = [sys.executable, str(HERE), "one", encoded, model, str(count), str(epochs)]
        command += ["--quick"] if quick else []
        rows.append({"what": name, **measured(command, deadline - time.time())})
        print(rows[-1], flush=True)
        write(rows, Path(output))  # each time: a lent machine may go before the last is measured
    print("\n".join(table(rows)))


def write(rows: list[dict[str, Any]], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "gpu.json").write_text(json.dumps(rows, indent=1) + "\n")
    (folder / "gpu.md").write_text("\n".join(table(rows)) + "\n")


def measured(command: list[str], seconds: float) -> dict[str, Any]:
    """What a process says in its last line, or why it is left out; killed after so many seconds."""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=max(seconds, 0)
        )
    except subprocess.TimeoutExpired:
        return {"left_out": "no time left"}
    if done.returncode:
        # A process that the system kills, for its memory, says nothing.
        said = done.stderr.strip().splitlines() or [f"ended with {done.returncode}"]
        return {"left_out": said[-1]}
    return dict(json.loads(done.stdout.splitlines()[-1]))


def jobs(quick: bool) -> Iterator[tuple[str, int, int]]:
    """Models of the lesson, numbers of replicates and epochs."""
    if quick:
        yield from [("baseline", 3, 2), ("dropout", 3, 2)]
        return
    for model in ("baseline", "smaller", "l2", "dropout", "bigger"):
        yield model, SEEDS, 20
    for count, epochs in GROWTH.items():
        yield "baseline", count, epochs


def one(encoded: str, model: str, count: str, epochs: str, *options: str) -> None:
    """Train in this process; the last line printed is what came of it."""
    from pyreg import config
    from pyreg.engines import runtime

    runtime.set_up("auto", threads=os.cpu_count() or 1, backend="jax")
    import jax

    from pyreg.replicates import train

    study = config.load(ROOT / "config" / "config.yaml")
    study = study.model_copy(update={"epochs": int(epochs)})
    start = time.time()
    runs = train.train(study, model, "per-epoch", range(1, int(count) + 1), encoded)
    seconds = time.time() - start
    found = {
        "device": runs.info["device_name"],
        "versions": runs.info["versions"],
        "replicates": int(count),
        "epochs": int(epochs),
        "seconds": round(seconds, 1),
        "replicate_epochs_per_second": round(int(count) * int(epochs) / seconds, 2),
        "peak_device_mb": peak_megabytes(jax.devices()[0]),
    }
    is_comparable = int(epochs) == 20 and int(count) == SEEDS and "--quick" not in options
    print(json.dumps({**found, **(agreement(study, runs.history) if is_comparable else {})}))


def peak_megabytes(device: Any) -> float | None:
    """Of the GPU's memory; None where the device does not tell."""
    stats = device.memory_stats() or {}
    return round(stats["peak_bytes_in_use"] / 2**20) if "peak_bytes_in_use" in stats else None


def agreement(study: Any, history: Any) -> dict[str, Any]:
    """The equivalence test against the CPU's replicates of the reference."""
    from pyreg.agreement import equivalence
    from pyreg.records.layout import Layout, ReplicateSet
    from pyreg.records.replicates import read_histories

    name = str(history["model"].iloc[0])
    reference = read_histories(Layout(REFERENCE).batches(ReplicateSet(name, "per-epoch")))
    compared = equivalence.compare(history, reference, study.margins)
    return {
        "verdict": equivalence.verdict(compared),
        "agreement": [equivalence.sentence(row) for row in compared.to_dict("records")],
    }


def table(rows: list[dict[str, Any]]) -> Iterator[str]:
    columns = "seconds | replicate-epochs a second | peak on the device (MB) | against the CPU"
    yield f"| what | {columns} |"
    yield "| --- | --- | --- | --- | --- |"
    for row in rows:
        if "left_out" in row:
            yield f"| {row['what']} | left out: {row['left_out']} | | | |"
        else:
            shown = [row["seconds"], row["replicate_epochs_per_second"], row["peak_device_mb"]]
            cells = " | ".join("–" if value is None else str(value) for value in shown)
            yield f"| {row['what']} | {cells} | {row.get('verdict', '')} |"


if __name__ == "__main__":
    run, arguments = (one, sys.argv[2:]) if sys.argv[1] == "one" else (main, sys.argv[1:])
    run(*arguments)
