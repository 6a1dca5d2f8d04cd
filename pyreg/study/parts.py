"""A study in, the part of its settings that a step's results depend on out, as JSON.

A step is handed these and no others, so that no other setting can change its results, and a change
of one of these runs it again.
"""

import json
from typing import Any

from pyreg.config import Model, Study

OF_DATA = ("data",)
OF_RUN = ("data", "epochs", "batch_size", "device")
OF_PLAN = (*("seed", "shuffle", "keras_shuffle_models", "replicates", "replicate_batch", "base_r"),)
OF_SEARCH = (*OF_RUN, "search", "seed", "shuffle")
WORDING = ("figures", "language")
NOT_OF_TABLES = (*WORDING, "my_runs", "ports", "compress", "device", "save_models")
AGREEMENT = ("tolerances", "margins")
NOT_SHOWN = (*AGREEMENT, "my_runs", "ports", "device", "save_models")  # by figures and numbers
CLAIMS = ("claims", "confidence")


def of_data(study: Study) -> str:
    """What finding and keeping the samples depends on."""
    encoding = {"column_base": 1, "encoding": "multi-hot", "maxlen": 200}
    data = study.data.model_copy(update=encoding | {"padding": "pre", "truncating": "pre"})
    return _only(_with_any_model(study.model_copy(update={"data": data})), OF_DATA)


def of_encoding(study: Study) -> str:
    return _only(_with_any_model(study), OF_DATA)


def of_run(study: Study, model: str) -> str:
    """What a run's numbers depend on: a change of nothing else trains it again."""
    return _only(study.model_copy(update={"models": {model: study.models[model]}}), OF_RUN)


def of_replicates(study: Study, model: str) -> str:
    """As `of_run`, and whether the networks are kept."""
    return _only(
        study.model_copy(update={"models": {model: study.models[model]}}), (*OF_RUN, "save_models")
    )


def of_all_runs(study: Study) -> str:
    """What the numbers of all runs of an engine depend on, and which runs there are."""
    return _as_json(study, include={*OF_RUN, "models", "save_models", *OF_PLAN})


def of_search(study: Study) -> str:
    """What a search's numbers depend on, besides what it holds out."""
    return _only(_with_any_model(study), OF_SEARCH)


def of_agreement(study: Study) -> str:
    return _without(study, *NOT_OF_TABLES, *CLAIMS, "search")


def of_metrics(study: Study) -> str:
    return _without(study, *NOT_OF_TABLES, *CLAIMS, *AGREEMENT, "search")


def of_claims(study: Study) -> str:
    return _without(study, *NOT_OF_TABLES, *AGREEMENT, "search")


def of_search_table(study: Study) -> str:
    return _without(study, *NOT_OF_TABLES, *AGREEMENT, "claims")


def of_figures(study: Study) -> str:
    return _without(study, *NOT_SHOWN)


def of_numbers(study: Study) -> str:
    return _without(study, *NOT_SHOWN, "compress")


def of_own_runs(study: Study) -> str:
    return _without(
        study, *CLAIMS, *AGREEMENT, *WORDING, "ports", "search", "compress", "save_models"
    )


def whole(study: Study) -> str:
    return _without(study)


def _with_any_model(study: Study) -> Study:
    """A study has a model, whatever is done with its data alone; with sequences, it embeds them."""
    words = {"kind": "embedding", "input_dim": study.data.num_words, "output_dim": 1}
    layers = [words] if study.data.encoding == "sequences" else []
    model = Model.model_validate({"layers": layers, "units": []})
    return study.model_copy(update={"models": {"any": model}})


def _only(study: Study, names: tuple[str, ...]) -> str:
    return _as_json(study, include={*names, "models"})


def _without(study: Study, *names: str) -> str:
    return _as_json(study, exclude=set(names))


def _as_json(study: Study, **chosen: Any) -> str:
    content = study.model_dump(mode="json", exclude_defaults=True, **chosen)
    return json.dumps(content, ensure_ascii=False)
