# Compare Python's runs with R's, and put every run's numbers into one table.
RUNS = [run_folder(key) for key in plan.runs(STUDY, with_r=R_MISSING is None)]


rule agreement:
    input:
        code=code("pyreg/compare.py", "pyreg/diff.py"),
        runs=[f"{run}/{file}" for run in RUNS for file in RECORD],
    output:
        results("tables/agreement.csv"),
    params:
        config=CONFIG,
        tolerances=[tolerance.model_dump() for tolerance in STUDY.tolerances.values()],
        r_missing=R_MISSING or "",
    log:
        log_of("agreement"),
    conda:
        ENVIRONMENT
    resources:
        mem_mb=500,
    shell:
        "python -m pyreg agreement --config {params.config} --results $(dirname {params.config})"
        " --r-missing {params.r_missing:q} --output {output} 2> {log}"


rule metrics:
    input:
        code=code("pyreg/metrics.py"),
        runs=[f"{run}/history.csv" for run in RUNS],
    output:
        results("tables/metrics.csv"),
    params:
        config=CONFIG,
    log:
        log_of("metrics"),
    conda:
        ENVIRONMENT
    resources:
        mem_mb=500,
    shell:
        "python -m pyreg metrics --config {params.config} --results $(dirname {params.config})"
        " --output {output} 2> {log}"
