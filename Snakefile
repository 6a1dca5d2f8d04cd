# From download to report: snakemake --cores all
# Another study: snakemake --cores all --configfile workflow/studies/NAME.yaml
import sys

from snakemake.logging import logger

from pyreg import progress
from pyreg.study import cost


include: "workflow/Snakefile"


progress.follow(logger, cost.of_jobs(STUDY, LAYOUT, R_MISSING is None))


rule study:
    """What a plain `snakemake` makes."""
    default_target: True
    input:
        rules.all.input,


onsuccess:
    print(glue.farewell(LAYOUT), end="")


onerror:
    print(f"All that Snakemake said: {', '.join(log)}", file=sys.stderr)
