"""A history of the user's own in, a verdict and its cause out.

May import: config, records, data, engines, replicates, agreement.
"""
