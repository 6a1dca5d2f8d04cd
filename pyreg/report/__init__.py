"""A study's tables, records and figures in, one HTML file that needs nothing else out.

May import: config, records, study, data, agreement, search, figures.
"""

from pyreg.report.page import render

__all__ = ["render"]
