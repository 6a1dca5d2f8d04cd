"""A study's search in, the best network and an honest estimate of how good it is out.

`trials` proposes settings and remembers what became of them, `nested` trains and judges, `table`
sums up.

May import: config, records, study, data, engines, statistics.
"""
