"""Street packs from ``.osm.pbf`` files, clipped in bounded memory.

With a clip only features with a node inside are kept, whole; out of a large file the piece is cut first
(`streets.pbfcut`). Node positions are kept on disk once there are many.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from pm_desktop.base import crs, paths
from pm_desktop.base.errors import InputRefused, Where
from pm_desktop.base.jobs import JobContext
from pm_desktop.base.label import Label
from pm_desktop.streets.classes import GreenClass, PlaceClass, PoiClass, RailClass, RoadClass, RoadFlag, WaterClass
from pm_desktop.streets.pack import build_pack
from pm_desktop.streets.pbfcut import CUT_SHARE, UncommonPacking, cut_pbf
from pm_desktop.streets.source import LineSet, PointSet, PolygonSet, StreetSource

ATTRIBUTION = "© OpenStreetMap contributors (ODbL)"
# from here on a file is cut before it is read, and node positions are kept on disk
BIG_BYTES = 16 * 2**20
READ_SHARE = 0.6
SEA_MARGIN_DEG = 0.04
Clip = Any

ROADS = {"motorway": RoadClass.EXPRESSWAY, "trunk": RoadClass.EXPRESSWAY, "motorway_link": RoadClass.EXPRESSWAY_LINK,
         "trunk_link": RoadClass.EXPRESSWAY_LINK, "primary": RoadClass.ARTERIAL, "primary_link": RoadClass.ARTERIAL,
         "secondary": RoadClass.SECONDARY, "secondary_link": RoadClass.SECONDARY, "tertiary": RoadClass.LOCAL, "tertiary_link": RoadClass.LOCAL,
         "unclassified": RoadClass.LOCAL, "residential": RoadClass.LOCAL, "living_street": RoadClass.LOCAL, "road": RoadClass.LOCAL,
         "service": RoadClass.SERVICE, "track": RoadClass.SERVICE, "pedestrian": RoadClass.PATH, "footway": RoadClass.PATH, "path": RoadClass.PATH,
         "cycleway": RoadClass.PATH, "steps": RoadClass.PATH, "bridleway": RoadClass.PATH}
RAILS = {"subway": RailClass.METRO, "light_rail": RailClass.METRO, "monorail": RailClass.METRO, "rail": RailClass.RAIL, "narrow_gauge": RailClass.RAIL,
         "tram": RailClass.TRAM}
GREENS = {("leisure", "park"): GreenClass.PARK, ("leisure", "garden"): GreenClass.PARK, ("leisure", "nature_reserve"): GreenClass.PARK,
          ("leisure", "pitch"): GreenClass.SPORT, ("leisure", "stadium"): GreenClass.SPORT, ("leisure", "golf_course"): GreenClass.GRASS,
          ("landuse", "grass"): GreenClass.GRASS, ("landuse", "meadow"): GreenClass.GRASS, ("landuse", "recreation_ground"): GreenClass.PARK,
          ("landuse", "forest"): GreenClass.WOOD, ("natural", "wood"): GreenClass.WOOD, ("natural", "scrub"): GreenClass.GRASS,
          ("landuse", "farmland"): GreenClass.FARMLAND, ("landuse", "orchard"): GreenClass.FARMLAND, ("landuse", "residential"): GreenClass.BLOCK,
          ("landuse", "commercial"): GreenClass.BLOCK, ("landuse", "industrial"): GreenClass.BLOCK, ("landuse", "retail"): GreenClass.BLOCK}
WATERWAYS = {"river": WaterClass.RIVER, "canal": WaterClass.CANAL, "stream": WaterClass.STREAM, "drain": WaterClass.STREAM, "ditch": WaterClass.STREAM}
POIS = {"school": PoiClass.SCHOOL, "university": PoiClass.SCHOOL, "hospital": PoiClass.HOSPITAL, "clinic": PoiClass.HOSPITAL}
KEYS = ("highway", "railway", "building", "building:part", "waterway", "natural", "landuse", "leisure", "place", "amenity", "shop", "boundary",
        "addr:housenumber", "tourism", "public_transport")


def build_from_pbf(ctx: JobContext, pbf: Path, out: Path, *, clip: str | Path | None = None) -> dict[str, Any]:
    """Build the street pack of an OSM file; a job.

    Parameters
    ----------
    clip : str or Path, optional
        ``west,south,east,north`` in degrees, or a file with areas.

    Returns
    -------
    dict
        As `build_pack`.

    Raises
    ------
    InputRefused
        The file is no ``.osm.pbf``, is cut short, or holds nothing inside the clip; nothing is written.
    """
    import osmium

    pbf, out = Path(pbf), Path(out)
    _check(pbf)
    area = _clip(clip)
    reader = _Reader(area)
    try:
        with tempfile.TemporaryDirectory(prefix=f"{os.getpid()}-", dir=_scratch()) as folder:
            for done, item in _objects(ctx, pbf, area, Path(folder)):
                reader.take(item)
                if done is not None:
                    ctx.progress(READ_SHARE * done, "streets.read")
    except UncommonPacking as error:
        raise InputRefused("pbf_uncommon", Label("这个 .osm.pbf 的压缩方式不常见，无法裁剪", f"this .osm.pbf cannot be clipped: {error}"),
                           Label("请用 osmium cat 另存后再试", "write it anew with osmium cat"), Where(file=str(pbf))) from error
    except (RuntimeError, osmium.InvalidLocationError, ValueError) as error:
        raise _broken(pbf, error) from error
    source = reader.source(f"{pbf.name}")
    if not len(source.roads.cls) and not len(source.buildings.cls) and not len(source.water.cls):
        raise InputRefused("nothing_inside", Label("文件（或裁剪范围内）没有道路、建筑或水面", "no streets, buildings or water in the file or its clip"),
                           Label("请检查裁剪范围", "check the clip"), Where(file=str(pbf)))
    ctx.progress(0.65, "streets.pack")
    return build_pack(ctx, source, out)


def _scratch() -> Path:
    """Folder of files that live as long as a build; what killed builds left there is removed."""
    import psutil

    folder = paths.cache_dir() / "streets-build"
    folder.mkdir(exist_ok=True)
    for left in folder.iterdir():
        if not psutil.pid_exists(int(left.name.split("-")[0])):
            shutil.rmtree(left, ignore_errors=True)
    return folder


def _check(pbf: Path) -> None:
    if not pbf.is_file():
        raise InputRefused("file_missing", Label("不是文件或文件不存在", "not a file, or missing"), Label("请检查路径", "check the path"), Where(file=str(pbf)))
    with open(pbf, "rb") as stream:
        head = stream.read(64)
    if b"OSMHeader" not in head:
        raise _broken(pbf, ValueError("no OSMHeader"))


def _broken(pbf: Path, error: Exception) -> InputRefused:
    return InputRefused("pbf_unreadable", Label("不是完整的 .osm.pbf 文件，可能被截断", f"no whole .osm.pbf file: {error}"),
                        Label("请重新下载或复制", "download or copy it again"), Where(file=str(pbf)))


def _clip(clip: str | Path | None) -> Clip:
    """Prepared shapely area of a clip, or None."""
    import shapely

    if clip is None:
        return None
    numbers = re.fullmatch(r"\s*([-\d.]+),([-\d.]+),([-\d.]+),([-\d.]+)\s*", str(clip))
    if numbers:
        west, south, east, north = (float(n) for n in numbers.groups())
        if not (west < east and south < north):
            raise InputRefused("clip_wrong", Label("裁剪范围应为 西,南,东,北", "the clip must be west,south,east,north"),
                               Label("例如 121.4,30.8,122.0,31.4", "e.g. 121.4,30.8,122.0,31.4"))
        area = shapely.box(west, south, east, north)
    else:
        area = _areas_of(Path(clip))
    shapely.prepare(area)
    return area


def _areas_of(file: Path) -> Any:
    """Areas of a file in degrees, in whatever coordinate system it states; none stated means degrees."""
    import pyogrio
    import shapely
    from pyogrio.errors import DataSourceError

    try:
        meta, _, geometry, _ = pyogrio.raw.read(str(file), columns=[], force_2d=True)
        found = shapely.from_wkb(geometry)
    except (DataSourceError, ValueError, TypeError, shapely.errors.GEOSException) as error:
        raise _no_clip(file, "clip_unreadable", "裁剪范围文件无法读取", "the clip file cannot be read") from error
    areas = found[np.isin(shapely.get_type_id(found), (3, 6)) & ~shapely.is_empty(found)]
    if not len(areas):
        raise _no_clip(file, "clip_empty", "裁剪范围文件里没有面", "there is no area in the clip file")
    if meta["crs"] and meta["crs"].upper().startswith("EPSG:"):
        areas = shapely.transform(areas, lambda xy: np.stack(crs.convert(xy[:, 0], xy[:, 1], meta["crs"]), axis=1))
    return shapely.union_all(shapely.make_valid(areas))


def _no_clip(file: Path, code: str, zh: str, en: str) -> InputRefused:
    return InputRefused(code, Label(zh, en), Label("请给出面文件或 西,南,东,北", "give an area file or west,south,east,north"), Where(file=str(file)))


def _objects(ctx: JobContext, pbf: Path, area: Clip, folder: Path) -> Iterator[tuple[float | None, Any]]:
    """Nodes, ways (with positions) and areas worth drawing, with the share of the work done now and then."""
    import osmium

    size = os.path.getsize(pbf)
    source, begin = pbf, 0.0
    if area is not None and size > BIG_BYTES:
        source, begin = folder / "cut.osm.pbf", CUT_SHARE / READ_SHARE
        cut_pbf(ctx, pbf, area.bounds, source)
        size = os.path.getsize(source)
    storage = "flex_mem" if size < BIG_BYTES else f"sparse_file_array,{folder / 'nodes'}"
    processor = (osmium.FileProcessor(str(source)).with_locations(storage).with_areas(osmium.filter.KeyFilter("building", "natural", "landuse", "leisure",
                                                                                                           "waterway", "amenity"))
                 .with_filter(osmium.filter.KeyFilter(*KEYS)))
    for count, item in enumerate(processor):
        yield (begin + (1 - begin) * (1 - 1 / (1 + count / 300_000)) if count % 4_000 == 0 else None), item


class _Lines:
    def __init__(self) -> None:
        self.xy = array("d")
        self.part, self.cls, self.name, self.flags, self.layer, self.colour, self.ref = [0], [], [], [], [], [], []  # type: ignore[var-annotated]

    def add(self, xy: list[float], cls: int, name: int, flags: int = 0, layer: int = 0, colour: int = 0, ref: int = -1) -> None:
        self.xy.extend(xy)
        self.part.append(len(self.xy) // 2)
        for column, value in zip((self.cls, self.name, self.flags, self.layer, self.colour, self.ref), (cls, name, flags, layer, colour, ref), strict=True):
            column.append(value)

    def done(self) -> LineSet:
        return LineSet(np.array(self.xy, float).reshape(-1, 2), np.array(self.part, np.int64), np.array(self.cls, np.uint8), np.array(self.name, np.int32),
                       np.array(self.flags, np.uint8), np.array(self.layer, np.int8), np.array(self.colour, np.uint32), np.array(self.ref, np.int32))


class _Areas:
    def __init__(self) -> None:
        self.xy = array("d")
        self.part, self.feat, self.cls, self.name, self.levels = [0], [0], [], [], []  # type: ignore[var-annotated]

    def add(self, rings: list[list[float]], cls: int, name: int, levels: int = 0) -> None:
        for ring in rings:
            self.xy.extend(ring)
            self.part.append(len(self.xy) // 2)
        self.feat.append(len(self.part) - 1)
        self.cls.append(cls)
        self.name.append(name)
        self.levels.append(levels)

    def done(self) -> PolygonSet:
        return PolygonSet(np.array(self.xy, float).reshape(-1, 2), np.array(self.part, np.int64), np.array(self.feat, np.int64), np.array(self.cls, np.uint8),
                          np.array(self.name, np.int32), np.array(self.levels, np.uint8))


class _Points:
    def __init__(self) -> None:
        self.rows: list[tuple[float, float, int, int, int]] = []

    def add(self, lon: float, lat: float, cls: int, name: int, rank: int = 0) -> None:
        self.rows.append((lon, lat, cls, name, rank))

    def done(self) -> PointSet:
        rows = np.array(self.rows, float).reshape(-1, 5)
        return PointSet(rows[:, :2], rows[:, 2].astype(np.uint8), rows[:, 3].astype(np.int32), rows[:, 4].astype(np.uint8))


class _Reader:
    """Sorts OSM objects into the themes of a `StreetSource`."""

    def __init__(self, area: Clip) -> None:
        self._area = area
        self._bounds = area.bounds if area is not None else (-180.0, -90.0, 180.0, 90.0)
        self._is_box = area is not None and area.equals(area.envelope)
        self.names: list[str] = []
        self.names_en: list[str] = []
        self._number: dict[tuple[str, str], int] = {}
        self.roads, self.rails, self.waterways = _Lines(), _Lines(), _Lines()
        self.water, self.green, self.buildings = _Areas(), _Areas(), _Areas()
        self.places, self.stations, self.pois, self.houses = _Points(), _Points(), _Points(), _Points()
        self.coast: list[list[float]] = []

    def take(self, item: Any) -> None:
        """Sort in one object."""
        tags = item.tags
        if item.is_node():
            if item.location.valid() and self._inside([item.lon, item.lat]):
                self._node(item.lon, item.lat, tags)
        elif item.is_way():
            self._way(item, tags)
        elif item.is_area():
            self._area_of(item, tags)

    def _inside(self, xy: list[float]) -> bool:
        if self._area is None:
            return True
        west, south, east, north = self._bounds
        near = [c for x, y in zip(xy[::2], xy[1::2], strict=True) if west <= x <= east and south <= y <= north for c in (x, y)]
        if self._is_box or not near:
            return bool(near)
        import shapely

        flat = np.array(near).reshape(-1, 2)
        return bool(shapely.contains_xy(self._area, flat[:, 0], flat[:, 1]).any())

    def name(self, tags: Any) -> int:
        """Number of an object's name; -1 without one."""
        chinese = tags.get("name:zh") or tags.get("name") or tags.get("ref")
        if not chinese:
            return -1
        key = (chinese, tags.get("name:en") or "")
        if key not in self._number:
            self._number[key] = len(self.names)
            self.names.append(key[0])
            self.names_en.append(key[1])
        return self._number[key]

    def _node(self, lon: float, lat: float, tags: Any) -> None:
        name = self.name(tags)
        if "addr:housenumber" in tags:
            self.houses.add(lon, lat, 0, self._text(tags["addr:housenumber"]))
        if name < 0:
            return
        place = tags.get("place")
        if place:
            cls = PlaceClass.DISTRICT if place in ("city", "county") else PlaceClass.TOWN if place in ("town", "suburb", "borough") else PlaceClass.NEIGHBOURHOOD
            self.places.add(lon, lat, cls, name, int(cls))
        elif tags.get("railway") in ("station", "halt", "tram_stop") or tags.get("public_transport") == "station":
            self.stations.add(lon, lat, 0, name)
        elif "amenity" in tags or "shop" in tags or "tourism" in tags or "leisure" in tags:
            self.pois.add(lon, lat, self._poi(tags), name, 2)

    def _ref(self, tags: Any) -> int:
        """Number of the road, as a name; the first where it has several."""
        ref = (tags.get("ref") or "").split(";")[0].strip()
        return self._text(ref) if ref and len(ref) <= 8 else -1

    def _text(self, text: str) -> int:
        if (text, "") not in self._number:
            self._number[text, ""] = len(self.names)
            self.names.append(text)
            self.names_en.append("")
        return self._number[text, ""]

    def _poi(self, tags: Any) -> int:
        if tags.get("leisure") == "park":
            return PoiClass.PARK
        return POIS.get(tags.get("amenity", ""), PoiClass.SHOP if "shop" in tags else PoiClass.OTHER)

    def _way(self, way: Any, tags: Any) -> None:
        highway, railway, waterway = tags.get("highway"), tags.get("railway"), tags.get("waterway")
        coast = tags.get("natural") == "coastline"
        if not (highway in ROADS or railway in RAILS or waterway in WATERWAYS or coast):
            return
        xy = _positions(way.nodes)
        if len(xy) < 4 or not self._inside(xy):
            return
        layer = _integer(tags.get("layer"), -5, 5)
        flags = _flags(tags)
        if highway in ROADS and tags.get("area") != "yes":
            self.roads.add(xy, ROADS[highway], self.name(tags), flags, layer, ref=self._ref(tags))
        elif railway in RAILS:
            self.rails.add(xy, RAILS[railway], self.name(tags), flags, layer, _colour(tags.get("colour") or tags.get("color")))
        elif waterway in WATERWAYS:
            self.waterways.add(xy, WATERWAYS[waterway], self.name(tags))
        elif coast:
            self.coast.append(xy)

    def _area_of(self, area: Any, tags: Any) -> None:
        building = "building" in tags and tags["building"] != "no"
        water = tags.get("natural") == "water" or tags.get("waterway") in ("riverbank", "dock") or tags.get("landuse") in ("reservoir", "basin")
        green = next((GREENS[k, v] for k in ("leisure", "landuse", "natural") if (v := tags.get(k)) and (k, v) in GREENS), None)
        if not (building or water or green is not None):
            return
        rings = [_positions(ring) for outer in area.outer_rings() for ring in (outer, *area.inner_rings(outer))]
        rings = [r for r in rings if len(r) >= 8]
        if not rings or not self._inside(rings[0]):
            return
        name = self.name(tags)
        if building:
            self.buildings.add(rings, 0, -1, _integer(tags.get("building:levels"), 0, 255))
            if "addr:housenumber" in tags:
                self.houses.add(*_middle(rings[0]), 0, self._text(tags["addr:housenumber"]))
        elif water:
            kind = WaterClass.RIVER if tags.get("water") == "river" or tags.get("waterway") == "riverbank" else WaterClass.LAKE
            self.water.add(rings, kind, name)
        elif green is not None:
            self.green.add(rings, green, name)
        if name >= 0 and not water and (building or green == GreenClass.PARK):
            self.pois.add(*_middle(rings[0]), PoiClass.PARK if green == GreenClass.PARK else PoiClass.OTHER, name, 1 if green == GreenClass.PARK else 3)

    def source(self, file: str) -> StreetSource:
        """Everything sorted in."""
        sets: dict[str, Any] = {"roads": self.roads.done(), "rails": self.rails.done(), "waterways": self.waterways.done(), "green": self.green.done(),
                "buildings": self.buildings.done()}
        known = [s.xy for s in sets.values() if len(s.xy)]
        low = np.min([x.min(0) for x in known], axis=0) if known else np.zeros(2)
        high = np.max([x.max(0) for x in known], axis=0) if known else np.zeros(2)
        bounds = tuple(self._area.bounds) if self._area is not None else (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
        for ring in _sea(self.coast, bounds if self._area is not None else _wider(bounds)):
            self.water.add(ring, WaterClass.SEA, -1)
        return StreetSource(bounds, file, ATTRIBUTION, False, self.names, self.names_en, water=self.water.done(), places=self.places.done(),
                            stations=self.stations.done(), pois=self.pois.done(), houses=self.houses.done(), **sets)


def _wider(bounds: tuple[float, ...]) -> tuple[float, float, float, float]:
    """A frame round a whole file: its sea reaches beyond its last street."""
    west, south, east, north = bounds
    return west - SEA_MARGIN_DEG, south - SEA_MARGIN_DEG, east + SEA_MARGIN_DEG, north + SEA_MARGIN_DEG


def _positions(nodes: Any) -> list[float]:
    """Degrees lon, lat, lon, lat … of the nodes that the file holds."""
    return [c for n in nodes if (at := n.location).valid() for c in (at.lon, at.lat)]


def _flags(tags: Any) -> int:
    flags = 0
    if tags.get("bridge", "no") != "no":
        flags |= RoadFlag.BRIDGE
    if tags.get("tunnel", "no") != "no" or tags.get("location") == "underground":
        flags |= RoadFlag.TUNNEL
    oneway = tags.get("oneway")
    if oneway == "-1":
        flags |= RoadFlag.ONEWAY_REVERSE
    elif oneway in ("yes", "true", "1") or (oneway is None and (tags.get("junction") == "roundabout" or tags.get("highway") in ("motorway", "motorway_link"))):
        flags |= RoadFlag.ONEWAY
    return flags


def _integer(text: str | None, low: int, high: int) -> int:
    try:
        return min(max(int(float(text or 0)), low), high)
    except ValueError:
        return 0


def _colour(text: str | None) -> int:
    return int(text[1:], 16) if text and re.fullmatch(r"#[0-9A-Fa-f]{6}", text) else 0


def _middle(ring: list[float]) -> tuple[float, float]:
    xy = np.array(ring).reshape(-1, 2)
    return float(xy[:, 0].mean()), float(xy[:, 1].mean())


def _sea(coast: list[list[float]], bounds: tuple[float, float, float, float]) -> list[list[list[float]]]:
    """Sea inside ``bounds``: the faces between coast lines and frame on whose coast the water lies right of the line."""
    import shapely

    if not coast:
        return []
    frame = shapely.box(*bounds)
    lines = [shapely.LineString(np.array(c).reshape(-1, 2)) for c in coast]
    merged = np.array([_led_out(line, frame) for line in shapely.get_parts(shapely.line_merge(shapely.multilinestrings(lines)))])
    inside = shapely.get_parts(shapely.intersection(merged, frame))
    faces = shapely.get_parts(shapely.polygonize([shapely.union_all([*inside, frame.exterior])]))
    faces = shapely.get_parts(faces)
    out = []
    for face in faces:
        if face.geom_type == "Polygon" and _is_water(face, merged):
            out.append([shapely.get_coordinates(r).ravel().tolist() for r in (face.exterior, *face.interiors)])
    return out


def _led_out(line: Any, frame: Any) -> Any:
    """A coast whose ends lie inside the frame, because the file was cut there, goes on straight until it leaves it."""
    import shapely

    if line.is_closed:
        return line
    xy = shapely.get_coordinates(line)
    reach = line.length * 0.1
    far = 2 * sum(np.ptp(np.array(frame.exterior.coords), axis=0))
    for end, back, first in ((xy[0], line.interpolate(reach), True), (xy[-1], line.interpolate(line.length - reach), False)):
        step = end - np.array(back.coords[0])
        if frame.contains(shapely.Point(end)) and np.hypot(*step) > 0:
            out = (end + step / np.hypot(*step) * far)[None]
            xy = np.concatenate([out, xy] if first else [xy, out])
    return shapely.LineString(xy)


def _is_water(face: Any, lines: Any) -> bool:
    """Whether the face lies right of the coast line nearest to its inside point (OSM: land left, water right)."""
    import shapely

    point = face.representative_point()
    touching = [line for line in lines if line.distance(face) < 1e-9]
    if not touching:
        return False
    line = min(touching, key=lambda each: each.distance(point))
    at = line.project(point)
    a, b = line.interpolate(max(at - 1e-6, 0)), line.interpolate(at + 1e-6)
    cross = (b.x - a.x) * (point.y - a.y) - (b.y - a.y) * (point.x - a.x)
    return bool(cross < 0) and not shapely.is_empty(face)
