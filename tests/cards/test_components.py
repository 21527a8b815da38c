import json
import re
from dataclasses import replace
from html import unescape

import numpy as np

from dashboard.cards import header, starts
from dashboard.cards.components import components_table
from dashboard.view import View
from tests.images import AFFINE

VIEW = View("pair", "T1", "b0", slice=5)


def facts(workspace, view=VIEW):
    return " ".join(re.sub("<[^>]*>", " ", components_table(workspace.analyse(view))).split())


def test_a_mixture_fitted_to_a_subset_says_so(study, monkeypatch):
    monkeypatch.setattr("dashboard.core.mixture.assignment.MAX_WHOLE_VOXELS", 100)
    monkeypatch.setattr("dashboard.core.mixture.slice_fit.SUBSET_VOXELS", 90)
    (voxels,) = re.findall(r"(\d+) foreground voxels", facts(study))
    fitted = -(-int(voxels) // 5)
    assert f"Fitted to every 5th voxel ({fitted} of {voxels})." in facts(study)


def test_a_mixture_fitted_whole_says_nothing_of_it(study):
    assert "itted to" not in facts(study)


def test_the_voxels_between_classes_have_their_weight_below_the_table(study):
    view = replace(VIEW, scope="volume", covariance="partial-volume")
    between = study.analyse(view).model.between
    weights = f"{between[0, 1]:.3f} (1 and 2), {between[1, 2]:.3f} (2 and 3);"
    assert f"between two classes have a weight of {weights}" in facts(study, view)
    assert "between two classes" not in facts(study)


def test_the_criteria_of_millions_of_voxels_are_written_in_full(study):
    analysis = study.analyse(VIEW)
    many = replace(analysis.fitted, log_likelihood=-1e6)
    table = components_table(replace(analysis, model=many))
    assert f"BIC {many.bic:,.0f}, AIC {many.aic:,.0f}," in " ".join(table.split())
    assert many.aic > 1e8


def test_more_than_two_images_have_each_sd_below_its_mean(study, save, head):
    assert "stacked" not in components_table(study.analyse(VIEW))
    save("data/pair/adc.nii", head(2), AFFINE)
    assert 'class="numbers stacked"' in components_table(study.analyse(VIEW))


def test_long_numbers_have_each_sd_below_its_mean_as_well(study, save, head):
    save("data/pair/b0.nii.gz", head(1) * 100, AFFINE)
    assert 'class="numbers stacked"' in components_table(study.analyse(VIEW))


def test_volumes_of_one_file_have_columns_of_their_own_names(workspace, save, head):
    save("data/four/BRATS.nii", np.stack([head(n) + n for n in range(4)], axis=-1))
    view = View("four", "BRATS:2", "BRATS:mean", mix="BRATS:2,BRATS:mean,BRATS:0", slice=5)
    table = components_table(workspace.analyse(view))
    assert re.findall(r"<span>(.*?)</span></th>", table) == ["BRATS:2", "BRATS:mean", "BRATS:0"]


def test_the_header_tells_what_a_bids_name_says(workspace, save, head):
    folder = "data/ds/sub-07/anat/sub-07_acq-mprage"
    save(f"{folder}_T1w.nii.gz", head(0))
    save(f"{folder}_T2w.nii.gz", head(1))
    view = View("ds/sub-07", "acq-mprage_T1w", "acq-mprage_T2w")
    rows = re.findall(
        r"<th scope=.row.>BIDS (.*?)</th><td>(.*?)</td><td>(.*?)</td>",
        header.draw(workspace.scene(view), workspace.analyses)[header.TABLE.output],
    )
    assert rows == [("sub", "07", "07"), ("acq", "mprage", "mprage"), ("suffix", "T1w", "T2w")]


def test_a_fit_that_is_not_to_be_trusted_says_so_above_its_numbers(study):
    few = components_table(study.analyse(replace(VIEW, components=10)))
    assert re.search(r'<p class="doubt">\d+ voxels for 59 free parameters: fewer', few)
    assert few.index("doubt") < few.index("<table")
    assert "doubt" not in components_table(study.analyse(VIEW))


def test_another_start_that_fits_better_is_offered(study):
    scene = study.scene(VIEW)
    note = starts.draw(scene, study.analyses)[starts.NOTE.output]
    assert "Another start fits better: the best of 10" in note
    (changes,) = re.findall(r'data-changes="(.*?)"', note)
    offered = study.scene(replace(VIEW, **json.loads(unescape(changes))))
    before, after = study.analyses.analyse(scene), study.analyses.analyse(offered)
    assert after.model.log_likelihood > before.model.log_likelihood
    assert starts.draw(offered, study.analyses)[starts.NOTE.output] == ""
