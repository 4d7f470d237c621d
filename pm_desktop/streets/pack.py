"""Street packs: what the painter reads, the names and the routing graph in one file (docs/architecture.md)."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pm_desktop.base.arraypack import ArrayPack, pack_texts, text_at, write_pack
from pm_desktop.base.errors import InputRefused, Where
from pm_desktop.base.gridindex import Grid, boxes_meet, query_grid
from pm_desktop.base.jobs import JobContext
from pm_desktop.base.label import Label
from pm_desktop.base.mercator import to_world
from pm_desktop.streets.source import PointSet, StreetSource

FORMAT = "pm-street-pack"
VERSION = 2
LEVELS = (7, 9, 11, 12, 13, 14, 15)
POINT_THEMES = ("place", "poi", "house")


def build_pack(ctx: JobContext, source: StreetSource, out: Path) -> dict[str, Any]:
    """Write the street pack of ``source`` at ``out``.

    Returns
    -------
    dict
        ``bytes``, ``roads`` and ``named_roads`` (road features in the source, and those with a name),
        ``buildings``, ``nodes`` and ``edges`` (of the routing graph), ``seconds``.
    """
    from pm_desktop.streets import levels, naming, routing

    began = time.perf_counter()
    arrays: dict[str, NDArray[Any]] = {}
    grids: dict[str, dict[str, int]] = {}
    themes = levels.prepare(source)
    for i, level in enumerate(LEVELS):
        ctx.progress(0.1 + 0.7 * i / len(LEVELS), "streets.level")
        for name, table in levels.tables(themes, level, LEVELS[i + 1] if i + 1 < len(LEVELS) else None):
            prefix = f"{level}/{name}"
            arrays |= {f"{prefix}/{key}": value for key, value in table.arrays.items()}
            grids[prefix] = table.grid.as_json()
    for name, points in zip(POINT_THEMES, (source.places, source.pois, source.houses), strict=True):
        arrays |= _points(name, points)
    by_name = {theme.name: theme for theme in themes}
    arrays |= naming.area_points(by_name["water"], by_name["green"])
    arrays |= naming.station_points(source.stations, by_name["rail"], source.names)
    arrays["names/blob"], arrays["names/start"] = pack_texts(source.names)
    english = source.names_en or [""] * len(source.names)
    arrays["names_en/blob"], arrays["names_en/start"] = pack_texts(english)
    ctx.progress(0.85, "streets.graph")
    graph = routing.build_graph(source.roads)
    arrays |= {f"graph/{key}": value for key, value in graph.items()}
    counts = {"roads": len(source.roads.cls), "named_roads": int((source.roads.name >= 0).sum()),
              "buildings": len(source.buildings.cls), "nodes": len(graph["node_xy"]), "edges": len(graph["edge"])}
    meta = {"format": FORMAT, "version": VERSION, "name": out.stem, "attribution": source.attribution,
            "bounds": list(source.bounds), "source": source.source, "sample": source.sample, "levels": list(LEVELS),
            "counts": counts, "grids": grids}
    ctx.check_cancelled()
    size = write_pack(out, arrays, meta)
    ctx.progress(1.0, "streets.done")
    return {"bytes": size, **counts, "seconds": round(time.perf_counter() - began, 2)}


def _points(name: str, points: PointSet) -> dict[str, NDArray[Any]]:
    world = to_world(points.xy[:, 0], points.xy[:, 1]) if len(points.xy) else np.zeros((0, 2), np.int32)
    return {f"{name}/xy": world, f"{name}/cls": points.cls.astype(np.uint8),
            f"{name}/name": points.name.astype(np.int32), f"{name}/rank": points.rank.astype(np.uint8)}


class StreetPack:
    """A street pack opened for reading (numpy only: the render process uses it)."""

    def __init__(self, path: Path | str) -> None:
        self.arrays = ArrayPack(path)
        self.meta = self.arrays.meta
        if self.meta.get("format") == FORMAT and self.meta.get("version") != VERSION:
            raise InputRefused("street_pack_version", Label("图包由其他版本的程序生成", "it was built by another version of the program"),
                               Label("请用原来的 .osm.pbf 重新生成后挂接", "build it again from its .osm.pbf and attach it"), Where(file=str(path)))
        if self.meta.get("format") != FORMAT:
            raise InputRefused("not_a_street_pack", Label("不是街道图包", "this is no street pack"),
                               Label("请用 streets build 生成", "make one with streets build"), Where(file=str(path)))
        self.levels: list[int] = self.meta["levels"]
        self._grids = {name: Grid(**grid) for name, grid in self.meta["grids"].items()}

    def level_for(self, zoom: float) -> int:
        """Level that serves ``zoom``."""
        return max((level for level in self.levels if level <= zoom), default=self.levels[0])

    def array(self, level: int, theme: str, name: str) -> NDArray[Any]:
        """Array ``name`` of a theme at a level."""
        return self.arrays[f"{level}/{theme}/{name}"]

    def has(self, level: int, theme: str) -> bool:
        """Whether a theme is drawn at a level."""
        return f"{level}/{theme}" in self._grids

    def features_in(self, level: int, theme: str, box: tuple[int, int, int, int]) -> NDArray[np.int32]:
        """Features of a theme whose bounding box meets ``box`` (world units), in drawing order."""
        prefix = f"{level}/{theme}"
        if prefix not in self._grids:
            return np.zeros(0, np.int32)
        found = query_grid(self._grids[prefix], self.arrays[f"{prefix}/grid_start"],
                           self.arrays[f"{prefix}/grid_item"], box)
        return found[boxes_meet(self.arrays[f"{prefix}/bbox"][found], box)]

    def name(self, index: int, lang: str = "zh") -> str:
        """Name ``index`` in ``lang``; the Chinese one where there is no other."""
        if index < 0:
            return ""
        if lang == "en":
            english = text_at(self.arrays["names_en/blob"], self.arrays["names_en/start"], index)
            if english:
                return english
        return text_at(self.arrays["names/blob"], self.arrays["names/start"], index)


def open_pack(path: Path | str) -> StreetPack:
    """Open a street pack; raises `InputRefused` if it is none."""
    return StreetPack(path)
