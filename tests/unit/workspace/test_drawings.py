"""Edits on drawings, on both databases: kept, undone, seen by the layer, and without the geometry library in the window."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import shapely

from pm_desktop.base.errors import NotAllowed
from pm_desktop.domain.enums import DrawingColour, DrawingKind
from pm_desktop.domain.records import MapDrawing
from pm_desktop.layers.drawings import load
from pm_desktop.storage.database import Database
from pm_desktop.storage.past import past
from pm_desktop.workspace import drawings
from pm_desktop.workspace.drawings import LONGEST, Note
from pm_desktop.workspace.workspace import Workspace

RING = np.array([(121.50, 31.20), (121.50, 31.22), (121.53, 31.21)])


def test_a_drawing_lives_and_is_undone(location: str) -> None:
    Workspace.create(location).close()
    with_text = Note("  二期\0围墙拆除 " + "长" * 600, DrawingColour.BLUE)
    workspace = Workspace.open(location)
    workspace.apply(drawings.drawn(DrawingKind.AREA, RING, with_text, "张工"), user="张工")
    (found,) = workspace.db.records(MapDrawing)
    assert found.text is not None and found.text.startswith("二期围墙拆除") and len(found.text) == LONGEST and found.author == "张工"
    assert shapely.from_wkb(found.geom).equals(shapely.Polygon(RING)) and (found.lon, found.lat) == tuple(RING.mean(0).tolist())
    workspace.apply(drawings.rewritten(found, Note("", DrawingColour.GREY)), user="李工")
    (changed,) = workspace.db.records(MapDrawing)
    assert (changed.text, changed.colour, changed.author) == (None, DrawingColour.GREY, "张工"), "the author stays who drew it"
    with pytest.raises(NotAllowed):
        workspace.apply(drawings.removed(found))  # somebody has changed it meanwhile
    workspace.apply(drawings.removed(changed))
    assert workspace.db.count(MapDrawing) == 0
    with pytest.raises(NotAllowed):
        drawings.find(workspace.db, found.id)
    for expected in (changed, found):
        workspace.undo()
        assert workspace.db.records(MapDrawing) == [expected]
    data = load(workspace.db, None)
    assert data.shown == 1 and data.arrays["f/form"].tolist() == [2] and data.arrays["f/cls"].tolist() == [list(DrawingColour).index(DrawingColour.BLUE)]
    assert [row.user for row in workspace.edits()][-1] == "张工" and workspace.verify_audit().ok
    workspace.close()
    yesterday = (datetime.now(UTC) - timedelta(days=2)).date()
    with Database.open(past(location, yesterday), read_only=True) as db:
        assert load(db, yesterday).shown == 0, "on an earlier day it was not there"


def test_an_edit_in_the_window_does_not_load_the_geometry_library(tmp_path: Path) -> None:
    where = str(tmp_path / "W")
    Workspace.create(where).close()
    code = ("import sys, numpy as np; from pathlib import Path; from pm_desktop.base import paths; paths.set_basedir(Path(sys.argv[2]));"
            "from pm_desktop.workspace.workspace import Workspace; from pm_desktop.workspace import drawings;"
            "from pm_desktop.domain.enums import DrawingColour, DrawingKind; w = Workspace.open(sys.argv[1]);"
            "e = drawings.drawn(DrawingKind.LINE, np.array([(121.5, 31.2), (121.6, 31.3)]), drawings.Note('x', DrawingColour.RED), 'a');"
            "w.apply(e); w.undo(); w.redo(); w.close(); print('shapely' in sys.modules)")
    done = subprocess.run([sys.executable, "-c", code, where, str(tmp_path / "base")], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
    with Database.open(where, read_only=True) as db:
        ((west, south, east, north),) = db.rows(MapDrawing, ("min_lon", "min_lat", "max_lon", "max_lat"))
    assert (west, south, east, north) == (121.5, 31.2, 121.6, 31.3)
