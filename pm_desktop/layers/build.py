"""Job: build one layer's pack from the store."""

from __future__ import annotations

import hashlib
import os
from datetime import date
from pathlib import Path

from pm_desktop.base.jobs import JobContext
from pm_desktop.layers.layer import LayerSummary, write_layer
from pm_desktop.layers.options import Look, default_look
from pm_desktop.layers.registry import layer_by_id
from pm_desktop.storage.database import Database


def build_layer(ctx: JobContext, location: str, layer_id: str, out_dir: str, as_of: date | None = None,
                look: Look | None = None) -> LayerSummary:
    """Build layer ``layer_id`` of the workspace at ``location`` into ``out_dir``, coloured as ``look`` says (None: by its first option).

    The file's name carries a hash of its content: a render process may still hold the old one open, and an unchanged
    layer keeps its file and with it the painted tiles.
    """
    layer = layer_by_id(layer_id)
    folder = Path(out_dir)
    folder.mkdir(parents=True, exist_ok=True)
    with Database.open(location, read_only=True) as db:
        day = as_of or db.as_of
        data = layer.load(db, day, look or default_look(layer.options[0])) if layer.options else layer.load(db, day)
    ctx.check_cancelled()
    fresh = folder / f"{layer_id}.{os.getpid()}.part.layer"
    summary = write_layer(fresh, layer, data)
    with open(fresh, "rb") as stream:
        digest = hashlib.file_digest(stream, "blake2b").hexdigest()[:16]
    target = folder / f"{layer_id}-{digest}.layer"
    os.replace(fresh, target)
    _drop_old(folder, layer_id, target)
    return LayerSummary(layer_id, str(target), summary.legend, summary.total, summary.shown, summary.unlocated, summary.as_of, summary.option)


def _drop_old(folder: Path, layer_id: str, keep: Path) -> None:
    """Remove older packs of the layer, except the two newest, which may still be drawn."""
    old = sorted((p for p in folder.glob(f"{layer_id}-*.layer") if p != keep), key=lambda p: p.stat().st_mtime)
    for path in old[:-2]:
        try:
            path.unlink()
        except PermissionError:
            continue  # Windows: still mapped by a render process; gone next time
