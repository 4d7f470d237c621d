"""Hands QGIS the same map: the features of a workspace as GeoPackage, the style of one zoom as plain JSON.

Geometry is that of the finest level of the street pack and of the layer packs, in Web Mercator metres, so that QGIS has
nothing to transform. What the generalisation of the street pack leaves out at a zoom (classes of roads, buildings) is left
out for QGIS by a filter of its layers, as somebody who styles a map there would do.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pm_desktop.base.arraypack import ArrayPack, text_at
from pm_desktop.base.mercator import WORLD, to_world
from pm_desktop.cartography.overlay import LayerPack
from pm_desktop.cartography.style import CASING, RAIL_WIDTH, ROAD_WIDTH, at_zoom, map_style
from pm_desktop.layers.style import FillStyle, LineStyle, PointStyle
from pm_desktop.streets.classes import GreenClass, RoadClass
from pm_desktop.streets.pack import StreetPack

HALF_M = 20037508.342789244
POLYGON, LINE, POINT = 3, 1, 0
AREAS = ("green", "water", "building")
LINES = ("waterway", "road", "rail", "roadname")
POINTS = ("place", "station", "poi")


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
        xy, name = pack.arrays[f"{theme}/xy"], pack.arrays[f"{theme}/name"]
        _write(part, theme, POINT, metres(xy), None, None, {"name": _names(pack, name), "rank": pack.arrays[f"{theme}/rank"].astype(np.int32)})
    for layer, path in layers.items():
        _write_layer(part, layer, LayerPack(path))
    part.rename(out)


def _features(arrays: ArrayPack, prefix: str, area: bool, pack: StreetPack) -> tuple[Any, ...]:
    fields: dict[str, Any] = {"cls": arrays[f"{prefix}/cls"].astype(np.int32), "name": _names(pack, arrays[f"{prefix}/name"])}
    if f"{prefix}/flags" in arrays:
        fields["flags"] = arrays[f"{prefix}/flags"].astype(np.int32)
    if f"{prefix}/colour" in arrays:
        fields["colour"] = np.array([f"#{c:06x}" if c else "" for c in arrays[f"{prefix}/colour"].tolist()], object)
    return (POLYGON if area else LINE, metres(arrays[f"{prefix}/xy"]), arrays[f"{prefix}/part"], arrays[f"{prefix}/feat"] if area else None, fields)


def _names(pack: StreetPack, index: NDArray[Any]) -> NDArray[Any]:
    return np.array([pack.name(int(i)) for i in index], object)


def _write_layer(out: Path, layer: str, pack: LayerPack) -> None:
    arrays = pack.arrays
    if "f/xy" not in arrays:
        return
    names = [text_at(arrays["f/name_blob"], arrays["f/name_start"], i) for i in range(len(arrays["f/cls"]))]
    fields = {"cls": arrays["f/cls"].astype(np.int32), "name": np.array(names, object), "rank": arrays["f/rank"].astype(np.int32),
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
            seen = np.unique(pack.array(level, table, "cls")).tolist()
            drawn.append({"table": table, "classes": [c for c in classes if c["value"] in seen], **more})

    order = (GreenClass.BLOCK, GreenClass.FARMLAND, GreenClass.GRASS, GreenClass.SPORT, GreenClass.WOOD, GreenClass.PARK)
    layer("green", [{"value": int(g), "fill": colours["green"][g.name]} for g in order])
    layer("water", [{"value": v, "fill": colours["water"]} for v in range(5)])
    layer("waterway", [{"value": v, "line": colours["water"], "width": at_zoom([(9, 0.8), (14, 2.0), (18, 6)], zoom)} for v in range(5)])
    outline = {"line": colours["building_line"], "width": 0.6} if zoom >= 15.5 else {}
    layer("building", [{"value": 0, "fill": colours["building"], **outline}])
    layer("road", [_road(road, zoom, colours) for road in reversed(RoadClass)], levels=True)
    layer("rail", [{"value": v, "line": c, "width": at_zoom(RAIL_WIDTH, zoom)} for v, c in enumerate(colours["rail"].values())], own_colour=True)
    drawn += [entry for name, path in layers.items() for entry in _layer_style(name, LayerPack(path), zoom)]
    drawn += _labels(pack, level, zoom, colours)
    return {"background": colours["land"], "layers": drawn}


def _road(road: RoadClass, zoom: float, colours: dict[str, Any]) -> dict[str, Any]:
    width, casing = at_zoom(ROAD_WIDTH[road.name], zoom), at_zoom(CASING, zoom)
    own = colours["road"][road.name]
    cased = own["casing"] and width > 1.6 and zoom >= 10.5
    return {"value": int(road), "line": own["fill"], "width": width, "level": 10 + 6 - int(road),
            **({"casing": own["casing"], "casing_width": width + 2 * casing} if cased else {})}


def _layer_style(name: str, pack: LayerPack, zoom: float) -> list[dict[str, Any]]:
    style = pack.style
    found: list[dict[str, Any]] = []
    match style:
        case FillStyle():
            found.append({"table": name, "classes": [{"value": k, "fill": c.light, "opacity": style.fill_opacity if c.pattern == "solid" else style.fill_opacity / 2,
                                                      "line": c.light, "width": style.width, "pattern": c.pattern} for k, c in enumerate(style.classes)]})
        case LineStyle():
            found.append({"table": name, "classes": [{"value": k, "line": c.light, "width": style.width, "dashed": style.dashed}
                                                     for k, c in enumerate(style.classes)]})
        case PointStyle() if zoom >= style.from_zoom:
            found.append({"table": name, "classes": [{"value": k, "point": c.light, "size": c.size, "shape": c.shape} for k, c in enumerate(style.classes)]})
    if isinstance(style, FillStyle | LineStyle | PointStyle) and style.label_zoom is not None and zoom >= style.label_zoom:
        found.append({"table": f"{name}_label", "classes": [], "label": {"size": 12, "colour": "#2d2d33", "halo": "#ffffff", "along": False}})
    return found


def _labels(pack: StreetPack, level: int, zoom: float, colours: dict[str, Any]) -> list[dict[str, Any]]:
    from pm_desktop.cartography.labels import _ROAD_FROM

    def look(kind: str, size: float, along: bool = False, bold: bool = False) -> dict[str, Any]:
        colour, halo = colours["label"][kind]
        return {"size": size, "colour": colour, "halo": halo, "along": along, "bold": bold}

    found = []
    named = [int(road) for road, first in _ROAD_FROM.items() if zoom >= first]
    if pack.has(level, "roadname") and named:
        found.append({"table": "roadname", "classes": [], "values": named, "label": look("road", 11.5, along=True)})
    if zoom >= 15.2:
        found.append({"table": "poi", "classes": [], "label": look("poi", 11)})
    if zoom >= 12.5:
        found.append({"table": "station", "classes": [], "label": look("station", 11)})
    if zoom < 15.5:
        found.append({"table": "place", "classes": [], "label": look("place", 15 if zoom > 12 else 12.5, bold=True)})
    return found
