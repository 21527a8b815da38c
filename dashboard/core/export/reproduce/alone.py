"""The script of a slice: nibabel, numpy and scikit-learn alone."""

from collections.abc import Iterator, Sequence

import nibabel as nib
import numpy as np

from dashboard.core.analysis import Analysis
from dashboard.core.domain import Cut
from dashboard.core.export.reproduce.given import Given, checked, quoted, shape
from dashboard.core.mixture import assignment, slice_fit
from dashboard.core.mixture.mask import mask_of
from dashboard.core.mixture.model import Model
from dashboard.core.mixture.scaling import unit_of
from dashboard.core.orientation import Orientation
from dashboard.core.volume import Volume

SCALERS = {"standard": "StandardScaler", "robust": "RobustScaler", "minmax": "MinMaxScaler"}
RULES = {"positive": "above 0", "nonzero": "not 0", "background": "not the background"}


def alone(
    analysis: Analysis,
    images: Sequence[Given],
    base: str,
    mask: Given | None,
    grid: Given,
    start: Model | None,
) -> Iterator[str]:
    """Yield the lines of a slice's script; the parameters are those of `script.script`."""
    features, model = analysis.features, analysis.fitted
    recipe, domain, mixed = features.recipe, features.domain, features.mixed
    assert isinstance(domain, Cut), "a head needs the package"
    scaler = None if start else SCALERS.get(recipe.scaling)
    yield "import hashlib"
    yield "import sys"
    yield "from pathlib import Path"
    yield ""
    yield "import nibabel as nib"
    yield "import numpy as np"
    yield "from sklearn.mixture import GaussianMixture"
    if scaler:
        yield f"from sklearn.preprocessing import {scaler}"
    yield ""
    yield from checked([*images, mask, grid])
    yield ""
    yield "images = ["
    for one in images:
        yield f"    {_voxels(one)},"
    yield "]"
    yield f"# {str(domain).capitalize()}, in the storage order of the files."
    yield f"cut = np.s_[{_indices(features.volumes[0].orientation, domain)}]"
    yield "voxels = [image[cut] for image in images]"
    yield ""
    yield from _foreground(analysis, mask)
    yield "points = np.stack([image[foreground] for image in voxels], axis=1)"
    if recipe.clip != "none":
        low, high = zip(*(v.intensities.limits[recipe.clip] for v in features.volumes), strict=True)
        yield f"# {recipe.clip} % of the voxels of each whole image lie beyond each of these."
        yield f"points = np.clip(points, {list(map(float, low))}, {list(map(float, high))})"
    if scaler:
        unit = unit_of(features.values)
        if (unit != 1).any():
            yield "# Of ranges below 1e-15 scikit-learn would make 0."
            yield f"points = points / np.array({unit.tolist()})"
        yield f"points = {scaler}().fit_transform(points)"
    elif start and features.scale:
        yield "# The scale of the whole head."
        offset, factor = features.scale.offset, features.scale.factor
        yield f"points = (points - np.array({offset.tolist()})) / np.array({factor.tolist()})"
    if mixed < len(images):
        yield f"points = points[:, :{mixed}]  # the others are only shown"
    yield ""
    yield from _mixture(model, len(features.values), start)
    yield ""
    yield "labels = np.zeros(images[0].shape, dtype=np.uint8)  # 0 is the background"
    yield "labels[cut][foreground] = numbers[components]"
    yield f"affine = {_affine(analysis, grid)}"
    yield f"nib.save(nib.Nifti1Image(labels, affine), {quoted(f'{base}_dseg.nii.gz')})"


def _voxels(one: Given) -> str:
    """Return the expression that reads an image."""
    read = f"nib.load(folder / {quoted(one.name)}).get_fdata()"
    found, volume = shape(one.path), one.volume
    assert found, "without a shape the package reads the file"
    if volume.volumes == 1:
        return read if len(found) == 3 else f'{read}.reshape({volume.shape}, order="F")'
    series = read if len(found) == 4 else f'{read}.reshape({(*volume.shape, -1)}, order="F")'
    if one.take and len(one.take) == 1:
        return f"{series}[..., {one.take[0]}]"
    if one.take is None:
        return f"sum(np.moveaxis({series}, -1, 0)) / {volume.volumes}"
    which = sorted(set(one.take))
    return f"sum(np.moveaxis({series}[..., {which}], -1, 0)) / {len(which)}"


