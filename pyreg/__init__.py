"""pyreg: the R keras lesson on regularization in Python, and the proof that the port is right."""

__version__ = "0.1.0"
# Not the docstring, which `python -OO` leaves out.
TITLE = (
    "pyreg: the R keras lesson on regularization in Python, and the proof that the port is right."
)
