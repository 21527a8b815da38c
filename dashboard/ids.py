"""The names of what the page holds besides its cards, which name their own elements."""

from enum import StrEnum

from dashboard.fields import FLAG
from dashboard.view import View


class Control(StrEnum):
    """What the user sets: each is a field of View, except the play button."""

    STUDY = "control-study"
    X = "control-x"
    Y = "control-y"
    PLANE = "control-plane"
    SLICE = "control-slice"
    PLAY = "control-play"
    SCOPE = "control-scope"
    COMPONENTS = "control-components"
    COVARIANCE = "control-covariance"
    SCALING = "control-scaling"
    FOREGROUND = "control-foreground"
    SEED = "control-seed"
    TOLERANCE = "control-tolerance"
    STARTS = "control-starts"
    START = "control-start"
    PRIOR = "control-prior"
    SIDE = "control-side"
    LAYOUT = "control-layout"
    BINS = "control-bins"
    LOG = "control-log"
    BEFORE = "control-before"
    JOINT = "control-joint"
    AXES = "control-axes"
    PALETTE = "control-palette"
    MAP = "control-map"
    OUTLINE = "control-outline"
    OPACITY = "control-opacity"
    MIX = "control-mix"
    MASK = "control-mask"
    REFERENCE = "control-reference"
    GRID = "control-grid"
    POSITION = "control-position"
    CLIP = "control-clip"
    WINDOW_X = "control-window-x"
    WINDOW_Y = "control-window-y"
    HIDDEN = "control-hidden"
    PANEL = "control-panel"


class Store(StrEnum):
    """What the page holds besides its controls.

    `scene` holds the server's facts about the open images, `opening` a URL query to open, `files`,
    `criteria` and `idle` what the slower groups of cards show.
    """

    SCENE = "scene"
    OPENING = "opening"
    FILES = "files"
    CRITERIA = "criteria"
    IDLE = "idle"


NOTICES = "notices"
# The volumes of 4-D images that are X and Y; part of the names of the View's images.
VOLUME_X = "control-volume-x"
VOLUME_Y = "control-volume-y"

# Fields that no control sets: the browser keeps them, or a link alone has them.
KEPT_BY_BROWSER = frozenset({"at", "image", "colourmap_x", "colourmap_y", "lesson", "files"})
# The legend sets what concerns single classes: it is one component.
LEGEND = ("names", "colours", "tissues")
# Each other field of the View with the control that sets it, and the control's property.
FIELDS: dict[str, tuple[Control, str]] = {
    name: (Control.HIDDEN, name)
    if name in LEGEND
    else (Control[name.upper()], "checked" if field.metadata["kind"] is FLAG else "value")
    for name, field in View.__dataclass_fields__.items()
    if name not in KEPT_BY_BROWSER
}
