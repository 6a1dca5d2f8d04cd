"""`python -m pyreg STEP ...`, the same as `pyreg STEP ...`."""

import sys

if not sys.flags.safe_path:
    del sys.path[0]  # the current folder: a json.py or keras.py that lies there is not meant

from pyreg.cli import main

sys.exit(main())
