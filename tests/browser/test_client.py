"""The browser's pure modules: tables of cases, run in a browser without the page."""

import random
import struct
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args
from urllib.parse import parse_qsl, urlsplit

import nibabel as nib
import numpy as np
import pytest
from plotly.colors import sample_colorscale, unlabel_rgb

from dashboard import view
from dashboard.cards.table import description
from dashboard.core.mixture.recipe import STARTS
from dashboard.core.orientation import Plane, Side
from dashboard.core.volume import Volume, read_volume
from dashboard.figures.colourmaps import COLOURMAPS
from dashboard.ids import FIELDS
from dashboard.services.render.addresses import (
    CONTENT_VERSION,
    LAYER_FIELDS,
    MAP_FIELDS,
    VOXEL_FIELDS,
    key,
)
from dashboard.view import TOLERANCE, View
from dashboard.words.maps import MAPS
from scripts.addresses import slice_address
from tests.browser.conftest import Run
from tests.images import save_image

CONFIG: dict[str, Any] = {
    "version": CONTENT_VERSION,
    "fields": view.description(),
    "cards": description(),
    "voxelFields": sorted(VOXEL_FIELDS),
    "layerFields": sorted(LAYER_FIELDS),
    "mapFields": sorted(MAP_FIELDS - {"plane", "slice"}),
}

CLASS_NAMES = ["CSF", "left, deep", "50 %", "%2C", "日本", "<b>", "a+b:c", "O'Neil"]


def many_views(count: int) -> list[View]:
    """Views with names and numbers that are awkward in a URL."""
    chance = random.Random(7)
    names = ["T1", "dwi:mean", "a b", "ä&ö=ü", "50 %", "x,y", "(1)'*!~", "<b>", "日本", "a+b/c?d#e"]
    views = []
    for _ in range(count):
        made = View(
            study=chance.choice(names),
            x=chance.choice(names),
            y=chance.choice(names),
            plane=chance.choice(get_args(Plane)),
            slice=chance.randrange(300),
            components=chance.randrange(1, 11),
            seed=chance.randrange(2**32),
            tolerance=chance.choice(TOLERANCE.allowed["one of"]),
            starts=chance.choice(STARTS),
            side=chance.choice(get_args(Side)),
            bins=chance.randrange(10, 201),
            log=chance.random() < 0.5,
            hidden=tuple(sorted(chance.sample(range(1, 11), chance.randrange(4)))),
            opacity=chance.randrange(101),
            names=tuple(chance.sample(CLASS_NAMES, chance.randrange(4))),
            colours=((chance.randrange(1, 11), "ff8800"),) if chance.random() < 0.5 else (),
            tissues=((1, 3), (2, 10)) if chance.random() < 0.5 else (),
        )
        if chance.random() < 0.5:
            low, high = sorted(chance.uniform(-1e6, 1e6) for _ in range(2))
            # As parsed, since that is how every window gets in.
            made, _ = View.parse({**_entries(made), "window_x": f"{low:.12g}:{high:.12g}"})
        if chance.random() < 0.5:
            made = replace(made, mix=",".join(chance.sample(names, 2)), mask=chance.choice(names))
        views.append(made)
    return views


def _entries(made: View) -> dict[str, str]:
    return {
        name: "1" if value is True else "0" if value is False else str(value)
        for name, value in made.to_store().items()
        if value is not None
    }


def test_a_query_is_the_one_that_the_server_makes(run: Run) -> None:
    views = many_views(300)
    made = run(
        "address",
        "({ query }, views, config) => views.map((view) => query(view, config))",
        [one.to_store() for one in views],
        CONFIG,
    )
    assert made == [one.query() for one in views]
    assert [View.parse(one) for one in (dict(parse_qsl(text)) for text in made)] == [
        (one, []) for one in views
    ]


def test_the_address_of_an_export_and_a_copied_link_are_read_as_they_were_made(run: Run) -> None:
    view = View(study="a&b", slice=3, names=("CSF, 1",))
    link, address, report = run(
        "address",
        """({ permanent, exported }, view, scene, config) =>
            [permanent(view, scene, config), exported("exports/dseg.nii.gz", view, config),
             exported("report.pdf", view, config)]""",
        view.to_store(), {"files": "0123456789ab,ba9876543210"}, CONFIG,
    )  # fmt: skip
    files = ("0123456789ab", "ba9876543210")
    assert View.parse(dict(parse_qsl(link))) == (replace(view, files=files), [])
    assert address == f"/exports/dseg.nii.gz?{view.query()}"
    assert report == f"/report.pdf?{view.query()}"


NAMES = [
    *map(chr, range(32, 127)),
    "Ann's head", "é", "ü", "日本", "עברית", "😀", "a\u0301", "\u200b", "\t", "\n", "100 %25",
    "a+b c&d",
]  # fmt: skip


def test_a_query_of_any_name_stands_in_the_address_bar_as_it_was_made(run: Run) -> None:
    """Else the page would wait for ever: it is settled once it shows what the URL says."""
    views = [View(study=name, x=name * 2, y=f"{name}:mean", mix=f"{name},x") for name in NAMES]
    made, held = run(
        "address",
        """({ query }, views, config) => {
            const queries = views.map((view) => query(view, config));
            const hold = (query) => {
                history.replaceState(null, "", `?${query}`);
                return location.search.slice(1);
            };
            return [queries, queries.map(hold)];
        }""",
        [one.to_store() for one in views],
        CONFIG,
    )
    assert made == held
    assert made == [one.query() for one in views]


@pytest.fixture
def volume(tmp_path: Path) -> Callable[..., Volume]:
    def volume(name: str, slices: int, thick: float, start: float = 0.0) -> Volume:
        affine = np.diag([2.0, 2.0, thick, 1.0])
        affine[2, 3] = start
        voxels = np.random.default_rng(0).normal(100, 9, (8, 6, slices))
        return read_volume(save_image(tmp_path / f"{name}.nii", voxels, affine))

    return volume


def shown(volume: Volume, plane: Plane) -> dict[str, Any]:
    return {
        "id": key(volume.id),
        "positions": volume.slice_positions(plane).tolist(),
    }


