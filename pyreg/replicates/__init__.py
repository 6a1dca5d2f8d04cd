"""One model and many seeds in, all its runs trained at the same time out.

`train` stacks the single models, `record` keeps what came of it (no Keras needed to read it).
"""
