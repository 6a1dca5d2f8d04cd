"""A study or a network in, what others read out: TensorBoard's events, an RO-Crate, Keras 2.

May import: config, records, study.
"""
