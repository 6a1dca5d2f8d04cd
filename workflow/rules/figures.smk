# Tables and records to figures: PDF, PNG, SVG, and the drawn data as CSV.
from pyreg.figures import FORMATS, catalogue

ENTRIES = catalogue.entries(STUDY)


rule figures:
    """Draw every figure; never trains."""
    input:
        code=code("pyreg.commands.figures"),
        provenance=rules.data.output.provenance,
        runs=[run.history for run in RUNS],
        replicates=[batch.history for batch in REPLICATES],
        trials=[search.trials for search in SEARCHES],
        tables=TABLES,
    output:
        png=[
            report(
                LAYOUT.figure(entry.name, "png"),
                caption=f"../report/{entry.kind}.rst",
                category="Figures",
                labels={"figure": entry.name, "models": ", ".join(entry.models)},
            )
            for entry in ENTRIES
        ],
        others=[
            LAYOUT.figure(entry.name, format)
            for entry in ENTRIES
            for format in FORMATS
            if format != "png"
        ],
    log:
        LAYOUT.log("figures"),
    benchmark:
        LAYOUT.benchmark("figures")
    conda:
        ENVIRONMENT
    resources:
        mem_mb=1500,
    params:
        folder=LAYOUT.folder,
        figures=LAYOUT.figures(),
        settings=lambda wildcards: parts.of_figures(STUDY),
    shell:
        "pyreg figures --config - --results {params.folder:q}"
        " --output-dir {params.figures:q} 2> {log:q} <<< {params.settings:q}"


rule numbers:
    """Write every number for a text: LaTeX macros and a Markdown table."""
    input:
        code=code("pyreg.commands.numbers"),
        tables=TABLES,
    output:
        tex=report(
            LAYOUT.numbers("tex"), caption="../report/numbers.rst", category="Numbers"
        ),
        markdown=LAYOUT.numbers("md"),
    log:
        LAYOUT.log("numbers"),
    conda:
        ENVIRONMENT
    resources:
        mem_mb=500,
    params:
        folder=LAYOUT.folder,
        numbers=LAYOUT.numbers("tex").parent,
        settings=lambda wildcards: parts.of_numbers(STUDY),
    shell:
        "pyreg numbers --config - --results {params.folder:q}"
        " --output-dir {params.numbers:q} 2> {log:q} <<< {params.settings:q}"
