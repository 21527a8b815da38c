"""Check boxes as one component; its JavaScript is assets/checks.js."""

from typing import Any

from dash.development.base_component import Component


class Checks(Component):
    """A group of check boxes.

    Parameters
    ----------
    id : str
    options : list of dict
        Each with `value`, `label` (what is shown), `name` (what a screen reader says) and
        `className`.
    value : list of str
        Those that are checked.
    label, title, className : str
        Of the group.
    """

    _namespace = "neuromix_checks"
    _type = "Checks"
    _children_props = []  # noqa: RUF012 - Dash reads it from the class

    def __init__(self, **properties: Any) -> None:
        self._valid_wildcard_attributes = self.available_wildcard_properties = []
        self._prop_names = self.available_properties = [
            "id", "options", "value", "label", "title", "className",
        ]  # fmt: skip
        super().__init__(**properties)
