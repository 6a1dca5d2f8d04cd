# Make trained networks smaller: quantized, pruned.
EXACT = LAYOUT.run(RunKey("python", "{model}", STUDY.shuffle, STUDY.seed))
SMALL = LAYOUT.compressed("{model}")
COMPRESSED = [LAYOUT.compressed(model).table for model in STUDY.compress]


rule compress:
    """Make the network of an exact run smaller, and measure what each form costs."""
    input:
        code=code("pyreg.commands.compress"),
        model=EXACT.model,
        info=EXACT.info,
        chain=EXACT.chain,
        encoded=rules.encode.output.encoded,
    output:
        report(
            SMALL.table,
            caption="../report/table-compression.rst",
            category="Tables",
            labels={"table": "compression", "model": "{model}"},
        ),
    log:
        LAYOUT.log("compress/{model}"),
    benchmark:
        LAYOUT.benchmark("compress/{model}")
    conda:
        ENVIRONMENT
    resources:
        mem_mb=3000,
        runtime=120,
    params:
        run=lambda wildcards, input: os.path.dirname(input.model),
        folder=str(SMALL.folder),
        settings=lambda wildcards: parts.of_run(STUDY, wildcards.model),
    shell:
        "pyreg compress --config - {params.run:q} --output-dir {params.folder:q}"
        " 2> {log:q} <<< {params.settings:q}"
