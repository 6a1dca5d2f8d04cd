# Hand every run back to R users, and compare their own with ours.
RDS = []
if R_MISSING is None:
    RDS = [f"{run}/history.rds" for run in RUNS]
    RDS += [path.replace("history.csv", "history.rds") for path in REPLICATES]


rule rds:
    input:
        code=code("R/history.R"),
        histories=[path.replace("history.rds", "history.csv") for path in RDS],
    output:
        RDS,
    log:
        log_of("rds"),
    conda:
        ENVIRONMENT
    resources:
        mem_mb=500,
    shell:
        "python -m pyreg rds $(dirname {input.histories}) 2> {log}"


rule my_runs:
    input:
        code=code("pyreg/my_*.py", "pyreg/rds.py", "pyreg/band.py", "pyreg/causes.py"),
        mine=[run.file for run in STUDY.my_runs],
        encoded=rules.encode.output.encoded,
        runs=[f"{run}/history.csv" for run in RUNS],
        replicates=REPLICATES,
    output:
        results("tables/my_runs.csv"),
    log:
        log_of("my_runs"),
    benchmark:
        benchmark_of("my_runs")
    conda:
        ENVIRONMENT
    resources:
        mem_mb=4000,
        runtime=60,
    params:
        config=CONFIG,
        my_runs=[run.model_dump() for run in STUDY.my_runs],
    shell:
        "python -m pyreg compare --config {params.config} --results $(dirname {params.config})"
        " --output {output} 2> {log}"
