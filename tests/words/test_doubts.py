"""What reasons to doubt a fit say."""

import pytest

from dashboard.core.facts import Notice
from dashboard.core.mixture.doubts import Doubt
from dashboard.words.doubts import sentence

# Each code once, and again where numbers change the words.
SENTENCES = [
    (Doubt.FLOOR, {"classes": [2], "of": 3},
     "Class 2 has collapsed: its intensities hardly differ, or lie on a line. Its mean, SD and "
     "weight describe no tissue. Use fewer components, clip extreme intensities, or choose another "
     "scaling."),
    (Doubt.FLOOR, {"classes": [1, 2, 4], "of": 4},
     "Classes 1, 2 and 4 have collapsed: their intensities hardly differ, or lie on a line. Their "
     "mean, SD and weight describe no tissue. Use fewer components, clip extreme intensities, or "
     "choose another scaling."),
    (Doubt.EMPTY, {"classes": [5]},
     "Class 5 has no voxels: each is more likely in another class. Use fewer components or more "
     "starts."),
    (Doubt.EMPTY, {"classes": [1, 3]},
     "Classes 1 and 3 have no voxels: each is more likely in another class. Use fewer components "
     "or more starts."),
    (Doubt.ONE_CLASS, {"class": 1, "share": 1.0},
     "Class 1 has all voxels, so the fit separates nothing. Clip extreme intensities, or choose "
     "another scaling or foreground."),
    (Doubt.ONE_CLASS, {"class": 2, "share": 0.9995},
     "Class 2 has > 99 % of voxels, so the fit separates nothing. Clip extreme intensities, or "
     "choose another scaling or foreground."),
    (Doubt.FEW_VOXELS, {"voxels": 1, "parameters": 1700},
     "1 voxel for 1,700 free parameters: fewer than 10 each, so the classes may be due to chance. "
     "Use fewer components, a simpler covariance, or a slice with more foreground."),
    (Doubt.NOT_CONVERGED, {"iterations": 3162},
     "The fit did not converge within 3,162 iterations, so the classes may still change. Use a "
     "larger tolerance or fewer components."),
    (Doubt.BETTER_START, {"starts": 10, "best": 0.23503, "now": -0.08531, "changed": 0.519},
     "Another start fits better: the best of 10 has a log-likelihood of 0.235 per voxel instead of "
     "−0.08531, and 52 % of the voxels change class."),
]  # fmt: skip


@pytest.mark.parametrize(("code", "facts", "text"), SENTENCES)
def test_a_doubt_says_what_is_wrong_and_what_helps(code, facts, text):
    assert sentence(Notice(code, facts)) == text


def test_every_doubt_is_in_the_table():
    assert {code for code, _, _ in SENTENCES} == set(Doubt)
