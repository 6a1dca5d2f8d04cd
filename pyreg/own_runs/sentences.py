"""A typed comparison in, the sentence that says it out."""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pyreg.own_runs.band import Position
from pyreg.own_runs.comparison import Comparison, Explanation
from pyreg.own_runs.history import MyHistory
from pyreg.own_runs.matching import TRAINING_LOSS, Match

MOST_CAUSES = 6  # of those that do not fit, the rest is counted


def sentence(found: Comparison) -> str:
    """The whole verdict: what the data are, what the history is, and why."""
    parts = [
        found.basis.notice,
        f"{Path(found.file).name} ({found.history.kind}; {_span(found.history.epochs)}) "
        f"{_finding(found)}",
        _gaps(found),
        _parting(found),
        _causes(found),
        _assumptions(found),
    ]
    return " ".join(f"{part}." for part in parts if part)


def _finding(found: Comparison) -> str:
    history = found.history
    if found.kind == "identical":
        return f"is {_equal(found)}"
    if found.kind == "identical in part":
        return f"is {_equal(found)}{_not_compared(found)}"
    if found.kind == "diverged":
        where = f"from epoch {history.diverged} on a value"
        if history.is_finite_again:
            where = f"a value of epoch {history.diverged}"
        return f"diverged: {where} is no finite number"
    if found.kind == "diverged or stopped":
        before = f". Until then it is {_equal(found)}" if _is_whole(found.match) else ""
        return f"has no value from epoch {history.ended} on: {_why_ended(history)}{before}"
    assert found.position is not None
    lies = f"lies {found.kind} the band of our {found.position.num_seeds} seeds"
    lies += f" ({_where(found.position)})"
    if found.known_cause and found.match:
        return f"{lies}; it is {_equal(found)} and {found.known_cause}"
    return lies


def _equal(found: Comparison) -> str:
    """Identical to what, and in what."""
    match, digits = found.match, found.history.digits
    assert match is not None
    exact = "bit for bit" if digits is None else f"in all {digits} digits printed"
    counted = f" and with {match.reading}" if match.reading else ""
    another = f", which is not {found.model}" if match.model != found.model else ""
    of_epochs: dict[tuple[int, ...], list[tuple[str, str]]] = {}
    for curve in match.curves:
        of_epochs.setdefault(curve.epochs, []).append((curve.metric, curve.data))
    parts = [f"{_curves(pairs)} of {_span(epochs)}" for epochs, pairs in of_epochs.items()]
    return f"identical, {exact}{counted}, to {match.run}{another}, in {', and in '.join(parts)}"


def _not_compared(found: Comparison) -> str:
    """What the history has and our run has not."""
    missing = found.match.missing if found.match else ()
    lacking = found.match.lacking if found.match else ()
    parts = [_span(missing)] if missing else []
    parts += [_curves(lacking)] if lacking else []
    parts += list(found.history.ignored)
    if not parts:
        return ""
    is_one = len(parts) == 1 and len(missing) < 2 and len(lacking) < 2
    return f"; {', '.join(parts)} {'was' if is_one else 'were'} not compared"


def _gaps(found: Comparison) -> str | None:
    if not found.history.gaps:
        return None
    return f"Training values of {_span(found.history.gaps)} are missing in it"


def _why_ended(history: MyHistory) -> str:
    if history.kind.name in ("rds", "rdata") and history.digits is None:  # never text in between
        return "its training was stopped there; of one that diverged R would hold NaN, not NA"
    writer = "JSON" if history.kind.name == "json" else "R's write.csv()"
    return (
        f"its training diverged there, or was stopped, which {writer} writes alike "
        "(saveRDS() keeps them apart)"
    )


def _is_whole(match: Match | None) -> bool:
    return match is not None and match.parting is None


def _parting(found: Comparison) -> str | None:
    """Where the history parts from the run of ours that it equals at first, or in part."""
    parting = found.match.parting if found.match else None
    if found.match is None or parting is None:
        return None
    if parting.epoch == found.history.diverged and not found.match.comes_back:
        return f"Until then it equals {found.match.run}"
    mine, ours = _told_apart(parting.mine, parting.ours)
    where = (
        f"the {parting.data} {parting.metric} of epoch {parting.epoch}, which is {mine} and "
        f"ours {ours}"
    )
    if found.match.comes_back:
        equal, values = found.match.num_equal, found.match.num_values
        other = "the other" if equal + 1 == values else "the first of the others"
        return f"It equals {found.match.run} in {equal} of {values} values; {other} is {where}"
    if TRAINING_LOSS in found.match.equal:
        return f"In {_curves(found.match.equal)} it equals {found.match.run}, but not in {where}"
    return f"It equals {found.match.run} until {where}"


