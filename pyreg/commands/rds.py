"""Write runs as training histories for R: history.rds beside each history.csv.

In R, plot(readRDS(FILE)) and as.data.frame() take them where keras3 is loaded."""

import argparse
from pathlib import Path

from pyreg.errors import InputError

HELP = "write runs as .rds files that R's plot(history) takes"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folders", nargs="+", metavar="RUN", help="folder of a run or of replicates"
    )


def run(arguments: argparse.Namespace) -> None:
    from pyreg.rbridge import rscript
    from pyreg.records.integrity import verified
    from pyreg.records.layout import RecordFolder

    for folder in arguments.folders:
        history = RecordFolder(Path(folder)).history
        try:
            verified(history)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise InputError(
                f"cannot read {history} ({reason}); name folders of runs or of replicates"
            ) from None
    rscript.run_script("inst/scripts/write_histories.R", *arguments.folders)
