"""The colour maps of images: the colours of intensities from black to white of a window."""

from plotly.colors import convert_colors_to_same_type, sequential, unlabel_rgb

from dashboard.view import Colourmap


def _hexadecimal(scale: list[str]) -> tuple[str, ...]:
    colours, _ = convert_colors_to_same_type(scale, "rgb")
    return tuple("#" + bytes(map(int, unlabel_rgb(one))).hex() for one in colours)


# Hexadecimal, evenly spaced; between two, colours are mixed. All but "hot" are perceptually
# uniform; for "ice" see K. Thyng et al., "True colors of oceanography", Oceanography 2016.
COLOURMAPS: dict[Colourmap, tuple[str, ...]] = {
    "grey": ("#000000", "#ffffff"),
    "inverted": ("#ffffff", "#000000"),
    "viridis": _hexadecimal(sequential.Viridis),
    "cividis": _hexadecimal(sequential.Cividis),
    "magma": _hexadecimal(sequential.Magma),
    "inferno": _hexadecimal(sequential.Inferno),
    "ice": _hexadecimal(sequential.ice),
    "hot": _hexadecimal(sequential.Hot),
}
