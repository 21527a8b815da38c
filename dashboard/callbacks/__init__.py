"""The links between controls, View and cards.

Data flow one way:

controls -> `want` (browser) -> View -> /cards (server, dashboard/web/cards.py) -> screen

`opening` (server) fills the controls from a URL query, at the start, at Back, and when another
study, image or plane is chosen. The browser's half is in assets/flow.js.
"""
