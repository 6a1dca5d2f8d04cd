"""Settings and records in, words for people out, in the language that is spoken.

May import: config, study.
"""

from pyreg.wording.language import N_, _, counted, speaking, whole
from pyreg.wording.sentences import recorded

__all__ = ["N_", "_", "counted", "recorded", "speaking", "whole"]
