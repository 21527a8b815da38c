"""What CONTRIBUTING says is there, is there."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
CODE = re.findall(r"`([^`\n]+)`", CONTRIBUTING)
LAYERS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
    "contracts"
][0]["layers"]
TASKS = ("add a scaling", "add a map", "add a card", "add a check", "accept another file format",
         "add a control")  # fmt: skip


def test_every_path_named_exists():
    paths = [name for name in CODE if "/" in name and " " not in name and not name.startswith("/")]
    paths += re.findall(r"\]\((?!https?:)([^)#]+)\)", CONTRIBUTING)
    assert len(paths) > 10
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_each_task_has_one_line_that_says_where():
    rows = [line.split(" | ") for line in CONTRIBUTING.splitlines() if line.startswith("| ")]
    where = {row[0].removeprefix("| "): row[1] for row in rows}
    assert all("`dashboard/" in where[task] for task in TASKS)


def test_imports_point_as_the_linter_has_it():
    (drawn,) = re.findall(r"^__main__.*$", CONTRIBUTING, re.MULTILINE)
    assert drawn.split(" -> ") == [re.sub(r" [:|] ", ", ", layer) for layer in LAYERS]


def test_every_make_target_named_exists():
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    named = {found for name in CODE for found in re.findall(r"\bmake ([a-z-]+)", name)}
    assert named <= set(targets)
