"""A model's specification in, a compiled Keras model out."""

from collections.abc import Iterator

import keras

from pyreg import config
from pyreg.config.tasks import TASKS, Task
from pyreg.errors import InputError
from pyreg.networks import layers, pretrained

OPTIMIZERS = {
    "adam": keras.optimizers.Adam,
    "adamw": keras.optimizers.AdamW,
    "sgd": keras.optimizers.SGD,
    "rmsprop": keras.optimizers.RMSprop,
    "adadelta": keras.optimizers.Adadelta,
}


def build(
    spec: config.Model,
    num_inputs: int,
    seed: int,
    task: Task = TASKS["binary"],
    num_outputs: int = 1,
) -> keras.Model:
    """Build and compile one network, its weights drawn from `seed`.

    Keras draws the seeds of layers in the order they are created, so the seed is set here,
    right before the first of them.

    Args:
        spec: layers, penalties, normalization, dropout rates and optimizer.
        num_inputs: columns of the matrix of samples.
        num_outputs: classes of a multiclass task, else 1.

    Returns:
        A compiled model: (num_samples, num_inputs) -> (num_samples, num_outputs).

    Raises:
        InputError: a layer does not take what the one before it gives, the layers leave more than
            a row of values for each sample, or the weights that the network is to begin with are
            not there, or another network's.
    """
    spec.require_weights()
    keras.utils.set_random_seed(seed)
    inputs = keras.Input((num_inputs,))
    network = keras.Sequential([inputs]) if spec.is_sequential else inputs
    for layer in spec.layers:
        network = layers.add(network, layer)
    head = list(_head(spec, task, num_outputs))
    for part in head:
        network = layers.then(network, part)
    model = network if spec.is_sequential else keras.Model(inputs, network)
    if isinstance(spec.weights, str):
        pretrained.give(model.layers[: -len(head)], spec.weights)
    _check_output(model, num_outputs)
    model.compile(
        optimizer=OPTIMIZERS[spec.optimizer.name](**optimizer_arguments(spec.optimizer)),
        loss=task.loss,
        # The loss includes the penalties, on validation data too: models are compared on
        # the loss without them.
        metrics=list(task.metrics),
    )
    return model


def create_variables(model: keras.Model) -> None:
    """Create what Keras would create while TensorFlow traces the first step of training.

    TensorFlow traces a step that creates variables twice: half a second of a small training.
    """
    if not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)
        outputs = keras.ops.zeros((1, *model.output_shape[1:]))
        model.compute_metrics(None, keras.ops.zeros((1, 1)), outputs)
        model.reset_metrics()


def give_state(network: keras.Model, new: keras.Model) -> None:
    """Let a network train as this new one of the same kind would, without being traced again.

    Weights, what its layers draw from next, and the optimizer's state: tracing a step of training
    and one of validation takes seconds where a network has recurrent layers or attention.
    """
    for one in (network, new):
        one.optimizer.build(one.trainable_variables)
    state, given = ([*one.variables, *one.optimizer.variables] for one in (network, new))
    for variable, value in zip(state, given, strict=True):
        variable.assign(value)


def callbacks(spec: config.Model) -> list[keras.callbacks.Callback]:
    """Early stopping, if the model asks for it."""
    stopping = spec.early_stopping
    if stopping is None:
        return []
    return [
        keras.callbacks.EarlyStopping(
            monitor=f"val_{stopping.monitor}",
            mode="max" if stopping.monitor == "accuracy" else "min",
            patience=stopping.patience,
            restore_best_weights=stopping.restore_best_weights,
        )
    ]


def optimizer_arguments(settings: config.Optimizer) -> dict[str, float]:
    """The arguments of Keras' optimizer that the settings give; the rest are its own defaults."""
    return settings.model_dump(exclude={"name"}, exclude_none=True)


def _check_output(model: keras.Model, num_outputs: int) -> None:
    if model.output_shape != (None, num_outputs):
        got = " x ".join(map(str, model.output_shape[1:]))
        raise InputError(
            f"layers: the network gives {got} values for each sample, expected {num_outputs}; let "
            "`layers` end with flatten or a global pooling, or with the state of a recurrent layer"
        )


def _head(spec: config.Model, task: Task, num_outputs: int) -> Iterator[keras.Layer]:
    """The hidden dense layers with what belongs to them, and the last layer."""
    *penalties, last_penalty = [layers.penalty(l1, l2) for l1, l2 in spec.penalties]
    settings = zip(spec.units, spec.activations, penalties, spec.dropouts, strict=True)
    for units, activation, penalty, dropout in settings:
        yield from _hidden(spec, units, activation, penalty)
        if dropout:
            yield keras.layers.Dropout(dropout)
    yield keras.layers.Dense(
        num_outputs, activation=task.activation, kernel_regularizer=last_penalty
    )


def _hidden(
    spec: config.Model, units: int, activation: str, penalty: keras.Regularizer | None
) -> list[keras.Layer]:
    """A dense layer; with normalization the activation comes after it, as a layer of its own."""
    if spec.normalization == "none":
        return [keras.layers.Dense(units, activation=activation, kernel_regularizer=penalty)]
    return [
        keras.layers.Dense(units, kernel_regularizer=penalty),
        _normalization(spec, units),
        keras.layers.Activation(activation),
    ]


def _normalization(spec: config.Model, units: int) -> keras.Layer:
    if spec.normalization == "batch":
        return keras.layers.BatchNormalization()
    if spec.normalization == "layer":
        return keras.layers.LayerNormalization()
    groups = units if spec.normalization == "instance" else spec.groups
    return keras.layers.GroupNormalization(groups)
