"""How the page names the space of an image, so that nobody takes its millimetres for others."""

from dashboard.core.space import Space

NAMES: dict[Space, str] = {
    "unknown": "unknown",
    "scanner": "scanner",
    "aligned": "aligned",
    "talairach": "Talairach",
    "mni": "MNI152",
    "template": "a template",
}
