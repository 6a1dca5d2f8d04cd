"""A study's YAML in, typed and validated settings out; unknown keys stop.

May import: no other room.
"""

from pyreg.config.data import Data, Labels, Synthetic
from pyreg.config.loading import dump, load, read_text, with_numbers
from pyreg.config.network import Activation, EarlyStopping, Model, Optimizer
from pyreg.config.search import Search
from pyreg.config.section import Section
from pyreg.config.study import Claim, Engine, Figures, Margins, MyRun, Shuffle, Study, Tolerance
from pyreg.config.sweep import Sweep
from pyreg.config.tasks import Metric
from pyreg.config.tasks import Name as Task

__all__ = [
    "Activation",
    "Claim",
    "Data",
    "EarlyStopping",
    "Engine",
    "Figures",
    "Labels",
    "Margins",
    "Metric",
    "Model",
    "MyRun",
    "Optimizer",
    "Search",
    "Section",
    "Shuffle",
    "Study",
    "Sweep",
    "Synthetic",
    "Task",
    "Tolerance",
    "dump",
    "load",
    "read_text",
    "with_numbers",
]
