"""The order of names as people count."""

import re


def natural(name: str) -> tuple[tuple[str, int], ...]:
    """Return what names are sorted by, so that sub-2 comes before sub-10."""
    words = re.split(r"([0-9]+)", name)
    keys = [("", int(word)) if number % 2 else (word, 0) for number, word in enumerate(words)]
    return (*keys, (name, 0))  # 01 after 1, whatever the order they were found in
