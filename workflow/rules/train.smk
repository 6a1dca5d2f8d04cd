# Train: one job per run, one thread per job. Engines: python, r, base-r.
RECORD = ["history.csv", "run.json", "chain.json", "predictions.npz", "weights.npz"]
CODE = {
    "python": TRAIN_CODE,
    "r": TRAIN_CODE + R_CODE,
    "base-r": TRAIN_CODE + ["pyreg/base_r.py", "R/base_r.R"],
}
MEMORY = {"python": 2000, "r": 4000, "base-r": 3000}


rule train:
    input:
        code=lambda wildcards: CODE[wildcards.engine],
        reviews=rules.data.output.reviews,
        encoded=rules.encode.output[0],
    output:
        [results("runs/{engine}/{model}/{shuffle}/seed-{seed}/") + file for file in RECORD],
    params:
        settings=lambda wildcards: plan.settings_of_run(STUDY, wildcards.model),
    log:
        log_of("train/{engine}-{model}-{shuffle}-{seed}"),
    benchmark:
        benchmark_of("train/{engine}-{model}-{shuffle}-{seed}")
    resources:
        mem_mb=lambda wildcards: MEMORY[wildcards.engine],
        runtime=30,
        gpu=int(STUDY.device == "gpu"),
    shell:
        "pyreg train --config {CONFIG} --engine {wildcards.engine} --model {wildcards.model}"
        " --shuffle {wildcards.shuffle} --seed {wildcards.seed}"
        " --data $(dirname {input.reviews}) --output $(dirname {output[0]}) 2> {log}"
