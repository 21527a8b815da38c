"""Classes as seen over a T1 image: nearest to their own colour in the legend."""

import numpy as np

from dashboard.core.volume import read_volume
from dashboard.figures.palette import PALETTES
from dashboard.view import View

# A difference in CIELAB that is just noticed (CIE76).
NOTICED = 2.3
# The grey under the legend's swatches (assets/legend.css).
SWATCH = 128
FROM_RGB = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
WHITE = np.array([0.9505, 1.0, 1.089])


def lab(rgb):
    """CIELAB of sRGB colours 0..255 under D65."""
    share = np.asarray(rgb) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    x, y, z = np.moveaxis(np.cbrt(linear @ FROM_RGB.T / WHITE), -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def over(colours, grey):
    share = View.opacity / 100
    return np.array(colours) * share + grey * (1 - share)


def test_by_default_ten_classes_are_told_apart_over_a_t1(sample):
    colours = [tuple(bytes.fromhex(colour[1:])) for colour in PALETTES[View.palette]]
    t1 = read_volume(sample / "T1.nii.gz")
    low, high = t1.intensities.window
    grey = np.clip((t1.data[t1.data > 0] - low) / (high - low), 0, 1) * 255
    legend = lab(over(colours, SWATCH))
    for seen in np.percentile(grey, [5, 25, 50, 75, 95]):
        apart = np.linalg.norm(lab(over(colours, seen))[:, None] - legend, axis=2)
        own = apart.diagonal()
        others = (apart + np.diag([np.inf] * 10)).min(axis=1)
        assert (others - own > NOTICED).all()
