"""Reviews from wherever they lie, verified, as flat arrays of word indices with provenance."""

from pyreg.data.dataset import load
from pyreg.data.origin import request_identity
from pyreg.data.reviews import Dataset, Reviews, read_dataset, save_dataset

__all__ = ["Dataset", "Reviews", "load", "read_dataset", "request_identity", "save_dataset"]
