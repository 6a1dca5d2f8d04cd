# Download, find or draw the samples, verify them, encode them.
rule data:
    input:
        code=code("pyreg/data/*.py"),
    output:
        samples=results("data/samples.npz"),
        provenance=results("data/provenance.json"),
    log:
        log_of("data"),
    benchmark:
        benchmark_of("data")
    conda:
        ENVIRONMENT
    resources:
        mem_mb=1000,
    params:
        config=CONFIG,
        settings=STUDY.data.model_dump(exclude={"column_base"}),
        # PYREG_IMDB set to another file fetches again; not set, what is here stays.
        identity=plan.data_identity_or_exit(STUDY),
    shell:
        "python -m pyreg data prepare --config {params.config}"
        " --output-dir $(dirname {output.samples}) 2> >(tee {log} >&2)"


rule encode:
    input:
        code=code("pyreg/encode.py"),
        samples=rules.data.output.samples,
    output:
        encoded=results("data/encoded.npz"),
    log:
        log_of("encode"),
    benchmark:
        benchmark_of("encode")
    conda:
        ENVIRONMENT
    resources:
        mem_mb=1000,
    params:
        config=CONFIG,
        num_words=STUDY.data.num_words,
        column_base=STUDY.data.column_base,
    shell:
        "python -m pyreg encode --config {params.config} --data $(dirname {input.samples})"
        " --output {output} 2> {log}"
