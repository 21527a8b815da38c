"""Output files: label volumes on the input's grid, tables and sidecars."""

import platform
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Any

import nibabel as nib
import numpy as np
from numpy.typing import NDArray

from dashboard import __version__
from dashboard.core.analysis import Analysis
from dashboard.core.domain import Cut
from dashboard.core.errors import NeuroMixError
from dashboard.core.export.replacing import write_together
from dashboard.core.facts import Notice
from dashboard.core.mixture.features import Features
from dashboard.core.mixture.model import Model
from dashboard.core.mixture.recipe import Recipe
from dashboard.core.reading.header import header_affine
from dashboard.core.reading.image import nifti_header
from dashboard.core.reading.position import completed
from dashboard.core.reference.agreement import Agreement
from dashboard.core.volume import Volume, stem

# The libraries whose versions can change a result.
LIBRARIES = ("numpy", "scipy", "scikit-learn", "nibabel")


def write_segmentation(
    analysis: Analysis,
    image: Path,
    out: Path,
    colours: Sequence[str],
    *,
    base: str = "",
    inputs: Collection[Path] = (),
    overwrite: bool = False,
    reference: Volume | None = None,
    agreement: Agreement | None = None,
    notices: Sequence[str] = (),
    warnings: Sequence[str] = (),
    doubts: Sequence[Notice] = (),
    names: Sequence[str] = (),
    probabilities: bool = False,
    models: Mapping[int, Model] = MappingProxyType({}),
) -> list[Path]:
    """Write a label volume, its label table and its components.

    Parameters
    ----------
    analysis : Analysis
        With a model.
    image : Path
        The first input file; the labels take its grid and name.
    out : Path
        Folder, created if missing.
    colours : sequence of str
        Hexadecimal colour of each class.
    base : str
        Begins the names of the files instead of the image's.
    inputs : collection of Path
        Files that are never overwritten.
    overwrite : bool
        Replace files that are not results of the same inputs.
    reference : Volume, optional
        A label map to which the classes were compared.
    agreement : Agreement, optional
        With the reference.
    notices : sequence of str
        Sentences about the input files and the fit.
    warnings : sequence of str
        Those that may mean that the results are wrong.
    doubts : sequence of Notice
        Reasons to doubt the fit, by `Doubt`.
    names : sequence of str
        Of classes 1..K, empty for those without one.
    probabilities : bool
        Write the probability of each class, too.
    models : mapping of int to Model
        By the number of components, other fits of the same voxels, whose criteria are recorded.

    Returns
    -------
    list of Path
        ``<base>_dseg.nii.gz``, ``<base>_dseg.tsv``, ``<base>_label-<class>_probseg.nii.gz`` and
        ``<base>_components.json``.

    Raises
    ------
    NeuroMixError
        If a file cannot be written, or may not be replaced; then nothing changes.
    """
    base = base or stem(image)
    facts = components_record(analysis, notices, warnings, doubts, names)
    if reference and agreement:
        facts |= {"reference": _input(reference), "agreement": _agreed(agreement)}
    if models:
        facts |= {"by_components": {str(k): _criteria(model) for k, model in models.items()}}
    affine = analysis.features.volumes[0].affine
    nifti = image_like(image, label_volume(analysis), affine)
    called = dict(enumerate(names, start=1))
    rows = "".join(
        f"{c.number}\t{called.get(c.number) or f'class {c.number}'}\t{colours[c.number - 1]}\n"
        for c in analysis.classes
    )
    table = f"index\tname\tcolor\n{rows}".encode()
    try:
        return write_together(
            out,
            {
                f"{base}_dseg.nii.gz": lambda path: nib.save(nifti, path),
                f"{base}_dseg.tsv": lambda path: path.write_bytes(table),
                **(_probabilities(analysis, base, image, affine) if probabilities else {}),
            },
            f"{base}_components.json",
            facts,
            inputs=inputs,
            overwrite=overwrite,
        )
    except OSError as error:
        raise NeuroMixError(
            f"The results cannot be written to {out} ({error.strerror}). Choose another folder "
            "with --out."
        ) from None


