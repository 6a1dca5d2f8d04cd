"""`python -m pyreg STEP ...`, the same as `pyreg STEP ...`."""

import sys

from pyreg.cli import main

sys.exit(main())
