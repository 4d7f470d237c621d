"""The street base, looked at pixel by pixel: what is where in every style, and tiles that fit together."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pm_desktop.base.jobs import JobContext
from pm_desktop.base.mercator import metres_per_unit, units_per_px, world_of
from pm_desktop.cartography.geometry import Frame
from pm_desktop.cartography.requests import TILE_PX
from pm_desktop.cartography.style import MAP_THEMES, map_style, mixed
from pm_desktop.streets.osm import build_from_pbf
from tests.conftest import SHARED
from tests.helpers.counts import count
from tests.helpers.mapview import Painted, bgr, pixels
from tests.helpers.town import CENTRE, place, write_town

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Street pack of the made town."""
    folder = tmp_path_factory.mktemp("town")
    build_from_pbf(JobContext(), write_town(folder / "town.osm.pbf"), folder / "town.streets")
    return folder / "town.streets"


class Probe:
    """A picture of the town, asked at places in metres."""

    def __init__(self, pack: Path, theme: str, zoom: float, ratio: float = 1.0, metres: float = 1500.0) -> None:
        from PySide6.QtGui import QImage

        self.zoom, self.unit = zoom, units_per_px(zoom) / ratio
        side = int(metres / metres_per_unit(CENTRE[1]) / self.unit)
        x, y = world_of(*CENTRE)
        self.frame = Frame(x - side / 2 * self.unit, y - side / 2 * self.unit, self.unit, side, side)
        image = QImage(side, side, QImage.Format.Format_RGB32)
        Painted.open([pack], theme, ratio=ratio).painter.paint(image, self.frame, zoom)
        self.pixels = pixels(image)[..., :3].astype(int)

    def at(self, x: float, y: float) -> tuple[int, ...]:
        """Blue, green, red at a place."""
        wx, wy = world_of(*place(x, y))
        return tuple(self.pixels[int((wy - self.frame.y0) / self.unit), int((wx - self.frame.x0) / self.unit)].tolist())

    def around(self, x: float, y: float, metres: float) -> NDArray[np.int64]:
        """All pixels of a square round a place, shape (n, 3)."""
        wx, wy = world_of(*place(x, y))
        reach = max(1, int(metres / metres_per_unit(CENTRE[1]) / self.unit))
        column, row = int((wx - self.frame.x0) / self.unit), int((wy - self.frame.y0) / self.unit)
        found: NDArray[np.int64] = self.pixels[row - reach:row + reach + 1, column - reach:column + reach + 1].reshape(-1, 3)
        return found

    def shows(self, colour: str, x: float, y: float, metres: float) -> bool:
        """Whether a colour is found near a place."""
        return bool((np.abs(self.around(x, y, metres) - bgr(colour)).max(1) <= 6).any())


@pytest.mark.parametrize("ratio", [1.0, 2.0])
@pytest.mark.parametrize("theme", MAP_THEMES)
def test_what_is_where(theme: str, ratio: float, town: Path) -> None:
    colours = map_style(theme).colours
    fill = {road: colours["road"][road]["fill"] for road in colours["road"]}
    probe = Probe(town, theme, 16.0, ratio)
    expected = {
        "land": ((-260, 480), colours["land"]), "water": ((0, -430), colours["water"]), "park": ((-490, 160), colours["green"]["PARK"]),
        "river": ((-400, -644.3), colours["water"]),
        "low house": ((70, 80), colours["building"][0]), "tall house": ((130, 80), colours["building"][1]), "tower": ((70, 160), colours["building"][2]),
        "arterial": ((-100, 0), fill["ARTERIAL"]), "expressway": ((200, 220), fill["EXPRESSWAY"]), "one-way": ((-200, 120), fill["LOCAL"]),
        "service": ((-550, -60), fill["SERVICE"]), "tunnel": ((-420, -200), mixed(fill["SECONDARY"], colours["land"], colours["tunnel"])),
        "bridge over arterial": ((200, 0), fill["EXPRESSWAY"]), "bridge over tunnel": ((200, -200), fill["EXPRESSWAY"]),
        "street over tunnel": ((-200, -200), fill["LOCAL"]), "arterial over local": ((-200, 0), fill["ARTERIAL"]),
        "elevated metro": ((450, 200), "#87ceeb"), "metro over bridge and street": ((450, 0), "#87ceeb"),
        "station": ((0, 450), colours["station"][0])}
    wrong = {what: (probe.at(*at), bgr(colour)) for what, (at, colour) in expected.items()
             if max(abs(a - b) for a, b in zip(probe.at(*at), bgr(colour), strict=True)) > 4}
    assert not wrong


@pytest.mark.parametrize("theme", MAP_THEMES)
def test_edges_dashes_and_rings(theme: str, town: Path) -> None:
    colours = map_style(theme).colours
    probe = Probe(town, theme, 16.0, 2.0)
    assert probe.shows(colours["road"]["ARTERIAL"]["casing"], -100, 0, 8)
    assert probe.shows(colours["bridge"], 200, 220, 9), "a bridge has an edge of its own"
    assert not probe.shows(colours["bridge"], -200, 220, 9)
    # across the crossing the edge of the bridge runs on and the casing of the street below stops
    assert probe.shows(colours["bridge"], 200, 0, 8)
    assert probe.shows(colours["rail"]["RAIL"], -100, 300, 8) and probe.shows(colours["rail_gap"], -100, 300, 8), "railways are striped"
    assert probe.shows("#e4002b", -400, 450, 12), "metro underground, in its own colour"
    row = [probe.at(x, 450) for x in np.arange(-500, -300, 1.0)]
    assert 0.5 < np.mean([max(abs(a - b) for a, b in zip(p, bgr("#e4002b"), strict=True)) <= 6 for p in row]) < 0.95, "in long dashes"
    row = [probe.at(-200 + 0.5, y) for y in np.arange(-500, -300, 1.0)]
    assert len(set(row)) == 1, "a street at the surface is not dashed"
    assert probe.shows("#e4002b", 0, 450, 8) and probe.shows(colours["station"][1], 450, 450, 8), "rings: one line, and where lines meet"


