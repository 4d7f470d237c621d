"""What may serve as the base of a map: street packs and raster tiles, checked before they are copied."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pm_desktop.base.errors import InputRefused, Where
from pm_desktop.base.label import Label


def check_base(path: Path, *, whole: bool = True) -> dict[str, Any]:
    """Open a base and return what it is; ``whole`` reads every array's header of a street pack besides.

    Raises
    ------
    InputRefused
        Missing, a folder, of another kind, or damaged.
    """
    if not path.is_file():
        raise InputRefused("file_missing", Label("文件不存在", "there is no such file"),
                           Label("请检查路径", "check the path"), Where(file=str(path)))
    if path.suffix == ".streets":
        from pm_desktop.streets.pack import open_pack

        pack = open_pack(path)
        if whole:
            pack.arrays.verify()
        return {"kind": "streets", **pack.meta["counts"]}
    if path.suffix in (".mbtiles", ".pmtiles"):
        from pm_desktop.streets.raster import RasterBase

        with RasterBase(path) as base:
            return {"kind": "raster", "min_zoom": base.min_zoom, "max_zoom": base.max_zoom, "bounds": base.bounds}
    raise InputRefused("not_a_base", Label("不是可用的底图", "this cannot be a base map"),
                       Label("可用：.streets、.mbtiles、.pmtiles；.osm.pbf 请先用 streets build 生成图包",
                             "use .streets, .mbtiles or .pmtiles; build a pack from an .osm.pbf first"),
                       Where(file=str(path)))


def bounds(path: Path) -> tuple[float, float, float, float] | None:
    """West, south, east, north of a base in degrees; None where a raster base does not say."""
    if path.suffix == ".streets":
        from pm_desktop.streets.pack import open_pack

        west, south, east, north = open_pack(path).meta["bounds"]
        return (west, south, east, north)
    from pm_desktop.streets.raster import RasterBase

    with RasterBase(path) as base:
        return None if base.bounds is None else (base.bounds[0], base.bounds[1], base.bounds[2], base.bounds[3])


def attribution(path: Path) -> str:
    """Attribution of an attached base; empty where it has none."""
    if path.suffix == ".streets":
        from pm_desktop.streets.pack import open_pack

        return str(open_pack(path).meta["attribution"])
    from pm_desktop.streets.raster import RasterBase

    with RasterBase(path) as base:
        return base.attribution
