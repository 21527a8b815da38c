"""Facts worth telling, as data: a code and its numbers. `dashboard.words` writes the sentences."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Notice:
    """One thing that is unusual about a file, a study, or a link.

    Attributes
    ----------
    code : str
        Which thing.
    facts : mapping of str to JSON value
        The numbers and names that its sentence needs.
    """

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)
