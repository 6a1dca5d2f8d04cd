"""One run's settings and the encoded samples in, the run's record out."""

import time
from pathlib import Path

import keras
import pandas as pd

from pyreg import config, files, networks
from pyreg.config.tasks import TASKS
from pyreg.data import encoding, vocabulary_file
from pyreg.data.encoding import Encoded
from pyreg.engines import runtime, saved
from pyreg.engines.assembly import assemble, times_since
from pyreg.engines.batches import order_for, training_data
from pyreg.engines.recorder import Fitted, Recorder
from pyreg.errors import InputError
from pyreg.records.layout import DataFolder, RunKey
from pyreg.records.run import Run, encoding_digest, history_table


def train(study: config.Study, key: RunKey, data_folder: Path) -> Run:
    """Train one model in Python, on the device `runtime.set_up` chose.

    Args:
        study: settings; `key.model` is one of its models.
        data_folder: holds encoded.npz and provenance.json.

    Raises:
        InputError: the data cannot be read.
    """
    begin = time.time()
    data = encoding.read_for_run(DataFolder(data_folder).encoded, study, key)
    return assemble(
        study,
        key,
        fit(study, key, data, build(study, key, data)),
        labels=data.y_validation,
        data_digest=data.data_digest,
        encoding=encoding_digest(data.x_train, data.x_validation),
        info={
            **runtime.describe(),
            "front_end": f"Keras {keras.__version__} from Python",
            "data": files.read_json(DataFolder(data_folder).provenance),
            "times": times_since(begin),
        },
        vocabulary=vocabulary_file.of_run(data_folder, study.data),
    )


def training_history(study: config.Study, key: RunKey, data_folder: Path) -> pd.DataFrame:
    """The history of `train` without its validation, in half the time: what training itself says.

    Of the first epochs, whatever would end training early.
    """
    data = encoding.read_for_run(DataFolder(data_folder).encoded, study, key)
    order = order_for(key, len(data.x_train), study.epochs)
    model = build(study, key, data)
    networks.create_variables(model)
    fitted = model.fit(
        **training_data(data.x_train, data.y_train, order, study.batch_size),
        epochs=study.epochs,
        verbose=0,
    )
    return history_table(fitted.history, key)


def build(study: config.Study, key: RunKey, data: Encoded) -> keras.Model:
    """The run's model, its weights drawn from the run's seed."""
    saved.forget_names()
    return network(study, key, data.x_train.shape[1], data.num_outputs, data.image_shape)


def network(
    study: config.Study,
    key: RunKey,
    num_inputs: int,
    num_outputs: int,
    image_shape: tuple[int, ...],
) -> keras.Model:
    """The run's model for samples of these shapes.

    Raises:
        InputError: its settings make no network; the message names the model.
    """
    spec = study.models[key.model].for_images(image_shape)
    try:
        return networks.build(spec, num_inputs, key.seed, TASKS[study.task], num_outputs)
    except InputError as error:
        raise InputError(f"models.{key.model}.{error}") from None


def fit(
    study: config.Study,
    key: RunKey,
    data: Encoded,
    model: keras.Model,
    *,
    tells_epochs: bool = True,
    position: str = "",
) -> Fitted:
    """Train `model` as the study says, until its last epoch or until it is stopped early.

    Args:
        model: as `build` made it.
        tells_epochs: whether the log has a line for each epoch.
        position: which of several runs it is, for that line.
    """
    recorder = Recorder(f"{key}{position}", study.epochs, tells_epochs)
    order = order_for(key, len(data.x_train), study.epochs)
    fitted = model.fit(
        **training_data(data.x_train, data.y_train, order, study.batch_size),
        epochs=study.epochs,
        validation_data=(data.x_validation, data.y_validation),
        validation_batch_size=study.batch_size,
        callbacks=[recorder, *networks.callbacks(study.models[key.model])],
        verbose=0,
    )
    predictions = model.predict(data.x_validation, batch_size=study.batch_size, verbose=0)
    return Fitted(fitted.history, predictions, recorder, order)
