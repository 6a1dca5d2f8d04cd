"""A file of a user's own in; what it is, by its content, and what it holds, as plain data, out.

May import: no other room.
"""
