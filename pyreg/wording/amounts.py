"""A number in, the number as people print it out; a dash for one that is not there."""

import math

MISSING = "–"
LEAST_P = 0.001  # a smaller p says no more


def decimals(value: float) -> str:
    """A result: four decimals; its magnitude where those would all be 0."""
    if _is_missing(value):
        return MISSING
    return f"{value:.1e}" if 0 < abs(value) < 5e-5 else f"{value:.4f}"


def tiny(value: float) -> str:
    """A difference: two digits and its magnitude."""
    return MISSING if _is_missing(value) else f"{value:.2g}"


def epochs(value: float) -> str:
    """An epoch, or a mean of several, which has one decimal."""
    if _is_missing(value):
        return MISSING
    return f"{value:.0f}" if float(value).is_integer() else f"{value:.1f}"


def p_value(value: float) -> str:
    """Three decimals, and nothing below them."""
    if _is_missing(value):
        return MISSING
    return f"< {LEAST_P}" if value < LEAST_P else f"{value:.3f}"


def _is_missing(value: float | None) -> bool:
    return value is None or math.isnan(value)
