"""What a run or a set of replicates leaves, typed, and every path of results/.

May import: config.
"""
