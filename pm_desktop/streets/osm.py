"""Street packs from ``.osm.pbf`` files, clipped in bounded memory.

The file is read in passes. Node positions are kept on disk once there are many, so that a country extract needs
little memory; with a clip only features with a node inside are kept, whole.
"""

from __future__ import annotations

import os
import re
import tempfile
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pm_desktop.base.errors import InputRefused, Where
from pm_desktop.base.jobs import JobContext
from pm_desktop.base.label import Label
from pm_desktop.streets.classes import GreenClass, PlaceClass, PoiClass, RailClass, RoadClass, RoadFlag, WaterClass
from pm_desktop.streets.pack import build_pack
from pm_desktop.streets.source import LineSet, PointSet, PolygonSet, StreetSource

ATTRIBUTION = "© OpenStreetMap contributors (ODbL)"
BIG_BYTES = 64 * 2**20
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
        with tempfile.TemporaryDirectory(prefix="pm-streets-") as folder:
            for done, item in _objects(pbf, area, Path(folder)):
                reader.take(item)
                if done is not None:
                    ctx.progress(0.6 * done, "streets.read")
    except (RuntimeError, osmium.InvalidLocationError, ValueError) as error:
        raise _broken(pbf, error) from error
    source = reader.source(f"{pbf.name}")
    if not len(source.roads.cls) and not len(source.buildings.cls) and not len(source.water.cls):
        raise InputRefused("nothing_inside", Label("文件（或裁剪范围内）没有道路、建筑或水面", "no streets, buildings or water in the file or its clip"),
                           Label("请检查裁剪范围", "check the clip"), Where(file=str(pbf)))
    ctx.progress(0.65, "streets.pack")
    return build_pack(ctx, source, out)


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
    import pyogrio
    import shapely
    from pyogrio.errors import DataSourceError

    try:
        _, _, geometry, _ = pyogrio.raw.read(str(file), force_2d=True)
    except (DataSourceError, ValueError) as error:
        raise InputRefused("clip_unreadable", Label("裁剪范围文件无法读取", "the clip file cannot be read"),
                           Label("请给出面文件或 西,南,东,北", "give an area file or west,south,east,north"), Where(file=str(file))) from error
    return shapely.union_all(shapely.make_valid(shapely.from_wkb(geometry)))


def _objects(pbf: Path, area: Clip, folder: Path) -> Iterator[tuple[float | None, Any]]:
    """Nodes, ways (with positions) and areas worth drawing, with the share of the file read now and then."""
    import osmium

    size = os.path.getsize(pbf)
    source = pbf
    if area is not None and size > BIG_BYTES:
        source = _cut(pbf, area, folder)
        size = os.path.getsize(source)
    storage = "flex_mem" if size < BIG_BYTES else f"sparse_file_array,{folder / 'nodes'}"
    processor = (osmium.FileProcessor(str(source)).with_locations(storage).with_areas(osmium.filter.KeyFilter("building", "natural", "landuse", "leisure",
                                                                                                           "waterway", "amenity"))
                 .with_filter(osmium.filter.KeyFilter(*KEYS)))
    for count, item in enumerate(processor):
        yield (min(0.95, 1 - 1 / (1 + count / 300_000)) if count % 20_000 == 0 else None), item


def _cut(pbf: Path, area: Clip, folder: Path) -> Path:
    """First pass over a large file: write what has a node inside the clip's box, with all nodes of its ways."""
    import osmium

    west, south, east, north = area.bounds
    out = folder / "cut.osm.pbf"
    inside = _IdSet()
    nodes: Iterator[Any] = iter(osmium.FileProcessor(str(pbf), osmium.osm.NODE))
    for node in nodes:
        if node.location.valid() and west <= node.lon <= east and south <= node.lat <= north:
            inside.add(node.id)
    inside.freeze()
    ways, needed = _IdSet(), _IdSet()
    every_way: Iterator[Any] = iter(osmium.FileProcessor(str(pbf), osmium.osm.WAY))
    for way in every_way:
        refs = [n.ref for n in way.nodes]
        if inside.any(refs):
            ways.add(way.id)
            needed.extend(refs)
    ways.freeze()
    needed.freeze()
    with osmium.SimpleWriter(str(out)) as writer:
        everything: Iterator[Any] = iter(osmium.FileProcessor(str(pbf)))
        for item in everything:
            if (item.is_node() and (item.id in needed or item.id in inside)) or (item.is_way() and item.id in ways) or (item.is_relation() and any(m.type == "w" and m.ref in ways for m in item.members)):
                writer.add(item)
    return out


