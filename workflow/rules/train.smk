# Train: one job per run, one thread per job. Engines: python, r, base-r.
RECORD = ["history.csv", "run.json", "chain.json", "predictions.npz", "weights.npz"]
TRAIN_CODE = code(
    "pyreg/train.py",
    "pyreg/models.py",
    "pyreg/tasks.py",
    "pyreg/encode.py",
    "pyreg/shuffle.py",
)
CODE = {
    "python": TRAIN_CODE,
    "r": TRAIN_CODE
    + code("pyreg/rbridge/*.py", "R/lesson.R", "R/build_model.R", "R/train_run.R")
    + code("R/keras_verbs.R", "R/front_end.R"),
    "base-r": TRAIN_CODE + code("pyreg/base_r*.py", "R/base_r*.R"),
}
MEMORY = {"python": 2000, "r": 4000, "base-r": 3000}
BACKENDS = {
    "replicates": "tensorflow",
    "replicates-jax": "jax",
    "replicates-torch": "torch",
}


rule train:
    input:
        code=lambda wildcards: CODE[wildcards.engine],
        samples=rules.data.output.samples,
        encoded=rules.encode.output.encoded,
    output:
        **{
            Path(file).stem: results("runs/{engine}/{model}/{shuffle}/seed-{seed}/")
            + file
            for file in RECORD
        },
    log:
        log_of("train/{engine}-{model}-{shuffle}-{seed}"),
    benchmark:
        benchmark_of("train/{engine}-{model}-{shuffle}-{seed}")
    conda:
        ENVIRONMENT
    resources:
        mem_mb=lambda wildcards: MEMORY[wildcards.engine],
        runtime=30,
        gpu=int(STUDY.device == "gpu"),
    params:
        config=CONFIG,
        settings=lambda wildcards: plan.settings_of_run(STUDY, wildcards.model),
    shell:
        "python -m pyreg train --config {params.config} --engine {wildcards.engine}"
        " --model {wildcards.model} --shuffle {wildcards.shuffle} --seed {wildcards.seed}"
        " --data $(dirname {input.samples}) --output $(dirname {output.history}) 2> {log}"


rule replicate:
    input:
        code=TRAIN_CODE + code("pyreg/replicates/*.py"),
        samples=rules.data.output.samples,
        encoded=rules.encode.output.encoded,
    output:
        **{
            Path(file).stem: results("{kind}/{model}/{shuffle}/seeds-{first}-{last}/")
            + file
            for file in ["history.csv", "run.json", "predictions.npz"]
        },
    log:
        log_of("{kind}/{model}-{shuffle}-{first}-{last}"),
    benchmark:
        benchmark_of("{kind}/{model}-{shuffle}-{first}-{last}")
    conda:
        ENVIRONMENT
    # JAX takes what processors there are, whatever it is told.
    threads: lambda wildcards: 1 + (wildcards.kind == "replicates-jax")
    resources:
        mem_mb=3000,
        runtime=120,
        gpu=int(STUDY.device == "gpu"),
    params:
        config=CONFIG,
        settings=lambda wildcards: plan.settings_of_run(STUDY, wildcards.model),
        backend=lambda wildcards: BACKENDS[wildcards.kind],
    shell:
        "python -m pyreg replicate --config {params.config} --model {wildcards.model}"
        " --backend {params.backend}"
        " --shuffle {wildcards.shuffle} --seeds {wildcards.first}-{wildcards.last}"
        " --encoded {input.encoded} --output $(dirname {output.history}) 2> {log}"
