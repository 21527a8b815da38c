"""Make the sample study: T1, b0 and true tissue classes of one synthetic head.

The anatomy is the ICBM152 average that nilearn ships in its own package (nothing is downloaded),
sharpened and bent until it looks like one person; the contrast is simulated.
"""

import argparse
import gzip
from pathlib import Path

import nibabel as nib
import numpy as np
from nilearn.datasets import load_mni152_template
from scipy import ndimage as ndi

SEED = 12345

# The grid of the lesson's volumes, as its printed header gives it: axes L, A, S, scanner origin.
SHAPE = (128, 128, 70)
AFFINE = np.array(
    [
        [-2.0, 0.0, 0.0, 125.5061],
        [0.0, 2.0, 0.0, -109.38977],
        [0.0, 0.0, 2.2, -86.742615],
        [0.0, 0.0, 0.0, 1.0],
    ]
)
SCANNER = 1  # NIfTI code of both qform and sform: scanner-based anatomical coordinates

# Where the head lies: this voxel of the grid holds this ICBM point (mm), so that slice 30
# cuts the lateral ventricles, the thalamus and the putamen, and the head is mid-field.
CENTRE_VOXEL = (63, 58, 30)
CENTRE_ICBM = (0.0, -17.0, 12.0)
HEAD_SCALE = (0.91, 0.90, 0.90)  # the ICBM average is about a tenth larger than a usual head
HEAD_TILT = (3.0, -3.0, 2.5)  # degrees about x, y, z: nobody lies quite straight
WARPS = ((10.0, 1.8), (4.0, 1.5))  # (smoothness in voxels, standard deviation in mm)

TEMPLATE_MAX = 255  # nilearn scales the 8-bit template to 1
# Template T1 values of pure CSF, grey and white matter once it is sharpened.
TEMPLATE_LEVELS = (62.0, 170.0, 230.0)
MIN_TEMPLATE = 30  # below this the template is not brain but the ragged edge of its mask

FOLD_PERIOD_MM = 17.0  # from one gyrus to the next
FOLD_GAIN = 0.6  # in tissue steps
SULCUS_FLOOR = -1.3  # folds lower than this, in standard deviations, open into a sulcus
SULCUS_GAIN = 1.2
FOLD_REACH_MM = (12.0, 26.0)  # full effect above the first depth, none below the second
# The most a voxel may hold at a depth below the brain's outer edge: CSF, then cortex, then white.
EDGE_DEPTH_MM = (0.9, 1.7, 4.3, 5.3)
EDGE_RAGGED_MM = 0.7  # so that neither film nor cortex is of one thickness
EDGE_CAP = (0.0, 1.0, 1.0, 2.0)

SUPERSAMPLE = 2  # samples per axis in a voxel, whose mean gives the partial volumes

# Intensities of CSF, GM and WM, in the order of the dseg labels 1, 2, 3.
T1_LEVELS = (110.0, 260.0, 390.0)
B0_LEVELS = (1200.0, 430.0, 230.0)
T1_NOISE, B0_NOISE = 10.0, 55.0  # standard deviation of the noise in each channel
BIAS = 0.04  # standard deviation of the log gain across the head
# Standard deviation of the tissue's own fine unevenness; T2, and so b0, varies more than T1.
T1_TEXTURE, B0_TEXTURE = 0.02, 0.13
STEP = 0.5  # intensities are rounded to this, which lets gzip work


def load_template():
    """Return the ICBM152 T1 (1 mm, 8-bit units), its affine and its brain mask."""
    image = load_mni152_template(resolution=1)
    t1 = TEMPLATE_MAX * image.get_fdata(dtype=np.float32)
    mask = ndi.binary_fill_holes(ndi.binary_opening(t1 > MIN_TEMPLATE, iterations=2))
    return np.where(mask, t1, 0), image.affine, mask


def smooth_noise(rng, shape, sigma):
    """Return Gaussian noise smoothed by `sigma` voxels, scaled to unit variance."""
    noise = ndi.gaussian_filter(rng.standard_normal(shape, dtype=np.float32), sigma, mode="wrap")
    return noise / noise.std()


def band_noise(rng, shape, period):
    """Return unit-variance noise whose ripples repeat about every `period` voxels."""
    width = period / 4.44  # a difference of Gaussians peaks near 4.44 times its width
    noise = rng.standard_normal(shape, dtype=np.float32)
    band = ndi.gaussian_filter(noise, 0.85 * width, mode="wrap")
    band -= ndi.gaussian_filter(noise, 1.15 * width, mode="wrap")
    return band / band.std()


