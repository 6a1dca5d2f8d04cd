"""A run's folder in, its network in every smaller form and the table of what each costs out."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import keras
import pandas as pd

from pyreg import config, files
from pyreg.compression.forms import PRUNED, QUANTIZED, pruned, quantized
from pyreg.compression.measures import BATCH, measure, median_milliseconds
from pyreg.data import encoding
from pyreg.engines import saved
from pyreg.errors import InputError
from pyreg.records.integrity import verified
from pyreg.records.layout import Layout, RecordFolder
from pyreg.records.run import read_info

ORIGINAL = "original"
NOISE = 1.1  # of times; what lies within is no difference
Form = tuple[str, Callable[[], keras.Model]]


def compress(run: Path, output: Path, epochs: int) -> pd.DataFrame:
    """Write FORM.keras of every form and compression.csv, all or none.

    Args:
        run: `results/<study>/runs/.../seed-N`, whose study's data lie where it left them.
        epochs: how long a pruned network is trained further.

    Returns:
        the table, with a row for each form, the original first.

    Raises:
        InputError: there is no network of classes, or its data are gone.
    """
    record, layout = RecordFolder(run), Layout.of_run(run)
    if not record.model.exists() or not layout.config.exists():
        raise InputError(
            f"{run} holds no model.keras in a study's results; expected the folder of a run that "
            "Keras trained, such as results/imdb/runs/python/dropout/per-epoch/seed-1"
        )
    study, info = config.load(layout.config), read_info(record.info)
    if study.task == "regression":
        raise InputError("got a network that predicts values, expected one of classes")
    half = study.models[info["model"]].half
    data = encoding.read_for_run(layout.data.encoded, study.data, info["seed"], half)

    def load() -> keras.Model:
        return keras.saving.load_model(verified(record.model))

    x, y = data.x_validation, data.y_validation
    rows, models = [], []
    original = load().predict(x, batch_size=BATCH, verbose=0)
    with files.atomic_folder(output) as folder:
        for name, make in _forms(load, data, epochs, study.batch_size, info["seed"]):
            model = make()
            (folder / f"{name}.keras").write_bytes(saved.without_optimizer(model))
            rows.append({"form": name, **measure(model, original, x, y)})
            models.append(model)
        table = pd.DataFrame(rows).assign(
            ms_one=median_milliseconds(models, x[:1]),
            ms_batch=median_milliseconds(models, x[:BATCH]),
        )
        files.write_csv(folder / "compression.csv", table)
    return table


def _forms(
    load: Callable[[], keras.Model],
    data: encoding.Encoded,
    epochs: int,
    batch_size: int,
    seed: int,
) -> Iterator[Form]:
    yield ORIGINAL, load
    for mode in QUANTIZED:
        yield mode, partial(quantized, load, mode)
    further = {"epochs": epochs, "batch_size": batch_size, "seed": seed}
    for share in PRUNED:
        yield f"pruned-{round(100 * share)}", partial(pruned, load, share, data, **further)


def sentences(table: pd.DataFrame) -> Iterator[str]:
    """What came of each form, also where it is not smaller, not faster or less accurate."""
    first = table.iloc[0]
    for _, row in table.iloc[1:].iterrows():
        size = _ratio(row["bytes_packed"] / first["bytes_packed"], "smaller", "larger")
        speed = _ratio(row["ms_one"] / first["ms_one"], "faster", "slower")
        if row["difference_high"] < 0:
            accuracy = "less accurate"
        elif row["difference_low"] > 0:
            accuracy = "more accurate"
        else:
            accuracy = "as accurate as far as these samples tell"
        yield (
            f"{row['form']}: packed {size}, one sample {speed}; accuracy {row['accuracy']:.4f}, "
            f"{accuracy} (difference {row['difference_low']:+.4f} to "
            f"{row['difference_high']:+.4f}); {row['changed']:.1%} of the answers changed"
        )


def _ratio(ratio: float, less: str, more: str) -> str:
    if 1 / NOISE < ratio < NOISE:
        return f"not {less}"
    return f"{1 / ratio:.1f} times {less}" if ratio < 1 else f"{ratio:.1f} times {more}"
