"""The View and the URL query are two spellings of one thing."""

from urllib.parse import parse_qsl

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.core.facts import Notice
from dashboard.view import View, description, fields_of
from dashboard.words.opening import sentence

CONTRACT = [
    "study", "x", "y", "plane", "slice", "scope", "components", "covariance", "scaling",
    "foreground", "seed",
]  # fmt: skip

numbers = st.floats(-1e12, 1e12).map(lambda value: float(f"{value:.12g}") + 0.0)
windows = st.tuples(numbers, numbers).filter(lambda pair: pair[0] < pair[1])
# Any character that a line of a table can hold, commas and percent signs among them.
names = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]) | st.sampled_from(",%+:;|"),
    max_size=24,
).map(str.strip)


def without_empty_end(texts):
    return tuple(texts[: max((i for i, text in enumerate(texts, start=1) if text), default=0)])


def groups_of(tissue_of):
    groups = [
        tuple(k for k, own in enumerate(tissue_of, start=1) if own == tissue) for tissue in range(5)
    ]
    return tuple(sorted(group for group in groups if len(group) > 1))


views = st.builds(
    View,
    study=st.text(max_size=30),
    x=st.text(max_size=30),
    y=st.text(max_size=30),
    plane=st.sampled_from(["axial", "coronal", "sagittal"]),
    slice=st.none() | st.integers(0, 32767),
    scope=st.sampled_from(["slice", "volume"]),
    components=st.integers(1, 10),
    covariance=st.sampled_from(["full", "tied", "diag", "spherical", "partial-volume"]),
    scaling=st.sampled_from(["standard", "robust", "minmax", "none"]),
    foreground=st.sampled_from(["positive", "nonzero", "background"]),
    seed=st.integers(0, 2**32 - 1),
    side=st.sampled_from(["neurological", "radiological"]),
    bins=st.integers(10, 200),
    log=st.booleans(),
    before=st.none() | st.booleans(),
    joint=st.sampled_from(["scatter", "histogram", "density"]),
    axes=st.sampled_from(["scaled", "raw"]),
    palette=st.sampled_from(["okabe", "bright", "plain"]),
    opacity=st.integers(0, 100),
    layout=st.sampled_from(["images", "planes"]),
    image=st.sampled_from(["x", "y"]),
    window_x=st.none() | windows,
    window_y=st.none() | windows,
    colourmap_x=st.sampled_from(["grey", "inverted", "viridis", "hot"]),
    colourmap_y=st.sampled_from(["grey", "cividis", "magma", "inferno", "ice"]),
    tolerance=st.sampled_from(["1e-2", "1e-3", "1e-4", "1e-5", "1e-6"]),
    starts=st.integers(1, 20),
    at=st.none() | st.tuples(*[st.floats(-999, 999).map(lambda mm: round(mm, 3) + 0.0)] * 3),
    hidden=st.sets(st.integers(1, 10)).map(lambda classes: tuple(sorted(classes))),
    names=st.lists(names, max_size=10).map(without_empty_end),
    colours=st.dictionaries(st.integers(1, 10), st.from_regex("[0-9a-f]{6}", fullmatch=True)).map(
        lambda own: tuple(sorted(own.items()))
    ),
    tissues=st.lists(st.integers(0, 4), min_size=10, max_size=10).map(groups_of),
    panel=st.sampled_from(["components", "criteria", "header"]),
    files=st.lists(st.from_regex("[0-9a-f]{12}", fullmatch=True), max_size=14).map(tuple),
)


def parse(query):
    return View.parse(dict(parse_qsl(query, keep_blank_values=True)))


@settings(deadline=None)
@given(views)
def test_a_view_comes_back_from_its_query_with_the_contracts_keys_first_and_in_order(view):
    assert parse(view.query()) == (view, [])
    keys = [key for key, _ in parse_qsl(view.query(), keep_blank_values=True)]
    assert keys[: len(CONTRACT)] == CONTRACT


def test_display_settings_stand_in_the_query_only_when_changed():
    assert [k for k, _ in parse_qsl(View().query(), keep_blank_values=True)] == CONTRACT
    assert View(bins=60, log=True).query().endswith("&bins=60&log=1")


def test_the_defaults_are_the_lessons():
    view, notices = View.parse({})
    recipe = view.recipe()
    assert notices == []
    assert (recipe.components, recipe.covariance, recipe.seed) == (3, "full", 12345)
    assert (recipe.scaling, recipe.foreground) == ("standard", "positive")
    assert (recipe.tolerance, recipe.starts) == (1e-3, 1)
    assert (view.plane, view.scope) == ("axial", "slice")


@pytest.mark.parametrize(
    ("query", "covariance", "partial_volume"),
    [
        ("scope=volume&covariance=partial-volume", "tied", True),
        ("scope=slice&covariance=partial-volume", "tied", False),
        ("scope=volume&covariance=tied", "tied", False),
        ("scope=volume", "full", False),
    ],
)
def test_gaussians_between_classes_are_for_a_head_and_share_its_covariance(
    query, covariance, partial_volume
):
    recipe = parse(query)[0].recipe()
    assert (recipe.covariance, recipe.partial_volume) == (covariance, partial_volume)


