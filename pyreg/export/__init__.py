"""A finished study in, what other programs read out: TensorBoard's events, an RO-Crate.

May import: config, records, study.
"""
