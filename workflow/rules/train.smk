# Train: one job per run, one thread per job. Engines: python, r, base-r.
from pyreg.commands.train import ENGINES
from pyreg.records.layout import RunKey
from pyreg.study import cost

RUN = LAYOUT.run(RunKey("{engine}", "{model}", "{shuffle}", "{seed}"))
BATCH = LAYOUT.batch_pattern()
MEMORY = {"python": 2000, "r": 4000, "base-r": 3000}
BACKENDS = {
    "replicates": "tensorflow",
    "replicates-jax": "jax",
    "replicates-torch": "torch",
}


if STUDY.train_together:
    # Starting Keras takes longer than training: one job for Python's runs, and one for R's.
    for JOB, OF_JOB in {"python": {"python"}, "r": {"r", "base-r"}}.items():
        FOUND = sorted(OF_JOB & {key.engine for key in RUN_KEYS})
        if not FOUND:
            continue

        rule:
            name:
                f"train_{JOB}"
            input:
                code=code("pyreg.commands.train_all", *map(ENGINES.get, FOUND)),
                samples=rules.data.output.samples,
                vocabulary=rules.data.output.vocabulary,
                encoded=rules.encode.output.encoded,
                weights=lambda wildcards: [
                    file
                    for name, model in STUDY.models.items()
                    if not model.weights_of
                    for file in weights_of(name)
                ],
            output:
                [
                    file
                    for key in RUN_KEYS
                    if key.engine in FOUND
                    for file in files_of(LAYOUT.run(key), key.engine)
                ]
                + [
                    file
                    for batch in REPLICATES
                    if JOB == "python"
                    for file in files_of_batch(batch)
                ],
            log:
                LAYOUT.log(f"train/{JOB}"),
            benchmark:
                LAYOUT.benchmark(f"train/{JOB}")
            priority: int(JOB == "python")
            conda:
                ENVIRONMENT
            resources:
                mem_mb=max(map(MEMORY.get, FOUND)),
                runtime=30,
                gpu=int(STUDY.device == "gpu"),
            params:
                folder=LAYOUT.folder,
                engines=FOUND,
                settings=lambda wildcards: parts.of_all_runs(STUDY),
            shell:
                "pyreg train-all --config - --engines {params.engines} --results {params.folder:q}"
                " 2> {log:q} <<< {params.settings:q}"

else:

    rule train:
        """Train one model once, in Python or in R."""
        input:
            code=lambda wildcards: code(
                "pyreg.commands.train", ENGINES[wildcards.engine]
            ),
            samples=rules.data.output.samples,
            vocabulary=rules.data.output.vocabulary,
            encoded=rules.encode.output.encoded,
            weights=lambda wildcards: weights_of(wildcards.model, wildcards.engine),
        output:
            **{file.stem: file for file in RUN.of_keras_run},
        log:
            LAYOUT.log("train/{engine}-{model}-{shuffle}-{seed}"),
        benchmark:
            LAYOUT.benchmark("train/{engine}-{model}-{shuffle}-{seed}")
        wildcard_constraints:
            engine="python|r",
        priority: lambda wildcards: cost.of_run(STUDY, wildcards.model, wildcards.engine)
        conda:
            ENVIRONMENT
        resources:
            mem_mb=lambda wildcards: MEMORY[wildcards.engine],
            runtime=30,
            gpu=int(STUDY.device == "gpu"),
        params:
            data=LAYOUT.data.folder,
            folder=str(RUN.folder),
            settings=lambda wildcards: parts.of_run(
                begun(wildcards.model, wildcards.engine), wildcards.model
            ),
        shell:
            "pyreg train --config - --engine {wildcards.engine}"
            " --model {wildcards.model} --shuffle {wildcards.shuffle} --seed {wildcards.seed}"
            " --data {params.data:q} --output {params.folder:q} 2> {log:q} <<< {params.settings:q}"

    use rule train as train_base_r with:
        # No Keras, so no network of Keras' to save.
        output:
            **{file.stem: file for file in RUN.of_run},
        wildcard_constraints:
            engine="base-r",


rule replicate:
    """Train one model with many seeds at once."""
    input:
        code=code("pyreg.commands.replicate"),
        samples=rules.data.output.samples,
        encoded=rules.encode.output.encoded,
        vocabulary=rules.data.output.vocabulary if STUDY.save_models else [],
        weights=lambda wildcards: weights_of(wildcards.model),
    output:
        **{file.stem: file for file in files_of_batch(BATCH)},
    log:
        LAYOUT.log("{kind}/{model}-{shuffle}-{first}-{last}"),
    benchmark:
        LAYOUT.benchmark("{kind}/{model}-{shuffle}-{first}-{last}")
    wildcard_constraints:
        # TensorFlow's are trained with the exact runs, where those are trained together.
        kind="replicates-.*" if STUDY.train_together else "replicates.*",
    priority:
        lambda wildcards: cost.of_batch(
            STUDY,
            wildcards.model,
            wildcards.kind,
            int(wildcards.last) - int(wildcards.first) + 1,
        )
    conda:
        ENVIRONMENT
    resources:
        mem_mb=3000,
        runtime=120,
        gpu=int(STUDY.device == "gpu"),
    params:
        folder=str(BATCH.folder),
        settings=lambda wildcards: parts.of_replicates(
            begun(wildcards.model), wildcards.model
        ),
        backend=lambda wildcards: BACKENDS[wildcards.kind],
    shell:
        "pyreg replicate --config - --model {wildcards.model}"
        " --backend {params.backend}"
        " --shuffle {wildcards.shuffle} --seeds {wildcards.first}-{wildcards.last}"
        " --encoded {input.encoded:q} --output {params.folder:q} 2> {log:q} <<< {params.settings:q}"
