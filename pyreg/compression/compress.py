"""A run's folder in, its network in every smaller form and the table of what each costs out."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import keras
import pandas as pd

from pyreg import config, files
from pyreg.compression import exports
from pyreg.compression.forms import PRUNED, QUANTIZED, pruned, quantized, unquantized
from pyreg.compression.measures import (
    BATCH,
    Network,
    measure,
    median_milliseconds,
    predict,
    share_of_zeros,
)
from pyreg.config import Study
from pyreg.data import encoding
from pyreg.engines import saved
from pyreg.errors import InputError
from pyreg.records.integrity import verified
from pyreg.records.layout import CompressedFolder, Layout, RunKey
from pyreg.records.network import expected, of_network
from pyreg.records.run import read_info

ORIGINAL = "original"
NOISE = 1.1  # of times; what lies within is no difference
Form = tuple[str, Callable[[], keras.Model]]
Row = dict[str, Any]  # of the table
Judged = Callable[[str, bytes, Network], Row]


def study_of(run: Path) -> Study:
    """The study that a run lies in."""
    layout = Layout.of_run(of_network(run).folder)
    if not layout.config.exists():
        raise InputError(f"{run} lies in no study's results; {expected()}")
    return config.load(layout.config)


def compress(
    run: Path,
    study: Study,
    output: Path,
    epochs: int,
    formats: Sequence[str] = (),
    tell: Callable[[str], None] = print,
) -> pd.DataFrame:
    """Write FORM.keras of every form and compression.csv, all or none.

    Args:
        run: `results/<study>/runs/.../seed-N`, whose study's data lie where it left them.
        epochs: how long a pruned network is trained further.
        formats: in which the network is exported as well; of `exports.FORMATS`.
        tell: takes a line about a format that cannot hold this network.

    Returns:
        the table, with a row for each form, the original first.

    Raises:
        InputError: there is no network of classes, or its data are gone.
    """
    record, layout = of_network(run), Layout.of_run(run)
    info = read_info(record.info)
    if study.task == "regression":
        raise InputError("got a network that predicts values, expected one of classes")
    key = RunKey.of_info(info)
    data = encoding.read_for_run(layout.data.encoded, study, key)

    def load() -> keras.Model:
        return keras.saving.load_model(verified(record.model))

    original = predict(load(), data.x_validation)

    def judged(name: str, content: bytes, network: Network) -> Row:
        answers = predict(network, data.x_validation)
        return {"form": name, **measure(content, answers, original, data.y_validation)}

    with files.atomic_folder(output) as folder:
        forms = _forms(load, data, epochs, study.batch_size, info["seed"])
        made = [*_smaller(forms, judged, folder), *_exported(formats, load, judged, folder, tell)]
        rows, networks = zip(*made, strict=True)
        table = pd.DataFrame(rows).assign(
            ms_one=median_milliseconds(networks, data.x_validation[:1]),
            ms_batch=median_milliseconds(networks, data.x_validation[:BATCH]),
        )
        files.write_csv(CompressedFolder(folder).table, table)
    return table


def _smaller(forms: Iterable[Form], judged: Judged, folder: Path) -> Iterator[tuple[Row, Network]]:
    """Each form of Keras' own, written."""
    for name, make in forms:
        model = make()
        content = saved.without_optimizer(model)
        CompressedFolder(folder).network(name).write_bytes(content)
        kept = ", ".join(unquantized(model)) if name in QUANTIZED else ""
        row = judged(name, content, model)
        yield {**row, "zeros": share_of_zeros(model), "kept": kept}, model


def _exported(
    formats: Iterable[str],
    load: Callable[[], keras.Model],
    judged: Judged,
    folder: Path,
    tell: Callable[[str], None],
) -> Iterator[tuple[Row, Network]]:
    """The network in each format that can hold it, written."""
    for name in formats:
        path = exports.path_of(name, folder)
        try:
            network = exports.exported(load(), name, folder)
            row = judged(name, path.read_bytes(), network)
        except Exception as error:  # converters and interpreters raise whatever they like
            path.unlink(missing_ok=True)
            reason = (str(error).splitlines() or [type(error).__name__])[0]
            tell(f"{name}: left out, as it cannot hold this network ({reason})")
            continue
        yield {**row, "kept": ""}, network


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
            + (f"; Keras cannot quantize {row['kept']}" if row["kept"] else "")
        )


def _ratio(ratio: float, less: str, more: str) -> str:
    if 1 / NOISE < ratio < NOISE:
        return f"not {less}"
    return f"{1 / ratio:.1f} times {less}" if ratio < 1 else f"{ratio:.1f} times {more}"
