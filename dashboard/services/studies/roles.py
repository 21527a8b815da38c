"""The role of an image file by its name: image, mask, label map or probability."""

import re
from typing import Literal

Role = Literal["image", "mask", "labels", "probability"]

ROLES: tuple[Role, ...] = ("image", "mask", "labels", "probability")

# Whole words of a name, in the order of the search: "gm_mask" is a mask and "labels_csf1_gm2_wm3" a
# label map, although both name tissues.
_WORDS: tuple[tuple[Role, str], ...] = (
    ("probability", r"probsegs?|probtissue|probs?|probability|pve|tpm|priors?"),
    ("mask", r"masks?|brainmask|defacemask"),
    ("labels", r"dseg|aseg|segs?|segmentation|pveseg|labels?|lesions?|wmh|gt|rois?|parc|"
               r"parcellation|aparc|wmparc|ribbon|atlas|classmap|class[_\-. ]map|dtissue"),
    ("probability", r"csf|gm|wm|gr[ea]y|white"),
)  # fmt: skip


# A number may follow a word, as in mask2.
def _whole(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?:^|[_\-+. ])(?:{words})(?:$|[_\-+. \d])", re.IGNORECASE)


_PATTERNS = [(role, _whole(words)) for role, words in _WORDS]
# The skull-stripped T1 of FreeSurfer.
_STRIPPED = re.compile(r"brainmask(?:\.\w+)?\.mg[zh]$", re.IGNORECASE)

# A region inside a head: as the foreground it would keep a lesion alone, and as a reference it has
# no tissues. L is the label of lesions in BIDS.
_REGION = _whole(
    r"lesions?|lesionmask|tumou?rs?|tumou?rmask|o?edema|wmh|infarcts?|necrosis|rois?|gt|label-l"
)
# Wins over other words, as in tumor_003_brain_mask.
_BRAIN_MASK = _whole(r"brain[_\-. ]?mask")
_BRAIN = _whole(r"brain|brainmask|bet|skullstrip(?:ped)?|head")
_PART = _whole(r"csf|gm|wm|gr[ea]y|white|skull|scalp|face|defacemask|ventricles?|vessels?")
# Subject and session do not say what an image shows.
_WHOSE = re.compile(r"(?:^|_)(?:sub|ses)-[^_]*")

# A study opens with an anatomical image as X, and the lesson's b0 or the next contrast as Y.
_PREFERENCE = tuple(
    re.compile(rf"(?:^|[_\-. \d]){contrast}", re.IGNORECASE)
    for contrast in (r"t1w?$", r"b0", r"t2", r"flair", r"pd", r"t1")
)
_RESOLUTION = re.compile(r"[_\-. ]\d+(?:\.\d+)?mm$", re.IGNORECASE)

# The same for the suffixes of BIDS. A diffusion run comes late: it has many volumes on its own grid
# and opens slowly.
_SUFFIXES = (
    "T1w", "UNIT1", "b0", "T2w", "FLAIR", "PDw", "PDT2", "T2starw", "inplaneT1", "inplaneT2",
)  # fmt: skip
_LATE_SUFFIXES = ("sbref", "boldref", "m0scan", "dwi", "cbf", "bold")
# An image with contrast agent is an unlikely partner of the one without.
_LATE_ENTITIES = {"ce", "part", "inv"}


def role_of(file_name: str, stem: str) -> Role:
    """Return the role of a file by the words of its name.

    Parameters
    ----------
    file_name : str
        The whole name.
    stem : str
        The part whose words count: the name without extensions, or the suffix of a BIDS name.
    """
    if _STRIPPED.match(file_name):
        return "image"
    return next((role for role, pattern in _PATTERNS if pattern.search(stem)), "image")


def marks_region(stem: str) -> bool:
    """Return whether a mask or label map is of a lesion or another region, not the whole head."""
    words = _WHOSE.sub("", stem)
    return bool(_REGION.search(words)) and not _BRAIN_MASK.search(words)


def mask_rank(role: Role, stem: str) -> int:
    """Return the rank of a mask or label map as the foreground, the best first."""
    if marks_region(stem):
        return 4
    if role != "mask":
        return 3
    words = _WHOSE.sub("", stem)
    return 0 if _BRAIN.search(words) else 2 if _PART.search(words) else 1


def contrast_rank(stem: str) -> int:
    """Return the rank of an image's contrast for opening a study."""
    contrast = _RESOLUTION.sub("", stem)
    found = (rank for rank, pattern in enumerate(_PREFERENCE) if pattern.search(contrast))
    return next(found, len(_PREFERENCE))


def suffix_rank(entities: dict[str, str]) -> int:
    """Return the rank of a BIDS image for opening a study."""
    suffix = entities.get("suffix", "")
    if suffix in _LATE_SUFFIXES:
        return len(_SUFFIXES) + 1 + _LATE_SUFFIXES.index(suffix)
    if suffix in _SUFFIXES and not _LATE_ENTITIES & entities.keys():
        return _SUFFIXES.index(suffix)
    return len(_SUFFIXES)
