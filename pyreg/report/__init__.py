"""A study's tables, records and figures in, one HTML file that needs nothing else out."""

from pyreg.report.page import render

__all__ = ["render"]
