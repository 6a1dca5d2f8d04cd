"""One run in, its record out: with Keras in Python, with Keras from R, in plain R.

May import: config, records, data, networks, rbridge.
"""
