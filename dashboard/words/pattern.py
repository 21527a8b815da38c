"""Findings put into the patterns of sentences."""

from typing import Any

from dashboard.core.check.findings import Finding
from dashboard.words.parts import Images, Sentence, say


def say_of(pattern: str, finding: Finding, **more: Any) -> Sentence:
    """Fill a finding's images and facts, and what is made of them, into a pattern."""
    return say(pattern, **{"images": Images(finding.images), **finding.facts, **more})
