"""The record of a mixture: all that is needed to read or reproduce it."""

import platform
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

from dashboard import __version__
from dashboard.core.analysis import Analysis
from dashboard.core.domain import Cut
from dashboard.core.facts import Notice
from dashboard.core.mixture.features import Features
from dashboard.core.mixture.model import Model
from dashboard.core.mixture.recipe import Recipe
from dashboard.core.reference.agreement import Agreement
from dashboard.core.volume import Volume

# The libraries whose versions can change a result.
LIBRARIES = ("numpy", "scipy", "scikit-learn", "nibabel")


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
        "inputs": [input_record(volume) | _clipped(volume, features.recipe) for volume in mixed],
        "mask": input_record(mask) if mask else None,
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
        **({"between": _between(model)} if model.pairs else {}),
        "criteria": criteria_record(model),
        "foreground_voxels": model.voxels,
        **({"fitted_voxels": model.fitted_voxels} if model.spacing > 1 else {}),
        "doubts": [{"code": doubt.code, **doubt.facts} for doubt in doubts],
        "notices": list(notices),
        "warnings": list(warnings),
        "versions": versions(),
    }


def versions() -> dict[str, str]:
    """Return the versions of this program and of what decides its numbers."""
    return {
        "neuromix": __version__,
        "python": platform.python_version(),
        **{name: version(name) for name in LIBRARIES},
    }


def _between(model: Model) -> list[dict[str, Any]]:
    """Return the weight of the voxels that two classes share, half of it part of each weight."""
    return [{"classes": [a, b], "weight": weight} for a, b, weight in model.pairs]


def criteria_record(model: Model) -> dict[str, Any]:
    """Return what speaks for a number of components."""
    return {
        "log_likelihood_per_voxel": model.log_likelihood,
        "bic": model.bic,
        "aic": model.aic,
        "iterations": model.iterations,
        "converged": model.converged,
    }


def input_record(volume: Volume) -> dict[str, Any]:
    """Return what an image is and what was done to it."""
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


def agreement_record(agreement: Agreement) -> dict[str, Any]:
    """Return how the classes agree with a reference."""
    return {
        "mean_dice": agreement.mean_dice,
        "reference_is_mask": agreement.same_as_mask,
        "matched_share_of_reference": agreement.agreeing,
        "classes": [asdict(match) for match in agreement.matches],
        "labels": list(agreement.labels),
        "confusion": agreement.counts.tolist(),
    }
