"""A model and many seeds in, its runs trained one after the other out: any model there is."""

import time
from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np
import pandas as pd

from pyreg import config, networks
from pyreg.data import encoding
from pyreg.data.encoding import Encoded
from pyreg.engines import keras as keras_engine
from pyreg.engines.assembly import as_recorded
from pyreg.records.layout import RunKey
from pyreg.records.replicates import Replicates
from pyreg.records.run import history_table
from pyreg.replicates.assemble import assemble, run_keys
from pyreg.replicates.initial import are_drawn_elsewhere, drawn_by_tensorflow
from pyreg.replicates.order import require_tensorflow


def train(
    study: config.Study, model: str, shuffle: str, seeds: Sequence[int], encoded: str | Path
) -> Replicates:
    """Train one model once per seed, each time as `pyreg train` does.

    Args:
        seeds: the seeds of the runs, each as in `pyreg train --seed`.
        encoded: the file that `pyreg encode` wrote.

    Raises:
        InputError: the data cannot be read, or the backend cannot give Keras' own batch order.
    """
    begin = time.time()
    if shuffle == "keras":
        require_tensorflow()
    keys = run_keys(model, shuffle, seeds)
    built, runs, labels = [], [], []
    for number, key in enumerate(keys, 1):
        data = encoding.read_for_run(encoded, study, key)
        position = f", run {number}/{len(keys)}"
        new = _build(study, key, data)
        if number == 1:  # traced once, and trained from each seed's state
            network = keras_engine.build(study, key, data)
        networks.give_state(network, new)
        runs.append(keras_engine.fit(study, key, data, network, position=position))
        labels.append(data.y_validation.ravel())
        new.set_weights(network.get_weights())
        built.append(new)
    histories = [history_table(run.history, key) for run, key in zip(runs, keys, strict=True)]
    return assemble(
        study,
        keys,
        history=pd.concat(histories, ignore_index=True),
        predictions=np.stack([as_recorded(run.predictions) for run in runs]),
        labels=np.stack(labels) if study.data.differs_by_run else labels[0],
        initial_weights=[run.recorder.initial_weights for run in runs],
        data_digest=data.data_digest,
        begin=begin,
        networks=built,
        data_folder=Path(encoded).parent,
    )


def _build(study: config.Study, key: RunKey, data: Encoded) -> keras.Model:
    model = keras_engine.build(study, key, data)
    if are_drawn_elsewhere():
        spec, num_inputs = (
            study.models[key.model].for_images(data.image_shape),
            data.x_train.shape[1],
        )
        drawn = drawn_by_tensorflow(spec, num_inputs, [key.seed], study.task, data.num_outputs)
        model.set_weights(drawn[0])
    return model
