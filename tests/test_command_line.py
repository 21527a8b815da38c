"""Commands as a user gives them: files written, one line on stderr, exit codes."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from click.testing import CliRunner
from sklearn.mixture import GaussianMixture

from dashboard.__main__ import cli

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(autouse=True)
def _images(save, head):
    affine = np.diag([-2.0, 2.0, 3.0, 1.0])
    save("T1.nii.gz", head(0), affine)
    save("b0.nii.gz", head(1), affine)
    save("epi.nii.gz", head(2, (8, 8, 8)), affine)
    save("dark.nii", np.zeros((4, 4, 4)))
    save("huge.nii", head(0) * 1e300)


def written(tmp_path):
    return (
        sorted(p.name for p in (tmp_path / "out").rglob("*")) if (tmp_path / "out").exists() else []
    )


def test_segment_writes_three_files_and_names_them(run, tmp_path):
    code, out, err = run("segment", "T1.nii.gz", "b0.nii.gz", "--components", 4, "--out", "out")
    assert (code, err) == (0, [])
    assert written(tmp_path) == ["T1_components.json", "T1_dseg.nii.gz", "T1_dseg.tsv"]
    assert [Path(line).name for line in out] == [
        "T1_dseg.nii.gz",
        "T1_dseg.tsv",
        "T1_components.json",
    ]


def test_the_sample_is_segmented_like_its_truth(sample, tmp_path):
    images = [str(sample / f"{name}.nii.gz") for name in ("T1", "b0")]
    done = CliRunner().invoke(cli, ["segment", *images, "--out", str(tmp_path), "--slice", "30"])
    assert done.exit_code == 0
    labels = np.asarray(nib.load(tmp_path / "T1_dseg.nii.gz").dataobj)[:, :, 30]
    truth = np.asarray(nib.load(sample / "dseg.nii.gz").dataobj)[:, :, 30]
    # Fluid, grey and white matter ascend on T1; noise and bias cost some voxels.
    assert (labels == truth)[truth > 0].mean() > 0.8
    assert not labels[truth == 0].any()


def labels(tmp_path, name="T1"):
    return np.asarray(nib.load(tmp_path / "out" / f"{name}_dseg.nii.gz").dataobj)


def record(tmp_path, name="T1", out="out"):
    return json.loads((tmp_path / out / f"{name}_components.json").read_text("utf-8"))


def test_a_mask_decides_where_labels_are(run, save, tmp_path):
    mask = np.zeros((24, 20, 12))
    mask[6:20, 5:15] = 1
    save("mask.nii.gz", mask, np.diag([-2.0, 2.0, 3.0, 1.0]))
    code, _, err = run(
        "segment", "T1.nii.gz", "--mask", "mask.nii.gz", "--slice", "5", "--components", "4",
        "--out", "out",
    )  # fmt: skip
    assert (code, err) == (0, [])
    np.testing.assert_array_equal(labels(tmp_path)[:, :, 5] > 0, mask[:, :, 5] > 0)
    assert record(tmp_path)["settings"]["foreground"] == "mask"
    assert record(tmp_path)["mask"]["name"] == "mask"


def test_the_whole_head_is_one_fit_of_all_its_foreground(run, tmp_path, head):
    code, out, err = run(
        "segment", "T1.nii.gz", "b0.nii.gz", "--scope", "volume", "--components", 4, "--out", "out"
    )
    assert (code, err, len(out)) == (0, [], 3)
    found = nib.load(tmp_path / "out" / "T1_dseg.nii.gz")
    np.testing.assert_array_equal(found.affine, np.diag([-2.0, 2.0, 3.0, 1.0]))
    kept = (head(0) > 0) & (head(1) > 0)
    np.testing.assert_array_equal(labels(tmp_path) > 0, kept)
    points = np.stack([head(0)[kept], head(1)[kept]], axis=1)
    scaled = (points - points.mean(axis=0)) / points.std(axis=0)
    other = GaussianMixture(4, random_state=0, n_init=10).fit(scaled)
    rank = other.means_[:, 0].argsort().argsort() + 1
    assert np.mean(labels(tmp_path)[kept] == rank[other.predict(scaled)]) > 0.999
    facts = record(tmp_path)
    assert facts["settings"]["scope"] == "volume"
    assert facts["settings"]["starts"] == 10
    assert "slice" not in facts["settings"]
    for number, component in enumerate(facts["components"], start=1):
        voxels = np.count_nonzero(labels(tmp_path) == number)
        assert component["voxels"] == voxels
        assert component["volume_ml"] == pytest.approx(voxels * 12 / 1000, rel=1e-12)


def test_a_slice_begins_from_the_whole_head(run, tmp_path):
    images = ["segment", "T1.nii.gz", "b0.nii.gz", "--components", 4]
    assert run(*images, "--start", "volume", "--out", "out")[0] == 0
    assert run(*images, "--scope", "volume", "--out", "head")[0] == 0
    facts = record(tmp_path)
    assert facts["settings"]["start"] == "volume"
    head = record(tmp_path, out="head")
    means = [[c["mean"] for c in one["components"]] for one in (facts, head)]
    np.testing.assert_allclose(means[0], means[1], atol=15)
    assert facts["criteria"]["iterations"] < 5


def test_probabilities_criteria_and_the_prior_come_with_the_labels(run, tmp_path, head):
    fit = ["segment", "T1.nii.gz", "b0.nii.gz", "--scope", "volume", "--components", 4]
    options = ["--probabilities", "--criteria", "1-5", "--starts", 2, "--tolerance", 1e-5]
    code, out, err = run(*fit, *options, "--out", "out")
    assert (code, err) == (0, [])
    files = [f"T1_label-{k}_probseg.nii.gz" for k in (1, 2, 3, 4)]
    assert [Path(line).name for line in out][2:-1] == files
    images = [nib.load(tmp_path / "out" / name) for name in files]
    shares = np.stack([np.asarray(image.dataobj) for image in images])
    np.testing.assert_array_equal(images[3].affine, np.diag([-2.0, 2.0, 3.0, 1.0]))
    kept = (head(0) > 0) & (head(1) > 0)
    np.testing.assert_allclose(shares.sum(axis=0), kept, atol=1e-5)
    np.testing.assert_array_equal(shares.argmax(axis=0)[kept] + 1, labels(tmp_path)[kept])
    facts = record(tmp_path)
    assert set(files) < set(facts["outputs"])
    points = np.stack([head(0)[kept], head(1)[kept]], axis=1)
    scaled = (points - points.mean(axis=0)) / points.std(axis=0)
    assert list(facts["by_components"]) == ["1", "2", "3", "4", "5"]
    for number in (1, 4):
        other = GaussianMixture(number, random_state=0, n_init=5, tol=1e-5).fit(scaled)
        found = facts["by_components"][str(number)]
        assert found["bic"] == pytest.approx(other.bic(scaled), rel=1e-4)
        shares = other.predict_proba(scaled)
        doubt = -2 * np.sum(shares * np.log(np.maximum(shares, 1e-300)))
        assert found["icl"] == pytest.approx(other.bic(scaled) + doubt, rel=1e-3)
    same = facts["by_components"]["4"]
    assert {name: same[name] for name in facts["criteria"]} == facts["criteria"]


def test_partial_volume_is_recorded_with_the_weights_between_classes(run, tmp_path, head, save):
    save("T1.nii.gz", head(0))
    to = ["--out", "out", "--scope", "volume", "--partial-volume"]
    assert run("segment", "T1.nii.gz", *to)[0] == 0
    facts = record(tmp_path)
    assert facts["settings"]["partial_volume"] is True
    assert facts["settings"]["covariance"] == "tied"
    assert [pair["classes"] for pair in facts["between"]] == [[1, 2], [2, 3]]
    assert all(0 < pair["weight"] < 1 for pair in facts["between"])
    assert sum(component["weight"] for component in facts["components"]) == pytest.approx(1)


def test_the_whole_head_of_the_sample_is_segmented_like_its_truth_with_the_prior_even_more(
    sample, tmp_path
):
    images = [str(sample / f"{name}.nii.gz") for name in ("T1", "b0")]
    truth = np.asarray(nib.load(sample / "dseg.nii.gz").dataobj)
    scores = []
    for beta in ("0", "0.5"):
        to = ["--out", str(tmp_path), "--scope", "volume", "--prior", beta]
        assert CliRunner().invoke(cli, ["segment", *images, *to]).exit_code == 0
        found = np.asarray(nib.load(tmp_path / "T1_dseg.nii.gz").dataobj)
        pairs = [(found == tissue, truth == tissue) for tissue in (1, 2, 3)]
        scores.append([2 * (a & b).sum() / (a.sum() + b.sum()) for a, b in pairs])
        facts = record(tmp_path, out="")
        assert facts["settings"]["prior"] == float(beta)
        voxels = [component["voxels"] for component in facts["components"]]
        assert voxels == np.bincount(found.ravel())[1:].tolist()
    assert min(scores[0]) > 0.8
    assert np.mean(scores[1]) > np.mean(scores[0])


def test_a_better_start_is_a_warning_and_a_fact_and_comes_with_more_starts(run, tmp_path):
    # Three classes for four tissues: the default start pairs the wrong ones.
    code, _, (line,) = run("segment", "T1.nii.gz", "b0.nii.gz", "--out", "out")
    assert code == 0
    assert line.startswith("Another start fits better: the best of 10 ")
    (doubt,) = record(tmp_path)["doubts"]
    assert doubt["code"] == "better-start"
    assert record(tmp_path)["notices"] == [line]
    code, _, err = run(
        "segment", "T1.nii.gz", "b0.nii.gz", "--starts", "10", "--tolerance", "1e-3", "--out", "two"
    )
    assert (code, err) == (0, [])
    again = record(tmp_path, out="two")
    assert again["criteria"]["log_likelihood_per_voxel"] == pytest.approx(doubt["best"])
    assert (again["settings"]["starts"], again["settings"]["tolerance"]) == (10, 1e-3)
    assert again["doubts"] == []


def test_few_voxels_are_a_warning_and_a_fact(run, save, tmp_path):
    mask = np.zeros((24, 20, 12))
    mask[6:10, 5:15] = 1
    save("mask.nii.gz", mask, np.diag([-2.0, 2.0, 3.0, 1.0]))
    code, _, err = run(
        "segment", "T1.nii.gz", "--mask", "mask.nii.gz", "--slice", "5", "--components", "5",
        "--starts", "10", "--out", "out",
    )  # fmt: skip
    assert code == 0
    assert any(line.startswith("40 voxels for 14 free parameters: fewer than") for line in err)
    few = {"code": "few-voxels", "voxels": 40, "parameters": 14}
    assert few in record(tmp_path)["doubts"]


def case(real_data, name, image):
    folder = real_data / "reports" / name
    return folder / image, "--reference", folder / "T1_dseg.nii.gz", "--slice", "14"


@pytest.mark.parametrize("seed", [12345, 1, 2, 3])
def test_several_starts_find_the_tissues_of_an_adc_map(run, real_data, tmp_path, seed):
    given = case(real_data, "33_one_start_of_the_fit", "ADC.nii.gz")
    code, _, err = run("segment", *given, "--seed", seed, "--starts", 10, "--out", "out")
    assert (code, err) == (0, [])
    assert record(tmp_path, "ADC")["agreement"]["mean_dice"] > 0.97
    code, _, err = run("segment", *given, "--seed", seed, "--out", "one")
    one = record(tmp_path, "ADC", out="one")
    hinted = [line for line in err if line.startswith("Another start fits better")]
    # Either the one start is right, or the page and the command say that another is.
    assert bool(hinted) == (one["agreement"]["mean_dice"] < 0.97)


@pytest.mark.parametrize("scaling", ["none", "standard"])
def test_an_adc_map_in_mm2_per_s_has_the_sds_of_its_tissues(run, real_data, tmp_path, scaling):
    given = case(real_data, "14_adc_in_mm2_per_s", "ADC.nii.gz")
    expected = json.loads((real_data / "reports/14_adc_in_mm2_per_s/expected.json").read_text())
    code, _, _ = run("segment", *given, "--scaling", scaling, "--starts", 10, "--out", "out")
    assert code == 0
    found = record(tmp_path, "ADC")
    sds = sorted(component["covariance"][0][0] ** 0.5 for component in found["components"])
    np.testing.assert_allclose(sds, expected["sd"], rtol=0.15)
    assert found["agreement"]["mean_dice"] > 0.97
    assert found["doubts"] == []


def test_a_mask_and_another_rule_cannot_be_combined(run):
    for options in (("--mask", "T1.nii.gz", "--foreground", "nonzero"), ("--foreground", "mask")):
        code, _, (line,) = run("segment", "T1.nii.gz", *options, "--out", "out")
        assert code == 1
        assert "--mask" in line


def test_images_of_another_grid_are_resampled_on_request_and_recorded(run, tmp_path):
    code, _, (line,) = run("segment", "T1.nii.gz", "epi.nii.gz", "--out", "out")
    assert code == 1
    assert "--resample" in line
    code, _, _ = run("segment", "T1.nii.gz", "epi.nii.gz", "--resample", "--out", "out")
    assert code == 0
    assert labels(tmp_path).shape == nib.load(tmp_path / "T1.nii.gz").shape
    processing = [i["processing"] for i in record(tmp_path)["inputs"]]
    assert processing == [[], ["voxel by voxel onto the grid of T1"]]


def test_a_reference_is_compared_by_dice(run, save, tmp_path):
    assert run("segment", "T1.nii.gz", "--components", "2", "--out", "out")[0] == 0
    found = labels(tmp_path)
    # The reference numbers the same classes otherwise.
    save("gt.nii.gz", np.choose(found, [0, 7, 4]), np.diag([-2.0, 2.0, 3.0, 1.0]))
    options = ("--components", "2", "--reference", "gt.nii.gz", "--out", "out")
    assert run("segment", "T1.nii.gz", *options)[0] == 0
    agreement = record(tmp_path)["agreement"]
    assert agreement["mean_dice"] == 1
    assert [c["label"] for c in agreement["classes"]] == [7, 4]
    assert record(tmp_path)["reference"]["name"] == "gt"
    assert record(tmp_path)["reference"]["processing"] == []


def test_the_mean_of_a_series_is_that_of_its_volumes(run, save, head, tmp_path):
    series = np.stack([head(0), head(1), head(2)], axis=-1)
    save("run.nii.gz", series)
    assert run("segment", "run.nii.gz", "--volume", "mean", "--out", "out")[0] == 0
    (given,) = record(tmp_path, "run")["inputs"]
    mean = series.mean(axis=-1)
    assert (given["minimum"], given["maximum"]) == (mean.min(), mean.max())
    assert given["mean"] == pytest.approx(mean.mean())
    assert given["processing"] == ["mean of 3 volumes"]
    code, _, (line,) = run("segment", "run.nii.gz", "--volume", "3", "--out", "out")
    assert code == 1
    assert "3 volumes" in line


@pytest.mark.parametrize("wrong", ["first", "-1", "1.5", ""])
def test_a_volume_is_a_number_or_the_mean(run, wrong):
    code, _, (line,) = run("segment", "T1.nii.gz", f"--volume={wrong}", "--out", "out")
    assert code == 1
    assert "--volume" in line


def test_more_than_eight_images_are_refused(run):
    code, _, (line,) = run("segment", *["T1.nii.gz"] * 9, "--out", "out")
    assert code == 1
    assert "8 images" in line


def test_notices_about_an_image_go_to_stderr_and_into_the_record(run, save, head, tmp_path):
    save("run.nii", np.stack([head(0), head(1)], -1))
    code, _, err = run("segment", "run.nii", "--out", "out")
    assert code == 0
    assert err == ["run: The file holds 2 volumes (24 × 20 × 12 × 2). Volume 0 is used."]
    assert record(tmp_path, "run")["notices"] == err


FAILURES = {
    "missing file": (["lost.nii"], "lost.nii: there is no such file"),
    "unreadable": (["words.nii"], "words.nii: this is a text file, not an image"),
    "not an image": (["notes.txt"], "notes.txt: this is a text file, not an image"),
    "grids differ": (["T1.nii.gz", "epi.nii.gz"], "T1 and epi are not on the same grid"),
    "nothing to fit": (["dark.nii"], "no foreground voxels in this slice"),
    "too large": (["huge.nii"], "too large"),
    "too large, unscaled": (["huge.nii", "--scaling", "none"], "too large"),
    "copies": (["T1.nii.gz", "T1.nii.gz"], "identical"),
    "slice out of range": (["T1.nii.gz", "--slice", "12"], "--slice must be at most 11"),
    "slice below 0": (["T1.nii.gz", "--slice", "-1"], "--slice"),
    "a slice of the whole head": (
        ["T1.nii.gz", "--scope", "volume", "--slice", "1"],
        "fits all slices",
    ),
    "a start from itself": (
        ["T1.nii.gz", "--scope", "volume", "--start", "volume"],
        "begins the fit of a slice",
    ),
    "a prior for a slice": (["T1.nii.gz", "--prior", "0.5"], "Add --scope volume"),
    "partial volume of a slice": (["T1.nii.gz", "--partial-volume"], "Add --scope volume"),
    "partial volume with many covariances": (
        ["T1.nii.gz", "--scope", "volume", "--partial-volume", "--covariance", "full"],
        "Leave out --covariance",
    ),
    "a negative prior": (["T1.nii.gz", "--scope", "volume", "--prior", "-1"], "--prior"),
    "criteria of one number": (["T1.nii.gz", "--criteria", "8"], "written like 1-8"),
    "criteria of too many": (["T1.nii.gz", "--criteria", "3-11"], "from 1 to 10"),
    "criteria downwards": (["T1.nii.gz", "--criteria", "4-2"], "written like 1-8"),
    "no components": (["T1.nii.gz", "--components", "0"], "--components"),
    "many components": (["T1.nii.gz", "--components", "11"], "--components"),
    "words for numbers": (["T1.nii.gz", "--seed", "lucky"], "--seed"),
    "covariance": (["T1.nii.gz", "--covariance", "round"], "full"),
    "plane": (["T1.nii.gz", "--plane", "oblique"], "axial"),
    "unknown option": (["T1.nii.gz", "--threshold", "3"], "--threshold"),
    "no image": ([], "IMAGES"),
    "line break in a name": (["two\nlines.nii"], "two lines.nii: "),
}


@pytest.mark.parametrize(("arguments", "said"), FAILURES.values(), ids=FAILURES.keys())
def test_a_failure_is_one_line_and_writes_nothing(run, tmp_path, arguments, said):
    (tmp_path / "words.nii").write_text("Dear colleague")
    (tmp_path / "notes.txt").write_text("Dear colleague")
    code, out, err = run("segment", *arguments, "--out", "out")
    assert code == 1
    assert out == []
    assert len(err) == 1
    assert err[0].startswith("Error: ")
    assert said in err[0]
    assert "Traceback" not in err[0]
    assert str(tmp_path) not in err[0]
    assert str(ROOT) not in err[0]
    assert written(tmp_path) == []


def test_results_are_not_written_into_a_file(run, tmp_path):
    (tmp_path / "out").write_text("in the way")
    code, _, err = run("segment", "T1.nii.gz", "--out", "out")
    assert code == 1
    assert len(err) == 1
    assert "cannot be written to out" in err[0]


@pytest.mark.parametrize(
    "arguments",
    [["nonsense"], ["serve", "--port", "0"], ["serve", "--data", "nowhere"], ["--verbose"]],
)
def test_serve_refuses_in_one_line(run, arguments):
    code, _, err = run(*arguments)
    assert code == 1
    assert len(err) == 1


def test_help_is_no_failure(run):
    code, out, err = run("--help")
    assert (code, err) == (0, [])
    assert any("segment" in line for line in out)


def python(*arguments, folder):
    command = [sys.executable, "-m", "dashboard", *map(str, arguments)]
    variables = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        command, cwd=folder, env=variables, capture_output=True, text=True, timeout=60, check=False
    )


def test_the_module_itself_succeeds_with_0(tmp_path):
    done = python("segment", "T1.nii.gz", "b0.nii.gz", "--components", "4", "--out", "out",
                  folder=tmp_path)  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert len(written(tmp_path)) == 3


def test_the_module_itself_fails_with_1(tmp_path):
    # By the NIfTI-1 standard the data type is at byte 70; nibabel complains about it by itself.
    content = bytearray(nib.Nifti1Image(np.ones((3, 3, 3)), np.eye(4)).to_bytes())
    content[70:72] = (777).to_bytes(2, "little")
    (tmp_path / "odd.nii").write_bytes(content)
    done = python("segment", "odd.nii", "--out", "out", folder=tmp_path)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("Error: odd.nii: ")


@pytest.fixture
def taken(monkeypatch, tmp_path):
    """A port in use, on which `serve` cannot stay and keep the suite waiting."""
    monkeypatch.setenv("DASHBOARD_CACHE", str(tmp_path / "cache"))
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_port_in_use_is_named_with_another_to_try(run, sample, taken):
    code, _, (line,) = run("serve", "--data", sample.parent, "--port", taken)
    assert code == 1
    assert f"127.0.0.1:{taken}" in line
    assert f"--port {taken + 1}" in line


def test_a_bad_environment_variable_is_named(run, sample, taken, monkeypatch):
    monkeypatch.setenv("PORT", "eight")
    code, _, (line,) = run("--data", sample.parent, "--port", taken)
    assert code == 1
    assert "environment variable PORT " in line


def test_a_server_that_keeps_nobody_out_does_not_listen_for_others(
    run, sample, tmp_path, monkeypatch
):
    monkeypatch.setenv("DASHBOARD_CACHE", str(tmp_path / "cache"))
    code, _, (line,) = run("--data", sample.parent, "--host", "0.0.0.0")
    assert code == 1
    assert "DASHBOARD_PASSWORD" in line
    assert "--public" in line
    # The Procfile's line refuses it as well, before it listens.
    (web,) = (ROOT / "Procfile").read_text("utf-8").splitlines()
    done = subprocess.run(
        ["sh", "-c", f'"$PYTHON" -m {web.removeprefix("web:")}'], cwd=ROOT, check=False,
        env={**os.environ, "PYTHON": sys.executable, "PORT": "8059"}, capture_output=True,
        text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1
    assert "Set DASHBOARD_PASSWORD" in done.stderr
    assert "Listening" not in done.stderr


def test_one_head_in_8_axis_orders_is_segmented_alike_on_each_files_own_grid(real_data, tmp_path):
    canonical = []
    for path in sorted((real_data / "orientations").iterdir()):
        arguments = ["segment", str(path), "--out", str(tmp_path), "--plane", "coronal"]
        assert CliRunner().invoke(cli, arguments).exit_code == 0
        source = nib.load(path)
        labels = nib.load(tmp_path / f"{path.name.removesuffix('.nii.gz')}_dseg.nii.gz")
        assert labels.shape == source.shape
        np.testing.assert_array_equal(labels.affine, source.affine)
        for code in ("sform_code", "qform_code"):
            assert labels.header[code] == source.header[code]
        canonical.append(np.asarray(nib.as_closest_canonical(labels).dataobj))
    assert len(canonical) == 8
    first = canonical[0]
    assert set(np.unique(first)) == {0, 1, 2, 3}
    for other in canonical[1:]:
        np.testing.assert_array_equal(other > 0, first > 0)
        # The random start depends on the voxels' order in the file, and the fit ends at a
        # tolerance: a few voxels between two classes may change sides.
        assert (other == first)[first > 0].mean() > 0.99