def _indices(orientation: Orientation, cut: Cut) -> str:
    axis, index = orientation.stored_index(cut.plane, cut.index)
    return ", ".join(str(index) if stored == axis else ":" for stored in range(3))


def _foreground(analysis: Analysis, mask: Given | None) -> Iterator[str]:
    features = analysis.features
    recipe, mixed = features.recipe, features.mixed
    fitted = f"voxels[:{mixed}]" if mixed < len(features.volumes) else "voxels"
    yield f"# The foreground: {'in the mask' if mask else RULES[recipe.foreground]}, and finite."
    yield "foreground = np.all(np.isfinite(voxels), axis=0)"
    if mask:
        yield f"mask = {_voxels(mask)}[cut]"
        yield f"foreground &= np.isfinite(mask) & ({_marked(mask.volume)})"
    elif recipe.foreground == "background":
        values = [float(volume.intensities.background) for volume in features.volumes[:mixed]]
        yield f"for image, background in zip({fitted}, {values}):"
        yield "    foreground &= image != background"
    else:
        sign = ">" if recipe.foreground == "positive" else "!="
        yield f"for image in {fitted}:"
        yield f"    foreground &= image {sign} 0"


def _marked(mask: Volume) -> str:
    """Return the condition under which a mask marks a voxel."""
    first, last = map(float, mask_of(mask).outside)
    if first == -np.inf:
        return f"mask > {last!r}"
    if last == np.inf:
        return f"mask < {first!r}"
    return f"mask != {last!r}" if first == last else f"(mask < {first!r}) | (mask > {last!r})"


def _mixture(model: Model, voxels: int, start: Model | None) -> Iterator[str]:
    recipe = model.recipe
    one = slice_fit.continued(recipe) if start else recipe
    fitted = slice_fit.spacing(voxels)
    yield "mixture = GaussianMixture("
    yield f"    {recipe.components},"
    yield f"    covariance_type={quoted(recipe.covariance)},"
    yield f"    tol={one.tolerance!r},"
    yield f"    max_iter={slice_fit.most_iterations(one, -(-voxels // fitted))},"
    yield f"    reg_covar={float(model.floor)!r},"
    yield f"    random_state={recipe.seed},"
    if start:
        yield '    init_params="random_from_data",'
        yield "    # The mixture of the whole head, by NeuroMix."
        yield from _start(start)
    elif recipe.starts > 1:
        yield f"    n_init={recipe.starts},"
    yield ")"
    if fitted == 1:
        yield "components = mixture.fit_predict(points)"
    else:
        yield f"components = mixture.fit(points[::{fitted}]).predict(points)"
    ranks = np.argsort(model.means[:, 0], kind="stable") + 1
    if start:
        yield f"numbers = np.arange(1, {recipe.components + 1})"
        return
    if np.array_equal(ranks, np.arange(1, len(ranks) + 1)):
        yield "# Classes are numbered by their mean in the first image."
    else:
        yield "# The classes of the whole head to which these belong, by mean in the first image."
    yield "numbers = np.empty(len(mixture.means_), dtype=np.uint8)"
    yield f'numbers[np.argsort(mixture.means_[:, 0], kind="stable")] = {ranks.tolist()}'


def _start(model: Model) -> Iterator[str]:
    for name, values in (
        ("weights_init", model.weights),
        ("means_init", model.means),
        ("precisions_init", assignment.precisions(model)),
    ):
        yield f"    {name}=np.array({values.tolist()}),"


def _affine(analysis: Analysis, grid: Given) -> str:
    """Return the expression of the position: that of the file, if it is usable."""
    own = analysis.features.volumes[0].affine
    header = nib.load(grid.path).affine  # type: ignore[attr-defined]
    if header is not None and np.allclose(header, own):
        return f"nib.load(folder / {quoted(grid.name)}).affine"
    return f"np.array({own.tolist()})"
