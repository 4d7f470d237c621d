"""The districts that are measured on: made once below the cache folder, used again by later runs."""

from __future__ import annotations

import hashlib
import shutil
import sys
from functools import cache
from pathlib import Path

from pm_desktop.base import paths
from pm_desktop.base.jobs import JobContext
from pm_desktop.layers.build import build_layer
from pm_desktop.workspace.new import new_workspace
from pm_desktop.workspace.workspace import Workspace

COMPLAINTS = {0.03: 5_000, 1: 1_000_000, 10: 10_000_000, 100: 10_000_000}
LAYERS = ("zones", "compounds", "towns")


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


def is_made(scale: float) -> bool:
    """Whether a district stands already: large ones take long to make."""
    return (folder() / f"sample-x{scale:g}" / "workspace.json").exists()


def _make(scale: float, target: Path) -> None:
    part = target.with_name(f"{target.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    new_workspace(JobContext(), str(part), sample=True, scale=scale, complaints=COMPLAINTS[scale])
    part.rename(target)


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
