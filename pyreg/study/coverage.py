"""A model of a study in, what an engine cannot follow of it out."""

from pyreg.config import Model, Study


def beyond_plain_r(study: Study, model: str) -> str | None:
    """What plain R cannot follow of a model, in a sentence; None if it can follow it all."""
    spec = study.models[model]
    parts = {
        f"a {study.task} task": study.task != "binary",
        _kinds(spec): bool(spec.layers),
        f"{spec.normalization} normalization": spec.normalization != "none",
        "weights of another network": spec.weights is not None,
        f"optimizer {spec.optimizer.name}": spec.optimizer.name != "adam",
        "weight decay": bool(spec.optimizer.weight_decay),
    }
    beyond = ", ".join(name for name, is_there in parts.items() if is_there)
    return f"base-r does not cover {beyond}" if beyond else None


def _kinds(spec: Model) -> str:
    kinds = dict.fromkeys(layer.kind.replace("_", " ") for layer in spec.layers)
    return f"layers of the kinds {', '.join(kinds)}"
