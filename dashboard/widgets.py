"""The page's own Dash components; their JavaScript is in assets/components.js."""

from typing import Any, ClassVar

from dash.development.base_component import Component

NAMESPACE = "neuromix_components"


class _Own(Component):
    """A component whose properties are what it is given."""

    _namespace = NAMESPACE
    _children_props = []  # noqa: RUF012 - Dash reads it from the class
    _properties: ClassVar[tuple[str, ...]] = ()

    def __init__(self, **properties: Any) -> None:
        self._valid_wildcard_attributes = self.available_wildcard_properties = []
        self._prop_names = self.available_properties = list(self._properties)
        super().__init__(**properties)


class Html(_Own):
    """HTML that the server makes, in one element: `Html(id=..., html=..., className=...)`."""

    _type = "Html"
    _properties = ("id", "html", "className", "role")


class Held(_Own):
    """A value that elements of the browser's own set, which stand in this one."""

    _type = "Held"
    _properties = ("id", "value", "className")


class SliceSlider(_Own):
    """The slider of the slices: its moves go to the page at once, and to Dash when they rest."""

    _type = "SliceSlider"
    _properties = ("id", "value", "max")


class Legend(_Own):
    """The classes: which are hidden, their names, own colours, and those that are one tissue.

    It holds the fields of the View as texts of a URL (`value`: the numbers of the hidden classes),
    and the card's `facts` about the fit. assets/views/legend.mjs draws it.
    """

    _type = "Legend"
    _properties = ("id", "value", "names", "colours", "tissues", "facts", "label", "className")


class Menu(_Own):
    """One of a short list, each of its `options` with `value` and `label`.

    `label` is what a screen reader says, `help` what the tooltip does.
    """

    _type = "Menu"
    _properties = ("id", "options", "value", "label", "help", "disabled")


class Toggle(_Own):
    """A word that is on or off; `label` and `help` as for `Menu`."""

    _type = "Toggle"
    _properties = ("id", "text", "checked", "label", "help")
