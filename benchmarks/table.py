"""Timings as rows of a table."""

from collections.abc import Sequence

import numpy as np


def spread(milliseconds: Sequence[float]) -> list[str]:
    """Median and 95th percentile."""
    median, high = np.percentile(milliseconds, [50, 95])
    return [_number(median), _number(high)]


def ratio(slow: Sequence[float], fast: Sequence[float]) -> str:
    return f"{np.median(slow) / np.median(fast):.1f} ×"


def show(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    print(f"\n**{title}**\n")
    print("| " + " | ".join(head) + " |")
    print("|" + "|".join([" --- ", *[" ---: "] * (len(head) - 1)]) + "|")
    for row in rows:
        print("| " + " | ".join(row) + " |", flush=True)


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 10 else f"{value:.2g}"
