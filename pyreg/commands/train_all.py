"""Train every exact run of some engines in one process, and with `python` the replicates too.

For studies in which starting Keras takes longer than training: the same bits as one by one."""

import argparse

from pyreg.commands import common, replicate, train

HELP = "train all runs of some engines in one process"


def configure(parser: argparse.ArgumentParser) -> None:
    common.add_config(parser)
    common.add_results(parser)
    parser.add_argument("--engines", nargs="+", choices=list(train.ENGINES), default=["python"])


def run(arguments: argparse.Namespace) -> None:
    from pyreg.engines import runtime
    from pyreg.study import plan

    study, layout = common.study(arguments), common.layout(arguments)
    runtime.set_up(study.device)
    keys = [key for key in plan.runs(study, with_r=True) if key.engine in arguments.engines]
    # What other models begin with is trained before them.
    for key in sorted(keys, key=lambda key: study.models[key.model].weights_of is not None):
        of_run = plan.with_weights(study, layout, key.model, key.engine)
        train.train_and_write(of_run, key, layout.data.folder, layout.run(key).folder)
    if "python" not in arguments.engines:
        return
    for one in plan.replicate_sets(study):
        for first, last in plan.replicate_batches(study):
            folder = layout.batch(one, (first, last)).folder
            seeds = range(first, last + 1)
            replicate.train_and_write(
                plan.with_weights(study, layout, one.model),
                one.model,
                one.shuffle,
                seeds,
                layout.data.encoded,
                folder,
            )
