# From download to report: snakemake --cores all
# Another study: snakemake --cores all --configfile workflow/studies/NAME.yaml
include: "workflow/Snakefile"


rule study:
    """What a plain `snakemake` makes."""
    default_target: True
    input:
        rules.all.input,
