"""One model and many seeds in, all its runs out.

`any_model` chooses: `train` stacks the single models and trains them at the same time, `single`
trains one after the other. `record` keeps what came of it (no Keras needed to read it).

May import: config, records, data, networks, engines.
"""
