"""Check boxes as one component; its JavaScript is assets/checks.js."""

from typing import Any, ClassVar

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
    _children_props: ClassVar[list[str]] = []
    _base_nodes: ClassVar[list[str]] = []
    _valid_wildcard_attributes: ClassVar[list[str]] = []
    available_wildcard_properties: ClassVar[list[str]] = []

    def __init__(self, **properties: Any) -> None:
        self._prop_names = self.available_properties = [
            "id", "options", "value", "label", "title", "className",
        ]  # fmt: skip
        super().__init__(**properties)
