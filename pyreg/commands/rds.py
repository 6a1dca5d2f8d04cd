"""Write runs as training histories for R: history.rds beside each history.csv.

In R, plot(readRDS(FILE)) and as.data.frame() take them where keras3 is loaded."""

import argparse

HELP = "write runs as .rds files that R's plot(history) takes"


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folders", nargs="+", metavar="RUN", help="folder of a run or of replicates"
    )


def run(arguments: argparse.Namespace) -> None:
    from pyreg.rbridge import rscript

    rscript.run_script("inst/scripts/write_histories.R", *arguments.folders)
