"""The cards, one module each: its elements, the fields of the View it depends on, what it draws.

`table.CARDS` lists them.
"""