@pytest.mark.parametrize("text", ["1e-5", "1e-05", "0.00001", "1E-5"])
def test_a_tolerance_is_one_number_however_it_is_written(text):
    view, notices = View.parse({"tolerance": text})
    assert (view.tolerance, view.recipe().tolerance, notices) == ("1e-5", 1e-5, [])


@pytest.mark.parametrize("text", ["1e-7", "0", "nan", "-1e-3", "0.002"])
def test_another_tolerance_falls_back_with_a_notice(text):
    view, (notice,) = View.parse({"tolerance": text})
    assert view == View()
    assert notice.facts["allowed"] == {"one of": ["1e-2", "1e-3", "1e-4", "1e-5", "1e-6"]}


@pytest.mark.parametrize("window", ["1:1.0000000000000002", "0.12345678901234567:2", "1e-9:1e300"])
def test_a_window_is_as_precise_as_its_link(window):
    view, _ = View.parse({"window_x": window})
    assert parse(view.query()) == (view, [])


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from([*View.__dataclass_fields__, "utm"]), st.text()))
def test_no_query_fails_and_its_view_is_always_valid(query):
    view, notices = View.parse(query)
    assert all(sentence(notice) for notice in notices)
    assert parse(view.query()) == (view, [])


@pytest.mark.bad_input("value in a link that is none")
@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("plane", "oblique"), ("slice", "-1"), ("slice", "1e3"), ("slice", "٣"),
        ("slice", "9" * 99),
        ("components", "0"), ("components", "11"), ("components", "three"), ("seed", "4294967296"),
        ("palette", "x" * 4000),
        ("covariance", "FULL"), ("scaling", "<b>"), ("foreground", "../.."), ("scope", "head"),
        ("bins", "9"), ("log", "yes"), ("before", "2"), ("window_x", "5:5"), ("window_x", "nan:4"),
        ("window_y", "0:inf"), ("window_y", "12"), ("hidden", "0"), ("hidden", "1,,2"),
        ("opacity", "101"), ("panel", "debug"), ("files", "0f"),
        ("files", "0123456789aB"), ("files", ",".join(["0123456789ab"] * 15)),
        ("layout", "row"), ("image", "z"),
        ("names", "x" * 25), ("names", "a,b,c,d,e,f,g,h,i,j,k"), ("names", "two\nlines"),
        ("colours", "1"), ("colours", "1:red"), ("colours", "11:ff0000"), ("colours", "1:fff"),
        ("tissues", "1+2,2+3"), ("tissues", "1+11"), ("tissues", "1+"),
    ],
)  # fmt: skip
def test_an_invalid_value_falls_back_with_a_notice_that_names_it(key, text):
    view, notices = View.parse({key: text})
    assert view == View()
    (notice,) = notices
    assert (notice.code, notice.facts["field"]) == ("invalid-value", key)
    assert notice.facts["value"] == text[:40]
    assert len(sentence(notice)) < 200


def test_an_unknown_key_is_left_out_with_a_notice():
    view, notices = View.parse({"utm_source": "mail", "seed": "4"})
    assert view == View(seed=4)
    assert notices == [Notice("unknown-field", {"field": "utm_source"})]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"names": "CSF, GM ,"}, {"names": ("CSF", "GM")}),
        ({"names": ",,left%2C deep,50 %"}, {"names": ("", "", "left, deep", "50 %")}),
        ({"names": ",,"}, {}),
        ({"colours": "3:00AAFF,1:ff8800"}, {"colours": ((1, "ff8800"), (3, "00aaff"))}),
        ({"tissues": "3+1,2"}, {"tissues": ((1, 3),)}),
    ],
    ids=str,
)
def test_what_is_said_of_classes_is_read_leniently(query, expected):
    assert View.parse(query) == (View(**expected), [])


def test_only_the_bad_values_fall_back():
    view, notices = View.parse({"components": "4", "scaling": "log", "slice": "12"})
    assert view == View(components=4, slice=12)
    assert len(notices) == 1


def test_a_query_needs_no_escaping_in_a_link():
    text = View(study="a&b=c#d é", x="<script>", y="+ %").query()
    assert text.isascii()
    assert not set(text) & set(' <>#"+')
    assert parse(text)[0] == View(study="a&b=c#d é", x="<script>", y="+ %")


def test_every_field_is_in_one_group_and_the_browser_hears_of_it():
    groups = ("images", "place", "model", "look", "page")
    assert sum(len(fields_of(group)) for group in groups) == len(View.__dataclass_fields__)
    described = description()
    assert [entry["name"] for entry in described] == list(View.__dataclass_fields__)
    assert {entry["name"] for entry in described if entry["reopens"]} == (
        fields_of("images") | {"plane"}
    )
    assert all(set(entry["per"]) <= set(View.__dataclass_fields__) for entry in described)
    # A View of defaults alone is the empty query, and back.
    defaults = {entry["name"]: entry["default"] for entry in described}
    assert defaults == View().to_store()


def test_what_decides_a_fit_is_the_recipe_and_which_voxels():
    assert fields_of("model") == {"scope", "components", "covariance", "scaling", "foreground",
                                  "clip", "seed", "tolerance", "starts", "start",
                                  "prior"}  # fmt: skip
    assert fields_of("place") == {"plane", "slice"}
