"""A network in, its card out: what it learned from, how well, and what it is not for."""

from collections.abc import Mapping
from typing import Any

from pyreg import files
from pyreg.records.layout import RecordFolder
from pyreg.records.run import read_history
from pyreg.serving.network import LEAST_KNOWN, Network

IN_ORDER = "It sees words of a text in their order, {} of them at most."
AS_SET = "It sees which of its words a text holds: neither their order nor how often they come."
LIMITS = [
    "It was trained to show what regularization does; it is no product.",
    f"Where it knows fewer than {LEAST_KNOWN:.0%} of a text's words its class is `unknown`.",
    "A probability is the network's, and is not calibrated: overfitted networks are too sure.",
]


def card(network: Network) -> dict[str, Any]:
    """What `GET /model` answers."""
    record = RecordFolder(network.folder)
    info = network.info
    history = read_history(record.history)
    last = history[(history.epoch == history.epoch.max()) & (history.data == "validation")]
    data = info.get("data", {})
    sequences = network.vocabulary.sequences
    return {
        "run": {name: info[name] for name in ("engine", "model", "shuffle", "seed")},
        "sha256": files.digest_file(record.model),
        "settings": _without_path(info["config"]),
        "words": network.vocabulary.num_words,
        "weights": network.model.count_params(),
        "validation": dict(zip(last["metric"], last["value"], strict=True)),
        "data": {
            name: data.get(name)
            for name in ("description", "notice", "licence", "citation", "num_train")
        },
        "limits": [IN_ORDER.format(sequences[0]) if sequences else AS_SET, *LIMITS],
    }


def _without_path(settings: Mapping[str, Any]) -> dict[str, Any]:
    """A run's settings as anyone may see them: not where its data lie on this machine."""
    data = {name: value for name, value in settings["data"].items() if name != "path"}
    return {**settings, "data": data}
