"""A segmentation as a data set of BIDS derivatives (BIDS 1.11, "Imaging data types")."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from dashboard import __version__
from dashboard.core.analysis import Analysis
from dashboard.core.export.record import components_record
from dashboard.core.export.segmentation import write_mask, writers
from dashboard.core.export.tables import class_name

BIDS_VERSION = "1.11.1"
# Labels of BIDS hold letters and digits only.
NO_LABEL = re.compile(r"[^A-Za-z0-9]")
# The suffix is not part of a name's beginning, nor is what tells the files here apart.
OWN_ENTITIES = ("suffix", "seg", "label", "desc")
# The folder of an image by its suffix; of others it is `anat`.
DATATYPES = {"dwi": "dwi", "bold": "func"}
README = """# Segmentation by NeuroMix

Labels, probabilities and foreground of a Gaussian mixture of intensities, on the images' own grid.
The JSON beside each file holds every setting, and the SHA-256 of the images. `tables` holds the
numbers, and `code/reproduce.py` gives the labels again. The criteria of other numbers of components
are among the tables if the tab Criteria was open; the Export menu gives them alone, too.

NeuroMix does not know who made this: before you share it, add `Authors` to
`dataset_description.json`.

NeuroMix is for teaching and research. It is not a medical device.
"""

Write = Callable[[Path], object]


@dataclass(frozen=True)
class Origin:
    """The published data set that images come from.

    Attributes
    ----------
    doi : str
        Such as ``10.18112/openneuro.ds000114.v1.0.1``.
    paths : tuple of str
        Of the images in it.
    """

    doi: str
    paths: tuple[str, ...]


def derivatives(
    analysis: Analysis,
    image: Path,
    colours: Sequence[str],
    *,
    study: str,
    what: str,
    names: Sequence[str] = (),
    entities: Mapping[str, str],
    link: str,
    tables: Mapping[str, str],
    code: str,
    origin: Origin | None = None,
) -> Iterator[tuple[str, Write]]:
    """Yield the name of each file, and what writes it.

    Parameters
    ----------
    analysis, image, colours, names
        As `write_segmentation` has them.
    study : str
        What the study is called.
    what : str
        Tells the segmentation from others of its images, such as ``axial30K3``.
    entities : mapping of str to str
        Of the BIDS name of the first image; empty if it has none.
    link : str
        The View that shows it, as a URL query.
    tables : mapping of str to str
        Content by name.
    code : str
        The script that gives the labels again.
    origin : Origin, optional
        Of the images, if it is published.
    """
    folder, source = _place(entities, study)
    base = f"{source}_seg-{NO_LABEL.sub('', what)}"
    # A mask has no entity `seg`.
    mask = f"{folder}/{source}_desc-foreground{NO_LABEL.sub('', what)}_mask"
    facts = _facts(analysis, names, link, origin)
    yield "dataset_description.json", _text(_json(_description(study, origin)))
    yield "README.md", _text(README)
    yield ".bidsignore", _text("tables\n")
    yield "code/reproduce.py", _text(code)
    for name, table in tables.items():
        yield f"tables/{base}_{name}", _text(table)
    yield f"{mask}.nii.gz", partial(write_mask, analysis, image)
    about = {"Description": "The voxels that the mixture was fitted to.", "Type": "ROI", **facts}
    yield f"{mask}.json", _text(_json(about))
    for ending, write in writers(analysis, image, colours, names, probabilities=True):
        yield f"{folder}/{base}_{ending}", write
        if ending.endswith(".nii.gz"):
            beside = sidecar(ending, analysis, names, link, origin)
            yield f"{folder}/{base}_{ending.removesuffix('.nii.gz')}.json", _text(beside)


def sidecar(
    ending: str,
    analysis: Analysis,
    names: Sequence[str],
    link: str,
    origin: Origin | None = None,
) -> str:
    """Return the JSON beside an image of `writers`: what it is, and how it was made."""
    about = {**_about(ending, names), "Manual": False, **_facts(analysis, names, link, origin)}
    return _json(about)


def _facts(
    analysis: Analysis, names: Sequence[str], link: str, origin: Origin | None
) -> dict[str, Any]:
    # BIDS URIs need a data set that others can find.
    sources = {"Sources": [f"bids:source:{path}" for path in origin.paths]} if origin else {}
    return {"SpatialReference": "orig", **sources, **_settings(analysis, names), "View": link}


def _place(entities: Mapping[str, str], study: str) -> tuple[str, str]:
    """Return the folder of the images, and how their names begin."""
    found = {name: value for name, value in entities.items() if name not in OWN_ENTITIES}
    found = {"sub": found.pop("sub", "") or NO_LABEL.sub("", study) or "study", **found}
    folder = "/".join(f"{name}-{found[name]}" for name in ("sub", "ses") if name in found)
    kind = DATATYPES.get(entities.get("suffix", ""), "anat")
    return f"{folder}/{kind}", "_".join(f"{name}-{value}" for name, value in found.items())


def _description(study: str, origin: Origin | None) -> dict[str, Any]:
    found = {}
    if origin:
        link = f"doi:{origin.doi}"
        found = {"SourceDatasets": [{"DOI": link}], "DatasetLinks": {"source": link}}
    return {
        "Name": f"NeuroMix segmentation of {study}",
        "BIDSVersion": BIDS_VERSION,
        "DatasetType": "derivative",
        "GeneratedBy": [{"Name": "NeuroMix", "Version": __version__}],
        **found,
    }


def _settings(analysis: Analysis, names: Sequence[str]) -> dict[str, Any]:
    record = components_record(analysis, doubts=analysis.doubts, names=names)
    return {
        "Inputs": record["inputs"],
        "Mask": record["mask"],
        "Settings": record["settings"],
        "Components": record["components"],
        "Criteria": record["criteria"],
        "ForegroundVoxels": record["foreground_voxels"],
        "Doubts": record["doubts"],
        "Versions": record["versions"],
    }


def _about(ending: str, names: Sequence[str]) -> dict[str, Any]:
    """Return what a file of `writers` is."""
    if ending.startswith("dseg"):
        return {"Description": "The most probable class of each voxel; 0 is the background."}
    number = int(ending.removeprefix("label-").partition("_")[0])
    called = class_name(names, number)
    return {
        "Description": f"The probability of {called}; 0 outside the foreground.",
        "LabelMap": [called],
    }


def _json(content: Mapping[str, Any]) -> str:
    return json.dumps(content, indent=2, ensure_ascii=False, default=str) + "\n"


def _text(content: str) -> Write:
    data = content.encode(errors="backslashreplace")
    return lambda path: path.write_bytes(data)
