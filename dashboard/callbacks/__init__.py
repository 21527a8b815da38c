"""The links between controls, View and cards.

Data flow one way:

    controls -> `views` (browser) -> View -> /cards (server, dashboard/web/cards.py) -> cards

- `views`: every control and the scene in; figures, tables and heads of the linked views out. It
  waits for a movement's rest, and asks only for the cards whose fields have changed.
- `files`, `criteria`: the same for slower cards. `views` writes what they are to show into stores,
  so that a step through the slices calls them only where they are open.
- `idle`: the same for what may come late, when the page has rested for a moment.
- `opening`: fills the controls from a URL query, at Back and when another study, image or plane is
  chosen (dashboard/web/open.py). The first View is laid out with the page.

All of them run in the browser (assets/main.mjs): immutable addresses can be fetched ahead. The
slider of the slices moves the pictures at once, and reaches Dash when it rests.
"""
