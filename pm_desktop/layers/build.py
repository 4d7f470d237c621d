"""Job: build one layer's pack from the store."""

from __future__ import annotations

import hashlib
import os
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path

from pm_desktop.base.jobs import JobContext
from pm_desktop.base.label import Label
from pm_desktop.layers.layer import LayerSummary, write_layer
from pm_desktop.layers.options import Look, default_look, shown_from_json
from pm_desktop.layers.registry import layer_by_id
from pm_desktop.storage.database import Database
from pm_desktop.storage.kept import keep, kept, state_of


def build_layer(ctx: JobContext, location: str, layer_id: str, out_dir: str, as_of: date | None = None,
                look: Look | None = None) -> LayerSummary:
    """Build layer ``layer_id`` of the workspace at ``location`` into ``out_dir``, coloured as ``look`` says (None: by its first option).

    The file's name carries a hash of its content: a render process may still hold the old one open, and an unchanged
    layer keeps its file and with it the painted tiles.
    """
    layer = layer_by_id(layer_id)
    folder = Path(out_dir)
    state = _state(location, as_of, look)
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
    summary = replace(summary, id=layer_id, path=str(target))
    if state == _state(location, as_of, look):  # nobody wrote meanwhile
        keep(folder, layer_id, state, asdict(summary))
    return summary


def built_before(location: str, layer_id: str, out_dir: str, look: Look | None) -> LayerSummary | None:
    """The layer as it was built last, if nothing it could depend on has changed since; None if it has to be built."""
    found = kept(Path(out_dir), layer_id, _state(location, None, look))
    if found is None or not Path(found["path"]).exists():
        return None
    legend = tuple((Label(**label), int(count)) for label, count in found["legend"])
    return LayerSummary(**{**found, "legend": legend, "option": shown_from_json(found["option"]) if found["option"] else None})


def _state(location: str, as_of: date | None, look: Look | None) -> str | None:
    state = state_of(location)
    return None if state is None or as_of is not None else f"{state} {look}"


def _drop_old(folder: Path, layer_id: str, keep: Path) -> None:
    """Remove older packs of the layer, except the two newest, which may still be drawn."""
    old = sorted((p for p in folder.glob(f"{layer_id}-*.layer") if p != keep), key=lambda p: p.stat().st_mtime)
    for path in old[:-2]:
        try:
            path.unlink()
        except PermissionError:
            continue  # Windows: still mapped by a render process; gone next time
