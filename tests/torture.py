"""The small study, killed at random moments and completed: the same bytes as one left in peace.

    make torture            five rounds; ROUNDS=20 SEED=2 for more and for others

By hand, as it takes some minutes a round. What is killed: snakemake alone, whose jobs go on and meet
their successors; all processes at once; or all, asked to end. A round has up to three kills.
"""

import argparse
import hashlib
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
STUDY = ROOT / "workflow" / "studies" / "small.yaml"
COMPARED = [
    *(
        f"runs/**/{name}"
        for name in ("history.csv", "history.rds", "predictions.npz", "weights.npz")
    ),
    *("replicates/**/history.csv", "replicates/**/predictions.npz"),
    *("tables/*", "figures/*", "numbers/*", "report.html"),
]
WAYS = {
    "snakemake alone, SIGKILL": (os.kill, signal.SIGKILL),
    "all, SIGKILL": (os.killpg, signal.SIGKILL),
    "all, SIGTERM": (os.killpg, signal.SIGTERM),
    "all, Ctrl-C": (os.killpg, signal.SIGINT),
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    generator = random.Random(arguments.seed)
    failures = kills = 0
    with tempfile.TemporaryDirectory(prefix="pyreg-torture-") as name:
        peace = Path(name) / "peace"
        started = time.monotonic()
        expected = completed(peace)
        seconds = time.monotonic() - started
        print(f"in peace: {len(expected)} files, {seconds:.0f} s", flush=True)
        for number in range(1, arguments.rounds + 1):
            folder = Path(name) / f"round-{number}"
            ways = [killed(folder, generator, seconds) for _ in range(generator.randint(1, 3))]
            kills += len([way for way in ways if way])
            found = completed(folder)
            problems = differing(expected, found) + left_behind(folder)
            failures += bool(problems)
            told = "the same bytes" if not problems else f"FAILED: {problems[:5]}"
            print(
                f"round {number}: {'; '.join(filter(None, ways)) or 'no kill in time'}: {told}",
                flush=True,
            )
    print(f"{kills} kills in {arguments.rounds} rounds, {failures} rounds failed")
    return min(failures, 1)


def snakemake(folder: Path, *arguments: str) -> list[str]:
    folder.mkdir(exist_ok=True)
    return [
        *(str(Path(sys.executable).parent / "snakemake"), "--snakefile", str(ROOT / "Snakefile")),
        *("--workflow-profile", str(ROOT / "profiles" / "default"), "--directory", str(folder)),
        *("--configfile", str(STUDY), "--cores", "all", *arguments),
    ]


def killed(folder: Path, generator: random.Random, seconds: float) -> str | None:
    """Start the study, end it at a random moment; how, or None if it was done before that."""
    subprocess.run(snakemake(folder, "--unlock"), capture_output=True, check=False)
    way, after = generator.choice([*WAYS]), generator.uniform(2, seconds)
    process = subprocess.Popen(
        snakemake(folder), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    try:
        process.wait(timeout=after)
        return None
    except subprocess.TimeoutExpired:
        kill, number = WAYS[way]
        kill(process.pid, number)
        process.wait()
        return f"{way} after {after:.0f} s"


def completed(folder: Path) -> dict[str, str]:
    """As docs/troubleshooting.md says: unlock, then the same command again. Digests of the results."""
    subprocess.run(snakemake(folder, "--unlock"), capture_output=True, check=False)
    done = subprocess.run(snakemake(folder), capture_output=True, text=True, check=False)
    if done.returncode != 0:
        print(done.stderr[-2000:])
        return {}
    results = folder / "results" / "small"
    return {
        str(path.relative_to(results)): hashlib.sha256(timeless(path)).hexdigest()
        for pattern in COMPARED
        for path in sorted(results.glob(pattern))
    }


def timeless(path: Path) -> bytes:
    """A file's bytes; the report's without what it says of the time that the study took."""
    if path.name != "report.html":
        return path.read_bytes()
    before, section, after = path.read_bytes().partition(b'<section id="time"')
    assert section
    return before + after.partition(b"</section>")[2]


def differing(expected: dict[str, str], found: dict[str, str]) -> list[str]:
    return [name for name in sorted(expected | found) if expected.get(name) != found.get(name)]


def left_behind(folder: Path) -> list[str]:
    """Half-written files; a job that outlived its snakemake may still be at one."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        found = [str(path) for path in (folder / "results").rglob(".*incomplete*")]
        if not found:
            break
        time.sleep(2)
    return found


if __name__ == "__main__":
    sys.exit(main())
