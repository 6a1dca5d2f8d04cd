"""A network's description to a compiled Keras model; R/R/build_model.R does the same in R.

May import: config.
"""

from pyreg.networks.layers import LAYERS
from pyreg.networks.network import (
    build,
    callbacks,
    create_variables,
    give_state,
    optimizer_arguments,
)
from pyreg.networks.pretrained import read as read_layers

__all__ = [
    "LAYERS",
    "build",
    "callbacks",
    "create_variables",
    "give_state",
    "optimizer_arguments",
    "read_layers",
]
