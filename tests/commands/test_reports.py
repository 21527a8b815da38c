"""Cases rebuilt from public reports of faults, as commands."""

import json

import pytest


@pytest.fixture
def case(real_data, run, tmp_path):
    """Return a function that segments files of a case: exit code, lines on stderr, record."""

    def case(folder, *arguments):
        given = [
            str(real_data / "reports" / folder / argument) if "." in argument else argument
            for argument in arguments
        ]
        code, _, err = run("segment", *given, "--slice", "14", "--out", "out")
        records = list((tmp_path / "out").glob("*.json"))
        return code, err, json.loads(records[0].read_text("utf-8")) if records else None

    return case


def test_a_volume_of_a_4d_file_is_fitted_beside_a_3d_image(case):
    expected = 950
    for arguments in (["dwi.nii.gz", "--volume", "2"], ["dwi.nii.gz:2"]):
        code, err, record = case("24_volume_of_4d_beside_3d", "T1.nii.gz", *arguments)
        assert (code, err) == (0, [])
        # Fluid is darkest in T1.
        assert record["components"][0]["mean"][1] == pytest.approx(expected, rel=0.05)


def test_the_first_of_several_volumes_is_not_taken_without_a_word(case):
    code, err, record = case("24_volume_of_4d_beside_3d", "T1.nii.gz", "dwi.nii.gz")
    assert code == 0
    assert err == record["warnings"]
    assert any("3 volumes" in line and "Volume 0 is used" in line for line in err)


def test_four_contrasts_of_one_file_are_fitted_together(case):
    image = "imagesTr/BRATS_001.nii.gz"
    frames = [f"{image}:{number}" for number in range(4)]
    code, err, record = case("19_modalities_in_one_file", *frames)
    assert (code, err) == (0, [])
    assert [len(component["mean"]) for component in record["components"]] == [4, 4, 4]
    assert [given["processing"] for given in record["inputs"]] == [
        [f"volume {number} of 4"] for number in range(4)
    ]


def test_files_that_differ_by_their_extension_alone_are_each_read_and_told_apart(case, tmp_path):
    highest = []
    for name in ("T1.nii", "T1.nii.gz"):
        code, _, record = case("18_nii_beside_nii_gz", name)
        assert code == 0
        highest.append(record["components"][-1]["mean"][0])
        for path in (tmp_path / "out").iterdir():
            path.unlink()
    assert highest == [pytest.approx(900, rel=0.02), pytest.approx(450, rel=0.02)]
    code, _, record = case("18_nii_beside_nii_gz", "T1.nii", "T1.nii.gz")
    assert code == 0
    assert [given["name"] for given in record["inputs"]] == ["T1.nii", "T1.nii.gz"]


@pytest.mark.parametrize("more", [[], ["--resample"]])
def test_a_mask_that_lost_its_position_is_refused_and_never_moved(case, more):
    given = ["T1.nii.gz", "T2.nii.gz", "--mask", "brain_mask.nii.gz", *more]
    code, (line,), record = case("05_mask_with_identity_affine", *given)
    assert (code, record) == (1, None)
    assert "brain_mask has the shape of T1 but the identity for its position" in line
    assert "Take the position of T1" in line
    assert "--resample" not in line


@pytest.mark.parametrize(
    ("folder", "image", "words"),
    [
        ("09_mp2rage_uni", "sub-01_UNIT1.nii.gz", "Only a mask removes it"),
        ("25_int16_overflow_in_air", "T1.nii.gz", "far above the rest"),
    ],
)
def test_what_spoils_the_histogram_is_warned_of(case, folder, image, words):
    code, err, record = case(folder, image)
    assert code == 0
    assert err == record["warnings"]
    assert any(words in line for line in err)
    code, err, _ = case(folder, image, "--strict", "--overwrite")
    assert code == 1
    assert any(words in line for line in err)
