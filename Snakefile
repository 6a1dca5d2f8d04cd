# From download to report: snakemake --cores all
# Another study: snakemake --cores all --configfile workflow/studies/NAME.yaml
from snakemake.utils import min_version

min_version("9.0")


# A file given with --configfile is a complete study; without one, the lesson's is run.
if "models" not in config:

    configfile: "workflow/config.yaml"


include: "workflow/rules/common.smk"
include: "workflow/rules/data.smk"
include: "workflow/rules/train.smk"
include: "workflow/rules/search.smk"
include: "workflow/rules/crosscheck.smk"
include: "workflow/rules/own.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/report.smk"


rule all:
    default_target: True
    input:
        TABLES,
        RDS,
        rules.figures.output,
        rules.numbers.output,
        rules.report.output,
