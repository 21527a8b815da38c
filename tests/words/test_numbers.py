"""How numbers are written."""

import pytest

from dashboard.words.numbers import counted, criterion, measure, number, ordinal, percent, times


@pytest.mark.parametrize(
    ("value", "written"),
    [(1e6, "1,000,000"), (9999.7, "10,000"), (-12345.6, "−12,346"), (0.00012, "0.00012"),
     (1e9, "1e+09"), (-0.0, "0")],
)  # fmt: skip
def test_numbers_are_plain_digits_while_they_are_short(value, written):
    assert number(value) == written


def test_lengths_are_plain_digits():
    assert times((0.001, 1.0, 1000.0)) == "0.001 × 1 × 1,000"
    assert times((999.7, 2.25)) == "1,000 × 2.25"
    assert times((1.0009, 1.0), digits=4) == "1.001 × 1"
    assert times((128, 1280)) == "128 × 1280"


@pytest.mark.parametrize(
    ("share", "written"),
    [(0, "0 %"), (1e-9, "< 0.1 %"), (0.034, "3.4 %"), (0.5, "50 %"), (0.999, "> 99 %"),
     (1, "100 %")],
)  # fmt: skip
def test_a_percentage_is_0_or_100_only_where_it_is_exactly_so(share, written):
    assert percent(share) == written


@pytest.mark.parametrize(
    ("count", "written"), [(0, "0 voxels"), (1, "1 voxel"), (2000, "2,000 voxels")]
)
def test_one_thing_is_counted_in_the_singular(count, written):
    assert counted(count, "voxel") == written


@pytest.mark.parametrize(
    ("number", "place"),
    [(1, "1st"), (2, "2nd"), (3, "3rd"), (4, "4th"), (11, "11th"), (12, "12th"), (13, "13th"),
     (17, "17th"), (21, "21st"), (67, "67th"), (111, "111th"), (122, "122nd")],
)  # fmt: skip
def test_places_in_a_row_are_written_as_words_are_said(number, place):
    assert ordinal(number) == place


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0, "0"), (0.0014, "0.00140"), (0.0123, "0.0123"), (0.5, "0.500"), (-0.0456, "−0.0456"),
     (1.234, "1.23"), (12.34, "12.3"), (123.4, "123"), (12345.6, "12,346"), (2e6, "2e+06"),
     (1.234e-4, "0.000123")],
)  # fmt: skip
def test_numbers_have_three_significant_digits(value, shown):
    assert measure(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(0, "0"), (-1e-9, "0"), (0.456, "0.46"), (-4.2, "−4.2"), (9.996, "10"), (12258.4, "12,258"),
     (-6254321.7, "−6,254,322"), (11081014, "11,081,014"), (1.5e10, "15,000,000,000")],
)  # fmt: skip
def test_criteria_are_whole_numbers_unless_they_are_small(value, shown):
    assert criterion(value) == shown
