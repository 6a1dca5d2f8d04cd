"""Typed comparisons in, a table or JSON for other programs out."""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from pyreg import files
from pyreg.own_runs.comparison import Comparison, Explanation
from pyreg.own_runs.sentences import sentence


def write(path: str | Path, found: Sequence[Comparison]) -> None:
    """Write a row for each comparison: CSV."""
    files.write_csv(path, pd.DataFrame(map(_row, found)))


def as_json(found: Sequence[Comparison]) -> str:
    """The same with all that is known, as a list."""
    return json.dumps([_object(one) for one in found], indent=2, ensure_ascii=False)


def _row(found: Comparison) -> dict[str, Any]:
    match, position = found.match, found.position
    return {
        "file": found.file,
        "model": found.model,
        "verdict": found.kind,
        "cause": found.cause,
        "max_abs_diff": found.max_abs_diff,
        "sentence": sentence(found),
        "agrees": found.agrees,
        "compared_with": str(found.basis.results.folder),
        "run": match.run if match else None,
        "first_difference": _first_difference(found),
        "num_epochs": len(match.epochs) if match else None,
        "num_epochs_not_compared": len(match.missing) if match else None,
        "diverged_from_epoch": found.history.diverged,
        "distance": position.distance if position else None,
        "limit": position.limit if position else None,
        "num_seeds": position.num_seeds if position else None,
    }


def _object(found: Comparison) -> dict[str, Any]:
    row = {name: _plain(value) for name, value in _row(found).items()}
    return {
        **row,
        "file_is": str(found.history.kind),
        "digits": found.history.digits,
        "not_compared": list(found.history.ignored),
        "assumed": list(found.history.assumed),
        "notice": found.basis.notice,
        "match": _plain(asdict(found.match)) if found.match else None,
        "position": _plain(asdict(found.position)) if found.position else None,
        "explanations": [_explanation(one) for one in found.explanations],
    }


def _explanation(one: Explanation) -> dict[str, Any]:
    distance = one.position.distance if one.position else None
    return {"name": one.name, "distance": distance, "fits": one.fits}


def _first_difference(found: Comparison) -> str | None:
    parting = found.match.parting if found.match else None
    return f"{parting.data} {parting.metric}, epoch {parting.epoch}" if parting else None


def _plain(value: Any) -> Any:
    """JSON has no infinity."""
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value
