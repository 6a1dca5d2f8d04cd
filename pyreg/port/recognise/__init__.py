"""R's preparation of data in, the Python for it out: a file for each kind of preparation.

A rule proposes a Python expression for a call of one R function; its value is made with it. What
is proposed counts only if every bit agrees with R's value: whoever asks compares.
"""
