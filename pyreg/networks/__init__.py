"""A network's description to a compiled Keras model; R/R/build_model.R does the same in R.

May import: config.
"""

from pyreg.networks.layers import LAYERS
from pyreg.networks.network import build, callbacks, optimizer_arguments

__all__ = ["LAYERS", "build", "callbacks", "optimizer_arguments"]
