"""One module a card: its elements, what it reads of the View, and what it draws.

`table.CARDS` lists them; adding a card is a module here and its line there.
"""
