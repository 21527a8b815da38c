"""What classes are called: as somebody typed, or as the reference calls the labels they match."""

import re
from dataclasses import replace

import numpy as np
import pytest

from dashboard.cards import agreement, components, joint, labels
from dashboard.cards.classes import Name, names, tissue_name
from dashboard.view import View
from tests.images import AFFINE

VIEW = View("pair", "T1", "b0", slice=5, reference="dseg")


@pytest.fixture
def with_reference(study, save, tmp_path):
    """The classes of the View themselves, numbered otherwise, as the reference of three names."""
    analysis = study.analyse(replace(VIEW, reference=""))
    voxels = np.zeros(analysis.features.volumes[0].shape, np.uint8)
    voxels[:, :, 5] = np.array([0, 7, 2, 4])[analysis.labels]
    save("data/pair/dseg.nii.gz", voxels, AFFINE)
    (tmp_path / "data/pair/dseg.tsv").write_text("index\tname\n2\tGM\n4\tWM\n7\tCSF\n")
    return study


def called(workspace, view):
    found = names(workspace.scene(view), workspace.analyses)
    return {k: (name.text, name.guessed) for k, name in found.items()}


def test_a_class_is_called_as_the_label_that_it_matches(with_reference):
    guessed = {1: ("CSF", True), 2: ("GM", True), 3: ("WM", True)}
    assert called(with_reference, VIEW) == guessed
    typed = replace(VIEW, names=("", "cortex"))
    assert called(with_reference, typed) == guessed | {2: ("cortex", False)}
    assert called(with_reference, replace(VIEW, reference="none")) == {}


def test_a_class_that_hardly_matches_has_no_name(with_reference):
    scene = with_reference.scene(VIEW)
    matches = with_reference.analyses.agreement(replace(scene, view=replace(VIEW, components=8)))
    assert min(m.dice for m in matches.matches if m.dice) < 0.5
    found = called(with_reference, replace(VIEW, components=8))
    alike = {m.number for m in matches.matches if m.dice and m.dice > 0.5}
    assert found.keys() == alike


def test_names_and_tissues_stand_in_the_tables(with_reference):
    scene = with_reference.scene(replace(VIEW, names=("", "<b>"), tissues=((2, 3),)))
    (table,) = agreement.CARD.draw(scene, with_reference.analyses).values()
    rows = re.findall(r'<th scope="row" data-value="([^"]*)"', table)
    assert rows[:2] == ["1 CSF", "2+3 &lt;b&gt;"]
    assert "2 tissues" in table
    shown = components.CARD.draw(scene, with_reference.analyses)["view-components.html"]
    rows = re.findall(r'<th scope="row" data-value="([^"]*)"', shown)
    assert rows == ["1 CSF", "2 &lt;b&gt;", "3 WM", "2+3 &lt;b&gt;"]
    counts = dict(zip(rows, re.findall(r'<td data-value="(\d+)">', shown), strict=True))
    analysis = with_reference.analyse(VIEW)
    assert int(counts["2+3 &lt;b&gt;"]) == np.isin(analysis.labels, [2, 3]).sum()


def test_the_joint_view_names_the_class_under_the_pointer(with_reference):
    scene = with_reference.scene(replace(VIEW, names=("", "<b>"), hidden=(3,)))
    figure = joint.CARD.draw(scene, with_reference.analyses)["view-joint.figure"]
    means = next(trace for trace in figure["data"] if trace["mode"] == "markers+text")
    assert (means["text"], means["customdata"]) == (["1", "2"], [" CSF", " &lt;b&gt;"])


def test_a_tissue_is_called_as_somebody_typed_or_else_as_guessed():
    found = {1: Name("CSF", guessed=True), 2: Name("GM", guessed=True), 3: Name("cortex")}
    assert tissue_name((1, 2), found) == Name("CSF + GM", guessed=True)
    assert tissue_name((2, 3), found) == Name("cortex")
    assert tissue_name((4, 5), found) == Name("")


def test_the_legend_knows_the_gaussians_in_the_images_units(with_reference):
    scene = with_reference.scene(VIEW)
    facts = labels.CARD.draw(scene, with_reference.analyses)["control-hidden.facts"]
    assert facts["guesses"] == {"1": "CSF", "2": "GM", "3": "WM"}
    assert (facts["plane"], facts["slice"], len(facts["images"])) == ("axial", 5, 2)
    analysis = with_reference.analyse(VIEW)
    values, mask = analysis.features.values, analysis.features.mask
    for number, gaussian in enumerate(facts["gaussians"], start=1):
        inside = values[analysis.labels[mask] == number]
        np.testing.assert_allclose(gaussian["mean"], inside.mean(axis=0), rtol=0.1)
        sd = np.sqrt(np.diag(gaussian["covariance"]))
        np.testing.assert_allclose(sd, inside.std(axis=0), rtol=0.5)
