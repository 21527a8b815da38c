"""The cards, one module each: the View's fields it depends on, and what it draws.

`table.CARDS` lists them.
"""
