"""The districts that are measured on: made once below the cache folder, used again by later runs."""

from __future__ import annotations

import hashlib
import shutil
import sys
from functools import cache
from pathlib import Path
from typing import Any

from pm_desktop.base import paths
from pm_desktop.base.jobs import JobContext
from pm_desktop.domain.records import Compound, Zone
from pm_desktop.layers.build import build_layer
from pm_desktop.sample.registers import COMPOUND_COLUMNS, ZONE_COLUMNS
from pm_desktop.storage.database import Database
from pm_desktop.workspace.new import new_workspace
from pm_desktop.workspace.workspace import Workspace

COMPLAINTS = {0.03: 5_000, 1: 1_000_000, 10: 10_000_000, 100: 10_000_000}
LAYERS = ("zones", "compounds", "towns")
EAST_DEG, NORTH_DEG = 0.62, 0.5  # from one copy of the district to the next


def say(text: str) -> None:
    """A line for whoever waits; the answer itself goes to standard output."""
    print(text, file=sys.stderr, flush=True)


def folder() -> Path:
    """Where the districts stand."""
    made = paths.cache_dir() / "bench"
    made.mkdir(parents=True, exist_ok=True)
    return made


@cache
def district(scale: float) -> str:
    """Location of the sample district of 3,000 × ``scale`` compounds with its complaints."""
    target = folder() / f"sample-x{scale:g}"
    if not (target / "workspace.json").exists():
        say(f"生成示例区 · making the sample district: {3000 * scale:,.0f} 小区 compounds, {COMPLAINTS[scale]:,} 投诉 complaints → {target}")
        _make(scale, target)
    Workspace.open(str(target)).close()  # brings an older one to the schema of today
    return str(target)


def _make(scale: float, target: Path) -> None:
    """A district; a larger one is the sample district with its compounds and zones again and again, side by side."""
    part = target.with_name(f"{target.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    if scale > 10:
        shutil.copytree(district(10), part)  # ten million complaints take longest
        grow(str(part), range(10, round(scale)))
    else:
        new_workspace(JobContext(), str(part), sample=True, scale=min(scale, 1), complaints=COMPLAINTS[scale])
        grow(str(part), range(1, round(scale)))
    part.rename(target)


def grow(location: str, copies: range) -> None:
    """Add a copy of the sample's compounds and zones for each number, in a field of districts ten wide."""
    if not copies:
        return
    import numpy as np
    import shapely

    columns = {Compound: COMPOUND_COLUMNS, Zone: ZONE_COLUMNS}
    with Database.open(location) as db:
        rows = {record: [r for r in db.rows(record, names) if "#" not in r[names.index("code")]] for record, names in columns.items()}
        geometry = {record: shapely.from_wkb([r[names.index("geom")] for r in rows[record]]) for record, names in columns.items()}
        with db.transaction("benchmarks") as tx:
            for k in copies:
                move = (k % 10 * EAST_DEG, k // 10 * NORTH_DEG)
                for record, names in columns.items():
                    moved = shapely.to_wkb(shapely.transform(geometry[record], lambda xy, move=move: xy + np.array(move)))  # type: ignore[misc]
                    tx.bulk_insert(record, names, (_copied(names, row, geom, k, move) for row, geom in zip(rows[record], moved, strict=True)))


def _copied(names: tuple[str, ...], row: tuple[Any, ...], geom: bytes, k: int, move: tuple[float, float]) -> tuple[Any, ...]:
    values = dict(zip(names, row, strict=True)) | {"geom": geom}
    values |= {"id": _other(values["id"], k), "code": f"{values['code']}#{k}", "name": f"{values['name']}{k}区"}
    if "lon" in values:
        values |= {"lon": values["lon"] + move[0], "lat": values["lat"] + move[1]}
    if "compound_ids" in values:
        values["compound_ids"] = tuple(_other(each, k) for each in values["compound_ids"])
    return tuple(values[name] for name in names)


def _other(identifier: str, k: int) -> str:
    return hashlib.blake2b(f"{identifier}#{k}".encode(), digest_size=16).hexdigest()


@cache
def layer_pack(scale: float, layer: str) -> Path:
    """Pack of a layer of a district."""
    return Path(build_layer(JobContext(), district(scale), layer, str(folder() / f"layers-x{scale:g}")).path)


def layer_packs(scale: float) -> dict[str, Path]:
    """Packs of the layers that are drawn for the pictures, bottom to top."""
    return {layer: layer_pack(scale, layer) for layer in LAYERS}


@cache
def streets(scale: float) -> Path:
    """Street pack of a district."""
    return next(Path(district(scale)).glob("streets/*.streets"))


@cache
def geopackage(scale: float) -> Path:
    """The same features for QGIS."""
    from benchmarks.exchange import write_geopackage

    packs = layer_packs(scale)
    mark = hashlib.sha256(" ".join([str(streets(scale).stat().st_size), *map(str, packs.values())]).encode()).hexdigest()[:12]
    target = folder() / f"sample-x{scale:g}-{mark}.gpkg"
    if not target.exists():
        for old in folder().glob(f"sample-x{scale:g}-*.gpkg"):
            old.unlink()
        say(f"导出 · exporting for QGIS → {target}")
        write_geopackage(target, streets(scale), packs)
    return target
