"""Tables of what was survived, for the tests of faults and of bad inputs."""

from collections import Counter, defaultdict
from typing import Any

import pytest

# Name of the property of a test that says how long a recovery took, in seconds.
RECOVERY = "recovery"


class Table:
    """Counts what was tried and what was survived, by what a mark says.

    Parameters
    ----------
    mark : str
        Name of the mark; its first argument says what was tried.
    title : str
        Heading of the first column.
    """

    def __init__(self, mark: str, title: str) -> None:
        self._mark, self._title = mark, title
        self._tried: Counter[str] = Counter()
        self._survived: Counter[str] = Counter()
        self._recoveries: defaultdict[str, list[float]] = defaultdict(list)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Let the report of a test say what its mark does, also that of another process."""
        for item in items:
            if mark := item.get_closest_marker(self._mark):
                item.user_properties.append((self._mark, mark.args[0]))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped or not (report.when == "call" or report.failed):
            return
        for what in (str(value) for name, value in report.user_properties if name == self._mark):
            self._tried[what] += 1
            self._survived[what] += report.passed
            took = [value for name, value in report.user_properties if name == RECOVERY]
            self._recoveries[what] += [float(str(seconds)) for seconds in took]

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        rows = [(self._title, "Tried", "Survived", "Longest recovery (s)"), ("---", *["---:"] * 3)]
        for what, count in sorted(self._tried.items()):
            took = self._recoveries[what]
            longest = f"{max(took):.1f}" if took else ""
            rows.append((what, f"{count:,}", f"{self._survived[what]:,}", longest))
        columns = 4 if any(self._recoveries.values()) else 3
        terminalreporter.line("")
        for row in rows:
            terminalreporter.line(f"| {' | '.join(row[:columns])} |")