def test_the_address_of_a_slice_is_the_one_that_the_server_makes(run: Run, volume: Any) -> None:
    x, y = volume("x", 5, 3.0), volume("y", 5, 3.0)
    views = [replace(one, slice=3, window_y=one.window_x) for one in many_views(60)]
    made = run(
        "address",
        """({ slice }, cases, config) => cases.map(([view, scene]) =>
            ["x", "y"].map((which) => slice(which, view, scene, config)))""",
        [
            [
                one.to_store(),
                {"slicesOfY": [], "x": shown(x, one.plane), "y": shown(y, one.plane)},
            ]
            for one in views
        ],
        CONFIG,
    )
    assert made == [
        [
            slice_address(x, view=one, image=one.x, index=3, window=one.window_x),
            slice_address(y, view=one, image=one.y, index=3, window=one.window_y),
        ]
        for one in views
    ]


def test_on_another_grid_y_is_shown_at_the_slice_that_the_server_found(run: Run) -> None:
    scene = {"slicesOfY": [None, 0, 0], "x": {"id": "a"}, "y": {"id": "b"}}
    view = View(plane="axial").to_store()
    made = run(
        "address",
        """({ slice }, view, scene, config) =>
            [0, 1, 2, 3].map((index) => slice("y", view, scene, config, index))""",
        view, scene, CONFIG,
    )  # fmt: skip
    assert [one and urlsplit(one).path for one in made] == [
        None, "/slices/b/axial/0.png", "/slices/b/axial/0.png", None,
    ]  # fmt: skip


# ---- the state: events in, the View and what is to be opened out
SCENE: dict[str, Any] = {
    "number": 0,
    "key": "k",
    "view": View(study="s", x="T1", y="b0", slice=5).to_store(),
    "sameGrid": True,
    "mixed": ["T1", "b0"],
    "defaults": {
        "mask": None,
        "reference": None,
        "mix": ["T1", "b0"],
        "foreground": "positive",
        "before": False,
    },
    "x": {"window": [0, 500]},
    "y": {"window": [0, 900]},
    "axis": "z",
    "positions": [10.0 * number for number in range(9)],
    "place": [1, 2, 50],
}
CONTROLS: dict[str, Any] = {
    **{name: value for name, value in SCENE["view"].items() if name in FIELDS},
    "components": "3",
    "hidden": [],
    "grid": None,
    "before": False,
    "mask": None,
    "reference": None,
    "mix": ["T1", "b0"],
    "window_x": [0, 500],
    "window_y": [0, 900],
}


def controls(**changed: Any) -> dict[str, Any]:
    return {"type": "controls", "scene": SCENE, "values": {**CONTROLS, **changed}}


def states(run: Run, *events: dict[str, Any]) -> list[dict[str, Any]]:
    """States after each of some events."""
    return run(
        "state",
        """({ START, next }, events, config) => {
            let state = START;
            return events.map((event) => (state = next(state, event, config)));
        }""",
        list(events),
        CONFIG,
    )


CHANGES = {
    "nothing": ({}, {}),
    "another number of components": ({"components": "5"}, {"components": 5}),
    "hidden classes in any order": ({"hidden": ["3", "1"]}, {"hidden": "1,3"}),
    "hidden classes that are gone": ({"hidden": ["3"], "components": "2"},
                                     {"hidden": "", "components": 2}),
    "an emptied seed": ({"seed": ""}, {}),
    "emptied starts": ({"starts": ""}, {}),
    "starts": ({"starts": 10}, {"starts": 10}),
    "a window": ({"window_x": [12.3456789, 400]}, {"window_x": "12.3457:400"}),
    "the window that is chosen anyway": ({"window_x": [0, 500.0000001]}, {}),
    "a rule for the foreground": ({"foreground": "nonzero"}, {"foreground": "nonzero"}),
    "the histograms of all voxels": ({"before": True}, {"before": True}),
    "names, colours and tissues": (
        {"names": "CSF,GM", "colours": "1:ff8800", "tissues": "1+2"},
        {"names": "CSF,GM", "colours": "1:ff8800", "tissues": "1+2"},
    ),
    "an opacity": ({"opacity": 0}, {"opacity": 0}),
    "all images in another order": ({"mix": ["b0", "T1"]}, {}),
}  # fmt: skip


def test_colours_of_an_image_stay_with_its_axis_and_ask_for_nothing(run: Run) -> None:
    chosen = {"type": "own", "field": "colourmap_y", "value": "hot"}
    *_, coloured, changed, another = states(
        run, controls(), chosen, controls(components="5"), controls(study="t")
    )
    assert coloured["wanted"] == {**SCENE["view"], "colourmap_y": "hot"}
    assert coloured["opening"] is None
    assert changed["wanted"]["colourmap_y"] == "hot"
    assert "colourmap_y=hot" in another["opening"]["search"]


@pytest.mark.parametrize("name", CHANGES)
def test_controls_say_a_view(run: Run, name: str) -> None:
    changed, expected = CHANGES[name]
    *_, last = states(run, controls(), controls(**changed))
    assert last["wanted"] == {**SCENE["view"], **expected}
    assert last["opening"] is None


OPENED = {
    "another study": (
        {"study": "t", "window_x": [1, 2], "grid": "b0", "mix": ["T1"], "names": "CSF",
         "colours": "1:ff8800", "tissues": "1+2"},
        dict.fromkeys(("x", "y", "slice", "foreground", "window_x", "grid", "mix", "names",
                       "colours", "tissues"), "")
        | {"study": "t"},
    ),
    "another study, the rule chosen": (
        {"study": "t", "foreground": "nonzero", "mask": "m"},
        {"study": "t", "foreground": "nonzero", "mask": ""},
    ),
    "another study, a mask chosen": (
        {"study": "t", "foreground": "mask", "mask": "m"},
        {"study": "t", "foreground": "mask", "mask": "m"},
    ),
    "another image, and its window": (
        {"y": "FLAIR", "window_x": [1, 2], "window_y": [3, 4]},
        {"y": "FLAIR", "window_x": "1:2", "window_y": ""},
    ),
    "another plane": ({"plane": "coronal"}, {"plane": "coronal", "slice": ""}),
    "another image": ({"y": "FLAIR"}, {"y": "FLAIR", "slice": ""}),
    "fewer images": ({"mix": ["T1"]}, {"mix": "T1", "slice": "5"}),
    "a grid": ({"grid": "b0"}, {"grid": "b0", "slice": ""}),
    "another image Y with names": (
        {"y": "FLAIR", "names": "CSF,GM"}, {"y": "FLAIR", "names": "CSF,GM", "slice": ""},
    ),
    "a mask": ({"mask": "m"}, {"mask": "m", "slice": "5"}),
}  # fmt: skip


