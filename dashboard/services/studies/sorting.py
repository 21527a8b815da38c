"""The order of names as people count."""

import re


def natural(name: str) -> tuple[tuple[str, int], ...]:
    """Return a sorting key that puts sub-2 before sub-10."""
    words = re.split(r"([0-9]+)", name)
    keys = [("", int(word)) if number % 2 else (word, 0) for number, word in enumerate(words)]
    return (*keys, (name, 0))  # 01 after 1, in whatever order they were found
