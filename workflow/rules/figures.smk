# Tables and records to figures: SVG and other formats, with their words and the drawn data.
from pyreg.figures import catalogue

ENTRIES = catalogue.entries(STUDY)


rule figures:
    """Draw every figure; never trains."""
    input:
        code=code("pyreg.commands.figures"),
        provenance=rules.data.output.provenance,
        encoded=rules.encode.output.encoded,
        runs=[run.history for run in RUNS],
        replicates=[batch.history for batch in REPLICATES],
        trials=[search.trials for search in SEARCHES],
        compressed=COMPRESSED,
        tables=TABLES,
    output:
        svg=[
            report(
                LAYOUT.figure(entry.name, "svg"),
                caption=f"../report/{entry.kind}.rst",
                category="Figures",
                labels={"figure": entry.name, "models": ", ".join(entry.models)},
            )
            for entry in ENTRIES
        ],
        others=[
            LAYOUT.figure(entry.name, format)
            for entry in ENTRIES
            for format in catalogue.formats(STUDY)
            if format != "svg"
        ],
    log:
        LAYOUT.log("figures"),
    benchmark:
        LAYOUT.benchmark("figures")
    conda:
        ENVIRONMENT
    threads: 2
    resources:
        mem_mb=2000,
    params:
        folder=LAYOUT.folder,
        figures=LAYOUT.figures(),
        settings=lambda wildcards: parts.of_figures(STUDY),
    shell:
        "pyreg figures --config - --results {params.folder:q}"
        " --output-dir {params.figures:q} --processes {threads}"
        " 2> {log:q} <<< {params.settings:q}"


rule numbers:
    """Write every number for a text: LaTeX, Markdown, JSON and CSV."""
    input:
        code=code("pyreg.commands.numbers"),
        provenance=rules.data.output.provenance,
        runs=[run.history for run in RUNS],
        replicates=[batch.history for batch in REPLICATES],
        tables=TABLES,
    output:
        tex=report(
            LAYOUT.numbers("tex"), caption="../report/numbers.rst", category="Numbers"
        ),
        others=[LAYOUT.numbers(format) for format in ("md", "json", "csv")],
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