class _IdSet:
    """Set of 64-bit ids in 8 bytes each."""

    def __init__(self) -> None:
        self._ids = array("q")
        self._sorted: NDArray[np.int64] = np.zeros(0, np.int64)

    def add(self, identifier: int) -> None:
        """Add one."""
        self._ids.append(identifier)

    def extend(self, ids: list[int]) -> None:
        """Add many."""
        self._ids.extend(ids)

    def freeze(self) -> None:
        """Sort, once all are in."""
        self._sorted = np.unique(np.frombuffer(self._ids, np.int64)) if self._ids else np.zeros(0, np.int64)
        self._ids = array("q")

    def __contains__(self, identifier: int) -> bool:
        at = int(np.searchsorted(self._sorted, identifier))
        return at < len(self._sorted) and int(self._sorted[at]) == identifier

    def any(self, ids: list[int]) -> bool:
        """Whether one of ``ids`` is in the set."""
        if not len(self._sorted) or not ids:
            return False
        at = np.minimum(np.searchsorted(self._sorted, ids), len(self._sorted) - 1)
        return bool((self._sorted[at] == ids).any())


class _Lines:
    def __init__(self) -> None:
        self.xy: list[float] = []
        self.part, self.cls, self.name, self.flags, self.layer, self.colour = [0], [], [], [], [], []  # type: ignore[var-annotated]

    def add(self, xy: list[float], cls: int, name: int, flags: int = 0, layer: int = 0, colour: int = 0) -> None:
        self.xy += xy
        self.part.append(len(self.xy) // 2)
        for column, value in zip((self.cls, self.name, self.flags, self.layer, self.colour), (cls, name, flags, layer, colour), strict=True):
            column.append(value)

    def done(self) -> LineSet:
        return LineSet(np.array(self.xy, float).reshape(-1, 2), np.array(self.part, np.int64), np.array(self.cls, np.uint8), np.array(self.name, np.int32),
                       np.array(self.flags, np.uint8), np.array(self.layer, np.int8), np.array(self.colour, np.uint32))


class _Areas:
    def __init__(self) -> None:
        self.xy: list[float] = []
        self.part, self.feat, self.cls, self.name, self.levels = [0], [0], [], [], []  # type: ignore[var-annotated]

    def add(self, rings: list[list[float]], cls: int, name: int, levels: int = 0) -> None:
        for ring in rings:
            self.xy += ring
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
        import shapely

        if self._area is None:
            return True
        flat = np.array(xy).reshape(-1, 2)
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
        xy = [c for n in way.nodes if n.location.valid() for c in (n.lon, n.lat)]
        if len(xy) < 4 or not self._inside(xy):
            return
        layer = _integer(tags.get("layer"), -5, 5)
        flags = _flags(tags)
        if highway in ROADS and tags.get("area") != "yes":
            self.roads.add(xy, ROADS[highway], self.name(tags), flags, layer)
        elif railway in RAILS:
            self.rails.add(xy, RAILS[railway], self.name(tags), flags, layer, _colour(tags.get("colour") or tags.get("color")))
        elif waterway in WATERWAYS:
            self.waterways.add(xy, WATERWAYS[waterway], self.name(tags))
        elif coast:
            self.coast.append(xy)

    def _area_of(self, area: Any, tags: Any) -> None:
        building = "building" in tags and tags["building"] != "no"
        water = tags.get("natural") == "water" or tags.get("waterway") in ("riverbank", "dock") or tags.get("landuse") in ("reservoir", "basin")
        green = next((cls for (k, v), cls in GREENS.items() if tags.get(k) == v), None)
        if not (building or water or green is not None):
            return
        rings = [[c for n in ring if n.location.valid() for c in (n.lon, n.lat)] for outer in area.outer_rings()
                 for ring in (outer, *area.inner_rings(outer))]
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
        for ring in _sea(self.coast, bounds):
            self.water.add(ring, WaterClass.SEA, -1)
        return StreetSource(bounds, file, ATTRIBUTION, False, self.names, self.names_en, water=self.water.done(), places=self.places.done(),
                            stations=self.stations.done(), pois=self.pois.done(), houses=self.houses.done(), **sets)


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
    merged = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(lines)))
    inside = shapely.get_parts(shapely.intersection(merged, frame))
    faces = shapely.get_parts(shapely.polygonize([shapely.union_all([*inside, frame.exterior])]))
    faces = shapely.get_parts(faces)
    out = []
    for face in faces:
        if face.geom_type == "Polygon" and _is_water(face, merged):
            out.append([shapely.get_coordinates(r).ravel().tolist() for r in (face.exterior, *face.interiors)])
    return out


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
