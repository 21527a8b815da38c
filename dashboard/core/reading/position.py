"""Contradictions in the voxel sizes and positions of a NIfTI or Analyze header."""

from itertools import product
from typing import Any

import nibabel as nib
import numpy as np
from nibabel.spatialimages import HeaderDataError
from numpy.typing import NDArray

from dashboard.core.facts import FileCode, Notice

# In smallest voxel edges: a smaller shift leaves each voxel nearest to its own position.
CONFLICT = 0.5
# In diagonals of the grid: a qform keeps three numbers of its quaternion in float32, so rotations
# near a half turn are uncertain by 2 √(3 · 2⁻²³) ≈ 0.0012 rad.
QUATERNION_ROUNDING = 0.002
# Smaller rotations and size differences are not reported.
NAMED_DEGREES = 0.1
NAMED_SIZE = 1e-3


def position_notices(raw: Any, header: Any, shape: tuple[int, ...]) -> list[Notice]:
    """Return notices about invalid voxel sizes, and missing or contradictory positions.

    Parameters
    ----------
    raw : nibabel header
        As stored.
    header : nibabel header
        As nibabel repairs it on loading.
    shape : tuple of int
        Voxels along each stored axis.
    """
    stored = np.asarray(raw["pixdim"][1 : 1 + min(len(shape), 3)], dtype=np.float64)
    sizes = np.abs(stored)
    notices = []
    if not (np.isfinite(sizes).all() and (sizes > 0).all()):
        notices.append(Notice(FileCode.VOXEL_SIZE, {"sizes": sizes.tolist()}))
    elif (stored < 0).any():
        notices.append(Notice(FileCode.NEGATIVE_SIZE, {"sizes": stored.tolist()}))
    if not any(int(header[code]) > 0 for code in ("sform_code", "qform_code") if code in header):
        notices.append(Notice(FileCode.NO_POSITION))
    return notices + _conflict(header, (*shape, 1, 1)[:3])


def completed(affine: NDArray[np.float64], shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Return an affine with a direction for the axis of a single slice, if it has none.

    Some programs leave it 0. The directions within the slice are known all the same.
    """
    found = affine.copy()
    for axis in np.flatnonzero(np.array(shape) == 1):
        edges = np.delete(affine[:3, :3], axis, axis=1)
        across = np.cross(edges[:, 0], edges[:, 1]) * (-1 if axis == 1 else 1)
        if not affine[:3, axis].any() and across.any():
            thickness = np.linalg.norm(edges, axis=0).min()
            found[:3, axis] = thickness * across / np.linalg.norm(across)
    return found


def turn(first: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Return the angle between the axes of two affines in degrees, by the nearest rotation."""
    between = np.linalg.inv(_directions(first)) @ _directions(other)
    left, _, right = np.linalg.svd(between)
    return float(np.degrees(np.arccos(np.clip((np.trace(left @ right) - 1) / 2, -1, 1))))


def _conflict(header: Any, shape: tuple[int, ...]) -> list[Notice]:
    """Return how sform and qform differ, if both are given and give different positions."""
    forms = _both_forms(header)
    if forms is None:
        return []
    sform, qform = forms
    corners = np.array(list(product(*((0, n - 1) for n in shape))), dtype=np.float64)
    there, elsewhere = (nib.affines.apply_affine(form, corners) for form in forms)
    farthest = np.linalg.norm(there - elsewhere, axis=1).max()
    sizes = nib.affines.voxel_sizes(sform)
    diagonal = float(np.linalg.norm(sizes * (np.array(shape) - 1)))
    if farthest <= CONFLICT * sizes.min() + QUATERNION_ROUNDING * diagonal:
        return []
    if np.linalg.det(sform[:3, :3]) * np.linalg.det(qform[:3, :3]) < 0:
        return [Notice(FileCode.MIRRORED)]
    middle = (np.array(shape) - 1) / 2
    first, other = (nib.affines.apply_affine(form, middle) for form in forms)
    facts: dict[str, Any] = {"shift": float(np.linalg.norm(first - other)), "unit": _unit(header)}
    if (degrees := turn(sform, qform)) >= NAMED_DEGREES:
        facts["rotation"] = degrees
    others = nib.affines.voxel_sizes(qform)
    if not np.allclose(sizes, others, rtol=NAMED_SIZE, atol=0):
        facts["sizes"] = [sizes.tolist(), others.tolist()]
    return [Notice(FileCode.TWO_POSITIONS, facts)]


def _both_forms(header: Any) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Return sform and qform if both are given and usable."""
    if not hasattr(header, "get_qform"):
        return None
    try:
        with np.errstate(all="ignore"):
            forms = [header.get_sform(coded=True)[0], header.get_qform(coded=True)[0]]
    except (HeaderDataError, ValueError, ArithmeticError, np.linalg.LinAlgError):
        return None
    if any(form is None or not _usable(np.asarray(form, dtype=np.float64)) for form in forms):
        return None
    sform, qform = (np.asarray(form, dtype=np.float64) for form in forms)
    return sform, qform


def _usable(form: NDArray[np.float64]) -> bool:
    # Far above any scanner position in micrometres; NaN compares as false.
    if not (np.abs(form) < 1e9).all():
        return False
    sizes = nib.affines.voxel_sizes(form)
    return bool((sizes > 0).all() and abs(np.linalg.det(form[:3, :3] / sizes)) > 1e-3)


def _directions(form: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(form[:3, :3] / nib.affines.voxel_sizes(form))


def _unit(header: Any) -> str:
    try:
        unit = str(header.get_xyzt_units()[0])
    except KeyError:
        return "mm"
    return {"meter": "m", "micron": "µm"}.get(unit, "mm")