def _probabilities(
    analysis: Analysis, base: str, image: Path, affine: NDArray[np.float64]
) -> dict[str, Callable[[Path], object]]:
    """Return what writes the probability of each class, by the name of its file."""
    features = analysis.features

    def write(path: Path, share: NDArray[np.float32]) -> None:
        voxels = np.zeros(features.mask.shape, dtype=np.float32)
        voxels[features.mask] = share
        nib.save(image_like(image, _embedded(features, voxels), affine), path)

    return {
        f"{base}_label-{number}_probseg.nii.gz": partial(write, share=share)
        for number, share in enumerate(analysis.posterior().T.astype(np.float32), start=1)
    }


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


def components_record(
    analysis: Analysis,
    notices: Sequence[str] = (),
    warnings: Sequence[str] = (),
    doubts: Sequence[Notice] = (),
    names: Sequence[str] = (),
) -> dict[str, Any]:
    """Return all that is needed to read or reproduce a mixture, in original units."""
    model, features = analysis.fitted, analysis.features
    mixed, mask = features.volumes[: features.mixed], features.mask_volume
    called = {number: name for number, name in enumerate(names, start=1) if name}
    return {
        "inputs": [_input(volume) | _clipped(volume, features.recipe) for volume in mixed],
        "mask": _input(mask) if mask else None,
        "settings": {**_domain(features), **asdict(features.recipe)},
        "components": [
            {
                "index": c.number,
                **({"name": called[c.number]} if c.number in called else {}),
                "weight": c.weight,
                "mean": c.mean.tolist(),
                "covariance": c.covariance.tolist(),
                "voxels": c.voxels,
                "volume_ml": c.volume_ml,
            }
            for c in analysis.classes
        ],
        **({} if model.between is None else {"between": _between(model.between)}),
        "criteria": _criteria(model),
        "foreground_voxels": model.voxels,
        **({"fitted_voxels": model.fitted_voxels} if model.spacing > 1 else {}),
        "doubts": [{"code": doubt.code, **doubt.facts} for doubt in doubts],
        "notices": list(notices),
        "warnings": list(warnings),
        "versions": {
            "neuromix": __version__,
            "python": platform.python_version(),
            **{name: version(name) for name in LIBRARIES},
        },
    }


def _between(weights: NDArray[np.float64]) -> list[dict[str, Any]]:
    """Return the weight of the voxels that two classes share, half of it part of each weight."""
    return [
        {"classes": [int(a) + 1, int(b) + 1], "weight": float(weights[a, b])}
        for a, b in np.argwhere(weights)
    ]


def _criteria(model: Model) -> dict[str, Any]:
    return {
        "log_likelihood_per_voxel": model.log_likelihood,
        "bic": model.bic,
        "aic": model.aic,
        "iterations": model.iterations,
        "converged": model.converged,
    }


def _input(volume: Volume) -> dict[str, Any]:
    facts = volume.intensities
    return {
        "name": volume.name,
        "sha256": volume.source,
        "processing": [str(step) for step in volume.processing],
        "shape": volume.shape,
        "minimum": facts.low,
        "maximum": facts.high,
        "mean": facts.mean,
    }


def _domain(features: Features) -> dict[str, Any]:
    """Return the settings of the fit's domain."""
    if not isinstance(features.domain, Cut):
        return {"scope": "volume"}
    return {"plane": features.domain.plane, "slice": features.domain.index, "scope": "slice"}


def _clipped(volume: Volume, recipe: Recipe) -> dict[str, Any]:
    """Return the range to which an image's foreground was clipped, if it was."""
    if recipe.clip == "none":
        return {}
    return {"clipped_to": list(volume.intensities.limits[recipe.clip])}


def _agreed(agreement: Agreement) -> dict[str, Any]:
    return {
        "mean_dice": agreement.mean_dice,
        "reference_is_mask": agreement.same_as_mask,
        "matched_share_of_reference": agreement.agreeing,
        "classes": [asdict(match) for match in agreement.matches],
        "labels": list(agreement.labels),
        "confusion": agreement.counts.tolist(),
    }
