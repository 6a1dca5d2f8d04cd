"""An R script of the user's -> its Python script, and the proof that both give the same.

May import: engines, rbridge, figures.
"""
