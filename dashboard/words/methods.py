"""The methods of a fit as a paragraph for a paper, with its sources."""

from dataclasses import dataclass, field

from dashboard import __version__
from dashboard.core.analysis import Analysis
from dashboard.core.domain import Cut
from dashboard.core.mixture.foreground import Foreground
from dashboard.core.mixture.recipe import Covariance, Recipe
from dashboard.core.mixture.scaling import Scaling
from dashboard.core.processing import How, Placed, Resampled, Taken
from dashboard.core.reference.agreement import Agreement
from dashboard.core.volume import Volume
from dashboard.words.numbers import counted, listed, measure, number, ordinal, times

FOREGROUNDS: dict[Foreground, str] = {
    "positive": "all voxels above 0 in every image",
    "nonzero": "all voxels that are not 0 in any image",
    "background": "all voxels that do not have the most frequent intensity of any image",
    "mask": "the voxels that {mask} marks",
}
SCALINGS: dict[Scaling, str] = {
    "standard": "Each image was scaled to a mean of 0 and a population SD of 1 in {where}.",
    "robust": "Each image was scaled to a median of 0 and an interquartile range of 1 in {where}.",
    "minmax": "Each image was scaled to the range from 0 to 1 in {where}.",
    "none": "Intensities were not scaled.",
}
# How an image came onto the grid of another.
RESAMPLED: dict[How, str] = {
    "linear": "by linear interpolation, without registration",
    "nearest": "by nearest neighbours, without registration",
    "voxels": "by reordering its voxels, which changed no value",
    "picked": "by keeping those of its voxels that lie there, without interpolation",
}
COVARIANCES: dict[Covariance, str] = {
    "full": "a full covariance matrix each",
    "tied": "a common covariance matrix",
    "diag": "a diagonal covariance matrix each",
    "spherical": "one variance each",
}
SOURCES = {
    "em": (
        "Dempster AP, Laird NM, Rubin DB. Maximum likelihood from incomplete data via the EM "
        "algorithm. J R Stat Soc B 1977;39:1–38."
    ),
    "mixture": "McLachlan G, Peel D. Finite mixture models. New York: Wiley; 2000.",
    "cells": (
        "Lang A, Schubert E. BETULA: fast clustering of large data with improved BIRCH CF-Trees. "
        "Inf Syst 2022;108:101918."
    ),
    "binned": (
        "Cadez IV, Smyth P, McLachlan GJ, McLaren CE. Maximum likelihood estimation of mixture "
        "densities for binned and truncated multivariate data. Mach Learn 2002;47:7–34."
    ),
    "defect": (
        "Stetter HJ. The defect correction principle and discretization methods. Numer Math "
        "1978;29:425–443."
    ),
    "starts": (
        "Biernacki C, Celeux G, Govaert G. Choosing starting values for the EM algorithm for "
        "getting the highest likelihood in multivariate Gaussian mixture models. Comput Stat Data "
        "Anal 2003;41:561–575."
    ),
    "mixels": (
        "Choi HS, Haynor DR, Kim Y. Partial volume tissue classification of multichannel magnetic "
        "resonance images: a mixel model. IEEE Trans Med Imaging 1991;10:395–407."
    ),
    "prior": (
        "Zhang Y, Brady M, Smith S. Segmentation of brain MR images through a hidden Markov random "
        "field model and the expectation-maximization algorithm. IEEE Trans Med Imaging "
        "2001;20:45–57."
    ),
    "field": (
        "Celeux G, Forbes F, Peyrard N. EM procedures using mean field-like approximations for "
        "Markov model-based image segmentation. Pattern Recognit 2003;36:131–144."
    ),
    "bic": "Schwarz G. Estimating the dimension of a model. Ann Stat 1978;6:461–464.",
    "icl": (
        "Biernacki C, Celeux G, Govaert G. Assessing a mixture model for clustering with the "
        "integrated completed likelihood. IEEE Trans Pattern Anal Mach Intell 2000;22:719–725."
    ),
    "aic": (
        "Akaike H. A new look at the statistical model identification. IEEE Trans Autom Control "
        "1974;19:716–723."
    ),
    "hungarian": (
        "Kuhn HW. The Hungarian method for the assignment problem. Nav Res Logist Q 1955;2:83–97."
    ),
    "dice": (
        "Dice LR. Measures of the amount of ecologic association between species. Ecology "
        "1945;26:297–302."
    ),
    "nibabel": (
        "Brett M, Markiewicz CJ, Hanke M, et al. NiBabel: access a cacophony of neuro-imaging file "
        "formats. Zenodo. doi:10.5281/zenodo.591597."
    ),
    "scikit-learn": (
        "Pedregosa F, Varoquaux G, Gramfort A, et al. Scikit-learn: machine learning in Python. "
        "J Mach Learn Res 2011;12:2825–2830."
    ),
}  # fmt: skip


@dataclass
class Cited:
    """Sentences with numbers for their sources, which are counted as they come."""

    sentences: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)

    def say(self, sentence: str, *cited: str) -> None:
        """Add a sentence; ``{0}``, ``{1}`` ... in it are the numbers of its sources."""
        numbers = []
        for name in cited:
            if SOURCES[name] not in self.sources:
                self.sources.append(SOURCES[name])
            numbers.append(f"[{self.sources.index(SOURCES[name]) + 1}]")
        for place, found in enumerate(numbers):
            sentence = sentence.replace(f"{{{place}}}", found)
        self.sentences.append(sentence)

    @property
    def text(self) -> str:
        """The paragraph."""
        return " ".join(self.sentences)


