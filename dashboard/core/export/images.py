"""Labels, probabilities and masks as images on the grid of the input."""

from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
from numpy.typing import NDArray

from dashboard.core.analysis import Analysis
from dashboard.core.domain import Cut
from dashboard.core.errors import NeuroMixError
from dashboard.core.maps import CHUNK
from dashboard.core.mixture.features import Features
from dashboard.core.reading.header import header_affine
from dashboard.core.reading.image import nifti_header
from dashboard.core.reading.position import completed


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


def shares(analysis: Analysis) -> NDArray[np.float32]:
    """Return the probability of each class, shape (components, foreground voxels)."""
    voxels = len(analysis.features.values)
    found = np.empty((analysis.fitted.components, voxels), dtype=np.float32)
    for start in range(0, voxels, CHUNK):
        part = slice(start, start + CHUNK)
        found[:, part] = analysis.posterior(part).T
    return found


def probability_volume(analysis: Analysis, share: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the probability of one class on the stored grid; 0 outside the foreground."""
    features = analysis.features
    voxels = np.zeros(features.mask.shape, dtype=np.float32)
    voxels[features.mask] = share
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
    pair = image, type(image).from_filename(path)
    before, after = (one.header.get_best_affine() for one in pair)
    voxels, kept = (np.asanyarray(one.dataobj) for one in pair)
    if not (np.array_equal(before, after) and np.array_equal(voxels, kept)):
        raise NeuroMixError(
            f"{path.name} does not hold what was written to it. Check the disk, then try again."
        )
