# Compare Python's runs with R's, and put every run's numbers into one table.
RUNS = [LAYOUT.run(key) for key in RUN_KEYS]
ON_BACKENDS = batches_of(plan.installed_backend_sets(STUDY))
IS_MADE = {
    "agreement": True,
    "metrics": True,
    "claims": STUDY.replicates and STUDY.claims,
    "search": STUDY.search,
    "my_runs": STUDY.my_runs,
    "ports": PORTED,
}
TABLES = [LAYOUT.table(name) for name, is_made in IS_MADE.items() if is_made]


rule agreement:
    """Say of every pair of runs how far they agree."""
    input:
        code=code("pyreg.commands.agreement"),
        runs=[run.history for run in RUNS],
        replicates=[batch.history for batch in REPLICATES if STUDY.backends],
        on_backends=[batch.history for batch in ON_BACKENDS],
    output:
        report(
            LAYOUT.table("agreement"),
            caption="../report/table-agreement.rst",
            category="Tables",
        ),
    log:
        LAYOUT.log("agreement"),
    benchmark:
        LAYOUT.benchmark("agreement")
    conda:
        ENVIRONMENT
    resources:
        mem_mb=500,
    params:
        folder=LAYOUT.folder,
        settings=lambda wildcards: parts.of_agreement(STUDY),
        r_missing=lambda wildcards: R_MISSING or "",
    shell:
        "pyreg agreement --config - --results {params.folder:q}"
        " --r-missing={params.r_missing:q} --output {output:q} 2> {log:q} <<< {params.settings:q}"


rule metrics:
    """Sum every run up: its results at the last and at the best epoch."""
    input:
        code=code("pyreg.commands.metrics"),
        runs=[run.history for run in RUNS],
        replicates=[batch.history for batch in REPLICATES],
        on_backends=[batch.history for batch in ON_BACKENDS],
    output:
        report(
            LAYOUT.table("metrics"),
            caption="../report/table-metrics.rst",
            category="Tables",
        ),
    log:
        LAYOUT.log("metrics"),
    benchmark:
        LAYOUT.benchmark("metrics")
    conda:
        ENVIRONMENT
    resources:
        mem_mb=500,
    params:
        folder=LAYOUT.folder,
        settings=lambda wildcards: parts.of_metrics(STUDY),
    shell:
        "pyreg metrics --config - --results {params.folder:q}"
        " --output {output:q} 2> {log:q} <<< {params.settings:q}"


rule claims:
    """Decide the lesson's claims over the replicates."""
    input:
        code=code("pyreg.commands.claims"),
        replicates=[batch.history for batch in REPLICATES],
    output:
        report(
            LAYOUT.table("claims"),
            caption="../report/table-claims.rst",
            category="Tables",
        ),
    log:
        LAYOUT.log("claims"),
    benchmark:
        LAYOUT.benchmark("claims")
    conda:
        ENVIRONMENT
    resources:
        mem_mb=500,
    params:
        folder=LAYOUT.folder,
        settings=lambda wildcards: parts.of_claims(STUDY),
    shell:
        "pyreg claims --config - --results {params.folder:q}"
        " --output {output:q} 2> {log:q} <<< {params.settings:q}"
