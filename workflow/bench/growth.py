"""A study that grows in; seconds and memory of its jobs at each size, and how fast both grow, out.

One thing grows at a time: replicates, words, training reviews. Each job is a process of its own,
one after the other; some ten minutes on two quiet cores. Usage: growth.py [--quick] [FOLDER], with
PYREG_IMDB naming an imdb.npz, else the cached one. FOLDER: for growth.csv, growth.png and the like.
"""

import argparse
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import plotnine as p9
from bench import CONFIG, Cost, pyreg, replicate
from scipy import optimize

from pyreg import config
from pyreg.data import Reviews, origin, read_dataset, save_dataset
from pyreg.engines import runtime
from pyreg.figures import theme
from pyreg.figures.save import Drawing, Words, our_settings, save

MODEL = "baseline"
EPOCHS = 3  # an epoch costs as much as the others: all of it shall take ten minutes
SEEDS = 10  # side by side, where something else grows
DROPPED = 0.1  # of the words, in each repetition of the reviews
SIZES = {
    "replicates": [1, 2, 5, 10, 20, 50, 100, 200],
    "words": [5_000, 10_000, 20_000, 50_000],
    "repetitions": [1, 2, 4, 8, 16],  # of the 25,000 training reviews
}
QUICK = {"replicates": [1, 2, 3, 4], "words": [500, 1000, 2000, 4000], "repetitions": [1, 2, 3, 4]}
COLOURS = {"encoding": "#E69F00", "training": "#0072B2"}
SHAPES = {"encoding": "^", "training": "o"}
# Processor time, as wall time depends on what else runs.
MEASURES = {"processor": "Processor time (s)", "megabytes": "Peak memory (MB)"}
HEIGHT = 110  # mm

