# Download or find the reviews, verify them, encode them.
import os


rule data:
    input:
        code=DATA_CODE,
    output:
        reviews=results("data/reviews.npz"),
        provenance=results("data/provenance.json"),
    params:
        settings=STUDY.data.model_dump(exclude={"column_base"}),
        # PYREG_IMDB set to another file fetches again; not set, what is here stays.
        identity=plan.data_identity(STUDY),
    log:
        log_of("data"),
    benchmark:
        benchmark_of("data")
    resources:
        mem_mb=1000,
    shell:
        "pyreg data prepare --config {CONFIG} --output-dir $(dirname {output.reviews})"
        " 2> >(tee {log} >&2)"


rule encode:
    input:
        code=["pyreg/encode.py"],
        reviews=rules.data.output.reviews,
        provenance=rules.data.output.provenance,
    output:
        results("data/encoded.npz"),
    params:
        num_words=STUDY.data.num_words,
        column_base=STUDY.data.column_base,
    log:
        log_of("encode"),
    benchmark:
        benchmark_of("encode")
    resources:
        mem_mb=1000,
    shell:
        "pyreg encode --config {CONFIG} --data $(dirname {input.reviews})"
        " --output {output} 2> {log}"
