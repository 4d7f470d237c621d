"""Hands QGIS the same map: the features of a workspace as GeoPackage, the style of one zoom as plain JSON.

Geometry is that of the finest level of the street pack and of the layer packs, in Web Mercator metres, so that QGIS has
nothing to transform. What the generalisation of the street pack leaves out at a zoom (classes of roads, buildings) is left
out for QGIS by a filter of its layers, as somebody who styles a map there would do. Each table has a field ``sym`` by which
its renderer picks the symbol: the class, of roads with their storey (bridges, tunnels), of buildings their height.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pm_desktop.base.arraypack import ArrayPack, text_at
from pm_desktop.base.mercator import WORLD, to_world
from pm_desktop.cartography.overlay import LayerPack
from pm_desktop.cartography.streetsigns import STATIONS_FROM, station_radius
from pm_desktop.cartography.style import (
    BRIDGE_EDGE,
    CASING,
    CASING_SHARE,
    METRO_EDGE,
    RAIL_WIDTH,
    ROAD_WIDTH,
    TALL,
    VERY_TALL,
    at_zoom,
    map_style,
    mixed,
)
from pm_desktop.layers.style import FillStyle, LineStyle, PointStyle
from pm_desktop.streets.classes import AreaKind, GreenClass, RailClass, RoadClass, RoadFlag, StationClass
from pm_desktop.streets.pack import StreetPack

HALF_M = 20037508.342789244
POLYGON, LINE, POINT = 3, 1, 0
AREAS = ("green", "water", "building")
LINES = ("waterway", "road", "rail", "roadname", "railname")
POINTS = ("place", "station", "poi", "area")
TUNNEL, MOST_STOREYS = 9, 8  # of the ``sym`` of roads and rails: 100 × storey + class


def metres(world: NDArray[Any]) -> NDArray[np.float64]:
    """World coordinates → Web Mercator metres."""
    xy = np.asarray(world, float) / WORLD * 2 * HALF_M - HALF_M
    return xy * (1, -1)


def extent(lon: float, lat: float, zoom: float, width: int, height: int) -> list[float]:
    """West, south, east, north in Web Mercator metres of a view of ``width`` × ``height`` pixels."""
    x, y = metres(to_world(lon, lat)).tolist()
    half = HALF_M / 2**zoom / 512
    return [x - width * half, y - height * half, x + width * half, y + height * half]


def write_geopackage(out: Path, streets: Path, layers: dict[str, Path]) -> None:
    """Write the street pack and layer packs as tables of a GeoPackage with spatial indexes."""
    out.unlink(missing_ok=True)
    part = out.with_suffix(".part.gpkg")
    part.unlink(missing_ok=True)
    pack = StreetPack(streets)
    finest = pack.levels[-1]
    for theme in AREAS + LINES:
        if pack.has(finest, theme):
            _write(part, theme, *_features(pack.arrays, f"{finest}/{theme}", theme in AREAS, pack))
    for theme in POINTS:
        arrays = pack.arrays
        fields = {"name": _names(pack, arrays[f"{theme}/name"]), "rank": arrays[f"{theme}/rank"].astype(np.int32), "sym": arrays[f"{theme}/cls"].astype(np.int32)}
        _write(part, theme, POINT, metres(arrays[f"{theme}/xy"]), None, None, fields | _colour(arrays, theme))
    for layer, path in layers.items():
        _write_layer(part, layer, LayerPack(path))
    part.rename(out)


def _features(arrays: ArrayPack, prefix: str, area: bool, pack: StreetPack) -> tuple[Any, ...]:
    level, theme = prefix.split("/")
    fields: dict[str, Any] = {"sym": _symbols(pack, int(level), theme), "name": _names(pack, arrays[f"{prefix}/name"])} | _colour(arrays, prefix)
    if theme == "roadname":
        fields["ref"] = _names(pack, arrays[f"{prefix}/ref"])
    return (POLYGON if area else LINE, metres(arrays[f"{prefix}/xy"]), arrays[f"{prefix}/part"], arrays[f"{prefix}/feat"] if area else None, fields)


def _colour(arrays: ArrayPack, prefix: str) -> dict[str, Any]:
    if f"{prefix}/colour" not in arrays:
        return {}
    return {"colour": np.array([f"#{c:06x}" if c else "" for c in arrays[f"{prefix}/colour"].tolist()], object)}


def _symbols(pack: StreetPack, level: int, theme: str) -> NDArray[np.int32]:
    """Which symbol each feature of a theme has."""
    cls: NDArray[np.int32] = pack.array(level, theme, "cls").astype(np.int32)
    if theme == "building":
        storeys = pack.array(level, theme, "levels")
        return np.where(storeys >= VERY_TALL, 2, np.where(storeys >= TALL, 1, 0)).astype(np.int32)
    if theme in ("road", "rail"):
        flags, layer = (pack.array(level, theme, key).astype(np.int32) for key in ("flags", "layer"))
        bridge = np.where((flags & RoadFlag.BRIDGE) > 0, np.clip(layer, 1, MOST_STOREYS), 0)
        return (np.where((flags & RoadFlag.TUNNEL) > 0, TUNNEL, bridge) * 100 + cls).astype(np.int32)
    return cls


def _names(pack: StreetPack, index: NDArray[Any]) -> NDArray[Any]:
    return np.array([pack.name(int(i)) for i in index], object)


def _write_layer(out: Path, layer: str, pack: LayerPack) -> None:
    arrays = pack.arrays
    if "f/xy" not in arrays:
        return
    names = [text_at(arrays["f/name_blob"], arrays["f/name_start"], i) for i in range(len(arrays["f/cls"]))]
    fields = {"sym": arrays["f/cls"].astype(np.int32), "name": np.array(names, object), "rank": arrays["f/rank"].astype(np.int32),
              "code": np.array([bytes(i).rstrip(b"\0").decode() for i in arrays["f/id"]], object)}
    xy = metres(arrays["f/xy"])
    match pack.style:
        case PointStyle():
            _write(out, layer, POINT, xy, None, None, fields)
        case FillStyle():
            _write(out, layer, POLYGON, xy, arrays["f/part"], arrays["f/feat"], fields)
        case LineStyle():
            owner = np.repeat(np.arange(len(names)), np.diff(arrays["f/feat"]))
            _write(out, layer, LINE, xy, arrays["f/part"], None, {key: value[owner] for key, value in fields.items()})
    if "f/label_xy" in arrays:
        _write(out, f"{layer}_label", POINT, metres(arrays["f/label_xy"]), None, None, fields)


def _write(out: Path, table: str, kind: int, xy: NDArray[Any], part: Any, feat: Any, fields: dict[str, NDArray[Any]]) -> None:
    import shapely
    from pyogrio.raw import write

    offsets = () if kind == POINT else (np.asarray(part),) if kind == LINE else (np.asarray(part), np.asarray(feat))
    geometry = shapely.from_ragged_array(shapely.GeometryType(kind), xy, offsets or None)
    write(str(out), shapely.to_wkb(geometry), list(fields.values()), list(fields), layer=table, driver="GPKG", crs="EPSG:3857",
          geometry_type={POINT: "Point", LINE: "LineString", POLYGON: "Polygon"}[kind], append=out.exists())


def style_at(zoom: float, streets: Path, layers: dict[str, Path], theme: str = "light") -> dict[str, Any]:
    """What QGIS is to draw at ``zoom``: layers from bottom to top, colours, widths in pixels, names."""
    pack = StreetPack(streets)
    colours = map_style(theme).colours
    level = pack.level_for(zoom)
    drawn: list[dict[str, Any]] = []

    def layer(table: str, classes: list[dict[str, Any]], **more: Any) -> None:
        if pack.has(level, table):
            seen = set(np.unique(_symbols(pack, level, table)).tolist())
            drawn.append({"table": table, "classes": [c for c in classes if c["value"] in seen], **more})

    layer("green", _greens(zoom, colours))
    shore = {"line": colours["water_line"], "width": 0.8} if zoom >= 13 else {}
    layer("water", [{"value": v, "fill": colours["water"], **shore} for v in range(5)])
    layer("road", [_tunnel(road, zoom, colours) for road in reversed(RoadClass)], levels=True)
    width = at_zoom([(9, 0.7), (14, 2.2), (18, 7)], zoom)
    layer("waterway", [{"value": v, "strokes": [_stroke(colours["water"], width * (1.0 if v < 4 else 0.6))]} for v in range(5)])
    edges = [{"line": mixed(colours["building_line"], tone, 0.0 if k else 0.25), "width": 0.7} if zoom >= 15.5 else {} for k, tone in enumerate(colours["building"])]
    layer("building", [{"value": k, "fill": tone, **edges[k]} for k, tone in enumerate(colours["building"])])
    layer("road", [_road(road, storey, zoom, colours) for storey in range(MOST_STOREYS + 1) for road in reversed(RoadClass)], levels=True)
    layer("rail", _rails(zoom, colours), levels=True)
    if zoom >= STATIONS_FROM:
        drawn.append({"table": "station", "own_colour": True, "classes": [
            {"value": int(s), "point": colours["station"][0], "line": colours["station"][1], "shape": "circle", "size": 2 * 0.78 * station_radius(zoom, s),
             "width": 0.55 * station_radius(zoom, s)} for s in StationClass]})
    drawn += [entry for name, path in layers.items() for entry in _layer_style(name, LayerPack(path), zoom)]
    drawn += _labels(pack, level, zoom, colours)
    return {"background": colours["land"], "layers": drawn}


def _stroke(colour: str, width: float, level: int = 0, cap: str = "round", dash: list[float] | None = None) -> dict[str, Any]:
    return {"line": colour, "width": width, "level": level, "cap": cap, "dash": dash}


def _greens(zoom: float, colours: dict[str, Any]) -> list[dict[str, Any]]:
    order = (GreenClass.BLOCK, GreenClass.FARMLAND, GreenClass.GRASS, GreenClass.SPORT, GreenClass.WOOD, GreenClass.PARK)
    lined = {GreenClass.PARK, GreenClass.WOOD} if zoom >= 14 else set()
    return [{"value": int(g), "fill": colours["green"][g.name], **({"line": colours["green_line"], "width": 0.8} if g in lined else {})} for g in order]


def _casing(road: RoadClass, zoom: float, colours: dict[str, Any]) -> float:
    cased = colours["road"][road.name]["casing"] and at_zoom(ROAD_WIDTH[road.name], zoom) > 1.6 and zoom >= 10.5
    return at_zoom(CASING, zoom) * CASING_SHARE[road.name] if cased else 0.0


def _tunnel(road: RoadClass, zoom: float, colours: dict[str, Any]) -> dict[str, Any]:
    own, width, casing = colours["road"][road.name], at_zoom(ROAD_WIDTH[road.name], zoom), _casing(road, zoom, colours)
    edge = [_stroke(own["casing"], width + 2 * casing, 0, "flat", [5.0, 3.5])] if casing else []
    return {"value": 100 * TUNNEL + road, "strokes": [*edge, _stroke(mixed(own["fill"], colours["land"], colours["tunnel"]), width, 1, "flat")]}


def _road(road: RoadClass, storey: int, zoom: float, colours: dict[str, Any]) -> dict[str, Any]:
    """Casings of a storey below all its fills, the least important first."""
    own, width, casing = colours["road"][road.name], at_zoom(ROAD_WIDTH[road.name], zoom), _casing(road, zoom, colours)
    bridge_edge = at_zoom(BRIDGE_EDGE, zoom) if storey and zoom >= 12 else 0.0
    level = storey * 10
    edge = []
    if casing and bridge_edge:
        edge = [_stroke(colours["bridge"], width + 2 * (casing * 0.5 + bridge_edge), level, "flat")]
    elif casing:
        edge = [_stroke(own["casing"], width + 2 * casing, level, "flat" if storey else "round")]
    dashed = [4.0, 2.2] if road == RoadClass.PATH else None
    return {"value": 100 * storey + road, "strokes": [*edge, _stroke(own["fill"], width, level + 1 + 6 - int(road), "flat" if dashed else "round", dashed)]}


def _rails(zoom: float, colours: dict[str, Any]) -> list[dict[str, Any]]:
    width, striped = at_zoom(RAIL_WIDTH, zoom), zoom >= 13
    dash = max(4.0, width * 2)
    found = []
    for storey in range(TUNNEL + 1):
        inside = storey == TUNNEL
        for rail in RailClass:
            colour = colours["rail"][rail.name]
            if rail == RailClass.METRO:
                edge = [_stroke(colours["metro_edge"], width + at_zoom(METRO_EDGE, zoom), 2, "flat")] if zoom >= 12 and not inside else []
                strokes = [*edge, _stroke(colour, width * (0.85 if inside else 1.0), 3, "round", [11.0, 3.0] if inside and zoom >= 14 else None)]
            elif inside:
                strokes = [_stroke(mixed(colour, colours["land"], 0.4), width * 0.6, 0, "flat", [5.0, 4.0])]
            else:
                gaps = [_stroke(colours["rail_gap"], width * 0.58, 1, "flat", [dash, dash])] if striped and rail == RailClass.RAIL else []
                strokes = [_stroke(colour, width if gaps else width * 0.7, 0, "flat"), *gaps]
            found.append({"value": 100 * storey + rail, "strokes": strokes, "own_colour": rail == RailClass.METRO})
    return found


def _layer_style(name: str, pack: LayerPack, zoom: float) -> list[dict[str, Any]]:
    style = pack.style
    found: list[dict[str, Any]] = []
    match style:
        case FillStyle():
            found.append({"table": name, "classes": [{"value": k, "fill": c.light, "opacity": style.fill_opacity if c.pattern == "solid" else style.fill_opacity / 2,
                                                      "line": c.light, "width": style.width, "pattern": c.pattern} for k, c in enumerate(style.classes)]})
        case LineStyle():
            found.append({"table": name, "classes": [{"value": k, "strokes": [_stroke(c.light, style.width, 0, "flat", [5.0, 3.0] if style.dashed else None)]}
                                                     for k, c in enumerate(style.classes)]})
        case PointStyle() if zoom >= style.from_zoom:
            found.append({"table": name, "classes": [{"value": k, "point": c.light, "size": c.size, "shape": c.shape} for k, c in enumerate(style.classes)]})
    if isinstance(style, FillStyle | PointStyle) and style.label_zoom is not None and zoom >= style.label_zoom:
        found.append({"table": f"{name}_label", "classes": [], "label": {"size": 12, "colour": "#2d2d33", "halo": "#ffffff", "along": False, "bold": True}})
    return found


def _labels(pack: StreetPack, level: int, zoom: float, colours: dict[str, Any]) -> list[dict[str, Any]]:
    """Names by kind from the zoom at which ours come, each in one size."""
    from pm_desktop.cartography.streetlabels import _ROAD

    found = []

    def names(table: str, kind: str, size: float, values: list[int], **more: Any) -> None:
        colour, halo = colours["label"][kind]
        at_level = pack.has(level, table) or table not in LINES
        if values and at_level:
            found.append({"table": table, "classes": [], "values": values, "label": {"size": size, "colour": colour, "halo": halo, "along": table in LINES, "bold": False, **more}})

    if zoom >= 14.75:
        names("poi", "poi", 11, [v for v in range(6) if zoom >= (14.75, 15.5, 14.75, 16.25, 16.0, 16.5)[v]])
    if zoom >= 13.5:
        names("area", "park", 12, [int(AreaKind.GREEN)])
    if zoom >= 9:
        names("area", "water", 13, [int(AreaKind.WATER)])
    if zoom >= 12.5:
        names("railname", "station", 11, list(range(10)), bold=True)
    if zoom >= 11.5:
        names("waterway", "water", 13, list(range(5)))
    main = [int(road) for road in (RoadClass.EXPRESSWAY, RoadClass.ARTERIAL) if zoom >= _ROAD[road][0]]
    names("roadname", "road", 11, [int(road) for road, look in _ROAD.items() if zoom >= look[0] and int(road) not in main])
    names("roadname", "road", 12.5, main, bold=zoom >= 14)
    names("roadname", "road", 10, main, field="ref", bold=True, along=False, plate="#b07a1e")
    if zoom >= 12.25:
        names("station", "station", 11, [int(s) for s in StationClass if zoom >= 13 or s == StationClass.INTERCHANGE])
    names("place", "place", 16 if zoom >= 13.5 else 13.5, [v for v, (low, high) in enumerate(((0, 12.5), (9.5, 16.0), (13.25, 16.5))) if low <= zoom < high], bold=True)
    return found
