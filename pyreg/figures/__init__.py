"""Run records and tables in, figures out: never trains, never imports keras.

May import: config, records, study, statistics, search, wording.
"""

import os

from pyreg.figures.catalogue import formats, names

os.environ["MPLBACKEND"] = "agg"  # figures become files; a notebook's back end is not ours to load

__all__ = ["formats", "names"]
