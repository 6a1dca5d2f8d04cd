"""A YAML text in, plain values and the line of each out; nothing is read otherwise than it looks.

YAML 1.1 reads 010 as 8, 1:30 as 90, takes the last of two equal keys without a word, and a kilobyte
of anchors can stand for a billion values. Such a text is refused, with the line.
"""

import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any, ClassVar

import yaml

MOST_CHARACTERS = 2_000_000
MOST_DEPTH = 20  # a study has six levels
MOST_VALUES = 100_000  # anchors counted as often as they are used
MOST_DIGITS = 40

NAMES = ("null", "bool", "int", "float", "str", "seq", "map", "merge")
TAGS = {f"tag:yaml.org,2002:{name}" for name in NAMES}
NUMBER = re.compile(
    r"[-+]?(?:(?P<int>0|[1-9]\d*)|(?:\d+\.\d*|\.\d+)(?:[eE][-+]?\d+)?|\d+[eE][-+]?\d+"
    r"|\.(?P<word>inf|Inf|INF|nan|NaN|NAN))"
)
# What YAML 1.1 reads as another number than it looks like: octal, hexadecimal, binary, with
# underscores, and in sixties.
ODD_NUMBER = re.compile(
    r"[-+]?(?:0[0-7_]+|0o[0-7]+|0x[\da-fA-F_]+|0b[01_]+"
    r"|\d[\d_]*_[\d_]*(?:\.[\d_]*)?|\d+(?::[0-5]?\d)+(?:\.\d*)?)"
)


class RefusedError(ValueError):
    """What is wrong with a text; the message names the line."""


class Text:
    """A text that was read.

    Attributes:
        content: its values: mappings, lists, texts, numbers, booleans and None.
    """

    def __init__(self, text: str) -> None:
        if len(text) > MOST_CHARACTERS:
            raise RefusedError(f"got {len(text):,} characters, expected up to {MOST_CHARACTERS:,}")
        try:
            self._check_depth(text)
            self._root = yaml.compose(text, _Loader)
            if self._root is not None:
                _extent(self._root, _checked_parts, _at)
            self.content: Any = _Loader.built(self._root)
        except yaml.YAMLError as error:
            raise RefusedError(_told(error)) from None

    def line(self, path: Sequence[Hashable]) -> int | None:
        """The line of the value found by these keys and numbers, or of what it should be in."""
        node, line = self._root, None
        for step in path:
            if isinstance(node, yaml.MappingNode):
                found = [pair for pair in node.value if pair[0].value == str(step)]
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
                found = [(item, item) for item in node.value[step : step + 1]]
            else:
                found = []
            if not found:
                break
            line, node = _line(found[-1][0]), found[-1][1]
        return line

    @staticmethod
    def _check_depth(text: str) -> None:
        """Before anything is built: building goes as deep as the text does."""
        depth = 0
        for event in yaml.parse(text, _Loader):
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > MOST_DEPTH:
                raise RefusedError(
                    f"{_at(event)}got values nested in more than {MOST_DEPTH} levels"
                )


def check_extent(content: object) -> None:
    """Refuse values, from whatever reader, that are nested or shared beyond all that a study needs.

    Raises:
        RefusedError: they are.
    """
    _extent(content, _parts, lambda _: "")


_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class Dumper(yaml.SafeDumper):
    """Writes texts that look like a number of ours in quotes."""


class _Loader(_Base):
    """Numbers as R, Python and JSON write them; a date is a text."""

    # Not those of PyYAML, which read numbers as YAML 1.1 does.
    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}

    @classmethod
    def built(cls, node: yaml.Node | None) -> Any:
        if node is None:
            return None
        loader = cls("")
        try:
            return loader.construct_document(node)
        finally:
            loader.dispose()


def _number(loader: Any, node: yaml.ScalarNode) -> int | float:
    text = str(node.value)
    match = NUMBER.fullmatch(text)
    if match is None:
        raise yaml.constructor.ConstructorError(None, None, "got no number", node.start_mark)
    return int(text) if match["int"] else float(text.replace(".", "") if match["word"] else text)


