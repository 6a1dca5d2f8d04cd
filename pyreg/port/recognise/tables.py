"""R's reading of tables, and what is done with their columns, in; pandas' out."""

from typing import Any

from pyreg.port.python import Py, UntranslatableError, combine, literal
from pyreg.port.recognise.rules import Translator, arguments, constant, rule
from pyreg.port.rtree import Argument, Call, Constant, Symbol

# R's function -> its separator, and whether the first line holds names.
READERS = {
    "read.csv": (",", True),
    "read_csv": (",", True),
    "fread": (",", True),
    "read.csv2": (";", True),
    "read_csv2": (";", True),
    "read.delim": ("\t", True),
    "read_tsv": ("\t", True),
    "read_delim": (",", True),
    "read.table": (r"\s+", False),
}
# Arguments that change no values, or that the comparison would show.
HARMLESS = {
    "stringsAsFactors",
    "fileEncoding",
    "encoding",
    "col_types",
    "check.names",
    "show_col_types",
    "colClasses",
    "data.table",
    "strip.white",
    "row.names",
}


@rule(*READERS)
def table(translate: Translator, call: Call) -> Py:
    separator, header = READERS[call.head or ""]
    wanted = Call(call.function, tuple(a for a in call.arguments if a.name not in HARMLESS))
    given = arguments(wanted, "file", "header", "sep", "na.strings", "dec", "skip", "col_names")
    file = translate(given["file"])
    if not isinstance(file.value, str) or file.value.startswith(("http:", "https:")):
        raise UntranslatableError("a file that is not here")
    header = bool(constant(given.get("header", given.get("col_names")), header))
    separator = str(constant(given.get("sep"), separator)) or r"\s+"
    options = _options(separator, header, given, constant(given.get("dec"), "."))
    keywords = "".join(f", {name}={value!r}" for name, value in options.items())
    found = combine(f"pd.read_csv(_0{keywords})", file)
    names = tuple(str(name) for name in found.value.columns)
    return Py(found.tree, found.value, columns=names)


def _options(separator: str, header: bool, given: dict[str, Any], dec: object) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if separator != ",":
        options["sep"] = separator
    if not header:
        options["header"] = None
    if "skip" in given:
        options["skiprows"] = constant(given["skip"])
    if dec != ".":
        options["decimal"] = dec
    if "na.strings" in given:
        options["na_values"] = constant(given["na.strings"])
    return options


@rule("na.omit", "drop_na")
def complete(translate: Translator, call: Call) -> Py:
    if len(call) != 1:
        raise UntranslatableError("drop_na of some columns")
    part = translate(call[0])
    if not part.columns:
        raise UntranslatableError("na.omit of a vector")
    return _like(part, combine("_0.dropna()", part))


@rule("select")
def selected(translate: Translator, call: Call) -> Py:
    part = translate(call[0])
    names, dropped = [], []
    for argument in call.arguments[1:]:
        node = argument.value
        if isinstance(node, Symbol):
            names.append(node.name)
        elif isinstance(node, Constant) and isinstance(node.value, str):
            names.append(node.value)
        elif isinstance(node, Call) and node.head == "-" and isinstance(node[0], Symbol):
            dropped.append(node[0].name)
        else:
            raise UntranslatableError("select by other than names")
    own = dict(zip(part.columns, part.value.columns, strict=True))
    if not part.columns or (set(names + dropped) - set(own)):
        raise UntranslatableError("select of other columns")
    if names:
        return _like(part, combine("_0[_1]", part, literal([own[name] for name in names])), names)
    left = [name for name in part.columns if name not in dropped]
    gone = literal([own[name] for name in dropped])
    return _like(part, combine("_0.drop(columns=_1)", part, gone), left)


@rule("pull")
def pulled(translate: Translator, call: Call) -> Py:
    part, name = translate(call[0]), call[1]
    if not isinstance(name, Symbol) or name.name not in part.columns:
        raise UntranslatableError("pull")
    own = part.value.columns[part.columns.index(name.name)]
    return combine("_0[_1]", part, literal(own))


@rule("as.data.frame", "as_tibble", "tibble", "data.frame")
def as_table(translate: Translator, call: Call) -> Py:
    part = translate(call[0])
    if len(call) != 1 or not part.columns:
        raise UntranslatableError("a table that is made of vectors")
    return part


@rule("%>%", "|>")
def piped(translate: Translator, call: Call) -> Py:
    """`x %>% f(y)` is `f(x, y)`."""
    right = call[1]
    if isinstance(right, Symbol):
        return translate(Call(right, (Argument(None, call[0]),)))
    if not isinstance(right, Call):
        raise UntranslatableError("a pipe into other than a call")
    dots = [a.value == Symbol(".") for a in right.arguments]
    if any(dots):
        filled = tuple(
            Argument(a.name, call[0] if is_dot else a.value)
            for a, is_dot in zip(right.arguments, dots, strict=True)
        )
        return translate(Call(right.function, filled))
    return translate(Call(right.function, (Argument(None, call[0]), *right.arguments)))


def _like(table: Py, py: Py, names: list[str] | None = None) -> Py:
    columns = table.columns if names is None else tuple(names)
    return Py(py.tree, py.value, columns=columns, helpers=py.helpers, uses=py.uses)
