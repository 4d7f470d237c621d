"""Names of a street pack, in the order in which a printed map gives them room: places, main roads, stations, then the
names of layers, and last the lesser roads, waters, parks, points and house numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from pm_desktop.cartography.labels import CELL_PX, Labeller, cells, thinned
from pm_desktop.cartography.sprites import Look, block_size, is_latin
from pm_desktop.cartography.streetsigns import station_radius
from pm_desktop.cartography.style import at_zoom
from pm_desktop.streets.classes import AreaKind, PlaceClass, PoiClass, RoadClass, StationClass
from pm_desktop.streets.pack import StreetPack

# class: first zoom, size at zoom stops, letter spacing in em, gap between two names in px
_ROAD: dict[RoadClass, tuple[float, list[tuple[float, float]], float, float]] = {
    RoadClass.EXPRESSWAY: (11.0, [(11, 11), (14, 12.5), (17, 14)], 0.12, 520),
    RoadClass.ARTERIAL: (12.25, [(12, 11), (15, 12.5), (17, 14)], 0.16, 460),
    RoadClass.SECONDARY: (13.5, [(13, 11), (15, 11.5), (17, 13)], 0.10, 420),
    RoadClass.LOCAL: (14.75, [(14, 10.5), (16, 11), (18, 13)], 0.04, 380),
    RoadClass.SERVICE: (16.5, [(16, 10), (18, 12)], 0.0, 360),
    RoadClass.PATH: (16.5, [(16, 10), (18, 11.5)], 0.0, 360)}
_MAIN = (RoadClass.EXPRESSWAY, RoadClass.ARTERIAL)
# kind, zooms shown, size at zoom stops, bold, letter spacing
_PLACE: dict[PlaceClass, tuple[str, float, float, list[tuple[float, float]], bool, float]] = {
    PlaceClass.DISTRICT: ("district", 0, 12.5, [(8, 14), (12, 19)], True, 0.35),
    PlaceClass.TOWN: ("place", 9.5, 16.0, [(10, 11.5), (12, 13.5), (14, 16), (15.5, 17)], True, 0.08),
    PlaceClass.NEIGHBOURHOOD: ("neighbourhood", 13.25, 16.5, [(13, 11), (15, 13)], False, 0.10)}
_POI: dict[PoiClass, tuple[str, float]] = {
    PoiClass.PARK: ("park", 14.75), PoiClass.HOSPITAL: ("hospital", 14.75), PoiClass.SCHOOL: ("school", 15.5), PoiClass.OFFICE: ("poi", 16.0),
    PoiClass.SHOP: ("shop", 16.25), PoiClass.OTHER: ("poi", 16.5)}
_AROUND = ((0.0, 0.0), (0.0, 20.0), (0.0, -20.0), (0.0, 36.0), (0.0, -36.0))


def label_first(labeller: Labeller, pack: StreetPack) -> None:
    """What comes before the names of layers: places, main roads, stations."""
    _places(labeller, pack)
    stations = _stations_in(labeller, pack)
    _keep_off_stations(labeller, pack, stations)
    _roads(labeller, pack, _MAIN)
    _stations(labeller, pack, stations)


def label_rest(labeller: Labeller, pack: StreetPack) -> None:
    """What comes after them: waters, metro lines, lesser roads, parks, points, house numbers."""
    _waterways(labeller, pack)
    _areas(labeller, pack, AreaKind.WATER, "water", 9.0)
    _metro(labeller, pack)
    _roads(labeller, pack, tuple(road for road in RoadClass if road in _ROAD and road not in _MAIN))
    _areas(labeller, pack, AreaKind.GREEN, "park", 13.5)
    _pois(labeller, pack)
    _houses(labeller, pack)


def _inside(labeller: Labeller, pack: StreetPack, theme: str) -> NDArray[np.int64]:
    """Named points of a theme in the box, most important first."""
    if f"{theme}/xy" not in pack.arrays:
        return np.zeros(0, np.int64)
    xy, name, rank = (pack.arrays[f"{theme}/{key}"] for key in ("xy", "name", "rank"))
    x0, y0, x1, y1 = labeller.box
    found = np.flatnonzero((xy[:, 0] >= x0) & (xy[:, 0] <= x1) & (xy[:, 1] >= y0) & (xy[:, 1] <= y1) & (name >= 0))
    ordered: NDArray[np.int64] = found[np.lexsort((found, rank[found]))]
    return ordered


def _later(labeller: Labeller, zoom: float) -> float:
    """First zoom of a lesser name in this style: a quiet one shows fewer."""
    return zoom + labeller.style.label_delay


def _places(labeller: Labeller, pack: StreetPack) -> None:
    found = _inside(labeller, pack, "place")
    cls, xy, name = (pack.arrays[f"place/{key}"] for key in ("cls", "xy", "name"))
    for place, (kind, low, high, sizes, bold, spacing) in _PLACE.items():
        if not low <= labeller.zoom < high:
            continue
        latin = labeller.lang == "en"
        look = labeller.look(kind, at_zoom(sizes, labeller.zoom), bold=bold, spacing=spacing / 2 if latin else spacing)
        chosen = found[cls[found] == place]
        if place == PlaceClass.NEIGHBOURHOOD:
            chosen = thinned(xy, chosen, 90 * labeller.unit, 2)
        for i in chosen.tolist():
            labeller.point(float(xy[i, 0]), float(xy[i, 1]), pack.name(int(name[i]), labeller.lang), look, kind, shifts=_AROUND,
                           must=place != PlaceClass.NEIGHBOURHOOD, wrap=latin)


def _stations_in(labeller: Labeller, pack: StreetPack) -> NDArray[np.int64]:
    return _inside(labeller, pack, "station") if labeller.zoom >= 11.5 else np.zeros(0, np.int64)


def _keep_off_stations(labeller: Labeller, pack: StreetPack, stations: NDArray[np.int64]) -> None:
    xy, cls = pack.arrays["station/xy"], pack.arrays["station/cls"]
    for i in stations.tolist():
        half = station_radius(labeller.zoom, int(cls[i])) + 1
        x, y = float(xy[i, 0]) / labeller.unit, float(xy[i, 1]) / labeller.unit
        labeller.taken.block(cells(x - half, y - half, x + half, y + half))


def _stations(labeller: Labeller, pack: StreetPack, stations: NDArray[np.int64]) -> None:
    xy, name, cls = (pack.arrays[f"station/{key}"] for key in ("xy", "name", "cls"))
    size = at_zoom([(12, 10), (14, 11.5), (17, 13)], labeller.zoom)
    for i in stations.tolist():
        main = int(cls[i]) == StationClass.INTERCHANGE
        if labeller.zoom < (12.25 if main else 13.0):
            continue
        look = labeller.look("station", size, bold=main)
        away = station_radius(labeller.zoom, int(cls[i])) + 1 + CELL_PX
        side = look.line_height / 2 + away
        labeller.point(float(xy[i, 0]), float(xy[i, 1]), pack.name(int(name[i]), labeller.lang), look, "station", apart=200.0, wrap=False,
                       shifts=((0.0, side), (0.0, -side), (1.0, 0.0, away), (-1.0, 0.0, -away)))


def _lines(labeller: Labeller, pack: StreetPack, theme: str) -> tuple[NDArray[Any], int]:
    level = pack.level_for(labeller.zoom)
    return pack.features_in(level, theme, labeller.box), level


def _geometry(pack: StreetPack, level: int, theme: str, feature: int) -> NDArray[Any]:
    part = pack.array(level, theme, "part")
    line: NDArray[Any] = pack.array(level, theme, "xy")[int(part[feature]):int(part[feature + 1])]
    return line


def _roads(labeller: Labeller, pack: StreetPack, classes: tuple[RoadClass, ...]) -> None:
    index, level = _lines(labeller, pack, "roadname")
    if len(index) == 0:
        return
    cls, name, ref = (pack.array(level, "roadname", key)[index] for key in ("cls", "name", "ref"))
    bbox = pack.array(level, "roadname", "bbox")[index].astype(float)
    extent = np.hypot(bbox[:, 2] - bbox[:, 0], bbox[:, 3] - bbox[:, 1]) / labeller.unit
    delay = {road: 0.0 if road in _MAIN else labeller.style.label_delay for road in RoadClass}
    from_zoom = np.array([_ROAD[road][0] + delay[road] if road in _ROAD else 99.0 for road in RoadClass])
    wanted = np.flatnonzero((extent > 40) & (labeller.zoom >= from_zoom[cls]) & np.isin(cls, [int(c) for c in classes]))
    looks = {road: (_road_look(labeller, road, latin=False), _road_look(labeller, road, latin=True)) for road in classes}
    for k in wanted[np.lexsort((index[wanted], -extent[wanted].round(-1), cls[wanted]))].tolist():
        road, feature = RoadClass(int(cls[k])), int(index[k])
        text, number = pack.name(int(name[k]), labeller.lang), pack.name(int(ref[k])) if ref[k] >= 0 else ""
        line = _geometry(pack, level, "roadname", feature)
        gap = _ROAD[road][3]
        if number and road in _MAIN:
            _shields(labeller, line, number, road, gap)
        if text and text != number:
            latin = is_latin(text)
            labeller.along((id(pack), level, "roadname", feature), line, text, looks[road][latin], "road", gap=gap, apart=gap * 0.52, level=not latin)


def _road_look(labeller: Labeller, road: RoadClass, *, latin: bool) -> Look:
    _, sizes, spacing, _ = _ROAD[road]
    return labeller.look("motorway" if road == RoadClass.EXPRESSWAY else "road", at_zoom(sizes, labeller.zoom),
                         spacing=0.02 if latin else spacing, bold=road in _MAIN and labeller.zoom >= 14)


def _shields(labeller: Labeller, line: NDArray[Any], number: str, road: RoadClass, gap: float) -> None:
    """Numbers of main roads on plates, between the names."""
    pixels = line / labeller.unit
    along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(pixels, axis=0).T))])
    count = int(along[-1] // (gap * 0.9))
    ink, plate = labeller.style.shield(road.name)
    look = Look(labeller.size(10.0), ink, None, True, plate=plate)
    for k in range(count):
        at = (k + 0.08) / max(count, 1) * along[-1] + 20
        x, y = (float(np.interp(at, along, pixels[:, i])) for i in (0, 1))
        if labeller.box[0] < x * labeller.unit < labeller.box[2] and labeller.box[1] < y * labeller.unit < labeller.box[3]:
            labeller.point(x * labeller.unit, y * labeller.unit, number, look, "shield", apart=gap * 0.6, wrap=False)


def _waterways(labeller: Labeller, pack: StreetPack) -> None:
    index, level = _lines(labeller, pack, "waterway")
    if labeller.zoom < 11.5 or len(index) == 0:
        return
    name, cls = (pack.array(level, "waterway", key)[index] for key in ("name", "cls"))
    for k in np.lexsort((index, cls)).tolist():
        if name[k] < 0:
            continue
        text = pack.name(int(name[k]), labeller.lang)
        wide = cls[k] <= 1
        look = labeller.look("water", at_zoom([(11, 11.5), (14, 14), (17, 17)] if wide else [(12, 10.5), (16, 13)], labeller.zoom),
                             spacing=(0.9 if wide else 0.35) if not is_latin(text) else 0.12, slant=_lean(text))
        labeller.along((id(pack), level, "waterway", int(index[k])), _geometry(pack, level, "waterway", int(index[k])), text, look, "water",
                       gap=620.0, apart=300.0)


def _lean(text: str) -> float:
    """Names of waters lean: to the left in Chinese, as the national map standard has it, to the right in Latin letters."""
    return 0.2 if is_latin(text) else -0.2


def _metro(labeller: Labeller, pack: StreetPack) -> None:
    index, level = _lines(labeller, pack, "railname")
    if labeller.zoom < 12.5 or len(index) == 0:
        return
    name, colour = (pack.array(level, "railname", key)[index] for key in ("name", "colour"))
    size = at_zoom([(12, 10.5), (15, 12)], labeller.zoom)
    for k in range(len(index)):
        text = pack.name(int(name[k]), labeller.lang)
        halo = labeller.style.label("station")[1]
        look = Look(labeller.size(size), readable(int(colour[k]), labeller.style.is_dark, halo), halo, True)
        labeller.along((id(pack), level, "railname", int(index[k])), _geometry(pack, level, "railname", int(index[k])), text, look, "metro",
                       gap=640.0, apart=400.0, level=not is_latin(text))


def readable(colour: int, dark: bool, plain: str) -> str:
    """A line's own colour as ink: darker on light maps, lighter on dark ones, until it reads."""
    made = QColor(f"#{colour:06x}") if colour else QColor("#7d7d87")
    h, s, v = made.hsvHueF(), made.hsvSaturationF(), made.valueF()
    lightness = 0.2126 * made.redF() + 0.7152 * made.greenF() + 0.0722 * made.blueF()
    if dark:
        return QColor.fromHsvF(h, min(s, 0.55), max(v, 0.9)).name()
    return QColor.fromHsvF(h, min(1.0, s * 1.1), v * min(1.0, 0.42 / max(lightness, 0.01))).name()


