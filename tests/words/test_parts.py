"""Sentences of texts and images."""

import pytest

from dashboard.words.parts import Images, join, plain, say

ODD = "{images} & <b>%s</b>, and"


@pytest.mark.parametrize(
    ("count", "text"),
    [(1, "e0 is"), (2, "e0, e1 are"), (4, "e0, e1, e2, e3 are"), (5, "e0, e1, e2 and 2 more are"),
     (60, "e0, e1, e2 and 57 more are")],
)  # fmt: skip
def test_of_many_images_the_first_are_named(count, text):
    images = Images(tuple(f"e{n}" for n in range(count)))
    assert plain(say("{images} {is}", images=images)) == text
    assert images.shown + images.rest == images.names


def test_a_name_is_a_part_of_its_own_whatever_it_holds():
    images = Images((ODD,))
    found = say("{images} {is} {how}.", images=images, how=ODD)
    assert found == (images, f" is {ODD}.")


def test_sentences_are_joined_into_parts_without_empty_ones():
    one, other = Images(("T1",)), Images(("b0",))
    found = join([say("{images}: 1.", images=one), say("{images}{end}", images=other, end="")])
    assert found == (one, ": 1. ", other)


def test_a_sentence_can_stand_within_another():
    inner = say("{images} (left)", images=Images(("b0",)))
    outer = say("{images} {has} {it}: {inner}.", images=Images(("T1", "T2")), inner=inner)
    assert plain(outer) == "T1, T2 have they: b0 (left)."
