"""Names on the map over many views: apart from each other, upright, in place while panning, whole over tile borders."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import shapely

from pm_desktop.base.jobs import JobContext
from pm_desktop.base.mercator import units_per_px
from pm_desktop.cartography.labels import Placement
from pm_desktop.cartography.style import MAP_THEMES
from pm_desktop.layers.build import build_layer
from pm_desktop.streets.osm import build_from_pbf
from tests.conftest import SHARED
from tests.helpers.counts import count
from tests.helpers.mapview import Painted, Window, letter_boxes, overlapping
from tests.helpers.town import CENTRE, write_town

pytestmark = pytest.mark.usefixtures("qapp")
SIZE = (1280, 800)


def streets_of(kind: str, tmp_path: Path, sample: str) -> tuple[Path, list[Path], tuple[float, float, float, float]]:
    """Street pack, layers and the area in degrees where views are taken."""
    if kind == "sample":
        layer = build_layer(JobContext(), sample, "compounds", str(tmp_path))
        return next((Path(sample) / "streets").glob("*.streets")), [Path(layer.path)], (121.47, 31.10, 121.68, 31.30)
    out = tmp_path / "town.streets"
    monaco = SHARED / "data" / "monaco.osm.pbf"
    if kind == "monaco" and monaco.exists():
        build_from_pbf(JobContext(), monaco, out)
        return out, [], (7.409, 43.723, 7.442, 43.752)
    # where the real extract is not at hand, the town made here is looked at more often
    build_from_pbf(JobContext(), write_town(tmp_path / "town.osm.pbf"), out)
    return out, [], (CENTRE[0] - 0.006, CENTRE[1] - 0.005, CENTRE[0] + 0.006, CENTRE[1] + 0.005)


def views(area: tuple[float, float, float, float], number: int, low: float) -> Iterator[tuple[Window, str, str, tuple[int, int]]]:
    """Views with theme, language and a pan, the same in every run."""
    rng = np.random.default_rng(7)
    for k in range(number):
        lon, lat = rng.uniform(area[0], area[2]), rng.uniform(area[1], area[3])
        zoom = float(rng.integers(round(low * 4), 72) / 4)
        pan = (int(rng.integers(-500, 501)), int(rng.integers(-320, 321)))
        yield Window.at(lon, lat, zoom, *SIZE), MAP_THEMES[k % 4], ("zh", "zh", "en")[k % 3], pan


@pytest.mark.parametrize("kind", ["sample", "monaco", "town"])
def test_names_over_many_views(kind: str, tmp_path: Path, tiny_sample: str) -> None:
    pack, layers, area = streets_of(kind, tmp_path, tiny_sample)
    scenes: dict[tuple[str, str], Painted] = {}
    seen = stayed = names_seen = 0
    for window, theme, lang, pan in views(area, count({"sample": 10, "monaco": 10, "town": 6}[kind], 100), 10.5 if kind == "sample" else 13):
        scene = scenes.setdefault((theme, lang), Painted.open([pack], theme, lang, layers=layers))
        names = scene.names(window)
        names_seen += len(names)
        assert overlapping(names) == [], (window, theme, lang)
        for name in names:
            assert is_upright(name), (window, name)
        moved = window.panned(*pan)
        after = {(n.text, n.kind, n.x, n.y) for n in scene.names(moved)}
        both = [n for n in names if window.holds(n) and moved.holds(n)]
        seen += len(both)
        stayed += sum((n.text, n.kind, n.x, n.y) in after for n in both)
    print(f"{kind}: {names_seen} names, {stayed} of {seen} stayed in place")
    assert seen > 20
    assert stayed >= 0.95 * seen


def is_upright(name: Placement) -> bool:
    """Letters stand with their heads up, and are read from left to right, or from top to bottom."""
    turns = np.array([letter[4] for letter in name.letters])
    x, y = np.array([letter[:2] for letter in name.letters]).T
    across, down = x[-1] - x[0], y[-1] - y[0]
    return bool((np.abs(turns) <= 95).all() and (across >= -0.1 * abs(down) - 1e-6 or down > abs(across)))


@pytest.mark.parametrize("kind", ["sample", "monaco"])
def test_no_pixel_of_a_name_lies_on_another(kind: str, tmp_path: Path, tiny_sample: str) -> None:
    """Halos included, looked up in the pictures themselves."""
    pack, layers, area = streets_of(kind, tmp_path, tiny_sample)
    seen = 0
    for window, theme, lang, _ in views(area, count(3, 40), 13):
        scene = Painted.open([pack], theme, lang, layers=layers)
        names = scene.names(window)
        cover = np.zeros((window.height + 1200, window.width + 1200), np.uint8)
        for name in names:
            left, top, ink = scene.ink(name)
            x, y = left - window.left + 600, top - window.top + 600
            if x >= 0 and y >= 0 and x + ink.shape[1] <= cover.shape[1] and y + ink.shape[0] <= cover.shape[0]:
                cover[y:y + ink.shape[0], x:x + ink.shape[1]] += ink > 40
        seen += len(names)
        assert cover.max() <= 1, (window, theme, lang, int((cover > 1).sum()))
    assert seen > 20


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0, 4.0])
def test_letters_fit_their_pictures_at_every_device_ratio(ratio: float, tmp_path: Path) -> None:
    """No name is cut by the edge of its own picture, and its corner lies on a whole device pixel."""
    pack, _, _ = streets_of("town", tmp_path, "")
    for zoom, lang in ((15.0, "zh"), (16.5, "en"), (17.5, "zh")):
        scene = Painted.open([pack], "light", lang, ratio)
        window = Window.at(*CENTRE, zoom, 1000, 800)
        names = scene.names(window)
        assert len(names) > 5
        for name in names:
            picture = scene.sprites[name.sprite]
            left = name.x / units_per_px(zoom) * ratio - picture.width() / 2
            assert abs(left - round(left)) < 1e-3
            if name.kind != "shield":
                _, _, ink = scene.ink(name)
                edge = np.concatenate([ink[0], ink[-1], ink[:, 0], ink[:, -1]])
                assert edge.max() < 90, (name, zoom, ratio, ink.shape, [int(e.max()) for e in (ink[0], ink[-1], ink[:, 0], ink[:, -1])])


def test_the_kinds_of_names_of_the_town(tmp_path: Path) -> None:
    pack, _, _ = streets_of("town", tmp_path, "")
    scene = Painted.open([pack])
    close = {(n.kind, n.text) for z in (16.0, 16.75) for n in scene.names(Window.at(*CENTRE, z, 1500, 1500))}
    for expected in (("road", "世纪大道"), ("road", "内环高架路"), ("shield", "S20"), ("shield", "G2"), ("metro", "2号线"), ("station", "人民站"),
                     ("station", "交汇站"), ("park", "中央公园"), ("water", "明湖"), ("water", "长河"), ("school", "第一小学")):
        assert expected in close, (expected, sorted(close))
    middle = scene.names(Window.at(*CENTRE, 15.0, 1500, 1500))
    assert {("place", "示范镇"), ("neighbourhood", "东里")} <= {(n.kind, n.text) for n in middle}
    # a station with a point for each of its lines is named once, a road not twice within a hand's breadth
    assert sum(n.text == "交汇站" for n in middle) == 1
    assert not [n for n in middle if n.kind == "house"]
    houses = {n.text for n in scene.names(Window.at(*CENTRE, 17.5, 1500, 1500)) if n.kind == "house"}
    assert houses == {"12", "38"}
    english = {n.text for n in Painted.open([pack], lang="en").names(Window.at(*CENTRE, 16.0, 1500, 1500))}
    assert {"Century Avenue", "Central Park", "Renmin"} <= english
    assert "单行路" in english, "without an English name the Chinese one stands"


def test_area_names_lie_inside_their_area(tmp_path: Path) -> None:
    pack, _, _ = streets_of("town", tmp_path, "")
    from tests.helpers.town import WAYS, place

    for zoom in (15.0, 15.75, 16.5):
        for text, key in (("中央公园", "park"), ("明湖", "lake")):
            found = [n for n in Painted.open([pack]).names(Window.at(*CENTRE, zoom, 1500, 1500)) if n.text == text]
            outline = shapely.Polygon([np.array(_pixel(place(*p), zoom)) for p in WAYS[key][0]])
            assert found and all(outline.contains(box) for box in letter_boxes(found[0])), (text, zoom)


def _pixel(lonlat: tuple[float, float], zoom: float) -> list[float]:
    from pm_desktop.base.mercator import world_of

    return [v / units_per_px(zoom) for v in world_of(*lonlat)]


def test_a_quiet_style_shows_fewer_and_larger_names(tmp_path: Path) -> None:
    pack, _, _ = streets_of("town", tmp_path, "")
    window = Window.at(*CENTRE, 15.0, 1000, 800)
    light, quiet = (Painted.open([pack], theme).names(window) for theme in ("light", "briefing"))
    assert len(quiet) < len(light)
    size = {theme: max(letter[3] for n in found for letter in n.letters if n.kind == "road") for theme, found in (("light", light), ("briefing", quiet))}
    assert size["briefing"] > size["light"]


