# Search for the best network: one job for each set of samples that is held out to judge it.
SEARCHED = STUDY.search.held_out_sets if STUDY.search else ()
SEARCHES = [LAYOUT.search(held_out) for held_out in SEARCHED]
ONE = LAYOUT.search("{held_out}")


# The trials so far stand in search/HELD-OUT.journal: a killed job goes on where it stopped.
rule search:
    """Search for the best network without the samples that judge it."""
    input:
        code=code("pyreg.commands.search"),
        encoded=rules.encode.output.encoded,
    output:
        trials=ONE.trials,
        best=ONE.best,
    log:
        LAYOUT.log("search/{held_out}"),
    benchmark:
        LAYOUT.benchmark("search/{held_out}")
    conda:
        ENVIRONMENT
    resources:
        mem_mb=4000,
        runtime=480,
        gpu=int(STUDY.device == "gpu"),
    params:
        folder=str(ONE.folder),
        settings=lambda wildcards: parts.of_search(STUDY),
    shell:
        "pyreg search --config - --held-out {wildcards.held_out}"
        " --encoded {input.encoded:q} --output-dir {params.folder:q} 2> {log:q} <<< {params.settings:q}"


rule search_table:
    """Put what the searches found into one table."""
    input:
        code=code("pyreg.commands.search_table"),
        best=[search.best for search in SEARCHES],
    output:
        report(
            LAYOUT.table("search"),
            caption="../report/table-search.rst",
            category="Tables",
        ),
    log:
        LAYOUT.log("search_table"),
    benchmark:
        LAYOUT.benchmark("search_table")
    conda:
        ENVIRONMENT
    resources:
        mem_mb=500,
    params:
        folder=LAYOUT.folder,
        settings=lambda wildcards: parts.of_search_table(STUDY),
    shell:
        "pyreg search-table --config - --results {params.folder:q}"
        " --output {output:q} 2> {log:q} <<< {params.settings:q}"
