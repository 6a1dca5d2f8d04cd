"""What a study consists of: its runs, pairs and sets, and the code that each step depends on.

May import: config, records.
"""