Row = Mapping[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", nargs="?", type=Path, default=Path("results/bench"))
    parser.add_argument("--quick", action="store_true", help="400 reviews: does it run?")
    arguments = parser.parse_args()
    print(f"{runtime.cpu()['model']}; {MODEL}, {EPOCHS} epochs, one thread\n")
    print("| grows | size | job | s | processor s | peak MB |\n" + "| --- " * 6 + "|")
    with tempfile.TemporaryDirectory() as folder:
        table = pd.DataFrame(told(measured(Path(folder), arguments.quick)))
    arguments.folder.mkdir(parents=True, exist_ok=True)
    save(drawing(table), arguments.folder, "growth", ["png", "svg"])
    print("\n" + "\n".join(summary(table)))


def measured(folder: Path, quick: bool) -> Iterator[Row]:
    """A row for each job at each size."""
    sizes, num_reviews = (QUICK, 400) if quick else (SIZES, None)
    usual = prepared(folder / "usual", num_reviews=num_reviews)
    encode(usual)
    for count in sizes["replicates"]:
        yield row("replicates", count, "training", train(usual, count))
    for num_words in sizes["words"]:
        one = prepared(folder / f"words-{num_words}", num_reviews=num_reviews, num_words=num_words)
        yield from both_jobs("words", num_words, one)
    dataset = read_dataset(usual)
    for times in sizes["repetitions"]:
        reviews = repeated(dataset.reviews[0], times)
        one = folder / f"repetitions-{times}"
        save_dataset(one, replace(dataset, train=reviews))
        write_study(one, num_reviews=num_reviews)
        yield from both_jobs("reviews", len(reviews), one)


def prepared(folder: Path, **data: Any) -> Path:
    """A folder with a study, the lesson's but for these settings of its data, and its samples."""
    folder.mkdir()
    study = write_study(folder, **data)
    pyreg("data", "prepare", "--config", str(study), "--output-dir", str(folder))
    return folder


def write_study(folder: Path, **data: Any) -> Path:
    path = folder / "config.yaml"
    file = {"source": "file", "path": str(origin.find(config.Data()).path)}
    study = config.load(CONFIG)
    settings = study.data.model_copy(update={**file, **data})
    path.write_text(config.dump(study.model_copy(update={"data": settings, "epochs": EPOCHS})))
    return path


def both_jobs(grows: str, size: int, folder: Path) -> Iterator[Row]:
    yield row(grows, size, "encoding", encode(folder))
    yield row(grows, size, "training", train(folder, SEEDS))


def encode(folder: Path) -> Cost:
    given = ("--config", f"{folder}/config.yaml", "--data", str(folder))
    return pyreg("encode", *given, "--output", f"{folder}/encoded.npz")


def train(folder: Path, count: int) -> Cost:
    return replicate(folder / "config.yaml", folder, MODEL, count)


def row(grows: str, size: int, job: str, cost: Cost) -> Row:
    known = {name: value for name, value in asdict(cost).items() if name != "output"}
    return {"grows": grows, "size": size, "job": job, **known}


def told(rows: Iterator[Row]) -> Iterator[Row]:
    """The same rows, each printed as soon as it is known."""
    for one in rows:
        costs = f"{one['seconds']:.1f} | {one['processor']:.1f} | {one['megabytes']:.0f}"
        print(f"| {one['grows']} | {one['size']:,} | {one['job']} | {costs} |", flush=True)
        yield one


def repeated(reviews: Reviews, times: int) -> Reviews:
    """The reviews over and over; from the second time on with words dropped at random."""
    generator = np.random.default_rng(1)
    copies = [reviews, *(thinned(reviews, generator) for _ in range(times - 1))]
    lengths = np.concatenate([copy.lengths for copy in copies])
    return Reviews(
        np.concatenate([copy.indices for copy in copies]),
        np.concatenate([[0], np.cumsum(lengths)]),
        np.tile(reviews.labels, times),
    )


def thinned(reviews: Reviews, generator: np.random.Generator) -> Reviews:
    """Reviews without some of their words."""
    is_kept = generator.random(len(reviews.indices)) >= DROPPED
    num_kept = np.concatenate([[0], np.cumsum(is_kept)])
    return Reviews(reviews.indices[is_kept], num_kept[reviews.offsets], reviews.labels)


def exponent(sizes: Sequence[float], costs: Sequence[float]) -> tuple[float, float]:
    """How costs grow beyond what every job pays: fixed + share * size ** exponent.

    Returns:
        The exponent (1: in proportion, at most 3) and its standard error; by least squares of
        deviations relative to the costs.
    """
    values = np.asarray(costs, dtype=float)
    (_, _, power), covariance = optimize.curve_fit(
        lambda x, fixed, share, power: fixed + share * x**power,
        np.asarray(sizes) / sizes[0],
        values,
        p0=(values[0] / 2, values[0] / 2, 1),
        sigma=values,
        bounds=(0, [np.inf, np.inf, 3]),
    )
    return float(power), float(np.sqrt(covariance[2, 2]))


def summary(table: pd.DataFrame) -> Iterator[str]:
    """From the least to the greatest size: how many times the cost; and the exponents."""
    yield "| grows | job | size | processor time | exponent | memory | exponent |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for (grows, job), rows in table.groupby(["grows", "job"], sort=False):
        cells = [f"{ratio(rows['size']):.0f} times"]
        for measure in MEASURES:
            power, error = exponent(rows["size"].tolist(), rows[measure].tolist())
            cells += [f"{ratio(rows[measure]):.1f} times", f"{power:.2f} ± {error:.2f}"]
        yield f"| {grows} | {job} | {' | '.join(cells)} |"


def ratio(values: pd.Series) -> float:
    return float(values.iloc[-1] / values.iloc[0])


def drawing(table: pd.DataFrame) -> Drawing:
    """Every cost against its size, beside growth in proportion from the least size on."""
    long = table.melt(["grows", "size", "job"], list(MEASURES), "measure", "cost")
    first = long.groupby(["grows", "job", "measure"])[["size", "cost"]].transform("first")
    long["proportional"] = first["cost"] * long["size"] / first["size"]
    panels = [f"{word}: {grows}" for word in MEASURES.values() for grows in table["grows"].unique()]
    names = long["measure"].map(MEASURES) + ": " + long["grows"]
    long["panel"] = pd.Categorical(names, panels)
    plot = (
        p9.ggplot(long, p9.aes("size", "cost", color="job", shape="job"))
        + p9.geom_line(p9.aes(y="proportional", group="job"), color="#999999", linetype="dotted")
        + p9.geom_line(size=0.5)
        + p9.geom_point(size=1.4, stroke=0.2)
        + p9.scale_color_manual(COLOURS)
        + p9.scale_shape_manual(SHAPES)
        + p9.scale_x_log10(name="", labels=in_short)
        + p9.scale_y_log10(name="", labels=in_short)
        + p9.facet_wrap("panel", ncol=3, scales="free")
    )
    with our_settings():
        plot += theme.theme(config.load(CONFIG), HEIGHT)
    words = Words(
        "What growth costs",
        f"{MODEL}, {EPOCHS} epochs, one thread; {SEEDS} replicates where words or reviews grow",
        "Each job is a process of its own. Dotted: in proportion to the least size.",
    )
    return Drawing(plot, long.drop(columns="panel"), words)


def in_short(values: Sequence[float]) -> list[str]:
    """Numbers as narrow panels have room for: 5k is 5,000."""
    return [f"{value / 1000:g}k" if value >= 1000 else f"{value:g}" for value in values]


if __name__ == "__main__":
    main()
