"""A network in, its card out: what it learned from, how well, and what it is not for."""

from typing import Any

from pyreg import files
from pyreg.records.layout import RecordFolder
from pyreg.records.run import read_history
from pyreg.serving.network import LEAST_KNOWN, Network

LIMITS = [
    "It was trained on film reviews to show what regularization does; it is no product.",
    "It sees which of its words a text holds: neither their order nor how often they come.",
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
    return {
        "run": {name: info[name] for name in ("engine", "model", "shuffle", "seed")},
        "sha256": files.digest_file(record.model),
        "settings": info["config"],
        "words": network.vocabulary.num_words,
        "weights": network.model.count_params(),
        "validation": dict(zip(last["metric"], last["value"], strict=True)),
        "data": {
            name: data.get(name)
            for name in ("description", "notice", "licence", "citation", "num_train")
        },
        "limits": LIMITS,
    }
