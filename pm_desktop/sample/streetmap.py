"""The street map of a district, as a `StreetSource`: roads with names, expressways, rail, water, green, buildings."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from pm_desktop.base.label import Label
from pm_desktop.sample.district import District
from pm_desktop.sample.geography import BOUNDS, CORE, smooth, to_lonlat, to_plane, words
from pm_desktop.sample.landuse import Use, outline
from pm_desktop.sample.lattice import COUNTRY, Floats, between
from pm_desktop.streets.classes import GreenClass, PlaceClass, PoiClass, RailClass, RoadClass, RoadFlag, WaterClass
from pm_desktop.streets.source import LineSet, PointSet, PolygonSet, StreetSource

ATTRIBUTION = Label("示例数据（程序生成）", "Sample data (generated)")
_METRO = [("示例地铁2号线", 0x8DC21F, [(121.330, 31.205), (121.400, 31.222), (121.450, 31.228), (121.480, 31.236), (121.506, 31.240), (121.530, 31.228), (121.560, 31.205), (121.600, 31.203),
                                  (121.650, 31.213), (121.690, 31.195), (121.740, 31.155), (121.800, 31.150)]),
          ("示例地铁6号线", 0xD3007F, [(121.585, 31.350), (121.590, 31.300), (121.575, 31.262), (121.545, 31.232), (121.520, 31.200),
                                  (121.508, 31.160), (121.500, 31.130)]),
          ("示例地铁9号线", 0x7AC7EA, [(121.390, 31.150), (121.430, 31.190), (121.460, 31.208), (121.490, 31.216), (121.530, 31.225), (121.580, 31.245), (121.640, 31.270), (121.690, 31.285)]),
          ("示例地铁11号线", 0x871C2B, [(121.380, 31.240), (121.430, 31.195), (121.470, 31.165), (121.510, 31.150), (121.560, 31.155), (121.620, 31.145), (121.665, 31.140)]),
          ("示例地铁16号线", 0x98D1C0, [(121.552, 31.210), (121.590, 31.165), (121.615, 31.110), (121.680, 31.050), (121.760, 31.045),
                                   (121.815, 30.985), (121.860, 30.945), (121.915, 30.915)]),
          ("示例地铁18号线", 0xC4984F, [(121.520, 31.300), (121.545, 31.262), (121.555, 31.215), (121.570, 31.150), (121.590, 31.080),
                                   (121.595, 31.040)])]


class Names:
    """Names in order of first use, with an English form."""

    def __init__(self) -> None:
        self.zh: list[str] = []
        self._number: dict[str, int] = {}

    def number(self, name: str) -> int:
        """Number of a name."""
        if name not in self._number:
            self._number[name] = len(self.zh)
            self.zh.append(name)
        return self._number[name]


class Lines:
    """Collects lines of plane vertices into one `LineSet`."""

    def __init__(self) -> None:
        self.xy: list[Floats] = []
        self.size: list[NDArray[np.int64]] = []
        self.columns: list[tuple[Any, ...]] = []

    def add(self, xy: Floats, cls: Any, name: Any, flags: Any = 0, layer: Any = 0, colour: Any = 0) -> None:
        """Add n lines of equal length, ``xy`` (n, k, 2); the other arguments are scalars or arrays of n."""
        n = len(xy)
        self.xy.append(xy.reshape(-1, 2))
        self.size.append(np.full(n, xy.shape[1]))
        self.columns.append(tuple(np.broadcast_to(np.asarray(c), n) for c in (cls, name, flags, layer, colour)))

    def done(self) -> LineSet:
        """All of them, in degrees."""
        cls, name, flags, layer, colour = (np.concatenate(c) for c in zip(*self.columns, strict=True))
        part = np.concatenate([[0], np.cumsum(np.concatenate(self.size))]).astype(np.int64)
        return LineSet(to_lonlat(np.concatenate(self.xy)), part, cls.astype(np.uint8), name.astype(np.int32),
                       flags.astype(np.uint8), layer.astype(np.int8), colour.astype(np.uint32))


def street_source(district: District) -> StreetSource:
    """Street map of ``district``; the same district gives the same map."""
    rng = np.random.default_rng(district.seed + 1)
    names = Names()
    roads = Lines()
    _lattice_roads(district, roads, names, rng)
    _lanes(district, roads, rng)
    _expressways(district, roads, names)
    rails, stations = _metro(district, names, rng)
    source = StreetSource(BOUNDS, "sample", f"{ATTRIBUTION.zh} · {ATTRIBUTION.en}", sample=True)
    source.roads, source.rails, source.stations = roads.done(), rails, stations
    source.water = _water(district, names)
    source.waterways = _waterways(district, names)
    source.green = _green(district)
    source.buildings = _buildings(district)
    source.places = _places(district, names)
    source.pois = _pois(district, names, rng)
    source.names = names.zh
    source.names_en = [_english(name) for name in names.zh]
    return source


_ENGLISH_ENDS = (("高架路", " Elevated Road"), ("高速", " Expressway"), ("快速路", " Expressway"), ("大道", " Avenue"),
                 ("公路", " Highway"), ("支路", " Branch Road"), ("中环路", " Middle Ring Road"), ("路", " Road"),
                 ("街道", " Subdistrict"), ("街", " Street"), ("弄", " Lane"), ("镇", " Town"), ("公园", " Park"), ("学校", " School"),
                 ("河", " River"), ("站", " Station"), ("湖", " Lake"), ("江", " River"), ("中心", " Centre"))


def _english(name: str) -> str:
    from pypinyin import lazy_pinyin

    if line := re.fullmatch(r"示例地铁(\d+)号线", name):
        return f"Sample Metro Line {line[1]}"
    ending = ""
    for chinese, english in _ENGLISH_ENDS:
        if name.endswith(chinese) and len(name) > len(chinese):
            name, ending = name[:-len(chinese)], english
            break
    return "".join(lazy_pinyin(name)).capitalize() + ending


def _lattice_roads(district: District, roads: Lines, names: Names, rng: np.random.Generator) -> None:
    streets, node = district.streets, district.lattice.node.reshape(-1, 2)
    first = words()["road_first"].split()
    width = district.lattice.node.shape[1]
    a = node[streets.a]
    along = (streets.along == 0)[:, None]
    quarter = np.linspace(0, 1, 5)[None]  # lanes and lots meet the street at these
    xy = between(district.lattice.node, (streets.a // width)[:, None] + quarter * along, (streets.a % width)[:, None] + quarter * ~along)
    stretches, group = np.unique(np.stack([streets.along, streets.line], 1), axis=0, return_inverse=True)
    cls_of = np.zeros(len(stretches), np.uint8)
    cls_of[group] = streets.cls
    number = np.array([_road_name(names, first, RoadClass(int(c)), rng) for c in cls_of])
    lines = shapely.linestrings(xy)
    water = shapely.union_all([district.geography.canals, shapely.buffer(district.geography.river_line, 240)])
    shapely.prepare(water)
    over = shapely.intersects(water, lines)
    drop = over & (streets.cls == RoadClass.LOCAL) & (rng.random(len(over)) < 0.55)
    core = np.hypot(*(a - to_plane(np.array(CORE))).T) < 6_000
    oneway = core & (streets.cls == RoadClass.LOCAL) & (streets.line // 1_000 % 4 == 2)
    flags = np.where(over, RoadFlag.BRIDGE, 0) | np.where(oneway, RoadFlag.ONEWAY, 0)
    keep = ~drop
    roads.add(xy[keep], streets.cls[keep], number[group][keep], flags[keep], np.where(over[keep], 1, 0))


def _road_name(names: Names, first: list[str], cls: RoadClass, rng: np.random.Generator) -> int:
    one, two = rng.integers(0, len(first), 2)
    last = words()["road_last"].get(cls.name, ["路"])
    stem = first[one] if rng.random() < 0.5 else first[one][0] + first[two][-1]
    return names.number(stem + last[int(rng.integers(0, len(last)))])


def _lanes(district: District, roads: Lines, rng: np.random.Generator) -> None:
    """Lanes inside lots: a spine from the gate on the street, with branches between the rows of houses."""
    blocks, land = district.blocks, district.land
    inside = np.flatnonzero(np.isin(land.use, (Use.COMPOUND, Use.WORKS, Use.SHOPS, Use.SCHOOL, Use.VILLAGE, Use.QUARTER)))
    near, side = blocks.gate(inside)
    _, east, _, west = blocks.shares(inside)
    spine = (near - west) / (1 - west - east)

    def lane(which: NDArray[np.bool_], *points: tuple[Any, float]) -> None:
        """Lane through ``points`` of each lot; v counts from the side of the gate."""
        turned = side[which] == 1
        xy = [blocks.lot(inside[which], np.broadcast_to(u, near.shape)[which], np.where(turned, 1 - v, v)) for u, v in points]
        roads.add(np.stack(xy, 1), RoadClass.SERVICE, -1)

    way_in = [blocks.lot(inside, spine, np.where(side == 1, 1 - v, v)) for v in (0.08, 0.5, 0.92)]
    roads.add(np.stack([blocks.at(inside, near, side), *way_in], 1), RoadClass.SERVICE, -1)
    dwelling = np.isin(land.use[inside], (Use.COMPOUND, Use.QUARTER))
    whole = ~land.lots.notched[inside]
    for v in (0.08, 0.5, 0.92):
        some = dwelling if v == 0.5 else whole & (dwelling | (rng.random(len(inside)) < 0.42))
        for u in (0.04, 0.96):
            lane(some, (spine, v), (u, v))
    large = dwelling & whole & (blocks.size[inside].max(1) > 1)
    for v in (0.29, 0.71):
        for u in (0.04, 0.96):
            lane(large, (spine, v), (u, v))
        lane(large, (spine, v - 0.21), (spine, v), (spine, v + 0.21))
    for u in (0.04, 0.96):
        for low, high in ((0.08, 0.5), (0.5, 0.92)):
            lane(dwelling & whole, (u, low), (u, high))
    _walks(district, roads)


def _walks(district: District, roads: Lines) -> None:
    """Paths of the parks."""
    blocks = district.blocks
    park = np.flatnonzero(district.land.use == Use.PARK)
    full = np.ones(len(park))
    curve = [blocks.lot(park, full * (0.1 + 0.8 * t), full * (0.5 + 0.3 * np.sin(6.3 * t))) for t in np.linspace(0, 1, 12)]
    roads.add(np.stack(curve, 1), RoadClass.PATH, -1)
    for large in district.parks:
        for inset in (60, 190):
            for ring in shapely.get_parts(shapely.buffer(large, -inset)):
                if not ring.is_empty:
                    roads.add(shapely.get_coordinates(shapely.simplify(ring.exterior, 3))[None], RoadClass.PATH, -1)


def _expressways(district: District, roads: Lines, names: Names) -> None:
    for highway in district.highways:
        _expressway(district, roads, names.number(highway.name), highway.xy)


def _expressway(district: District, roads: Lines, name: int, xy: Floats) -> None:
    """One stretch, in pieces of eight vertices, with links down to the nearest main street here and there."""
    for start in range(0, len(xy) - 1, 8):
        piece = xy[start:start + 9]
        roads.add(piece[None], RoadClass.EXPRESSWAY, name, RoadFlag.BRIDGE, 2)
    main = np.flatnonzero(district.streets.cls == RoadClass.ARTERIAL)
    if len(main) == 0:
        return
    tree = shapely.STRtree(shapely.points(district.lattice.node.reshape(-1, 2)[district.streets.a[main]]))
    for at in range(12, len(xy) - 12, 24):
        found = tree.query_nearest(shapely.Point(xy[at]), max_distance=420)
        if len(found):
            node = district.lattice.node.reshape(-1, 2)[district.streets.a[main[found[0]]]]
            ahead = xy[at] * 0.45 + xy[at + 2] * 0.2 + node * 0.35
            roads.add(np.stack([xy[at], ahead, node])[None], RoadClass.EXPRESSWAY_LINK, -1, RoadFlag.ONEWAY, 1)


def _metro(district: District, names: Names, rng: np.random.Generator) -> tuple[LineSet, PointSet]:
    lines, points, labels, first = Lines(), [], [], words()["road_first"].split()
    for name, colour, course in _METRO:
        curve = smooth(course, rng, 90, 5)
        middle = len(curve) // 2
        number = names.number(name)
        lines.add(curve[None, :middle + 1], RailClass.METRO, number, RoadFlag.TUNNEL, -1, colour)
        lines.add(curve[None, middle:], RailClass.METRO, number, RoadFlag.BRIDGE, 3, colour)
        string = shapely.LineString(curve)
        for at in np.arange(500, string.length - 300, 1_750):
            points.append(shapely.get_coordinates(shapely.line_interpolate_point(string, at))[0])
            labels.append(names.number(first[int(rng.integers(0, len(first)))] + "路站"))
    xy = to_lonlat(np.array(points))
    return lines.done(), PointSet(xy, np.zeros(len(xy), np.uint8), np.array(labels, np.int32), np.zeros(len(xy), np.uint8))


def _polygons(geometry: list[Any], cls: list[int], name: list[int]) -> PolygonSet:
    parts, owner = shapely.get_parts(np.array(geometry, dtype=object), return_index=True)
    area = shapely.get_type_id(parts) == 3
    parts, owner = parts[area], owner[area]
    _, xy, (part, feat) = shapely.to_ragged_array(parts)
    n = len(parts)
    return PolygonSet(to_lonlat(xy), part.astype(np.int64), feat.astype(np.int64), np.array(cls, np.uint8)[owner],
                      np.array(name, np.int32)[owner], np.zeros(n, np.uint8))


def _water(district: District, names: Names) -> PolygonSet:
    g = district.geography
    shapes = [(piece, WaterClass.SEA, -1) for piece in g.sea]
    shapes += [(g.river, WaterClass.RIVER, names.number("示例江")), (g.canals, WaterClass.CANAL, -1),
               (g.lake, WaterClass.LAKE, names.number("示例湖"))]
    shapes += [(shapely.buffer(creek, 7.5, cap_style="flat"), WaterClass.CANAL, -1) for creek in district.creeks]
    shapes += [(pond, WaterClass.LAKE, -1) for pond in (_pond(park) for park in district.parks) if not pond.is_empty]
    geometry, cls, name = (list(column) for column in zip(*shapes, strict=True))
    return _polygons(geometry, cls, name)


def _pond(park: Any) -> Any:
    """Water in the middle of a large park, its shore a few bays."""
    middle = shapely.get_coordinates(shapely.point_on_surface(park))[0]
    angle = np.linspace(0, 2 * np.pi, 60)
    reach = np.sqrt(park.area / np.pi) * 0.42 * (1 + 0.22 * np.sin(3 * angle + middle[0]) + 0.12 * np.sin(5 * angle + middle[1]))
    shore = shapely.Polygon(middle + np.stack([np.cos(angle) * 1.25, np.sin(angle) * 0.7], 1) * reach[:, None])
    return shapely.intersection(shore, shapely.buffer(park, -75))


def _waterways(district: District, names: Names) -> LineSet:
    lines = Lines()
    lines.add(shapely.get_coordinates(district.geography.river_line)[None], WaterClass.RIVER, names.number("示例江"))
    for k, line in enumerate(district.geography.canal_lines):
        name = names.number("示例" + ["川杨", "赵家沟", "浦东运", "大治", "随塘", "芦潮"][k] + "河")
        lines.add(shapely.get_coordinates(line)[None], WaterClass.CANAL, name)
    for k, creek in enumerate(c for c in district.creeks if c.length > 400):
        lines.add(shapely.get_coordinates(creek)[None], WaterClass.STREAM, names.number("示例" + _CREEKS[k % len(_CREEKS)]))
    return lines.done()


_CREEKS = ("三八河", "张家浜", "白莲泾", "曹家沟", "吕家浜", "马家浜", "西沟港", "长浜", "咸塘港", "六灶港", "盐铁塘", "黄家浜")
_GREEN = {Use.PARK: GreenClass.PARK, Use.FIELD: GreenClass.FARMLAND, Use.COMPOUND: GreenClass.BLOCK, Use.SHOPS: GreenClass.BLOCK,
          Use.WORKS: GreenClass.BLOCK, Use.SCHOOL: GreenClass.SPORT, Use.VILLAGE: GreenClass.GRASS, Use.VERGE: GreenClass.GRASS,
          Use.QUARTER: GreenClass.BLOCK}


def _green(district: District) -> PolygonSet:
    members = np.flatnonzero(district.blocks.step != COUNTRY)
    cls = np.array([_GREEN[Use(u)] for u in range(len(Use))], np.uint8)[district.land.use[members]]
    lots = _rings(outline(district.blocks, members, district.land.lots), cls, None)
    parks = _polygons(district.parks, [GreenClass.PARK] * len(district.parks), [-1] * len(district.parks))
    return PolygonSet(np.concatenate([lots.xy, parks.xy]), np.concatenate([lots.part, parks.part[1:] + lots.part[-1]]),
                      np.concatenate([lots.feat, parks.feat[1:] + lots.feat[-1]]),
                      *(np.concatenate([getattr(lots, k), getattr(parks, k)]) for k in ("cls", "name", "levels")))


def _rings(corner: Floats, cls: NDArray[np.uint8], levels: NDArray[np.int64] | None) -> PolygonSet:
    """Polygons of equally many corners, (n, k, 2)."""
    n, size = len(corner), corner.shape[1] + 1
    closed = np.concatenate([corner, corner[:, :1]], 1).reshape(-1, 2)
    return PolygonSet(to_lonlat(closed), np.arange(n + 1, dtype=np.int64) * size, np.arange(n + 1, dtype=np.int64), cls,
                      np.full(n, -1, np.int32), np.zeros(n, np.uint8) if levels is None else np.minimum(levels, 255).astype(np.uint8))


def _buildings(district: District) -> PolygonSet:
    houses = district.houses
    return _rings(houses.corner, np.zeros(len(houses.floors), np.uint8), houses.floors)


def _places(district: District, names: Names) -> PointSet:
    xy = [(s.lon, s.lat) for s in district.towns]
    labels = [names.number(s.name) for s in district.towns]
    n = len(xy)
    return PointSet(np.array(xy), np.full(n, PlaceClass.TOWN, np.uint8), np.array(labels, np.int32), np.zeros(n, np.uint8))


def _pois(district: District, names: Names, rng: np.random.Generator) -> PointSet:
    first = words()["road_first"].split()
    xy, cls, label = [], [], []
    for use, kind, ending, share in ((Use.PARK, PoiClass.PARK, "公园", 1.0), (Use.SCHOOL, PoiClass.SCHOOL, "学校", 0.8),
                                     (Use.SHOPS, PoiClass.SHOP, "中心", 0.25)):
        members = np.flatnonzero(district.land.use == use)
        members = members[rng.random(len(members)) < share]
        xy.append(district.blocks.centre[members])
        cls.append(np.full(len(members), kind))
        label += [names.number(first[int(k)] + ending) for k in rng.integers(0, len(first), len(members))]
    n = len(label)
    return PointSet(to_lonlat(np.concatenate(xy)), np.concatenate(cls).astype(np.uint8), np.array(label, np.int32),
                    np.where(np.concatenate(cls) == PoiClass.PARK, 1, 2).astype(np.uint8) if n else np.zeros(0, np.uint8))
