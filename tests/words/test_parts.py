"""Sentences of texts and images."""

import pytest

from dashboard.words.parts import Images, plain, say

ODD = "{images} & <b>%s</b>, and"


@pytest.mark.parametrize(
    ("count", "text"),
    [(1, "e0 is"), (2, "e0 and e1 are"), (4, "e0, e1, e2 and e3 are"),
     (5, "e0, e1, e2 and 2 more are"),
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


def test_a_pattern_names_how_a_fact_is_written():
    facts = {"target": "b0", "sizes": ((1.0, 2.0), (3.0, 4.00001)), "share": 0.5, "gap": 1e12}
    found = say(
        "{target:image}: {sizes[1]:sizes}, {share:percent}, {gap:.0e}{end}", **facts, end=""
    )
    assert found == (Images(("b0",)), ": 3 × 4.00001, 50 %, 1e+12")


def test_a_sentence_can_stand_within_another():
    inner = say("{images} (left)", images=Images(("b0",)))
    outer = say("{images} {has} {it}: {inner}.", images=Images(("T1", "T2")), inner=inner)
    assert outer == (Images(("T1", "T2")), " have they: ", Images(("b0",)), " (left).")
