"""Run records and tables in, figures out: never trains, never imports keras.

May import: config, records, study, statistics, search.
"""

from pyreg.figures.catalogue import FORMATS, names

__all__ = ["FORMATS", "names"]
