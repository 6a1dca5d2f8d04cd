"""Samples from wherever they lie, verified, with provenance; reviews as flat arrays of words.

May import: config, records, readers.
"""

from pyreg.data.dataset import load
from pyreg.data.origin import request_identity
from pyreg.data.prepared import Dataset, read_dataset, save_dataset
from pyreg.data.reviews import Reviews
from pyreg.data.samples import Samples

__all__ = [
    "Dataset",
    "Reviews",
    "Samples",
    "load",
    "read_dataset",
    "request_identity",
    "save_dataset",
]
