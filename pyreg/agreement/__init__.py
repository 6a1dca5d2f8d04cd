"""Two results in, how far they agree out: pairs, differences, equivalence, the reference.

May import: config, data, records, study.
"""