for _first, _resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items():
    for _tag, _pattern in _resolvers:
        if _tag.rpartition(":")[2] in ("null", "bool", "merge"):
            _Loader.add_implicit_resolver(_tag, _pattern, [_first])
for _kind, _form in {"int": r"[-+]?(?:0|[1-9]\d*)$", "float": f"(?:{NUMBER.pattern})$"}.items():
    for _class in (_Loader, Dumper):
        _class.add_implicit_resolver(
            f"tag:yaml.org,2002:{_kind}", re.compile(_form), list("-+.0123456789")
        )
    _Loader.add_constructor(f"tag:yaml.org,2002:{_kind}", _number)


def _extent(
    value: Any,
    parts: Callable[[Any], Iterable[Any]],
    where: Callable[[Any], str],
    depth: int = 1,
    known: dict[int, tuple[int, int]] | None = None,
) -> tuple[int, int]:
    """How many values a value stands for, and in how many levels; each is looked at once, however
    often it is shared, and counted as often as it is used.

    Args:
        parts: a value's own parts. where: how its place is named.
    """
    known = {} if known is None else known
    if depth > MOST_DEPTH:
        raise RefusedError(f"{where(value)}got values nested in more than {MOST_DEPTH} levels")
    if id(value) not in known:
        inner = [_extent(part, parts, where, depth + 1, known) for part in parts(value)]
        levels = max((levels for _, levels in inner), default=0)
        known[id(value)] = 1 + sum(number for number, _ in inner), 1 + levels
    number, levels = known[id(value)]
    if depth + levels - 1 > MOST_DEPTH:
        raise RefusedError(f"{where(value)}got values nested in more than {MOST_DEPTH} levels")
    if number > MOST_VALUES:
        raise RefusedError(
            f"{where(value)}got what stands for {number:,} values, expected up to {MOST_VALUES:,}"
        )
    return number, levels


def _parts(value: object) -> Iterable[object]:
    if isinstance(value, Mapping):
        return value.values()
    return value if isinstance(value, (list, tuple)) else ()


def _checked_parts(node: yaml.Node) -> list[yaml.Node]:
    """Of a node whose own words are in order."""
    if node.tag not in TAGS:
        raise RefusedError(f"{_at(node)}got the type {node.tag[:80]}, expected plain values")
    if isinstance(node, yaml.ScalarNode):
        _check_scalar(node)
        return []
    if isinstance(node, yaml.MappingNode):
        _check_keys(node)
        return [part for pair in node.value for part in pair]
    return list(node.value)


def _check_scalar(node: yaml.ScalarNode) -> None:
    text, is_plain = node.value, not node.style
    if is_plain and ODD_NUMBER.fullmatch(text):
        raise RefusedError(
            f"{_at(node)}got {text[:40]}, which YAML reads as another number than it looks "
            f"like; write the number out, or '{text[:40]}' for a text"
        )
    if node.tag.endswith(":bool") and text.lower() not in _Loader.bool_values:
        raise RefusedError(f"{_at(node)}got {text[:40]}, expected true or false")
    if node.tag.endswith((":int", ":float")) and len(text) > MOST_DIGITS:
        raise RefusedError(
            f"{_at(node)}got a number of {len(text):,} digits, expected up to {MOST_DIGITS}"
        )


def _check_keys(node: yaml.MappingNode) -> None:
    seen: dict[object, int] = {}
    for key, _ in node.value:
        name = key.value if isinstance(key, yaml.ScalarNode) else None
        if name is None:
            raise RefusedError(f"{_at(key)}got a key that is no word")
        if name in seen:
            raise RefusedError(
                f"{_at(key)}got the key {name[:80]} a second time (first in line "
                f"{seen[name]}); leave one of the two out"
            )
        seen[name] = _line(key)


def _line(found: Any) -> int:
    """Of a node or an event."""
    return int(found.start_mark.line) + 1


def _at(found: Any) -> str:
    return f"line {_line(found)}: "


def _told(error: yaml.YAMLError) -> str:
    """PyYAML's own words on one line."""
    mark = getattr(error, "problem_mark", None)
    where = f"line {mark.line + 1}: " if mark else ""
    said = getattr(error, "problem", None) or str(error)
    return where + " ".join(str(said).split())[:300]
