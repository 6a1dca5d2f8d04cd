"""A network that was trained and saved in, what it says of texts or images out.

May import: records, data, readers.
"""

DRIFT_LIMIT = 0.2  # of the population stability index: above it is usually called a large shift
