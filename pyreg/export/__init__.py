"""A study or a network in, what others read out: TensorBoard, MLflow, an RO-Crate, Keras 2.

May import: config, records, study.
"""
