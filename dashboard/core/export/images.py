"""Labels, probabilities and masks as images on the grid of the input."""

from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
from numpy.typing import NDArray

from dashboard.core import sampling
from dashboard.core.analysis import Analysis
from dashboard.core.domain import Cut
from dashboard.core.errors import NeuroMixError
from dashboard.core.maps import CHUNK
from dashboard.core.mixture.features import Features
from dashboard.core.reading.header import header_affine
from dashboard.core.reading.image import nifti_header
from dashboard.core.reading.position import completed

# Probabilities kept at once: of all ten classes of a 1 mm head. Of larger heads they are computed
# for some classes, and once more for the next ones: all ten of 35 million voxels took 1.4 GB.
KEPT_BYTES = 2**29
# Voxels read back at once.
READ_BYTES = 2**25


def label_volume(analysis: Analysis) -> NDArray[np.uint8]:
    """Return the labels on the stored grid; voxels outside the domain are 0."""
    return _embedded(analysis.features, analysis.labels)


def _embedded(features: Features, voxels: NDArray[Any]) -> NDArray[Any]:
    """Return voxels of a domain on the stored grid."""
    domain = features.domain
    if not isinstance(domain, Cut):
        return voxels
    return features.volumes[0].orientation.embed(voxels, domain.plane, domain.index)


def image_like(image: Path, voxels: NDArray[Any], affine: NDArray[np.float64]) -> nib.Nifti1Image:
    """Return labels or probabilities with the position (sform, qform, units) of the input file.

    Parameters
    ----------
    voxels : ndarray of uint8 or float32, shape (i, j, k)
    affine : ndarray, shape (4, 4)
        For inputs that are not NIfTI, or have an unusable position.
    """
    header = nifti_header(image)
    if header is None:
        return nib.Nifti1Image(voxels, affine)
    if not np.allclose(completed(header_affine(header), voxels.shape), affine):
        # The file's own position is unusable.
        header["sform_code"] = header["qform_code"] = 0
        header["pixdim"][:4] = 1
    voxels = voxels.reshape(header.get_data_shape()[:3])  # a picture has two axes
    if isinstance(header, nib.Nifti2Header):
        # NIfTI-1 would round its float64 affine.
        result: nib.Nifti1Image = nib.Nifti2Image(voxels, affine, header.copy())
    else:
        result = nib.Nifti1Image(voxels, affine, header.copy())
    result.set_data_dtype(voxels.dtype)
    result.header.set_slope_inter(1, 0)
    result.header.set_intent("none")  # not that of the intensities
    result.header["cal_min"], result.header["cal_max"] = 0, voxels.max(initial=0)
    return result


def mask_volume(analysis: Analysis) -> NDArray[np.uint8]:
    """Return the foreground on the stored grid: 1 where a voxel takes part, 0 elsewhere."""
    return _embedded(analysis.features, analysis.features.mask.astype(np.uint8))


class Probabilities:
    """The probability of each class in the foreground, of as many at a time as memory allows."""

    def __init__(self, analysis: Analysis) -> None:
        self._analysis = analysis
        self._kept: dict[int, NDArray[np.float32]] = {}

    def of(self, number: int) -> NDArray[np.float32]:
        """Return the probability of class 1, 2, ... in each foreground voxel."""
        if number not in self._kept:
            self._compute(number)
        return self._kept[number]

    def _compute(self, first: int) -> None:
        voxels, last = len(self._analysis.features.values), self._analysis.fitted.components
        self._kept.clear()  # before there are others
        count = max(1, KEPT_BYTES // (4 * max(voxels, 1)))
        some = slice(first - 1, min(first - 1 + count, last))
        found = np.empty((some.stop - some.start, voxels), dtype=np.float32)
        for part in sampling.parts(voxels, CHUNK):
            found[:, part] = self._analysis.posterior(part)[:, some].T
        self._kept = dict(enumerate(found, start=first))


def probability_volume(analysis: Analysis, probability: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return one of `Probabilities` on the stored grid; 0 outside the foreground."""
    features = analysis.features
    voxels = np.zeros(features.mask.shape, dtype=np.float32)
    voxels[features.mask] = probability
    return _embedded(features, voxels)


def save(image: nib.Nifti1Image, path: Path) -> None:
    """Write an image, and read it back.

    The bytes depend on the image alone: a gzip holds neither a time nor a name.

    Raises
    ------
    NeuroMixError
        If the file does not hold the image.
    OSError
        If it cannot be written.
    """
    nib.save(image, path)
    # What is packed is read from its beginning to its end, so the file stays open.
    kept = type(image).from_filename(path, keep_file_open=True)
    before, after = (one.header.get_best_affine() for one in (image, kept))
    if not (np.array_equal(before, after) and _same_voxels(image, kept)):
        raise NeuroMixError(
            f"{path.name} does not hold what was written to it. Check the disk, then try again."
        )


def _same_voxels(image: nib.Nifti1Image, kept: nib.Nifti1Image) -> bool:
    """Compare part by part: a second copy of a large head would take as much memory again."""
    if image.shape != kept.shape:
        return False
    count = image.shape[-1]
    step = max(1, READ_BYTES * count // max(np.asanyarray(image.dataobj).nbytes, 1))
    parts = (slice(start, start + step) for start in range(0, count, step))
    return all(np.array_equal(image.dataobj[..., part], kept.dataobj[..., part]) for part in parts)