def _areas(labeller: Labeller, pack: StreetPack, kind: AreaKind, label: str, from_zoom: float) -> None:
    found = _inside(labeller, pack, "area")
    if labeller.zoom < from_zoom or len(found) == 0:
        return
    cls, xy, name, room = (pack.arrays[f"area/{key}"] for key in ("cls", "xy", "name", "room"))
    low = 10.5
    for i in thinned(xy, found[cls[found] == kind], 80 * labeller.unit, 3).tolist():
        half_w, half_h = (room[i] / labeller.unit).tolist()
        text = pack.name(int(name[i]), labeller.lang)
        water = kind == AreaKind.WATER
        # the largest size that fits inside, up to one that befits its rank
        for size in (18.0, 15.0, 13.0, 11.5, low):
            if size > min(18.0, 9.0 + half_h * 0.22):
                continue
            look = labeller.look(label, size, spacing=0.25 if water and not is_latin(text) else 0.04, slant=_lean(text) if water else 0.0)
            width, height = block_size(text, look)
            if width <= 2 * half_w and height <= 2 * half_h + 4:
                labeller.point(float(xy[i, 0]), float(xy[i, 1]), text, look, label, apart=260.0, wrap=False)
                break


def _pois(labeller: Labeller, pack: StreetPack) -> None:
    if labeller.zoom < _later(labeller, 14.75):
        return
    found = _inside(labeller, pack, "poi")
    cls, xy, name = (pack.arrays[f"poi/{key}"] for key in ("cls", "xy", "name"))
    for i in thinned(xy, found, 64 * labeller.unit, 3).tolist():
        kind, low = _POI.get(PoiClass(int(cls[i])), ("poi", 16.5))
        if labeller.zoom >= _later(labeller, low):
            look = labeller.look(kind, 11.0, dot=labeller.style.label(kind)[0])
            labeller.point(float(xy[i, 0]), float(xy[i, 1]), pack.name(int(name[i]), labeller.lang), look, kind, apart=160.0)


def _houses(labeller: Labeller, pack: StreetPack) -> None:
    if labeller.zoom < 17.25:
        return
    found = _inside(labeller, pack, "house")
    xy, name = (pack.arrays[f"house/{key}"] for key in ("xy", "name"))
    look = labeller.look("house", 10.0)
    for i in thinned(xy, found, 24 * labeller.unit, 2).tolist():
        labeller.point(float(xy[i, 0]), float(xy[i, 1]), pack.name(int(name[i])), look, "house", apart=24.0, wrap=False)
