"""How the page names each scaling, and the unit of an axis that is scaled by it."""

from dashboard.core.mixture.scaling import Scaling

LABELS: dict[Scaling, str] = {
    "standard": "standard",
    "robust": "robust",
    "minmax": "min-max",
    "none": "none",
}
UNITS: dict[Scaling, str] = {
    "standard": "SD from mean",
    "robust": "IQR from median",
    "minmax": "0 to 1",
    "none": "not scaled",
}
