# Tables and records to figures: PDF, PNG, SVG, and the drawn data as CSV.
from pyreg.figures import FORMATS, catalogue

ENTRIES = catalogue.entries(STUDY)


rule figures:
    input:
        code=code(
            "pyreg/figures/*.py",
            "pyreg/metrics.py",
            "pyreg/plan.py",
            "pyreg/records.py",
            "pyreg/search/table.py",
            "pyreg/tasks.py",
        ),
        provenance=rules.data.output.provenance,
        runs=[f"{run}/history.csv" for run in RUNS],
        replicates=REPLICATES,
        trials=TRIALS,
        tables=TABLES,
    output:
        png=[
            report(
                results(f"figures/{entry.name}.png"),
                caption=f"../report/{entry.kind}.rst",
                category="Figures",
                labels={"figure": entry.name, "models": ", ".join(entry.models)},
            )
            for entry in ENTRIES
        ],
        others=[
            results(f"figures/{entry.name}.{format}")
            for entry in ENTRIES
            for format in FORMATS
            if format != "png"
        ],
    log:
        log_of("figures"),
    benchmark:
        benchmark_of("figures")
    conda:
        ENVIRONMENT
    resources:
        mem_mb=1500,
    params:
        config=CONFIG,
        settings=STUDY.figures.model_dump(),
    shell:
        "python -m pyreg figures --config {params.config} --results $(dirname {params.config})"
        " --output-dir $(dirname {output.png[0]}) 2> {log}"


rule numbers:
    input:
        code=code("pyreg/numbers.py", "pyreg/search/table.py"),
        tables=TABLES,
    output:
        tex=report(
            results("numbers/numbers.tex"),
            caption="../report/numbers.rst",
            category="Numbers",
        ),
        markdown=results("numbers/numbers.md"),
    log:
        log_of("numbers"),
    conda:
        ENVIRONMENT
    resources:
        mem_mb=500,
    params:
        config=CONFIG,
    shell:
        "python -m pyreg numbers --config {params.config} --results $(dirname {params.config})"
        " --output-dir $(dirname {output.tex}) 2> {log}"
