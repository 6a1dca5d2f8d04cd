"""The bridge to R: starts R in this process, offers it Python, and trains from R.

The only home of rpy2. Importing this package loads neither R nor rpy2.

May import: study.
"""

from pyreg.rbridge.availability import available
from pyreg.rbridge.environment import for_r

__all__ = ["available", "for_r"]
