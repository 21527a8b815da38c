"""Partial volume: more Gaussians than classes, merged into the classes of the whole head."""

import json
import re
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest
from playwright.sync_api import Page, expect

from dashboard.__main__ import main
from scripts.serving import settled
from tests.browser.acting import choose
from tests.browser.lesson import upright
from tests.browser.reading import CLASS_COLOURS, painted, table


def test_voxels_of_two_tissues_are_fitted_as_segment_does_and_undone(
    home: Page, sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.locator("#control-scope").get_by_text("whole head").click()
    settled(home, scope="volume")
    before = table(home, "view-components"), painted(home)
    choose(home, "control-covariance", "tied + PV")
    settled(home, scope="volume", covariance="partial-volume")
    expect(home.locator("#view-components")).to_contain_text("Volumes are of the whole head.")

    images = [sample / f"{name}.nii.gz" for name in ("T1", "b0")]
    options = ["--out", tmp_path, "--scope", "volume", "--partial-volume"]
    monkeypatch.setattr("sys.argv", ["dashboard", "segment", *map(str, [*images, *options])])
    main()
    written: dict[str, Any] = json.loads((tmp_path / "T1_components.json").read_text())
    assert len(written["between"]) == 2  # CSF with grey matter, and that with white matter
    labels = np.asarray(nib.load(tmp_path / "T1_dseg.nii.gz").dataobj)
    rows = table(home, "view-components")
    assert [int(row[2].replace(",", "")) for row in rows] == [
        np.count_nonzero(labels == number) for number in (1, 2, 3)
    ]
    for row, component in zip(rows, written["components"], strict=True):
        shown = [float(cell.split()[0].replace(",", "")) for cell in (row[1], row[3], *row[4:6])]
        expected = [component["weight"], component["volume_ml"], *component["mean"]]
        assert shown == pytest.approx(expected, rel=5e-3)

    # Table, legend and map have the colours that are written, in any slice.
    _, *lines = (tmp_path / "T1_dseg.tsv").read_text().splitlines()
    for line, colour in zip(lines, CLASS_COLOURS, strict=True):
        number, _, named = line.split("\t")
        assert tuple(bytes.fromhex(named[1:])) == colour
        swatch = home.locator(f"#view-components .swatch.class-{number}").first
        expect(swatch).to_have_css("background-color", f"rgb{colour}")
        chip = home.locator(f".legend .class-chip.class-{number}")
        expect(chip).to_have_css("--class", re.compile(named, re.IGNORECASE))
    np.testing.assert_array_equal(painted(home), upright(labels[:, :, 30]))
    home.locator("#slice-forward").click()
    settled(home, slice=31)
    np.testing.assert_array_equal(painted(home), upright(labels[:, :, 31]))

    undo = home.get_by_role("button", name="Undo", exact=True)
    undo.click()
    settled(home, slice=30, covariance="partial-volume")
    assert table(home, "view-components") == rows
    undo.click()
    settled(home, slice=30, scope="volume", covariance="full")
    assert rows != before[0] == table(home, "view-components")
    np.testing.assert_array_equal(painted(home), before[1])
