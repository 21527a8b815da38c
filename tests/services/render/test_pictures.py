import io

import numpy as np
import pytest
from PIL import Image

from dashboard.services.render import pictures

COLOURS = ("#112233", "#abcdef", "#ff8000")
LABELS = np.array([[0, 1, 2], [3, 2, 1]], np.uint8)


def decoded(png):
    image = Image.open(io.BytesIO(png))
    assert image.format == "PNG"
    return image


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("window", [(0.0, 100.0), (-50.0, 20.0), (99.0, 99.5)])
def test_grey_levels_run_linearly_through_the_window(dtype, window):
    values = np.random.default_rng(0).uniform(-100, 200, (31, 17)).astype(dtype)
    low, high = window
    found = np.asarray(decoded(pictures.grey(values, window)))
    expected = np.clip((values.astype(float) - low) / (high - low), 0, 1) * 255
    assert found.shape == values.shape
    assert np.abs(found - expected).max() <= 1
    assert (found[values <= low] == 0).all()
    assert (found[values >= high] == 255).all()


def test_what_is_not_finite_is_black():
    values = np.array([[np.nan, np.inf, -np.inf, 7.0]])
    assert np.asarray(decoded(pictures.grey(values, (5, 6)))).tolist() == [[0, 0, 0, 255]]


def test_huge_intensities_do_not_overflow():
    values = np.array([[-1e300, 0, 1e300]])
    assert np.asarray(decoded(pictures.grey(values, (0, 1e300)))).tolist() == [[0, 0, 255]]


def test_labels_have_exactly_their_colours_and_the_background_none():
    pixels = np.asarray(decoded(pictures.labels(LABELS, COLOURS)).convert("RGBA"))
    opaque = {1: (0x11, 0x22, 0x33, 255), 2: (0xAB, 0xCD, 0xEF, 255), 3: (0xFF, 0x80, 0, 255)}
    for number, colour in opaque.items():
        assert (pixels[np.equal(LABELS, number)] == colour).all()
    assert (pixels[LABELS == 0][:, 3] == 0).all()


def test_hidden_classes_are_transparent():
    pixels = np.asarray(decoded(pictures.labels(LABELS, COLOURS, [2])).convert("RGBA"))
    np.testing.assert_array_equal(pixels[..., 3] == 0, (LABELS == 0) | (LABELS == 2))


def test_a_label_picture_has_the_pixels_of_its_slice():
    labels = np.random.default_rng(0).integers(0, 4, (128, 96)).astype(np.uint8)
    picture = decoded(pictures.labels(labels, COLOURS))
    assert picture.size == (96, 128)
    np.testing.assert_array_equal(np.asarray(picture), labels)


def in_classes(places, classes):
    """Return the class of the point of each pixel, 0 where there is none."""
    return np.append(classes, 0)[places]


def test_each_point_is_a_disc_where_it_lies():
    extent = ((0.0, 10.0), (-5.0, 5.0))
    points = np.array([[2.0, 4.0], [8.0, -3.0]])
    drawn = pictures.cloud(points, extent) + 1
    height, width = drawn.shape
    for (x, y), number in zip(points, (1, 2), strict=True):
        rows, columns = np.nonzero(drawn == number)
        assert columns.mean() / width * 10 == pytest.approx(x, abs=0.03)
        assert 5 - rows.mean() / height * 10 == pytest.approx(y, abs=0.03)
        assert np.ptp(rows) == np.ptp(columns) < 12
    assert (drawn == 0).mean() > 0.99


def test_points_outside_the_axes_are_left_out():
    points = np.array([[-1.0, 0.5], [0.5, 7.0], [0.5, -7.0], [2.0, 0.5]])
    drawn = pictures.cloud(points, ((0.0, 1.0), (0.0, 1.0)))
    assert (drawn == -1).all()


def test_very_many_points_cover_what_they_cover_at_once(monkeypatch):
    rng = np.random.default_rng(0)
    points, classes = rng.normal(size=(30_000, 2)), rng.integers(1, 3, 30_000).astype(np.uint8)
    extent = ((-4.0, 4.0), (-3.0, 5.0))
    at_once = in_classes(pictures.cloud(points, extent), classes)
    monkeypatch.setattr(pictures, "CLOUD_CHUNK", 2_000)
    in_rounds = in_classes(pictures.cloud(points, extent), classes)
    np.testing.assert_array_equal(in_rounds > 0, at_once > 0)
    first, second = np.bincount(in_rounds.ravel(), minlength=3)[1:]
    assert 0.9 < first / second < 1.1


def test_points_drawn_in_rounds_keep_their_classes(monkeypatch):
    monkeypatch.setattr(pictures, "CLOUD_CHUNK", 2_000)
    points = np.random.default_rng(0).normal(size=(30_000, 2))
    classes = np.where(points[:, 0] < 0, 1, 2).astype(np.uint8)
    drawn = in_classes(pictures.cloud(points, ((-4.0, 4.0), (-3.0, 5.0))), classes)
    middle = drawn.shape[1] // 2
    # A disc reaches one pixel beyond its point.
    assert not (drawn[:, : middle - 1] == 2).any()
    assert not (drawn[:, middle + 1 :] == 1).any()


def test_no_class_covers_the_others_where_they_meet():
    """Of two classes at one place, about half of the pixels are each one's."""
    points = np.random.default_rng(0).uniform(0, 1, (10_000, 2)).repeat(2, axis=0)
    classes = np.tile(np.array([1, 2], np.uint8), 10_000)
    drawn = in_classes(pictures.cloud(points, ((0.0, 1.0), (0.0, 1.0))), classes)
    shares = np.bincount(drawn.ravel(), minlength=3)[1:]
    assert shares.min() / shares.max() > 0.9


def test_a_picture_made_some_rows_at_a_time_is_the_same(monkeypatch):
    shares = np.random.default_rng(0).uniform(0, 1, (23, 17))
    shares[:, 4], shares[9] = np.nan, 1.0
    colours = [f"#{number:02x}0000" for number in range(255)]
    at_once = pictures.shaded(shares, colours), pictures.grey(shares, (0.2, 0.8))
    monkeypatch.setattr(pictures, "CHUNK", 3 * 17)
    assert (pictures.shaded(shares, colours), pictures.grey(shares, (0.2, 0.8))) == at_once