def methods(
    analysis: Analysis, agreement: Agreement | None = None, reference: str = "", mask: str = ""
) -> Cited:
    """Return how an analysis was made.

    Parameters
    ----------
    analysis : Analysis
    agreement : Agreement, optional
        With the `reference` of that name.
    mask : str
        The name of the mask, if it is the foreground.
    """
    said = Cited()
    _voxels(said, analysis, mask)
    if analysis.model is None:
        return said
    _mixture(said, analysis)
    if agreement:
        said.say(
            f"Classes and the labels of {reference} were matched one to one by the Hungarian "
            "method {0}, for the largest sum of Dice coefficients {1}.",
            "hungarian", "dice",
        )  # fmt: skip
    return said


def _voxels(said: Cited, analysis: Analysis, mask: str) -> None:
    features = analysis.features
    recipe, domain, first = features.recipe, features.domain, features.volumes[0]
    mixed = features.volumes[: features.mixed]
    names = listed([_as_read(volume) for volume in mixed])
    said.say(f"NeuroMix {__version__} read {names} with NiBabel {{0}}.", "nibabel")
    helpers = [features.mask_volume] if features.mask_volume else []
    for volume in (*mixed, *helpers):
        _brought(said, volume)
    kept = FOREGROUNDS[recipe.foreground].replace("{mask}", mask or "the mask")
    count = len(features.values)
    said.say(
        f"The foreground is {kept}: {counted(count, 'voxel')} of {times(first.voxel_size)} mm "
        f"({measure(count * first.voxel_ml)} mL) of {domain}."
    )
    if recipe.clip != "none":
        low = float(recipe.clip)
        said.say(
            f"Intensities were clipped at {low:g} % and {100 - low:g} % of the distribution of "
            "each image's voxels that are not background."
        )
    # A slice that begins from the mixture of the head has its scale.
    whole = isinstance(domain, Cut) and recipe.start == "volume"
    where = "the foreground of the whole head" if whole else "the foreground"
    said.say(SCALINGS[recipe.scaling].replace("{where}", where))


def _as_read(volume: Volume) -> str:
    """Return the name of an image, and which of the volumes of its file it is."""
    taken = [str(step) for step in volume.processing if isinstance(step, Taken)]
    return f"{volume.name} ({taken[0]})" if taken else volume.name


def _brought(said: Cited, volume: Volume) -> None:
    """Say how an image came to where it is."""
    for step in volume.processing:
        match step:
            case Placed(onto=onto):
                said.say(f"{volume.name} was placed where {onto} is.")
            case Resampled(onto=onto, how=how):
                said.say(f"{volume.name} was brought onto the grid of {onto} {RESAMPLED[how]}.")


def _mixture(said: Cited, analysis: Analysis) -> None:
    model, recipe = analysis.fitted, analysis.features.recipe
    end = "converged" if model.converged else "did not converge"
    ran = f"it {end} after {counted(model.iterations, 'iteration')}"
    many = counted(recipe.components, "Gaussian")
    said.say(
        f"A mixture of {many} with {COVARIANCES[recipe.covariance]} was fitted by expectation "
        "maximisation {0}{1}, until an iteration raised the mean log-likelihood per voxel by less "
        f"than {number(recipe.tolerance)}; {ran}.",
        "em", "mixture",
    )  # fmt: skip
    if isinstance(analysis.features.domain, Cut):
        _slice_fit(said, recipe)
    else:
        _volume_fit(said, recipe, fine=analysis.features.partition().fine)
    if model.pairs:
        weight = sum(pair[-1] for pair in model.pairs)
        said.say(
            f"Gaussians between neighbouring classes, of a weight of {number(weight)} in all, "
            "stand for voxels that hold two tissues {0}.",
            "mixels",
        )  # fmt: skip
    if model.spacing > 1:
        said.say(f"Its parameters were fitted to every {ordinal(model.spacing)} voxel.")
    if recipe.prior and analysis.field is not None:
        said.say(
            "The classes of neighbouring voxels were coupled by a Potts prior of strength "
            f"{number(recipe.prior)} {{0}} in its mean-field approximation {{1}}.",
            "prior", "field",
        )  # fmt: skip
    chosen = "of its most probable component" if not model.pairs else "that fills most of it"
    said.say(
        f"Each voxel has the class {chosen}. The model is described by BIC {{0}}, ICL {{1}} and "
        "AIC {2}.",
        "bic", "icl", "aic",
    )  # fmt: skip


def _slice_fit(said: Cited, recipe: Recipe) -> None:
    if recipe.start == "volume":
        said.say(
            "It began from the mixture of the whole head and was fitted by scikit-learn {0}.",
            "scikit-learn",
        )
        return
    best = f"the best of {recipe.starts} k-means starts" if recipe.starts > 1 else "k-means"
    said.say(
        f"It began from {best} (seed {recipe.seed}) and was fitted by scikit-learn {{0}}.",
        "scikit-learn",
    )


def _volume_fit(said: Cited, recipe: Recipe, *, fine: bool) -> None:
    if fine:
        said.say(
            "Each step ran over cells of the joint intensities, with the moments of their voxels "
            "{0}{1}, instead of over every voxel.",
            "cells", "binned",
        )  # fmt: skip
    else:
        said.say(
            "The steps ran over evenly spaced voxels and were corrected in passes over all voxels "
            "{0}.",
            "defect",
        )
    best = (
        f"The best of {recipe.starts} k-means starts" if recipe.starts > 1 else "One k-means start"
    )
    said.say(
        f"{best} (seed {recipe.seed}) was used {{0}}, with k-means by scikit-learn {{1}}.",
        "starts", "scikit-learn",
    )  # fmt: skip
