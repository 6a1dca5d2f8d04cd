"""R's means, deviations and scale() in, NumPy's out.

R sums in long double and, for a mean, in a second pass; NumPy sums in another order. The usual
NumPy code comes first; where it differs in a last bit, `exact` asks for R's way.
"""

from dataclasses import replace

from pyreg.port.python import Py, UntranslatableError, combine
from pyreg.port.recognise.rules import Translator, arguments, rule
from pyreg.port.rtree import Call, Constant, Node, Symbol

AXES = {1: "1", 2: "0"}
USUAL = {
    "mean": "_0.mean({axis})",
    "sd": "_0.std({axis}{comma}ddof=1)",
    "var": "_0.var({axis}{comma}ddof=1)",
    "median": "np.median(_0{comma}{axis})",
    "max": "_0.max({axis})",
    "min": "_0.min({axis})",
    "sum": "_0.sum({axis})",
}
OF_LISTS = {
    "mean": "np.mean(_0)",
    "sd": "np.std(_0, ddof=1)",
    "var": "np.var(_0, ddof=1)",
    "median": "np.median(_0)",
    "max": "max(_0)",
    "min": "min(_0)",
    "sum": "sum(_0)",
}
R_MEAN = '''\
def r_mean(x):
    """R's mean of each column: summed in long double, then corrected in a second pass."""
    x = np.asarray(x, dtype="longdouble")
    mean = x.sum(axis=0) / len(x)
    return (mean + (x - mean).sum(axis=0) / len(x)).astype("float64")
'''
R_SD = '''\
def r_sd(x):
    """R's standard deviation of each column, with n - 1."""
    centred = np.asarray(x, dtype="longdouble") - r_mean(x)
    return np.sqrt(((centred**2).sum(axis=0) / (len(x) - 1)).astype("float64"))
'''
EXACT = {
    "mean": ("r_mean(_0)", {"r_mean": R_MEAN}),
    "sd": ("r_sd(_0)", {"r_mean": R_MEAN, "r_sd": R_SD}),
}


@rule("cor")
def correlation(translate: Translator, call: Call) -> Py:
    given = arguments(call, "x", "y")
    if len(given) != 2:
        raise UntranslatableError("cor of a matrix")
    return combine("np.corrcoef(_0, _1)[0, 1]", *map(translate, given.values()))


@rule("apply")
def along(translate: Translator, call: Call) -> Py:
    given = arguments(call, "X", "MARGIN", "FUN")
    margin = given["MARGIN"]
    if not isinstance(margin, Constant) or margin.value not in (1, 2):
        raise UntranslatableError("apply over other margins")
    return _statistic(
        translate, translate(given["X"]), _name(given["FUN"]), AXES[int(margin.value)]
    )


@rule("colMeans", "colSums", "rowMeans", "rowSums")
def of_sides(translate: Translator, call: Call) -> Py:
    name = {"Means": "mean", "Sums": "sum"}[(call.head or "")[3:]]
    axis = "0" if (call.head or "").startswith("col") else "1"
    return _statistic(translate, translate(arguments(call, "x", "na.rm")["x"]), name, axis)


@rule("mean", "sd", "var", "median")
def of_all(translate: Translator, call: Call) -> Py:
    x = translate(arguments(call, "x", "na.rm")["x"])
    return _statistic(translate, x, call.head or "", None)


@rule("scale")
def scaled(translate: Translator, call: Call) -> Py:
    given = arguments(call, "x", "center", "scale")
    x = translate(given["x"])
    if hasattr(x.value, "iloc"):
        x = combine("_0.to_numpy()", x)
    centre, scale = given.get("center"), given.get("scale")
    result = x
    attributes = {}
    if not _is(centre, "FALSE", "F"):
        by_mean = centre is None or _is(centre, "TRUE", "T")
        mean = _statistic(translate, x, "mean", "0") if by_mean else translate(centre)
        attributes["scaled:center"] = mean
        result = combine("_0 - _1", x, mean)
    if not _is(scale, "FALSE", "F"):
        by_sd = scale is None or _is(scale, "TRUE", "T")
        divisor = _statistic(translate, x, "sd", "0") if by_sd else translate(scale)
        attributes["scaled:scale"] = divisor
        result = combine("_0 / _1", result, divisor)
    return replace(result, attributes=attributes)


@rule("attr")
def attribute(translate: Translator, call: Call) -> Py:
    x, which = translate(call[0]), call[1]
    found = x.attributes.get(str(getattr(which, "value", None)))
    if found is None:
        raise UntranslatableError("an attribute")
    return found


@rule("sweep")
def swept(translate: Translator, call: Call) -> Py:
    given = arguments(call, "x", "MARGIN", "STATS", "FUN")
    function = given.get("FUN")
    operator = function.value if isinstance(function, Constant) else "-"
    if operator not in ("-", "/", "+", "*") or not _is_two(given["MARGIN"]):
        raise UntranslatableError("sweep")
    return combine(f"_0 {operator} _1", translate(given["x"]), translate(given["STATS"]))


def _statistic(translate: Translator, x: Py, name: str, axis: str | None) -> Py:
    if translate.exact and name in EXACT and axis != "1":
        code, helpers = EXACT[name]
        return combine(code, x, helpers=helpers)
    if name not in USUAL:
        raise UntranslatableError(f"the statistic {name}")
    if isinstance(x.value, list):
        return combine(OF_LISTS[name], x)
    along_axis = f"axis={axis}" if axis else ""
    return combine(USUAL[name].format(axis=along_axis, comma=", " if along_axis else ""), x)


def _name(node: Node) -> str:
    if isinstance(node, Symbol):
        return node.name
    if isinstance(node, Constant) and isinstance(node.value, str):
        return node.value
    raise UntranslatableError("apply with a function of the user's")


def _is(node: Node | None, *names: str) -> bool:
    shown = node.name if isinstance(node, Symbol) else str(getattr(node, "value", "")).upper()
    return shown in names


def _is_two(node: Node) -> bool:
    return isinstance(node, Constant) and node.value == 2
