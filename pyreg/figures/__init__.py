"""Run records and tables in, figures out: never trains, never imports keras."""

from pyreg.figures.catalogue import FORMATS, names

__all__ = ["FORMATS", "names"]