def _causes(found: Comparison) -> str | None:
    is_known = found.match is not None and found.match.is_of_this_run
    if found.kind != "outside" or found.known_cause or is_known:
        return None
    if not found.explanations:
        return "No cause was tested; leave out --quick to test some"
    fitting, others = found.fitting, [one for one in found.explanations if not one.fits]
    if len(fitting) == 1:
        said = f"Likely cause: {_named(fitting[0])}, with which it is inside"
    elif fitting:
        named = " or ".join(map(_named, fitting))
        said = f"It is inside with {named}: these curves cannot tell which"
    else:
        said = "Something else differs: none of what was tested explains it"
    tested = [_named(one) for one in others if one.position]
    untested = [one.name for one in others if one.position is None]
    return ". ".join(
        [
            said,
            *([f"Tested too: {_listed(tested)}"] if tested else []),
            *([f"Not at hand to be tested: {'; '.join(untested)}"] if untested else []),
        ]
    )


def _assumptions(found: Comparison) -> str | None:
    if not found.history.assumed:
        return None
    return f"Taken for granted: {'; '.join(found.history.assumed)}"


def _named(one: Explanation) -> str:
    return f"{one.name} ({_distance(one.position)})" if one.position else one.name


def _listed(names: Sequence[str]) -> str:
    more = len(names) - MOST_CAUSES
    return "; ".join(names[:MOST_CAUSES]) + (f"; and {more} more" if more > 0 else "")


def _where(position: Position) -> str:
    return (
        f"in {_span(range(position.epochs[0], position.epochs[1] + 1))} its {position.curve} is "
        f"{_distance(position)} of their standard deviations from their mean; up to "
        f"{position.limit:.1f} is inside"
    )


def _distance(position: Position) -> str:
    return f"{position.distance:.1f}" if position.distance < 1e6 else f"{position.distance:.1e}"


def _told_apart(left: float, right: float) -> tuple[str, str]:
    """Both numbers, with as many digits as it takes to see that they differ."""
    texts = ((f"{left:.{digits}g}", f"{right:.{digits}g}") for digits in range(6, 18))
    return next((pair for pair in texts if pair[0] != pair[1]), (str(left), str(right)))


def _curves(curves: Iterable[tuple[str, str]]) -> str:
    """`loss and accuracy (training, validation)`, `loss (training) and accuracy (validation)`."""
    halves: dict[str, list[str]] = {}
    for metric, data in curves:
        halves.setdefault(metric, []).append(data)
    alike: dict[str, list[str]] = {}  # metrics that have the same halves are named together
    for metric, of_metric in halves.items():
        alike.setdefault(", ".join(of_metric), []).append(metric)
    return _and(f"{_and(metrics)} ({names})" for names, metrics in alike.items())


def _and(names: Iterable[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def _span(epochs: Sequence[int]) -> str:
    """`epochs 1 to 20`, `epoch 3`, `epochs 2, 4, ... 20`."""
    if len(epochs) == 1:
        return f"epoch {epochs[0]}"
    step = epochs[1] - epochs[0]
    if list(epochs) != list(range(epochs[0], epochs[-1] + 1, step)):
        return f"{len(epochs)} epochs between {epochs[0]} and {epochs[-1]}"
    if step == 1:
        return f"epochs {epochs[0]} to {epochs[-1]}"
    if len(epochs) <= 3:
        return f"epochs {', '.join(map(str, epochs))}"
    return f"epochs {epochs[0]}, {epochs[1]}, ... {epochs[-1]}"


def _headline(found: Comparison) -> str:
    if found.agrees or not found.kind.startswith("identical") or found.match is None:
        return found.kind
    return f"{found.kind}, but to a run of {found.match.model}"


def lines(found: Iterable[Comparison]) -> Iterator[str]:
    for one in found:
        yield f"{one.model}: {_headline(one)}. {sentence(one)}"
