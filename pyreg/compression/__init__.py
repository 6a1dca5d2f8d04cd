"""A saved network in, smaller ones and what they cost out.

May import: config, records, data, engines.
"""
