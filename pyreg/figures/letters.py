"""A text and its font in, its measured width and height, and its lines out."""

from dataclasses import dataclass
from functools import cache

from matplotlib.font_manager import FontProperties, findfont
from matplotlib.textpath import text_to_path

from pyreg.errors import InputError

MM_PER_POINT = 25.4 / 72
LEADING = 1.2  # matplotlib's distance of two lines, in heights of one
HINTED = 1.02  # so much wider may letters become that are fitted to pixels


@dataclass(frozen=True)
class Letters:
    """A font at a size.

    Attributes:
        size: in points.
    """

    family: str
    size: float
    weight: str = "normal"

    def width(self, text: str) -> float:
        """Of the widest line, in mm, at most."""
        lines = text.splitlines() or [""]
        return max(_extent(self, line)[0] for line in lines) * MM_PER_POINT * HINTED

    def height(self, text: str) -> float:
        """Of all lines, in mm."""
        num_lines = text.count("\n") + 1
        return num_lines * LEADING * _extent(self, "lp")[1] * MM_PER_POINT

    def wrapped(self, text: str, width: float) -> str:
        """The text in lines no wider than `width` mm; a single word that is wider stays whole."""
        return "\n".join(self._wrapped_line(line, width) for line in text.splitlines())

    def _wrapped_line(self, text: str, width: float) -> str:
        lines: list[str] = []
        for word in text.split(" "):
            longer = f"{lines[-1]} {word}" if lines else word
            if lines and self.width(longer) <= width:
                lines[-1] = longer
            else:
                lines.append(word)
        return "\n".join(lines)


def require(family: str) -> None:
    """Raise InputError where this machine has no font of that name."""
    try:
        findfont(family, fallback_to_default=False)
    except ValueError:
        raise InputError(
            f"figures.font: got '{family}', which is no font that matplotlib finds here; install "
            "it and delete matplotlib's cache of fonts, or leave the key out"
        ) from None


@cache
def _extent(letters: Letters, line: str) -> tuple[float, float]:
    """Width and height in points."""
    font = FontProperties(family=letters.family, size=letters.size, weight=letters.weight)
    width, height, _ = text_to_path.get_text_width_height_descent(line, font, ismath=False)
    return width, height
