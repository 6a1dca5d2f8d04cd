# Search for the best network: one job for each set of samples that is held out to judge it.
SEARCHED = STUDY.search.held_out_sets if STUDY.search else ()
TRIALS = [results(f"search/{held_out}/trials.csv") for held_out in SEARCHED]


# The trials so far stand in search/HELD-OUT.journal: a killed job goes on where it stopped.
rule search:
    input:
        code=TRAIN_CODE + code("pyreg/folds.py", "pyreg/search/*.py"),
        encoded=rules.encode.output.encoded,
    output:
        trials=results("search/{held_out}/trials.csv"),
        best=results("search/{held_out}/best.json"),
    log:
        log_of("search/{held_out}"),
    benchmark:
        benchmark_of("search/{held_out}")
    conda:
        ENVIRONMENT
    resources:
        mem_mb=4000,
        runtime=480,
        gpu=int(STUDY.device == "gpu"),
    params:
        config=CONFIG,
        settings=lambda wildcards: plan.settings_of_search(STUDY),
    shell:
        "python -m pyreg search --config {params.config} --held-out {wildcards.held_out}"
        " --encoded {input.encoded} --output-dir $(dirname {output.best}) 2> {log}"


rule search_table:
    input:
        code=code("pyreg/search/table.py"),
        best=[path.replace("trials.csv", "best.json") for path in TRIALS],
    output:
        results("tables/search.csv"),
    log:
        log_of("search_table"),
    conda:
        ENVIRONMENT
    resources:
        mem_mb=500,
    params:
        config=CONFIG,
    shell:
        "python -m pyreg search-table --config {params.config}"
        " --results $(dirname {params.config}) --output {output} 2> {log}"
