"""What the mask and the reference in use are taken for."""

from collections.abc import Iterator, Mapping
from contextlib import suppress

from dashboard.core.check.findings import Choices, Code, Finding, Severity
from dashboard.core.errors import LabelError
from dashboard.core.facts import FileCode, Notice
from dashboard.core.mixture.mask import mask_of
from dashboard.core.reference.labels import label_map
from dashboard.core.volume import Volume

# Another limit would give another foreground, or other labels.
DOUBTFUL = (
    FileCode.MASK_CONSTANT,
    FileCode.MASK_FRACTIONS,
    FileCode.MASK_INTENSITIES,
    FileCode.LABELS_ROUNDED,
    FileCode.LABELS_SCALED,
)


def use_findings(others: Mapping[str, Volume], choices: Choices) -> Iterator[Finding]:
    """Yield what is to know of the mask and of the reference."""
    for name, notice in use_notices(others.get(choices.mask), others.get(choices.reference)):
        severity: Severity = "warning" if notice.code in DOUBTFUL else "fact"
        yield Finding(Code.FILE, severity, (name,), {"notice": notice})


def use_notices(mask: Volume | None, reference: Volume | None) -> list[tuple[str, Notice]]:
    """Return notices of the mask and of the reference, each with the name of its image."""
    found = [(mask.name, notice) for notice in mask_of(mask).notices] if mask else []
    # What is no label map has an error of its own.
    with suppress(LabelError):
        if reference:
            found += [(reference.name, notice) for notice in label_map(reference).notices]
            if mask and mask.digest == reference.digest:
                found.append((reference.name, Notice(FileCode.LABELS_ARE_MASK)))
    return found
