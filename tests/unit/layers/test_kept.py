"""A layer that was built is shown again at once, and only as long as nothing it could depend on has changed."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

from PySide6.QtWidgets import QApplication

from pm_desktop.base.jobs import JobContext
from pm_desktop.cartography.overview import overview_before, overview_png
from pm_desktop.domain.records import Compound
from pm_desktop.layers.build import build_layer, built_before
from pm_desktop.layers.options import default_look
from pm_desktop.layers.registry import all_layers, layer_by_id
from pm_desktop.storage.database import Database
from pm_desktop.storage.past import past
from pm_desktop.workspace.queries import extent, extent_before
from pm_desktop.workspace.searchindex import build_index, index_before


def test_what_was_built_is_found_until_the_store_changes(tiny_sample: str, tmp_path: Path, qapp: QApplication) -> None:
    location = str(shutil.copytree(tiny_sample, tmp_path / "w"))
    out = str(tmp_path / "layers")
    assert built_before(location, "compounds", out, None) is None
    for layer in all_layers():
        if layer.id == "streets":
            continue
        look = default_look(layer.options[0]) if layer.options else None
        built = build_layer(JobContext(), location, layer.id, out, None, look)
        assert built_before(location, layer.id, out, look) == built
    other = default_look(layer_by_id("compounds").options[1])
    assert built_before(location, "compounds", out, other) is None, "coloured by something else"
    look = default_look(layer_by_id("compounds").options[0])
    assert built_before(past(location, date(2026, 6, 1)), "compounds", out, look) is None, "a past day is built anew"
    index = build_index(JobContext(), location, str(tmp_path / "layers" / "search-1.index"))
    assert index_before(location, (), tmp_path / "layers") == index
    box = extent(JobContext(), location, (), out)
    assert box is not None and extent_before(location, (), out) == box
    drawn = overview_png(JobContext(), location, (), out, box, "light", 1.0)
    assert overview_before(location, (), out, box, "light", 1.0) == drawn
    assert overview_before(location, (), out, box, "light", 2.0) is None and overview_before(location, (), out, box, "dark", 1.0) is None
    with Database.open(location) as db, db.transaction("test") as tx:
        identifier = db.rows(Compound, ("id",), limit=1)[0][0]
        tx.update(Compound, identifier, {"name": "改名小区"})
    assert built_before(location, "compounds", out, look) is None and extent_before(location, (), out) is None
    assert index_before(location, (), tmp_path / "layers") is None and overview_before(location, (), out, box, "light", 1.0) is None
    again = build_layer(JobContext(), location, "compounds", out, None, look)
    assert built_before(location, "compounds", out, look) == again
    Path(again.path).unlink()
    assert built_before(location, "compounds", out, look) is None, "its file was cleared away"
