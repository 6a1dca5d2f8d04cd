"""A history of the user's own in, what it is a run of, or why not, out.

May import: config, records, readers, data, engines, replicates, study, agreement.
"""