def sharpen(t1, mask):
    """Undo the blur of averaging heads: unsharp masking at two widths, within the brain."""

    def local_mean(sigma):
        weight = ndi.gaussian_filter(mask.astype(np.float32), sigma)
        return ndi.gaussian_filter(t1, sigma) / np.maximum(weight, 1e-3)

    return t1 + 1.6 * (t1 - local_mean(3.0)) + 0.8 * (t1 - local_mean(1.2))


def fold(tissue, mask, world, rng):
    """Give the cerebrum folds of its own, and its surface a cortex and a film of CSF."""
    depth, nearest = ndi.distance_transform_edt(mask, return_indices=True)
    # Noise read at the nearest point outside the brain is constant along the surface normals:
    # it pushes the boundaries into sheets that stand on the surface, as gyri do.
    sheets = band_noise(rng, mask.shape, FOLD_PERIOD_MM)[tuple(nearest)]
    reach = np.interp(depth, FOLD_REACH_MM, (1, 0)) * cerebrum(world)
    folded = np.maximum(tissue + FOLD_GAIN * reach * sheets, np.minimum(tissue, 1))
    # Only the floor of a fold opens into CSF; its walls stay cortex.
    folded -= SULCUS_GAIN * reach * np.maximum(SULCUS_FLOOR - sheets, 0)
    ragged = depth + EDGE_RAGGED_MM * band_noise(rng, mask.shape, FOLD_PERIOD_MM)
    return np.minimum(folded, np.interp(ragged, EDGE_DEPTH_MM, EDGE_CAP))


def cerebrum(world):
    """Return 1 in the cerebrum, falling to 0 in the cerebellum and brain stem."""
    x, y, z = world
    cerebellum = (z < -6 - 0.45 * (y + 50)) & (y < -25)
    stem = (z < -25) & (abs(x) < 18) & (y < -5)
    return 1 - ndi.gaussian_filter((cerebellum | stem).astype(np.float32), 2)


def unlined(tissue, world):
    """Remove the false grey lining that blur leaves where the ventricles meet white matter."""
    x, y, z = world
    box = (abs(x) < 42) & (y > -75) & (y < 36) & (z > -14) & (z < 32)
    labels, _ = ndi.label((tissue < 0.4) & box)
    ventricles = labels == np.bincount(labels[labels > 0]).argmax()
    shell = ndi.binary_dilation(ventricles, iterations=2) & ~ventricles
    nearest = ndi.distance_transform_edt(shell, return_distances=False, return_indices=True)
    return tissue[tuple(nearest)]


def crisp(tissue):
    """Pull values on the scale 0 CSF, 1 GM, 2 WM towards the nearest pure class."""
    pure = np.round(tissue)
    rest = tissue - pure
    return pure + 0.5 * np.sign(rest) * (2 * abs(rest)) ** 1.6


def template_fractions(rng):
    """Return the CSF, GM and WM fractions of every ICBM voxel, and the ICBM affine."""
    t1, affine, mask = load_template()
    axes = np.ogrid[tuple(map(slice, t1.shape))]
    world = [axis + origin for axis, origin in zip(axes, affine[:3, 3], strict=True)]
    tissue = np.interp(sharpen(t1, mask), TEMPLATE_LEVELS, (0, 1, 2)).astype(np.float32)
    tissue = crisp(np.clip(unlined(fold(tissue, mask, world, rng), world), 0, 2))
    parts = [np.clip(1 - tissue, 0, 1), 1 - abs(tissue - 1), np.clip(tissue - 1, 0, 1)]
    return [np.where(mask, part, 0).astype(np.float32) for part in parts], affine


def head_to_icbm():
    """Return the affine from this study's scanner mm to ICBM mm."""
    rx, ry, rz = np.deg2rad(HEAD_TILT)
    about_x = [[1, 0, 0], [0, np.cos(rx), -np.sin(rx)], [0, np.sin(rx), np.cos(rx)]]
    about_y = [[np.cos(ry), 0, np.sin(ry)], [0, 1, 0], [-np.sin(ry), 0, np.cos(ry)]]
    about_z = [[np.cos(rz), -np.sin(rz), 0], [np.sin(rz), np.cos(rz), 0], [0, 0, 1]]
    linear = np.diag(1 / np.array(HEAD_SCALE)) @ about_x @ about_y @ about_z
    centre = nib.affines.apply_affine(AFFINE, CENTRE_VOXEL)
    return nib.affines.from_matvec(linear, CENTRE_ICBM - linear @ centre)


