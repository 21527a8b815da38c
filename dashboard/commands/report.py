"""`python -m dashboard report`: the two pages of a View as HTML or PDF."""

import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit

import click

from dashboard.commands.inputs import Input, inputs
from dashboard.commands.options import FIT, Option, given, is_given, require_sense
from dashboard.commands.serve import settings_of
from dashboard.commands.stderr import print_line, print_progress
from dashboard.core.errors import NeuroMixError
from dashboard.core.facts import Notice
from dashboard.core.mixture.recipe import MAX_MIXED
from dashboard.core.reading.image import volumes_in
from dashboard.core.volume import stem
from dashboard.services.scene.opening import open_view
from dashboard.services.scene.scene import NO_REFERENCE
from dashboard.services.start import start
from dashboard.services.studies.files import StudyFiles, study_files
from dashboard.services.studies.library import Given
from dashboard.services.studies.naming import SELECTOR, SEPARATOR
from dashboard.view import View
from dashboard.words.opening import allowed, sentence

OPTIONS: tuple[Option, ...] = (
    click.argument("images", nargs=-1),
    click.option(
        "--out",
        required=True,
        metavar="FILE",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Where to write the report, as .html or .pdf.",
    ),
    click.option("--link", metavar="LINK", help="Link of the page, instead of images."),
    click.option(
        "--data",
        type=click.Path(path_type=Path),
        help="Folder of studies, with --link or the name of a study instead of images.",
    ),
    *FIT,
    click.option("--overwrite", is_flag=True, help="Replace the file if it exists."),
)
FORMS: dict[str, Literal["html", "pdf"]] = {".html": "html", ".pdf": "pdf"}
# Arguments that are called otherwise in a link.
CALLED = {"index": "slice"}
# Options that a View has under the same name; those of images are names there.
FIELDS = View().to_store().keys() - {"mask", "reference"}
# What only a whole head, or only a slice has.
SENSE = ("start", "starts", "prior", "partial_volume", "covariance")
# Notices that are errors of a command: it does not fall back to something else.
REFUSED = ("invalid-value", "no-usable-mask", "no-study", "no-image", "no-slice")


def with_options(command: Any) -> Any:
    """Give a function the arguments of `report`."""
    return given(command, OPTIONS)


@click.command(context_settings={"show_default": True, "max_content_width": 100})
@with_options
def report(
    images: tuple[str, ...],
    out: Path,
    link: str | None,
    data: Path | None,
    overwrite: bool,
    **settings: Any,
) -> None:
    """Write a report of images, of a study or of a link: two pages, as HTML or PDF.

    Each image is a file, or a volume of a 4-D file, as for `segment`. The first two are X and Y.
    """
    form = FORMS.get(out.suffix.lower())
    if form is None:
        raise NeuroMixError(f"--out {out}: the name of a report ends in .html or .pdf.")
    if out.exists() and not overwrite:
        raise NeuroMixError(f"{out} exists. Choose another file, or replace it with --overwrite.")
    if (link is None) == (not images):
        raise NeuroMixError("Name the images of a report, or a link with --link.")
    asked = _asked(settings)
    files = None
    if link is not None or data is not None:
        query = _linked(link, images) | asked
    else:
        files, query = _study(images, settings)
        query |= asked
    from dashboard.reporting.report import report as made  # takes a second to load

    own = settings_of({"data": data})
    services = start(own, Given(files) if files else None)
    opened = open_view(services.archive, query)
    whole = opened.scene.view.scope == "volume"
    require_sense(whole=whole, **{name: settings[name] for name in SENSE})
    for notice in opened.notices:
        if notice.code in REFUSED:
            raise NeuroMixError(_refusal(notice))
        print_line(sentence(notice))
    print_progress(f"Fitting {opened.scene.view.components} components")
    content = made(opened.scene, services.analyses, form)
    _write(out, content)
    click.echo(out)


def _asked(settings: Mapping[str, Any]) -> dict[str, str]:
    """Return the options that somebody gave and that a link has, as in a link."""
    asked = {
        CALLED.get(name, name): f"{value:g}" if isinstance(value, float) else str(value)
        for name, value in settings.items()
        if is_given(name) and CALLED.get(name, name) in FIELDS
    }
    return asked | ({"covariance": "partial-volume"} if settings["partial_volume"] else {})


def _linked(link: str | None, images: Sequence[str]) -> dict[str, str]:
    """Return the query of a link, or that of a study by its name."""
    if link is not None:
        query = dict(parse_qsl(urlsplit(link).query or link.lstrip("?")))
        if not query:
            raise NeuroMixError(f"--link {link}: this is no link of a view. Copy it from the page.")
        return query
    if len(images) != 1:
        raise NeuroMixError("With --data, name one study.")
    return {"study": images[0]}


def _study(images: Sequence[str], settings: Mapping[str, Any]) -> tuple[StudyFiles, dict[str, str]]:
    """Return the images of a command as a study, and the query that names them."""
    if len(images) > MAX_MIXED:
        raise NeuroMixError(f"A fit takes at most {MAX_MIXED} images.")
    mask, reference = settings["mask"], settings["reference"]
    found = inputs([*images, *(image for image in (mask, reference) if image)])
    bases = Counter(path.name for path in {one.path for one in found})
    paths: dict[str, Path] = {}
    for one in found:
        volumes_in(one.path)  # else it is missing or damaged
        alone = bases[one.path.name] == 1
        paths[one.path.name if alone else str(one.path)] = one.path
        table = one.path.with_name(f"{stem(one.path)}.tsv")
        if alone and table.is_file():  # the names of its labels
            paths[table.name] = table
    files = study_files(found[0].base, paths)
    called = {file.path: name for name, file in files.files.items()}
    names = [_named(one, called[one.path], settings["volume"]) for one in found]
    fitted = names[: len(images)]
    query = {
        "study": files.name,
        "x": fitted[0],
        "y": fitted[min(1, len(fitted) - 1)],
        "mix": SEPARATOR.join(fitted),
        "foreground": "mask" if mask else settings["foreground"],
        "mask": names[len(images)] if mask else "",
        "reference": names[-1] if reference else NO_REFERENCE,
        "grid": fitted[0] if settings["resample"] else "",
    }
    return files, query


def _named(one: Input, name: str, volume: str) -> str:
    """Return the name of an image, with its volume if its file has several."""
    which = one.selector or (volume if volumes_in(one.path) > 1 else "")
    return f"{name}{SELECTOR}{which}" if which else name


def _refusal(notice: Notice) -> str:
    """Return why a value of an option cannot be used."""
    if notice.code != "invalid-value":
        return sentence(notice)
    return f"--{notice.facts['field']} must be {allowed(notice.facts['allowed'])}."


def _write(out: Path, content: bytes) -> None:
    """Write a file at once: nobody sees half of it."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=".neuromix-") as folder:
            made = Path(folder) / out.name
            made.write_bytes(content)
            made.replace(out)
    except OSError as error:
        raise NeuroMixError(
            f"{out} cannot be written ({error.strerror}). Choose another file with --out."
        ) from None