@pytest.mark.parametrize("name", OPENED)
def test_what_the_server_has_to_say_is_opened_at_the_same_place(run: Run, name: str) -> None:
    changed, expected = OPENED[name]
    *_, last = states(
        run, controls(), {"type": "slice", "slice": 7}, {"type": "slice", "slice": 5},
        controls(**changed),
    )  # fmt: skip
    opening = last["opening"]
    assert opening["number"] == 1
    assert opening["reason"] == "push"
    assert opening["place"] == [1, 2, 50]
    asked = dict(parse_qsl(opening["search"].lstrip("?"), keep_blank_values=True))
    assert {name: asked.get(name, "") for name in expected} == expected


def test_the_place_follows_the_slice_in_mm(run: Run) -> None:
    *_, last = states(run, controls(), {"type": "slice", "slice": 7})
    assert last["wanted"]["slice"] == 7
    assert last["place"] == [1, 2, 70]


def test_the_place_across_other_planes_stays_when_something_else_is_opened(run: Run) -> None:
    answer = {
        **SCENE, "number": 1, "axis": "x", "positions": [-4.0, 0.0, 4.0], "place": [0, 0, 0],
        "view": {**SCENE["view"], "plane": "sagittal", "slice": 2},
    }  # fmt: skip
    *_, last = states(
        run,
        controls(),
        controls(plane="sagittal"),
        {"type": "controls", "scene": answer, "values": {**CONTROLS, "plane": "sagittal"}},
    )
    assert last["place"] == [4, 2, 50]


# Voxels of 2 x 3 x 4 mm from (-9, 5, 1) on, turned so that a slice moves in y as well.
AFFINE = [[2, 0, 0, -9], [0, 3, 1, 5], [0, 0, 4, 1]]
TURNED: dict[str, Any] = {
    **SCENE, "shape": [20, 20], "affine": AFFINE,
    "toStored": [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]],
}  # fmt: skip


def test_the_crosshair_keeps_its_voxel_from_slice_to_slice(run: Run) -> None:
    place = [2 * 7 - 9, 3 * 4 + 1 * 5 + 5, 4 * 5 + 1]
    *_, set_there, moved, gone = states(
        run,
        {"type": "controls", "scene": TURNED, "values": CONTROLS},
        {"type": "at", "place": place},
        {"type": "slice", "slice": 8},
        {"type": "at", "place": None},
    )
    assert set_there["wanted"]["at"] == "5:22:21"
    assert moved["wanted"]["at"] == "5:25:33"
    assert (gone["wanted"]["at"], gone["place"]) == (None, [5, 25, 33])


def test_a_link_to_a_place_is_the_place(run: Run) -> None:
    scene = {**SCENE, "view": {**SCENE["view"], "at": "-1.5:2:50"}}
    *_, last = states(run, {"type": "controls", "scene": scene, "values": CONTROLS})
    assert last["place"] == [-1.5, 2, 50]
    assert last["wanted"]["at"] == "-1.5:2:50"


# The same head in three planes; T1 has 20 x 30 x 9 voxels, and the axial plane is the View's.
PLANES: dict[str, Any] = {
    plane: {"shape": shape, "positions": list(range(count)), "axis": axis, "toStored": to_stored,
            "slicesOfY": [], "x": {"shape": shape}, "y": None}
    for plane, shape, count, axis, to_stored in (
        ("axial", [20, 30], 9, "z", [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]]),
        ("coronal", [20, 9], 30, "y", [[1, 0, 0, 0], [0, 0, 1, 0], [0, 1, 0, 0]]),
        ("sagittal", [30, 9], 20, "x", [[0, 0, 1, 0], [1, 0, 0, 0], [0, 1, 0, 0]]),
    )
}  # fmt: skip
HEAD: dict[str, Any] = {
    **SCENE, "affine": AFFINE, "planes": PLANES, "place": [11, 40, 21], "fits": True,
    "view": {**SCENE["view"], "layout": "planes"},
}  # fmt: skip
IN_PLANES = {"type": "controls", "scene": HEAD, "values": {**CONTROLS, "layout": "planes"}}


def voxel_at(i: int, j: int, k: int) -> list[float]:
    place: list[float] = nib.affines.apply_affine([*AFFINE, [0, 0, 0, 1]], [i, j, k]).tolist()
    return place


def test_a_place_in_three_planes_is_in_the_view_once_anything_is_changed(run: Run) -> None:
    opened, there, stepped, gone, shown = states(
        run, IN_PLANES, {"type": "at", "place": voxel_at(7, 4, 8)},
        {"type": "slice", "slice": 3}, {"type": "at", "place": None}, {"type": "image"},
    )  # fmt: skip
    assert opened["wanted"] == HEAD["view"]
    at = voxel_at(7, 4, 8)
    assert (there["place"], there["wanted"]["slice"]) == (at, 8)
    assert (stepped["place"], stepped["wanted"]["slice"]) == (voxel_at(7, 4, 3), 3)
    # Without one they meet in the middle, as a link without one says.
    assert (gone["wanted"]["at"], gone["place"]) == (None, [11, 40, 3])
    assert (shown["wanted"]["image"], shown["wanted"]["at"]) == ("y", "11:40:3")