def sample_points(icbm_affine, rng):
    """Return, for every supersample of the grid, its place in ICBM voxels."""
    fine_shape = [SUPERSAMPLE * n for n in SHAPE]
    # Sample centres lie at (i + 0.5) / SUPERSAMPLE - 0.5 voxels.
    to_voxel = nib.affines.from_matvec(np.eye(3) / SUPERSAMPLE, [0.5 / SUPERSAMPLE - 0.5] * 3)
    matrix = np.linalg.inv(icbm_affine) @ head_to_icbm() @ AFFINE @ to_voxel
    points = np.empty((3, *fine_shape), dtype=np.float32)
    grid = np.ogrid[tuple(map(slice, fine_shape))]
    for axis in range(3):
        points[axis] = matrix[axis, 3] + sum(matrix[axis, i] * grid[i] for i in range(3))
        bend = sum(mm * smooth_noise(rng, SHAPE, sigma) for sigma, mm in WARPS)
        points[axis] += ndi.zoom(bend, SUPERSAMPLE, order=1, grid_mode=True, mode="nearest")
    return points


def voxel_means(fine):
    """Average the supersamples of each voxel."""
    split = [size for n in SHAPE for size in (n, SUPERSAMPLE)]
    return fine.reshape(split).mean(axis=(1, 3, 5))


def study_fractions(rng):
    """Return the class fractions on the study's grid, class first, and its brain mask."""
    parts, icbm_affine = template_fractions(rng)
    points = sample_points(icbm_affine, rng)
    fractions = np.stack(
        [voxel_means(ndi.map_coordinates(part, points, order=1)) for part in parts]
    )
    total = fractions.sum(axis=0)
    brain = total >= 0.5
    return np.where(brain, fractions / np.maximum(total, 0.5), 0), brain


def scan(fractions, brain, levels, noise, texture, rng):
    """Simulate one contrast: mixed class levels, texture, bias field and Rician noise."""
    signal = np.tensordot(levels, fractions, axes=1)
    signal *= 1 + texture * smooth_noise(rng, SHAPE, 0.8)
    signal *= np.exp(BIAS * smooth_noise(rng, SHAPE, 25.0))
    real, imaginary = noise * rng.standard_normal((2, *SHAPE))
    magnitude = np.hypot(signal + real, imaginary)
    # The lesson takes zero for background, so no brain voxel may round to it.
    return np.where(brain, np.maximum(np.round(magnitude / STEP) * STEP, STEP), 0)


def save(path, data, description):
    """Write `data` on the study's grid as a gzipped NIfTI that is the same on every run."""
    image = nib.Nifti1Image(data, AFFINE)
    image.set_qform(AFFINE, SCANNER)
    image.set_sform(AFFINE, SCANNER)
    image.header.set_xyzt_units("mm", "sec")
    image.header["descrip"] = description
    # No time and no file name in the gzip header: they would change the bytes.
    path.write_bytes(gzip.compress(image.to_bytes(), compresslevel=9, mtime=0))


def make_sample(out):
    """Make the sample study.

    Parameters
    ----------
    out : pathlib.Path
        Folder that receives ``T1.nii.gz``, ``b0.nii.gz``, ``dseg.nii.gz`` and ``dseg.tsv``.

    """
    rng = np.random.default_rng(SEED)
    fractions, brain = study_fractions(rng)
    t1 = scan(fractions, brain, T1_LEVELS, T1_NOISE, T1_TEXTURE, rng)
    b0 = scan(fractions, brain, B0_LEVELS, B0_NOISE, B0_TEXTURE, rng)
    dseg = np.where(brain, fractions.argmax(axis=0) + 1, 0)
    out.mkdir(parents=True, exist_ok=True)
    save(out / "T1.nii.gz", t1.astype(np.float32), "Synthetic T1 on ICBM152 anatomy")
    save(out / "b0.nii.gz", b0.astype(np.float32), "Synthetic b0 on ICBM152 anatomy")
    save(out / "dseg.nii.gz", dseg.astype(np.uint8), "Truth: 1 CSF, 2 GM, 3 WM")
    (out / "dseg.tsv").write_text("index\tname\n1\tCSF\n2\tGM\n3\tWM\n", encoding="utf-8")


def main():
    """Read the command line and make the sample study."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    here = Path(__file__).parent
    parser.add_argument("--out", type=Path, default=here / "sample", help="folder to write to")
    make_sample(parser.parse_args().out)


if __name__ == "__main__":
    main()
