"""What an image's millimetres are relative to, by the code in its header."""

from typing import Literal

from dashboard.core.volume import Volume

Space = Literal["unknown", "scanner", "aligned", "talairach", "mni", "template"]

# NIfTI's codes of sform and qform.
CODES: dict[str, Space] = {
    "0": "unknown",
    "1": "scanner",
    "2": "aligned",
    "3": "talairach",
    "4": "mni",
    "5": "template",
}


def space(volume: Volume) -> Space:
    """Return the space of an image: by its sform, or else by its qform, as its affine."""
    fields = dict(volume.header)
    codes = (CODES.get(fields.get(name, ""), "unknown") for name in ("sform_code", "qform_code"))
    if fields.get("goodRASFlag", "0") != "0":  # of MGH
        return "scanner"
    return next((code for code in codes if code != "unknown"), "unknown")
