"""What the README says is there, is there; and what is there, the README says."""

import re
import tomllib
from math import prod
from pathlib import Path

import pytest
from PIL import Image

from dashboard.__main__ import cli
from dashboard.core.reading.header import MAX_VOXELS
from dashboard.core.reading.names import EXTENSIONS
from dashboard.settings import Settings
from dashboard.ui.controls import specs
from dashboard.view import View

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
# Fenced blocks and code spans.
CODE = "\n".join(a + b for a, b in re.findall(r"```\w*\n(.*?)```|`([^`\n]+)`", README, re.DOTALL))


def section(title):
    """Return what stands under a heading."""
    return README.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def rows(text, heading):
    """Return the rows of the table whose first column has this heading, without backticks."""
    table = text.partition(f"| {heading} |")[2].partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip().replace("`", "") for cell in row.strip("|").split("|")] for row in table]


def first_column(title, heading):
    return [row[0] for row in rows(section(title), heading)]


def names(requirements):
    return [re.match(r"[\w-]+", requirement)[0] for requirement in requirements]


def test_every_make_target_named_exists():
    named = set(re.findall(r"\bmake ([a-z-]+)", CODE))
    existing = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert {"run", "test"} <= named <= existing


@pytest.mark.parametrize(
    ("heading", "requirements"),
    [
        ("To run", PROJECT["project"]["dependencies"]),
        ("To develop", PROJECT["dependency-groups"]["dev"]),
    ],
)
def test_every_direct_dependency_is_named_with_a_reason(heading, requirements):
    table = rows(section("Dependencies"), heading)
    assert [name for name, _ in table] == names(requirements)
    assert all(reason for _, reason in table)


def test_every_file_that_is_linked_exists():
    linked = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert linked
    assert [path for path in linked if not (ROOT / path).is_file()] == []


def test_every_picture_is_linked_and_together_they_are_small():
    pictures = sorted((ROOT / "docs" / "screenshots").iterdir())
    for picture in pictures:
        assert picture.relative_to(ROOT).as_posix() in README
        with Image.open(picture) as image:
            image.verify()
    assert sum(picture.stat().st_size for picture in pictures) < 1_500_000


def test_every_environment_variable_named_is_read_and_the_other_way_round():
    settings = {
        field.validation_alias or f"DASHBOARD_{name.upper()}"
        for name, field in Settings.model_fields.items()
    }
    procfile = set(re.findall(r"\$\{?([A-Z_]+)", (ROOT / "Procfile").read_text("utf-8")))
    assert set(first_column("Environment", "Variable")) == settings | procfile
    assert set(re.findall(r"\b([A-Z_]+)=", CODE)) <= settings | procfile
    mentioned = set(re.findall(r"\b(?:DASHBOARD|XDG)_[A-Z_]+", README))
    source = (ROOT / "dashboard" / "settings.py").read_text("utf-8")
    assert all(name in source for name in mentioned)


def options(command):
    return {
        option: parameter
        for parameter in cli.commands[command].params
        for option in parameter.opts
        if option.startswith("--")
    }


def test_every_option_of_segment_is_named_with_its_default():
    table = {row[0]: row[-1] for row in rows(section("Labels as files"), "Option")}
    known = options("segment")
    assert table.keys() == known.keys()
    assert set(re.findall(r"--[a-z]+(?:-[a-z]+)*", section("Labels as files"))) == known.keys()
    for option, parameter in known.items():
        if parameter.required:
            assert table[option] == "required"
        # By default those that the page opens with, and as many as the scope takes.
        elif option not in ("--slice", "--plane", "--starts"):
            given = parameter.to_info_dict()["default"]
            assert table[option] == {None: "none", False: "off"}.get(given, str(given))


def test_every_option_of_serve_is_named():
    assert options("serve").keys() == set(re.findall(r"--[a-z]+", section("Environment")))


LINK = {entry: cells for entry, *cells in rows(section("Links"), "Entry")}


def test_every_entry_of_a_link_is_named():
    assert list(LINK) == list(View.__dataclass_fields__)


@pytest.mark.parametrize("entry", LINK)
def test_a_links_values_and_default_are_those_listed(entry):
    values, default = LINK[entry]
    if f"`{values.split(', ')[0]}`" in section("Links"):
        for value in values.split(", "):
            assert View.parse({entry: value})[1] == []
        assert refusal(entry, "2") == {"one of": values.split(", ")}
    elif found := re.fullmatch(r"(\d+) to (\d+)", values):
        low, high = map(int, found.groups())
        assert View.parse({entry: str(low)})[1] == View.parse({entry: str(high)})[1] == []
        assert refusal(entry, str(high + 1)) == {"from": low, "to": high}
    if getattr(View(), entry) not in ("", None, ()):
        assert View.parse({entry: default}) == (View(), [])


def refusal(entry, value):
    (notice,) = View.parse({entry: value})[1]
    return notice.facts["allowed"]


@pytest.mark.parametrize(
    ("heading", "mark"), [("Fault", "faults"), ("Bad input", "bad_input")], ids=["faults", "inputs"]
)
def test_each_fault_and_bad_input_listed_is_one_that_the_tests_try(heading, mark):
    tests = "\n".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    marked = set(re.findall(rf'@pytest\.mark\.{mark}\(\s*"([^"]+)"', tests))
    table = rows(section("What it survives"), heading)
    assert {row[0] for row in table} == marked
    assert all(int(row[1].replace(",", "")) > 0 for row in table)


def test_every_control_is_named():
    listed = ", ".join(first_column("Controls and keys", "Control")).split(", ")
    assert len(listed) == len(set(listed))
    assert set(listed) == {spec.label for spec in specs()}


def test_the_kinds_of_file_and_the_largest_image_are_those_listed():
    assert all(f"`{extension}`" in section("Your own studies") for extension in EXTENSIONS)
    edges = re.search(r"(\d+) × (\d+) × (\d+) voxels", section("Limits")).groups()
    assert prod(map(int, edges)) == MAX_VOXELS
