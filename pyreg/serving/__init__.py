"""A network that was trained and saved in, what it says of texts out.

May import: records, data, readers.
"""
