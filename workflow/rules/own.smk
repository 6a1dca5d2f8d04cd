# Hand every run back to R users, and compare their own with ours.
TO_R = [*RUNS, *REPLICATES] if R_MISSING is None else []
RDS = [record.r_history for record in TO_R]


rule rds:
    """Write every history as R's keras saves it."""
    input:
        code=code("pyreg.commands.rds"),
        histories=[record.history for record in TO_R],
    output:
        RDS,
    log:
        LAYOUT.log("rds"),
    conda:
        ENVIRONMENT
    resources:
        mem_mb=500,
    params:
        folders=[record.folder for record in TO_R],
    shell:
        "pyreg rds {params.folders:q} 2> {log:q}"


rule my_runs:
    """Compare the user's own histories with the study's runs."""
    input:
        code=code("pyreg.commands.compare"),
        mine=[run.file for run in STUDY.my_runs if not re.search("[{}]", run.file)],
        encoded=rules.encode.output.encoded,
        runs=[run.history for run in RUNS],
        replicates=[batch.history for batch in REPLICATES],
    output:
        report(
            LAYOUT.table("my_runs"),
            caption="../report/table-my_runs.rst",
            category="Tables",
        ),
    log:
        LAYOUT.log("my_runs"),
    benchmark:
        LAYOUT.benchmark("my_runs")
    conda:
        ENVIRONMENT
    threads: 2
    resources:
        mem_mb=4000,
        runtime=60,
    params:
        folder=LAYOUT.folder,
        settings=lambda wildcards: parts.of_own_runs(STUDY),
        # Also of files that cannot be inputs, as braces in their names would be wildcards.
        identity=glue.identity_of_own_runs(STUDY),
    shell:
        "pyreg compare --config - --results {params.folder:q} --jobs {threads}"
        " --output {output:q} 2> {log:q} <<< {params.settings:q}"