@pytest.mark.parametrize("theme", MAP_THEMES)
def test_arrows_come_when_close_and_point_along(theme: str, town: Path) -> None:
    arrow = bgr(map_style(theme).colours["arrow"])

    def rows(probe: Probe, x: float, low: float, high: float) -> NDArray[np.int64]:
        """Arrow pixels a row, from the south end of a stretch of street to the north."""
        widths = []
        for y in np.arange(low, high, 0.25):
            wx, wy = world_of(*place(x, float(y)))
            column, row = int((wx - probe.frame.x0) / probe.unit), int((wy - probe.frame.y0) / probe.unit)
            line = probe.pixels[row, column - 40:column + 40]
            widths.append(int((np.abs(line - arrow).max(1) <= 8).sum()))
        return np.array(widths)

    assert rows(Probe(town, theme, 16.0), -200, -560, -230).sum() == 0
    near = Probe(town, theme, 17.0, 2.0)
    for x, low, high, north in ((-200, -560, 560, True), (-300, -560, -280, False)):
        found = rows(near, x, low, high)
        assert found.sum() > 20
        first = np.flatnonzero(found)[0]
        one = found[first:first + np.flatnonzero(np.append(found[first:], 0) == 0)[0]]
        # the head is widest where the shaft begins, and narrows to its point
        widest = np.flatnonzero(one == one.max())
        south, point = one.max() - one[widest[0] - 1], one.max() - one[widest[-1] + 1]
        assert (south > point) == north and south != point, (x, one)
    assert rows(near, -550, -80, -40).sum() == 0, "no arrow where both ways are open"


@pytest.mark.parametrize("ratio", [1.0, 1.25, 2.0])
@pytest.mark.parametrize("theme", MAP_THEMES)
def test_tiles_fit_together_to_the_pixel(theme: str, ratio: float, town: Path, tiny_sample: str) -> None:
    sample = next((Path(tiny_sample) / "streets").glob("*.streets"))
    places = [(town, CENTRE, z) for z in (14.0, 16.25, 17.5)] + [(sample, (121.53, 31.21), z) for z in (10.5, 12.0, 13.25, 14.0, 15.75)]
    step = {"light": 2, "dark": 3, "briefing": 4, "contrast": 5}[theme]  # the geometry is the same in all styles
    monaco = SHARED / "data" / "monaco.osm.pbf"
    if monaco.exists() and ratio == 1.0:
        pack = town.with_name("monaco.streets")
        if not pack.exists():
            build_from_pbf(JobContext(), monaco, pack)
        places += [(pack, (7.4246, 43.7384), z) for z in (13.0, 15.0, 16.5)]
    for pack, lonlat, zoom in places[::count(step if ratio == 1.0 else step + 1, 1)]:
        scene = Painted.open([pack], theme, ratio=ratio)
        # four tiles whose common corner lies near the place
        column, row = (round(v / units_per_px(zoom) / TILE_PX) - 1 for v in world_of(*lonlat))
        whole, tiles = scene.whole(column, row, 2, zoom), scene.stitched(column, row, 2, zoom)
        # the rasteriser rounds lines that it clips otherwise: a pixel here and there by a tenth, never a run of them (a seam)
        difference = np.abs(whole.astype(int) - tiles).max(2)
        assert len(np.unique(whole.reshape(-1, 3), axis=0)) > 8
        wrong = np.argwhere(difference > 8)
        beside = (np.abs(wrong[:, None] - wrong[None]).max(2) <= 1).sum(1)
        assert len(wrong) <= 8 and difference.max() <= 32 and (beside <= 2).all(), (pack.stem, zoom, int(difference.max()), wrong[:9].tolist())


def test_overlapping_areas_stay_filled_and_holes_open(tmp_path: Path) -> None:
    """Two parks that overlap, in one path, are park all over; an island in a lake is land."""
    from pm_desktop.streets.classes import GreenClass, WaterClass
    from pm_desktop.streets.pack import build_pack
    from pm_desktop.streets.source import PolygonSet, StreetSource

    def rings(*boxes: tuple[float, float, float, float]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        corners = [[place(*p) for p in ((a, b), (c, b), (c, d), (a, d), (a, b))] for a, b, c, d in boxes]
        return np.array(corners, float).reshape(-1, 2), np.arange(len(boxes) + 1) * 5

    source = StreetSource((121.5, 31.19, 121.54, 31.21), "made", "")
    xy, part = rings((-300, 0, 0, 300), (-100, 100, 200, 400))
    none = np.full(2, -1, np.int32)
    source.green = PolygonSet(xy, part, np.arange(3), np.full(2, GreenClass.PARK, np.uint8), none, np.zeros(2, np.uint8))
    xy, part = rings((-300, -400, 300, -100), (-50, -300, 50, -200))
    source.water = PolygonSet(xy, part, np.array([0, 2]), np.full(1, WaterClass.LAKE, np.uint8), none[:1], np.zeros(1, np.uint8))
    build_pack(JobContext(), source, tmp_path / "made.streets")
    colours = map_style("light").colours
    probe = Probe(tmp_path / "made.streets", "light", 15.0)
    for at in ((-200, 50), (-50, 200), (100, 300)):
        assert probe.at(*at) == bgr(colours["green"]["PARK"]), at
    assert probe.at(-200, -250) == bgr(colours["water"]) and probe.at(0, -250) == bgr(colours["land"])