# What the View says, by id whether the map lies over it, the image of each, and the slices.
STAGES = {
    "images": ({"layout": "images"}, {"x": False, "y": False, "map": True}, "xyx", [8, 8, 8]),
    "planes of a slice's fit": (
        {}, {"axial": True, "coronal": False, "sagittal": False}, "xxx", [8, 4, 7],
    ),
    "planes of the head's": (
        {"scope": "volume", "image": "y"}, dict.fromkeys(PLANES, True), "yyy", [8, 4, 7],
    ),
    "planes of one image": (
        {"y": "T1", "image": "y"}, {"axial": True, "coronal": False, "sagittal": False}, "xxx",
        [8, 4, 7],
    ),
    "a place beyond the head": (
        {}, {"axial": True, "coronal": False, "sagittal": False}, "xxx", [8, 29, 0],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", STAGES)
def test_the_stages_of_a_layout_lie_at_the_place(run: Run, name: str) -> None:
    changed, with_map, images, slices = STAGES[name]
    place = voxel_at(-2, 99, 8) if "beyond" in name else voxel_at(7, 4, 8)
    stages = run(
        "stages",
        """({ inPlane, stagesOf }, wanted, scene, place) =>
            stagesOf({ wanted, scene: inPlane(scene, wanted.plane), place })""",
        {**HEAD["view"], "slice": 8, **changed}, HEAD, place,
    )  # fmt: skip
    assert {one["id"]: one["hasMap"] for one in stages} == with_map
    outlined = {"x": True, "y": True, "map": False} if name == "images" else with_map
    assert {one["id"]: one["hasOutline"] for one in stages} == outlined
    assert "".join(one["image"] for one in stages) == images
    assert [one["view"]["slice"] for one in stages] == slices
    for one in stages:
        plane = one["view"]["plane"]
        assert (plane, one["scene"]["shape"]) == (
            one["id"] if one["id"] in PLANES else "axial", PLANES[plane]["shape"],
        )  # fmt: skip


@pytest.mark.parametrize("side", get_args(Side))
def test_the_zoom_of_one_plane_is_that_of_all(run: Run, side: str) -> None:
    sides: dict[str, Any] = {
        "field": {"low": [-100, -100], "high": [100, 100]},
        "box": {"low": [-100, -100], "high": [100, 100]},
        "stage": [400, 400],
    }
    zoomed, *others = run(
        "zoom",
        """({ UNLINKED, NO_ZOOM, linked, zoomIn }, planes, side, place) => {
            const [axial] = planes.map((plane) => ({ plane, side }));
            const zoom = linked(UNLINKED, { factor: 4, centre: [10, 20] }, axial, [1, 2, 99]);
            const own = planes.map((plane) => zoomIn(zoom, { plane, side }, place));
            return [zoom, ...own, linked(zoom, NO_ZOOM, axial, [0, 0, 0])];
        }""",
        list(PLANES), side, sides,
    )  # fmt: skip
    right = -10 if side == "radiological" else 10
    assert zoomed["centre"] == [right, 20, 99]
    # Upwards it stays within the field: 200 mm at 4 times leave 25 mm on each side.
    assert [one["centre"] for one in others] == [[10, 20], [10, 75], [20, 75], [None] * 3]


@pytest.mark.parametrize("side", get_args(Side))
@pytest.mark.parametrize("plane", get_args(Plane))
def test_a_place_is_found_again_in_every_plane(run: Run, tmp_path: Path, plane, side) -> None:
    turn = np.radians(15)
    affine = np.array([[0, -2 * np.cos(turn), np.sin(turn), 9], [3, 0, 0, -7],
                       [0, 2 * np.sin(turn), np.cos(turn), 4], [0, 0, 0, 1]])  # fmt: skip
    volume = read_volume(save_image(tmp_path / "v.nii", np.ones((5, 6, 7)), affine))
    scene = {
        "shape": volume.orientation.picture_shape(plane),
        "toStored": volume.orientation.picture_to_stored(plane).tolist(),
        "affine": volume.mm_affine[:3].tolist(),
    }
    place = nib.affines.apply_affine(affine, [3, 1, 4]).tolist()
    pixel, back = run(
        "place",
        """({ pixelOf, placeOf }, place, view, scene) => {
            const pixel = pixelOf(place, view, scene);
            return [pixel, placeOf(pixel, { ...view, slice: pixel.slice }, scene)];
        }""",
        place, {"plane": plane, "side": side, "slice": 0}, scene,
    )  # fmt: skip
    assert back == pytest.approx(place)
    assert pixel["slice"] == volume.orientation.slice_of(plane, (3, 1, 4))


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_pixel_lies_at_the_same_millimetres_on_another_grid(run: Run, mirrored: bool) -> None:
    x = {"corner": [0, 0], "shape": [10, 10], "pixel": [2, 2]}
    y = {"corner": [-10, 5], "shape": [5, 5], "pixel": [8, 4]}
    view = {"plane": "axial", "side": "radiological" if mirrored else "neurological"}
    share, under, beside = run(
        "place",
        """({ shareOf, pixelUnder }, view, x, y) => {
            const share = shareOf({ column: 3, row: 4 }, view, x, y);
            return [share, pixelUnder(share, view, x, y), pixelUnder([0.999, 0.999], view, x, y)];
        }""",
        view, x, y,
    )  # fmt: skip
    # Its middle is at 7 mm, mirrored at 20 - 7 = 13 mm, and 9 mm up.
    across = (13 + 10) / 40 if mirrored else (7 + 10) / 40
    assert share == pytest.approx([1 - across if mirrored else across, 4 / 20])
    assert under == {"column": 3, "row": 4}
    assert beside is None


def test_a_slider_that_moves_while_something_is_opened_changes_nothing(run: Run) -> None:
    opened = {"type": "open", "search": "?study=t", "reason": "push"}
    before, after = states(run, controls(), opened, {"type": "slice", "slice": 2})[-2:]
    assert after == before


def test_what_was_changed_while_something_was_opened_is_not_lost(run: Run) -> None:
    answer = {**SCENE, "number": 1, "view": {**SCENE["view"], "plane": "coronal", "slice": 3}}
    *_, last = states(
        run,
        controls(),
        controls(plane="coronal"),
        {"type": "opened", "number": 1, "kept": ["components"]},
        {"type": "controls", "scene": answer,
         "values": {**CONTROLS, "plane": "coronal", "components": "4"}},
    )  # fmt: skip
    assert last["wanted"] == {**answer["view"], "components": 4}
    assert last["opening"] is None


def test_controls_go_back_after_a_failed_opening_unless_they_were_used_since(run: Run) -> None:
    *_, last = states(run, controls(), controls(plane="coronal", bins=60))
    assert last["opening"]["number"] == 1

    def back(**now: Any) -> dict[str, Any]:
        returned = "({ returned }, state, now) => returned(state, (name) => now[name])"
        return run("state", returned, last, {**CONTROLS, "plane": "coronal", "bins": 60, **now})

    assert back() == {"plane": "axial", "bins": 50}
    assert back(bins=70, components="5") == {"plane": "axial"}
    assert run("state", "({ START, returned }) => returned(START, () => null)") == {}
    *_, failed = states(
        run, controls(), controls(plane="coronal"), {"type": "failed", "number": 1},
        {"type": "slice", "slice": 7},
    )  # fmt: skip
    assert failed["opening"] is None
    assert failed["wanted"] == {**SCENE["view"], "slice": 7}


def test_an_answer_that_was_overtaken_is_not_taken(run: Run) -> None:
    *_, before, after = states(
        run,
        controls(),
        {"type": "open", "search": "?study=t", "reason": "push"},
        {"type": "open", "search": "?study=u", "reason": "push"},
        {"type": "controls", "scene": {**SCENE, "number": 1}, "values": CONTROLS},
    )
    assert after == before
    assert after["opening"]["search"] == "?study=u"


def test_an_emptied_fit_has_all_images_again(run: Run) -> None:
    *_, last = states(run, controls(), controls(mix=[]))
    assert last["emptied"]
    assert last["wanted"] == SCENE["view"]


def test_another_volume_takes_the_place_of_the_one_in_the_fit(run: Run) -> None:
    seen = {**SCENE["view"], "y": "dwi:1", "mix": "T1,dwi:1"}
    scene = {
        **SCENE, "view": seen, "mixed": ["T1", "dwi:1"],
        "y": {"window": [0, 900], "volumes": {"image": "dwi", "taken": "1"}},
    }  # fmt: skip
    *_, last = states(
        run,
        {"type": "controls", "scene": scene, "values": CONTROLS},
        {"type": "change", "changes": {"y": "dwi:2"}},
    )
    assert "mix=T1%2Cdwi%3A2" in last["opening"]["search"]


# ---- cards
def test_only_cards_whose_fields_change_are_needed(run: Run) -> None:
    before = View(study="s", x="T1", y="b0", slice=5)

    def needed(**changed: Any) -> set[str]:
        after = replace(before, **changed)
        found = run(
            "cards",
            """({ key, needed, groups }, before, after, cards) => {
                const scene = { key: "k" };
                const shown = (id) => key(cards.find((card) => card.id === id), before, scene);
                return groups(cards).flatMap((group) =>
                    needed(cards, group, after, scene, shown).map(({ id }) => id));
            }""",
            before.to_store(),
            after.to_store(),
            CONFIG["cards"],
        )
        return set(found)

    assert needed() == set()
    assert needed(opacity=10, window_x=(0.0, 5.0)) == set()
    assert needed(log=True) == {"histograms"}
    assert needed(joint="density", axes="raw") == {"joint"}
    assert {"histograms", "joint", "labels", "components", "agreement"} <= needed(slice=6)
    assert not {"check", "header", "criteria", "image-x"} & needed(slice=6)
    assert "check" in needed(x="FLAIR")
    assert "criteria" in needed(components=4, panel="criteria")


def test_a_step_within_a_fit_of_the_whole_head_needs_only_pictures(run: Run) -> None:
    found = run(
        "cards",
        """({ key }, cards, view) => {
            const at = (slice) => (card) => key(card, { ...view, slice }, { key: "k" });
            const isNeeded = (card) => card.group === "views" && at(5)(card) !== at(6)(card);
            return cards.filter(isNeeded).map(({ id }) => id);
        }""",
        CONFIG["cards"],
        View(study="s", x="T1", y="b0", slice=5, scope="volume").to_store(),
    )
    assert set(found) <= {"image-x", "image-y"}


# ---- what is behind
def test_a_card_that_is_behind_says_what_it_shows(run: Run) -> None:
    shown = View(study="s", x="T1", y="b0", slice=78).to_store()
    wanted = {
        "slice 78": {"slice": 80},
        "axial slice 78": {"plane": "coronal", "slice": ""},
        "3 classes": {"components": 5},
        "before the change": {"seed": 1},
        "fit of one slice": {"scope": "volume", "slice": 80},
    }
    words = "({ wordsOf }, shown, all) => all.map((wanted) => wordsOf(shown, wanted))"
    made = run("behind", words, shown, [{**shown, **one} for one in wanted.values()])
    assert made == list(wanted)
    opened = [{"study": "t", "slice": ""}, {"study": "s", "plane": "axial", "x": "T1", "slice": 4}]
    assert run("behind", words, shown, opened) == ["before the change", "slice 78"]
    whole = {**shown, "scope": "volume"}
    assert run("behind", words, whole, [{**whole, "slice": 80, "components": 5}]) == ["3 classes"]


def test_a_card_is_late_only_if_it_was_behind_all_the_while(run: Run) -> None:
    # Times in ms at which the page looks, and which cards show what is wanted then.
    looks = [(400, "a"), (500, "b"), (700, ""), (800, ""), (900, "a")]
    late = run(
        "behind",
        """({ lateness }, looks) => {
            const late = lateness();
            late.reset(0);
            return looks.map(([now, current]) => {
                const part = (name) => ({ name, isCurrent: current.includes(name) });
                return [...late.look(["a", "b"].map(part), now)].join("");
            });
        }""",
        looks,
    )
    assert late == ["b", "", "", "a", "b"]


# ---- history and schedule
def test_a_gesture_is_one_entry_of_the_history(run: Run) -> None:
    entries = run(
        "history",
        """({ gestures }) => {
            const past = gestures();
            const first = past.entry("", "a", "replace");
            past.begin();
            return [
                first, past.entry("a", "a"), past.entry("a", "b"), past.entry("b", "c"),
                past.entry("c", "d", "push"), (past.begin(), past.entry("d", "e")),
            ];
        }""",
    )
    assert entries == ["replace", None, "push", "replace", "push", "push"]


# Times in ms of changes, and of the pointer that holds the slider; and when the server is asked.
TIMES: dict[str, tuple[list[tuple[int, str]], list[int]]] = {
    "a single step": ([(0, "change")], [0]),
    "steps with rests between them": ([(0, "change"), (100, "change")], [0, 100]),
    "a held key": ([(0, "change"), (30, "change"), (60, "change")], [0, 150]),
    "a drag": ([(0, "hold"), (10, "change"), (30, "change"), (50, "change")], [140]),
    "a drag that is let go": ([(0, "hold"), (10, "change"), (20, "release")], [20]),
    "a click beside the slider": ([(0, "hold"), (5, "release")], []),
    "a drag that rests twice": ([(0, "hold"), (10, "change"), (200, "change")], [100, 290]),
}


@pytest.mark.parametrize("name", TIMES)
def test_the_server_is_asked_at_rest(run: Run, name: str) -> None:
    events, expected = TIMES[name]
    asked = run(
        "schedule",
        """({ schedule }, events) => {
            let now = 0, timers = [], asked = [];
            const rest = schedule({
                now: () => now,
                later: (work, ms) => { timers.push({ at: now + ms, work }); return timers.at(-1); },
                cancel: (timer) => { timers = timers.filter((one) => one !== timer); },
            }, () => asked.push(now));
            for (now = 0; now < 1000; now += 1) {
                for (const [at, what] of events) if (at === now) rest[what]();
                for (const timer of [...timers]) if (timer.at <= now) {
                    timers = timers.filter((one) => one !== timer);
                    timer.work();
                }
            }
            return asked;
        }""",
        events,
    )
    assert asked == expected


# ---- the frame of a picture
def test_letters_at_the_edges_follow_the_display_convention(run: Run) -> None:
    # Left, right, bottom and top of the picture, by the definition of both conventions.
    letters = {
        ("axial", "neurological"): "LRPA",
        ("coronal", "neurological"): "LRIS",
        ("sagittal", "neurological"): "PAIS",
        ("axial", "radiological"): "RLPA",
        ("coronal", "radiological"): "RLIS",
        ("sagittal", "radiological"): "PAIS",
    }
    found = run(
        "picture",
        "({ lettersOf }, cases) => cases.map(([plane, side]) => lettersOf({ plane, side }))",
        list(letters),
    )
    assert ["".join(four) for four in found] == list(letters.values())


def test_a_voxel_of_a_saved_picture_has_whole_pixels_near_its_proportions(run: Run) -> None:
    cases = {
        (2.0, 2.0): [1, 4, 16], (1.0, 3.0): [1, 4, 16], (0.9, 0.6): [1, 4, 16], (5.0, 1.2): [1, 4],
    }  # fmt: skip
    for pixel, times in cases.items():
        found = run("picture", "({ multiples }, pixel, times) => times.map((one) => "
                    "multiples(pixel, one))", list(pixel), times)  # fmt: skip
        shorter = np.argmin(pixel)
        assert [one[shorter] for one in found] == times
        for (across, up), one in zip(found, times, strict=True):
            assert abs(across - one * pixel[0] / min(pixel)) <= 0.5
            assert abs(up - one * pixel[1] / min(pixel)) <= 0.5


@pytest.mark.parametrize(
    "window", [(0, 415), (0, 1360), (-2.5, 3.1), (0, 1e-4), (1e5, 7e5), (-1e9, 1e9), (100, 101)]
)
def test_ticks_are_a_few_round_numbers_within_the_window(
    run: Run, window: tuple[float, float]
) -> None:
    found, labels = run(
        "picture",
        "({ ticks, tickLabel }, window) => [ticks(window), ticks(window).map(tickLabel)]",
        list(window),
    )
    low, high = window
    assert 3 <= len(found) <= 7
    assert all(low - 1e-12 <= value <= high + 1e-9 for value in found)
    steps = np.diff(found)
    assert steps == pytest.approx(steps[0])
    assert f"{steps[0]:.0e}"[0] in "125"
    shown = [float(label.replace("−", "-")) for label in labels]
    assert shown == pytest.approx(found)
    assert len(set(labels)) == len(labels)
    assert max(map(len, labels)) <= 7


# ---- which part of a slice is shown
# X has voxels of 2 x 1 mm from (-30, -20) mm on; the head is a box within.
ZOOMED: dict[str, Any] = {
    "corner": [-30, -20],
    "shape": [40, 50],
    "pixel": [2, 1],
    "head": [[-10, -15], [20, 25]],
}
STAGE = [300, 200]


def looked(run: Run, body: str, **more: Any) -> Any:
    """What a function of the zoom's module says, given the head's and the field's box."""
    return run(
        "zoom",
        f"""(zoom, shown, stage, more) => {{
            const {{ fieldOf, headOf, fit, frameOf, sightOf }} = zoom;
            const {{ zoomed, panned, pointAt, NO_ZOOM }} = zoom;
            const field = fieldOf(shown, more.mirrored), box = headOf(shown, more.mirrored);
            const place = {{ box, field, stage }};
            {body}
        }}""",
        ZOOMED, STAGE, {"mirrored": False, **more},
    )  # fmt: skip


@pytest.mark.parametrize("mirrored", [False, True])
def test_the_head_fills_the_picture_in_its_proportions(run: Run, mirrored: bool) -> None:
    frame = looked(run, "return frameOf(field, fit(box, stage), stage);", mirrored=mirrored)
    # The head is 30 x 40 mm, so its 40 mm are the 200 pixels of the height, 5 for each.
    assert (frame["width"], frame["height"]) == (80 * 5, 50 * 5)
    # It is 30 of the 80 mm wide: 20 mm from the left edge of the field, 30 from the right one.
    assert frame["left"] + (30 if mirrored else 20) * 5 == 150 - 15 * 5
    assert frame["top"] + (30 - 25) * 5 == 0


def test_zooming_leaves_the_point_under_the_pointer_where_it_is(run: Run) -> None:
    before, after, back = looked(
        run,
        """const at = [190, 90], once = zoomed(NO_ZOOM, 2, at, place);
        const see = (state) => pointAt(sightOf(box, state, stage), at, stage);
        return [see(NO_ZOOM), see(once), zoomed(once, 0.1, at, place)];""",
    )
    assert after == pytest.approx(before)
    assert back == {"factor": 1, "centre": None}


def test_a_moved_picture_follows_the_pointer_and_stops_at_the_edge(run: Run) -> None:
    start, moved, stopped = looked(
        run,
        """const once = zoomed(NO_ZOOM, 4, [150, 100], place);
        const left = (state) => frameOf(field, sightOf(box, state, stage), stage).left;
        return [once, panned(once, [30, 0], place), panned(once, [1e6, 0], place)].map(left);""",
    )
    assert moved - start == pytest.approx(30)
    assert stopped == pytest.approx(0)


def test_voxels_are_averaged_only_where_they_are_smaller_than_pixels(run: Run) -> None:
    cases = [([1, 1], 1, 1), ([1, 1], 0.99, 1), ([1, 1], 0.5, 2), ([5, 0.5], 1.5, 1)]
    found = run(
        "zoom",
        """({ isEnlarged }, cases) =>
            cases.map(([pixel, scale, ratio]) => isEnlarged({ pixel }, scale, ratio))""",
        cases,
    )
    assert found == [True, False, True, False]


def test_a_scale_bar_has_a_round_length_that_fits(run: Run) -> None:
    scales = [0.013, 0.9, 1.0, 3.7, 44.0, 812.0]
    lengths = run("zoom", "({ barLength }, scales) => scales.map((s) => barLength(s, 90))", scales)
    for scale, length in zip(scales, lengths, strict=True):
        assert f"{length:.0e}"[0] in "125"
        assert 90 / 2.5 - 1e-9 <= length * scale <= 90 + 1e-9


# ---- colour maps and windows
@pytest.mark.parametrize("name", COLOURMAPS)
def test_the_colours_of_greys_are_those_of_plotly(run: Run, name: str) -> None:
    stops = list(COLOURMAPS[name])
    found, is_light = run(
        "colourmap", "({ levels, isLight }, stops) => [levels(stops), isLight(stops)]", stops
    )
    greys = np.arange(256)
    if name in ("grey", "inverted"):
        wanted = np.stack([greys if name == "grey" else 255 - greys] * 3, axis=1)
    else:
        wanted = np.array([unlabel_rgb(one) for one in sample_colorscale(name, greys / 255)])
    assert np.abs(np.array(found) - wanted).max() <= 1
    assert is_light == (name == "inverted")


WINDOWED = {"window": [0, 400], "range": [-50, 1400], "step": 2}
MOVES: dict[str, tuple[str, Any]] = {
    "an end goes to a step": ("moved([0, 400], 1, 311.3, image)", [0, 312]),
    "an end does not pass the other": ("moved([100, 400], 0, 900, image)", [100 + 298, 400]),
    "an end stays within the image": ("moved([0, 400], 1, 9999, image)", [0, 1400]),
    "a bar has room around its windows": ("spanOf([100, 500], image)", [-50, 600]),
    "a bar ends with the image": ("spanOf([-50, 1400], image)", [-50, 1400]),
    "a drag to the right is wider": ("dragged([100, 300], [104, 0], image)", [0, 400]),
    "a drag upwards is darker": ("dragged([100, 300], [0, -50], image)", [140, 340]),
    "greys are those of another window": ("greys([0, 400], [100, 300])", [2, -0.5]),
    "a link's window": ('windowOf("12.5:3e3", image)', [12.5, 3000]),
    "the image's own": ("windowOf(null, image)", [0, 400]),
}


@pytest.mark.parametrize("name", MOVES)
def test_a_window_is_moved(run: Run, name: str) -> None:
    call, expected = MOVES[name]
    found = run("window", f"(made, image) => made.{call}", WINDOWED)
    assert found == pytest.approx(expected)


# ---- voxels
def test_a_pixel_is_the_voxel_that_nibabel_knows(run: Run, tmp_path: Path) -> None:
    affine = np.array([[0, -2, 0, 9], [3, 0, 0, -7], [0, 0, 2.5, 4], [0, 0, 0, 1]])
    noise = np.random.default_rng(0).normal(100, 9, (5, 6, 7))
    path = save_image(tmp_path / "v.nii", noise, affine)
    volume, voxels = read_volume(path), nib.load(path).get_fdata()
    for plane in get_args(Plane):
        for side in get_args(Side):
            picture = volume.orientation.upright(
                volume.orientation.cut(volume.data, plane, 2), plane, side
            )
            scene = {
                "shape": volume.orientation.picture_shape(plane),
                "toStored": volume.orientation.picture_to_stored(plane).tolist(),
                "affine": volume.mm_affine[:3].tolist(),
            }
            voxel, place = run(
                "voxels",
                """({ voxelAt, placeAt }, view, scene) => {
                    const voxel = voxelAt({ column: 1, row: 3 }, view, scene);
                    return [voxel, placeAt(voxel, scene)];
                }""",
                {"plane": plane, "side": side, "slice": 2},
                scene,
            )
            assert voxels[tuple(voxel)] == picture[picture.shape[0] - 1 - 3, 1]
            assert place == pytest.approx(nib.affines.apply_affine(affine, voxel).tolist())


def test_numbers_of_a_slice_are_read_as_they_were_packed(run: Run) -> None:
    head = b'{"rows": 1, "columns": 3, "channels": ["a", "b"], "doubles": [false, true],'
    head += b' "components": 1}'
    head += b" " * (-len(head) % 4)
    single, double = np.array([1, 2, 3], "<f4"), np.array([1e300, 2.0**53 + 2, -0.5], "<f8")
    layers = bytes([0, 1, 2]), bytes([0, 128, 255])
    packed = b"".join(
        [struct.pack("<I", len(head)), head, single.tobytes(), double.tobytes(), *layers]
    )
    found = run(
        "voxels",
        """({ unpack }, bytes) => {
            const { intensities, labels, posteriors } = unpack(new Uint8Array(bytes).buffer);
            return [...intensities, labels, ...posteriors].map((array) => [...array]);
        }""",
        list(packed),
    )
    assert found == [[1, 2, 3], double.tolist(), [0, 1, 2], [0, 128, 255]]


def test_numbers_under_the_cursor_keep_all_digits_before_the_point(run: Run) -> None:
    numbers = [30393, 30393.6, -1234567, 0.123456, 12345678]
    shown = run("voxels", "({ format }, numbers) => numbers.map(format)", numbers)
    assert shown == ["30393", "30394", "−1234567", "0.1235", "12350000"]


def test_clipped_and_scaled_intensities_lie_where_the_joint_figure_says(run: Run) -> None:
    place = "({ jointPlace }, values, meta) => jointPlace(values, meta)"
    scaled = {"limits": [[0, 10], [0, 100]], "offset": [5, 50], "factor": [5, 25]}
    assert run("voxels", place, [20, 25], scaled) == [1, -1]
    assert run("voxels", place, [20, 25], {}) == [20, 25]


@pytest.mark.parametrize(
    ("view", "study", "headline", "title", "name"),
    [
        ({}, "sample", "sample · T1 / b0 · axial 30 · 3 classes",
         "sample · T1/b0 · axial 30 · 3 classes – NeuroMix", "sample_axial30_K3_joint"),
        ({"y": "T1", "components": 1}, "sample", "sample · T1 · axial 30 · 1 class",
         "sample · T1 · axial 30 · 1 class – NeuroMix", "sample_axial30_K1_joint"),
        ({"plane": "coronal", "slice": 0}, "sub-01/ses 2: «é»",
         "sub-01/ses 2: «é» · T1 / b0 · coronal 0 · 3 classes",
         "sub-01/ses 2: «é» · T1/b0 · coronal 0 · 3 classes – NeuroMix",
         "sub-01-ses-2-é-_coronal0_K3_joint"),
    ],
)  # fmt: skip
def test_what_is_open_is_said_in_a_few_words(
    run: Run, view: dict[str, Any], study: str, headline: str, title: str, name: str
) -> None:
    shown = {"x": "T1", "y": "b0", "plane": "axial", "slice": 30, "components": 3} | view
    say = """(made, view, study) => [
        made.headline(view, study), made.title(view, study), made.fileName(view, study, "joint"),
    ]"""
    assert run("title", say, shown, study) == [headline, title, name]


def test_views_are_compared_by_all_but_where_one_looks(run: Run) -> None:
    here = View(
        study="s", components=4, slice=3, at=(1.0, 2.0, 3.0), layout="planes", image="y",
        panel="header", lesson=2,
    )  # fmt: skip
    there = View(study="s", components=5, plane="coronal", slice=9, window_x=(0.0, 8.0))
    apart, other = run(
        "compare",
        """({ differences, elsewhere }, a, b, config) =>
            [differences(a, b, config), elsewhere(a, b, config)]""",
        here.to_store(), there.to_store(), CONFIG,
    )  # fmt: skip
    assert apart == [["components", "4"], ["window x", "default"]]
    assert other == replace(here, components=5, window_x=(0.0, 8.0)).to_store()


def test_nothing_is_drawn_by_what_of_it_is_seen() -> None:
    seen = {entry["name"] for entry in CONFIG["fields"] if entry["group"] == "page"}
    drawn = {field for card in CONFIG["cards"] for field in card["fields"]}
    assert not seen & (drawn | VOXEL_FIELDS | LAYER_FIELDS | MAP_FIELDS)


def test_what_was_asked_for_last_is_kept(run: Run) -> None:
    keep = """({ keep }, keys) => {
        const kept = new Map();
        for (const key of keys) keep(kept, key, key, 3);
        return [...kept.keys()];
    }"""
    assert run("kept", keep, [1, 2, 3, 1, 4, 5]) == [1, 4, 5]


@pytest.mark.parametrize(("slice_", "beside"), [(0, [1]), (1, [2, 0]), (2, [1])])
def test_the_slices_beside_one_are_those_that_there_are(
    run: Run, slice_: int, beside: list[int]
) -> None:
    call = "({ neighbours }, slice) => neighbours(slice, { positions: [5, 6, 7] })"
    assert run("stages", call, slice_) == beside


def test_a_map_is_called_as_its_card_is(run: Run) -> None:
    names = list(MAPS)
    titles = run("map", "({ titleOf }, maps) => maps.map(titleOf)", names)
    assert titles == [title for title, _ in MAPS.values()]


@pytest.mark.parametrize(
    ("reference", "preset", "there"),
    [("", "dseg", True), ("dseg", None, True), ("none", "dseg", False), ("", None, False),
     ("", "none", False)],
)  # fmt: skip
def test_maps_are_offered_that_the_study_has(
    run: Run, reference: str, preset: str | None, there: bool
) -> None:
    shown = {"components": 2, "map": "probability-2", "reference": reference}
    scene = {"defaults": {"reference": preset}}
    find = "({ isOffered }, maps, view, scene) => maps.filter((one) => isOffered(one, view, scene))"
    expected = ["labels", "uncertainty", "probability-1", "probability-2", "disagreement"]
    expected += ["reference", "difference"] if there else []
    assert run("map", find, list(MAPS), shown, scene) == expected
    step = "({ mapAfter }, maps, view, scene) => mapAfter(maps, view, scene)"
    assert run("map", step, list(MAPS), shown, scene) == "disagreement"
    # What was chosen before stays where it was in the row.
    lost = {**shown, "map": "probability-7"}
    assert run("map", step, list(MAPS), lost, scene) == "disagreement"


# ---- the slice over the graphs of the whole head
OF_HEAD = {"axis": "", "bins": [0, 30, 3], "most": 100}


@pytest.mark.parametrize(
    ("counts", "x", "y", "path"),
    [
        # As high as the head's own, in a plot of 300 x 100 pixels.
        ([0, 5, 10], {"range": [0, 30]}, {"range": [0, 100]}, "V100H100V50H200V0H300"),
        ([4, 4, 0], {"range": [-30, 60]}, {"range": [0, 200]}, "V50H133.33V50H166.67V100H200"),
        # A logarithm of 0 is at the bottom.
        ([0, 1, 10], {"range": [0, 30]}, {"range": [0, 2], "type": "log"}, "V100H100V50H200V0H300"),
        ([0, 0, 0], {"range": [0, 30]}, {"range": [0, 100]}, None),
    ],
)
def test_the_outline_of_a_slice_has_the_height_of_the_heads_histogram(
    run: Run, counts: list[int], x: Any, y: Any, path: str | None
) -> None:
    plot = {"x": x, "y": y, "width": 300, "height": 100}
    made = run("layer", "({ outline }, ...given) => outline(...given)", counts, OF_HEAD, plot)
    assert made.replace(".00", "") == (f"M{path_start(x)} 100{path}V100Z" if path else "")


def path_start(axis: Any) -> str:
    low, high = axis["range"]
    return f"{-low / (high - low) * 300:.0f}"


def test_an_address_says_where_bins_and_axes_are_in_intensities(run: Run) -> None:
    view, scene = View(study="s", x="T1", y="b0", slice=5).to_store(), {"key": "k"}
    drawn = {
        "layers": [OF_HEAD],
        "extent": [[-2, 2], [-1, 3]],
        "offset": [100, 10],
        "factor": [20, 5],
    }
    made = run("address", "({ layer }, ...given) => layer(...given)", view, scene, CONFIG, drawn)
    parts = urlsplit(made)
    assert parts.path == "/layers/k/axial/5.json"
    query = dict(parse_qsl(parts.query))
    assert (query["bins_of"], query["extent"]) == ("0:30:3", "60:140:5:25")
    raw = run("address", "({ layer }, ...given) => layer(...given)", view, scene, CONFIG,
              {"extent": [[0, 2], [1, 3]]})  # fmt: skip
    assert dict(parse_qsl(urlsplit(raw).query))["extent"] == "0:2:1:3"
