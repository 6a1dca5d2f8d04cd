# One self-contained page: the three answers first, then the evidence.
rule report:
    input:
        code=code(
            "pyreg/report/*.py", "pyreg/report/templates/*", "pyreg/search/table.py"
        ),
        figures=rules.figures.output.png,
        tables=TABLES,
    output:
        html=report(
            results("report.html"), caption="../report/report.rst", category="Report"
        ),
    log:
        log_of("report"),
    conda:
        ENVIRONMENT
    resources:
        mem_mb=1000,
    params:
        config=CONFIG,
        settings=STUDY.model_dump(mode="json"),
    shell:
        "python -m pyreg report --config {params.config} --results $(dirname {params.config})"
        " --output {output.html} 2> {log}"


# Asked for by name, `snakemake --cores 1 verify`: it fails where the results are others.
rule verify:
    input:
        tables=TABLES,
        reference=f"{workflow.basedir}/results/reference/config.yaml",
    log:
        log_of("verify"),
    conda:
        ENVIRONMENT
    resources:
        mem_mb=1000,
    params:
        config=CONFIG,
    shell:
        "python -m pyreg verify --results $(dirname {params.config})"
        " --against $(dirname {input.reference}) 2> {log}"
