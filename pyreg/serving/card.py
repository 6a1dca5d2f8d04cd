"""A network in, its card out: what it learned from, how well, and what it is not for."""

from collections.abc import Mapping
from typing import Any

from pyreg import files
from pyreg.records.layout import RecordFolder
from pyreg.records.run import read_history
from pyreg.serving.network import LEAST_KNOWN, ImageNetwork, Network

IN_ORDER = "It sees words of a text in their order, {} of them at most."
AS_SET = "It sees which of its words a text holds: neither their order nor how often they come."
UNKNOWN_WORDS = (
    f"Where it knows fewer than {LEAST_KNOWN:.0%} of a text's words its class is `unknown`."
)
AS_PIXELS = "It sees {} x {} {} pixels; images of another size are stretched to these."
ONE_OF_ITS_CLASSES = "Whatever it is shown, it answers with one of its classes: {}."
LIMITS = [
    "It was trained to show what regularization does; it is no product.",
    "A probability is the network's, and is not calibrated: overfitted networks are too sure.",
]


def card(network: Network | ImageNetwork) -> dict[str, Any]:
    """What `GET /model` answers."""
    record = RecordFolder(network.folder)
    info = network.info
    history = read_history(record.history)
    last = history[(history.epoch == history.epoch.max()) & (history.data == "validation")]
    data = info.get("data", {})
    taken, limits = _of_texts(network) if isinstance(network, Network) else _of_images(network)
    return {
        "run": {name: info[name] for name in ("engine", "model", "shuffle", "seed")},
        "sha256": files.digest_file(record.model),
        "settings": _without_path(info["config"]),
        **taken,
        "weights": network.model.count_params(),
        "validation": dict(zip(last["metric"], last["value"], strict=True)),
        "data": {
            name: data.get(name)
            for name in ("description", "notice", "licence", "citation", "num_train")
        },
        "limits": [*limits, *LIMITS],
    }


def _of_texts(network: Network) -> tuple[dict[str, Any], list[str]]:
    """What it takes, and the limits of that."""
    sequences = network.vocabulary.sequences
    seen = IN_ORDER.format(sequences[0]) if sequences else AS_SET
    return {"words": network.vocabulary.num_words}, [seen, UNKNOWN_WORDS]


def _of_images(network: ImageNetwork) -> tuple[dict[str, Any], list[str]]:
    height, width, *colours = network.images.shape
    classes = list(network.images.classes)
    seen = AS_PIXELS.format(width, height, "coloured" if colours else "grey")
    return (
        {"images": [height, width, *colours], "classes": classes},
        [seen, ONE_OF_ITS_CLASSES.format(", ".join(classes))],
    )


def _without_path(settings: Mapping[str, Any]) -> dict[str, Any]:
    """A run's settings as anyone may see them: not where its data lie on this machine."""
    data = {name: value for name, value in settings["data"].items() if name != "path"}
    return {**settings, "data": data}
