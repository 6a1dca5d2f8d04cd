# Keep the settings; download, find or draw the samples, verify them, encode them.
rule settings:
    """Keep the settings beside the results, every default spelled out."""
    output:
        LAYOUT.config,
    log:
        LAYOUT.log("settings"),
    conda:
        ENVIRONMENT
    resources:
        mem_mb=500,
    params:
        # A function, here and in every rule: Snakemake would look for wildcards in a text.
        settings=lambda wildcards: parts.whole(STUDY),
    shell:
        "pyreg settings --config - --output {output:q} 2> {log:q} <<< {params.settings:q}"


rule data:
    """Find, verify and keep the study's samples."""
    input:
        code=code("pyreg.commands.data"),
    output:
        samples=LAYOUT.data.samples,
        provenance=LAYOUT.data.provenance,
        vocabulary=LAYOUT.data.vocabulary,
    log:
        LAYOUT.log("data"),
    benchmark:
        LAYOUT.benchmark("data")
    conda:
        ENVIRONMENT
    resources:
        mem_mb=1000,
    params:
        folder=LAYOUT.data.folder,
        settings=lambda wildcards: parts.of_data(STUDY),
        # PYREG_IMDB set to another file fetches again; not set, what is here stays.
        identity=glue.data_identity_or_exit(STUDY),
    shell:
        "pyreg data prepare --config - --output-dir {params.folder:q}"
        " 2> >(tee {log:q} >&2) <<< {params.settings:q}"


rule encode:
    """Encode the samples as matrices: reviews multi-hot, a row per review, a column per word."""
    input:
        code=code("pyreg.commands.encode"),
        samples=rules.data.output.samples,
    output:
        encoded=LAYOUT.data.encoded,
    log:
        LAYOUT.log("encode"),
    benchmark:
        LAYOUT.benchmark("encode")
    conda:
        ENVIRONMENT
    resources:
        mem_mb=1000,
    params:
        folder=LAYOUT.data.folder,
        settings=lambda wildcards: parts.of_encoding(STUDY),
    shell:
        "pyreg encode --config - --data {params.folder:q} --output {output:q}"
        " 2> {log:q} <<< {params.settings:q}"
