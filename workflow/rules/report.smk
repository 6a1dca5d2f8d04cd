# One self-contained page: the three answers first, then the evidence.
rule report:
    """Write the report."""
    input:
        code=code("pyreg.commands.report"),
        figures=rules.figures.output.svg,
        tables=TABLES,
        compressed=COMPRESSED,
    output:
        html=report(LAYOUT.report, caption="../report/report.rst", category="Report"),
        answers=LAYOUT.answers,
    log:
        LAYOUT.log("report"),
    conda:
        ENVIRONMENT
    resources:
        mem_mb=1000,
    params:
        folder=LAYOUT.folder,
        settings=lambda wildcards: parts.whole(STUDY),
    shell:
        "pyreg report --config - --results {params.folder:q}"
        " --output {output.html:q} 2> {log:q} <<< {params.settings:q}"


# Asked for by name, `snakemake --cores 1 verify`: it fails where the results are others.
rule verify:
    """Compare the results with the committed reference."""
    input:
        config=LAYOUT.config,
        tables=TABLES,
    log:
        LAYOUT.log("verify"),
    conda:
        ENVIRONMENT
    resources:
        mem_mb=1000,
    params:
        folder=LAYOUT.folder,
        reference=glue.REFERENCE,
    shell:
        "pyreg verify --results {params.folder:q} --against {params.reference:q} 2> {log:q}"
