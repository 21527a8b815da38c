"""How often each fault was survived, where the tests of faults run several times."""

from collections import Counter
from collections.abc import Generator
from typing import Any

import pytest


class Table:
    """Counts what was tried and what was survived, by fault."""

    def __init__(self) -> None:
        self.tried: Counter[str] = Counter()
        self.survived: Counter[str] = Counter()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, Any, pytest.TestReport]:
        report: pytest.TestReport = yield
        mark = item.get_closest_marker("faults")
        if mark and not report.skipped and (report.when == "call" or report.failed):
            self.tried[mark.args[0]] += 1
            self.survived[mark.args[0]] += report.passed
        return report

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        terminalreporter.section("faults")
        terminalreporter.write_line("| Fault | Tried | Survived |\n| --- | --- | --- |")
        for fault, count in sorted(self.tried.items()):
            terminalreporter.write_line(f"| {fault} | {count} | {self.survived[fault]} |")
