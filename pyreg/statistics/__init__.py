"""Histories in, tables out: what runs came to, and whether the claims hold.

May import: config, records, study.
"""
