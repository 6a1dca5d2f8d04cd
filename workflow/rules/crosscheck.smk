# Compare Python's runs with R's, and put every run's numbers into one table.
RUNS = [run_folder(key) for key in plan.runs(STUDY, with_r=R_MISSING is None)]
REPLICATES = histories_of(plan.replicate_sets(STUDY))
ON_BACKENDS = histories_of(
    [one for one in plan.backend_sets(STUDY) if plan.is_installed(one.backend)]
)
TABLES = [results("tables/agreement.csv"), results("tables/metrics.csv")]
if STUDY.replicates and STUDY.claims:
    TABLES.append(results("tables/claims.csv"))
if STUDY.search:
    TABLES.append(results("tables/search.csv"))
if STUDY.my_runs:
    TABLES.append(results("tables/my_runs.csv"))


rule agreement:
    input:
        code=code("pyreg/compare.py", "pyreg/diff.py", "pyreg/equivalence.py"),
        runs=[f"{run}/history.csv" for run in RUNS],
        replicates=REPLICATES if STUDY.backends else [],
        on_backends=ON_BACKENDS,
    output:
        results("tables/agreement.csv"),
    log:
        log_of("agreement"),
    conda:
        ENVIRONMENT
    resources:
        mem_mb=500,
    params:
        config=CONFIG,
        tolerances=[tolerance.model_dump() for tolerance in STUDY.tolerances.values()],
        margins=STUDY.margins.model_dump(),
        backends=STUDY.backends,
        r_missing=R_MISSING or "",
    shell:
        "python -m pyreg agreement --config {params.config} --results $(dirname {params.config})"
        " --r-missing={params.r_missing:q} --output {output} 2> {log}"


rule metrics:
    input:
        code=code("pyreg/metrics.py", "pyreg/replicates/record.py"),
        runs=[f"{run}/history.csv" for run in RUNS],
        replicates=REPLICATES,
        on_backends=ON_BACKENDS,
    output:
        results("tables/metrics.csv"),
    log:
        log_of("metrics"),
    conda:
        ENVIRONMENT
    resources:
        mem_mb=500,
    params:
        config=CONFIG,
    shell:
        "python -m pyreg metrics --config {params.config} --results $(dirname {params.config})"
        " --output {output} 2> {log}"


rule claims:
    input:
        code=code("pyreg/claims.py", "pyreg/metrics.py", "pyreg/replicates/record.py"),
        replicates=REPLICATES,
    output:
        results("tables/claims.csv"),
    log:
        log_of("claims"),
    conda:
        ENVIRONMENT
    resources:
        mem_mb=500,
    params:
        config=CONFIG,
        settings=[claim.model_dump() for claim in STUDY.claims] + [STUDY.confidence],
    shell:
        "python -m pyreg claims --config {params.config} --results $(dirname {params.config})"
        " --output {output} 2> {log}"
