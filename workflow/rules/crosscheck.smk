# Compare Python's runs with R's, and put every run's numbers into one table.
RUNS = [run_folder(key) for key in plan.runs(STUDY, with_r=R_MISSING is None)]


rule agreement:
    input:
        code=["pyreg/compare.py", "pyreg/diff.py"],
        runs=[f"{run}/{file}" for run in RUNS for file in RECORD],
    output:
        results("tables/agreement.csv"),
    params:
        tolerances=STUDY.tolerances,
        r_missing=R_MISSING or "",
    log:
        log_of("agreement"),
    resources:
        mem_mb=500,
    shell:
        "pyreg agreement --config {CONFIG} --results $(dirname $(dirname {output}))"
        " --r-missing {params.r_missing:q} --output {output} 2> {log}"
