"""The map widget with real render processes on a small sample."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import numpy as np
import pytest
import shapely
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from pm_desktop.base.jobs import JobContext
from pm_desktop.base.mercator import to_lonlat
from pm_desktop.cartography.requests import TileRequest
from pm_desktop.cartography.style import map_style
from pm_desktop.cartography.tilecache import Tile, TileCache
from pm_desktop.domain.records import Compound
from pm_desktop.layers.build import build_layer
from pm_desktop.storage.database import Database
from pm_desktop.ui.canvas import LayerView, MapCanvas, View
from pm_desktop.ui.canvas.found import Marks
from pm_desktop.ui.canvas.picking import contains
from pm_desktop.ui.theme import apply_theme

HOME = View(121.53, 31.21, 14.0)


@pytest.fixture
def canvas(qtbot: QtBot, tiny_sample: str, tmp_path: Path) -> object:
    apply_theme("light")
    widget = MapCanvas()
    qtbot.addWidget(widget)
    widget.resize(900, 600)
    widget.set_base(sorted((Path(tiny_sample) / "streets").glob("*.streets")))
    summary = build_layer(JobContext(), tiny_sample, "compounds", str(tmp_path))
    widget.set_layers([LayerView("compounds", Path(summary.path))])
    widget.set_view(HOME)
    widget.show()
    qtbot.waitUntil(widget.is_complete, timeout=60_000)
    yield widget
    widget.close_engine()


def picture(canvas: MapCanvas) -> QImage:
    return canvas.grab().toImage()


def test_water_is_water_and_land_is_land(canvas: MapCanvas, qtbot: QtBot) -> None:
    canvas.set_layers([])
    canvas.set_view(View(121.98, 31.20, 14.0))  # out at sea
    qtbot.waitUntil(canvas.is_complete, timeout=60_000)
    blue = QColor(map_style("light").colours["water"])
    shown = picture(canvas).pixelColor(450, 300)
    assert max(abs(shown.red() - blue.red()), abs(shown.green() - blue.green()), abs(shown.blue() - blue.blue())) <= 3
    canvas.set_map_theme("dark")
    qtbot.waitUntil(canvas.is_complete, timeout=60_000)
    assert picture(canvas).pixelColor(450, 300).lightness() < 60


def test_what_is_picked_is_what_lies_there(canvas: MapCanvas, tiny_sample: str) -> None:
    with Database.open(tiny_sample, read_only=True) as db:
        rows = db.rows(Compound, ("id", "geom"))
    shapes = shapely.from_wkb(np.array([r[1] for r in rows], dtype=object))
    hits = 0
    for x in range(10, 900, 45):
        for y in range(10, 600, 45):
            found = canvas.hit_at(QPointF(x, y))
            lon, lat = to_lonlat(np.array(canvas.world_at(QPointF(x, y))))
            brute = [rows[i][0] for i in np.flatnonzero(shapely.contains_xy(shapes, lon, lat))]
            assert (found.id if found else None) == (brute[0] if brute else None)
            hits += found is not None
    assert hits > 8


def test_points_in_rings_with_holes() -> None:
    outer = np.array([(0, 0), (10, 0), (10, 10), (0, 10), (0, 0)])
    hole = np.array([(4, 4), (6, 4), (6, 6), (4, 6), (4, 4)])
    assert contains([outer, hole], 2, 2) and not contains([outer, hole], 5, 5) and not contains([outer, hole], 11, 5)


def test_names_neither_move_nor_flicker_while_panning(canvas: MapCanvas, qtbot: QtBot) -> None:
    def inside() -> set[tuple[int, float, float]]:
        x0, y0 = canvas.world_at(QPointF(200, 150))
        x1, y1 = canvas.world_at(QPointF(700, 450))
        return {(int(s), x, y) for s, x, y in canvas._placements[:, :3].tolist() if x0 < x < x1 and y0 < y < y1}

    canvas.set_view(View(HOME.lon, HOME.lat, 15.5))  # close enough for a good many names
    qtbot.waitUntil(canvas.is_complete, timeout=60_000)
    before = inside()
    assert len(before) >= 6  # each name is one picture
    box = canvas.world_at(QPointF(200, 150)), canvas.world_at(QPointF(700, 450))
    canvas.set_view(canvas.view().panned(-230, 120))
    qtbot.waitUntil(canvas.is_complete, timeout=60_000)
    after = {(int(s), x, y) for s, x, y in canvas._placements[:, :3].tolist() if box[0][0] < x < box[1][0] and box[0][1] < y < box[1][1]}
    assert len(before ^ after) <= 0.03 * len(before | after)


def test_names_do_not_cover_each_other(canvas: MapCanvas) -> None:
    """Upright labels of different things keep their boxes apart."""
    boxes = []
    for sprite, x, y, _, dy in canvas._placements.tolist():
        size = canvas._sprites[int(sprite)][0].deviceIndependentSize()
        if size.width() < 30:
            continue  # single letters of curved names
        at = canvas._screen(x, y)
        boxes.append(shapely.box(at.x() - size.width() / 2 + 3, at.y() + dy - size.height() / 2 + 3, at.x() + size.width() / 2 - 3, at.y() + dy + size.height() / 2 - 3))
    a, b = shapely.STRtree(boxes).query(boxes, predicate="intersects")
    assert len(boxes) > 10 and (a == b).all()


def test_tiles_meet_without_a_seam(canvas: MapCanvas, qtbot: QtBot) -> None:
    """The same place at a tile's middle and at a tile's border looks the same."""
    canvas.set_layers([])
    qtbot.waitUntil(canvas.is_complete, timeout=60_000)
    canvas._placements = np.zeros((0, 5))
    first = picture(canvas)
    canvas._cache.clear()
    canvas.set_view(canvas.view().panned(-256, -256))
    qtbot.waitUntil(canvas.is_complete, timeout=60_000)
    canvas._placements = np.zeros((0, 5))
    second = picture(canvas)
    different = 0
    for x in range(270, 850, 7):
        for y in range(270, 540, 7):
            a, b = first.pixelColor(x, y), second.pixelColor(x - 256, y - 256)
            different += max(abs(a.red() - b.red()), abs(a.green() - b.green()), abs(a.blue() - b.blue())) > 24
    assert different <= 12


@pytest.mark.noisy
def test_a_killed_render_process_is_replaced(canvas: MapCanvas, qtbot: QtBot) -> None:
    for pid in canvas.render_pids():
        os.kill(pid, signal.SIGTERM if os.name == "nt" else signal.SIGKILL)
    canvas.set_view(View(121.545, 31.20, 15.0))
    qtbot.waitUntil(canvas.is_complete, timeout=60_000)


def test_a_view_larger_than_the_cache_is_still_completed(canvas: MapCanvas, qtbot: QtBot) -> None:
    """Two planes at 4K need more than an old view and the ring around it leave: what is in view is never given up for them."""
    canvas._cache.limit = 2 * 512 * 512 * 4
    canvas.set_view(View(121.55, 31.21, 15.0))
    qtbot.waitUntil(canvas.is_complete, timeout=30_000)
    qtbot.waitUntil(lambda: canvas._engine.idle, timeout=30_000)  # the ring has come, and pushed nothing out
    assert canvas.is_complete() and len(canvas._tiles(0)) > 2


def test_the_cache_keeps_its_limit(canvas: MapCanvas, qtbot: QtBot) -> None:
    for step in range(6):
        canvas.set_view(View(121.50 + step / 50, 31.2, 15.0))
        qtbot.waitUntil(canvas.is_complete, timeout=60_000)
    assert 0 < canvas._cache.bytes_used <= canvas._cache.limit


def test_the_hand_moves_the_map(canvas: MapCanvas, qtbot: QtBot) -> None:
    place = canvas.world_at(QPointF(300, 300))
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(300, 300))
    from PySide6.QtGui import QMouseEvent
    from PySide6.QtWidgets import QApplication

    for at in (QPointF(330, 310), QPointF(400, 350)):
        QApplication.sendEvent(canvas, QMouseEvent(QMouseEvent.Type.MouseMove, at, canvas.mapToGlobal(at), Qt.MouseButton.NoButton,
                                                   Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier))
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(400, 350))
    moved = canvas.world_at(QPointF(400, 350))
    assert abs(moved[0] - place[0]) < 30 and abs(moved[1] - place[1]) < 30
    zoom = canvas.view().zoom
    under = canvas.world_at(QPointF(200, 100))
    canvas.zoom_at(QPointF(200, 100), 1.0)
    qtbot.waitUntil(lambda: canvas.view().zoom == zoom + 1, timeout=5_000)
    again = canvas.world_at(QPointF(200, 100))
    assert canvas.view().zoom == zoom + 1 and abs(under[0] - again[0]) < 30
    for key in (Qt.Key.Key_Minus, Qt.Key.Key_Plus, Qt.Key.Key_Left, Qt.Key.Key_Down):
        qtbot.keyClick(canvas, key)
    qtbot.waitUntil(canvas.is_complete, timeout=60_000)


def test_a_late_tile_of_an_older_scene_does_not_replace_the_newer() -> None:
    """Two render processes: one still at the scene before may answer last; the view would never be complete."""
    cache, request = TileCache(), TileRequest(40, 1, 1)
    newer, older = (Tile(QImage(8, 8, QImage.Format.Format_RGB32), generation) for generation in (2, 1))
    cache.put(request, newer)
    cache.put(request, older)
    assert cache.get(request) is newer and cache.is_current(request, 2)
    assert cache.bytes_used == newer.image.sizeInBytes()


def test_names_stand_above_what_is_marked(canvas: MapCanvas) -> None:
    plain = picture(canvas)
    dark = [(x, y) for x in range(20, 880) for y in range(20, 540) if plain.pixelColor(x, y).lightness() < 70]
    x, y = canvas.view().world
    unit = canvas.view().unit
    marks = Marks(canvas, ["light"])
    marks.show_lines([np.array([(x - 450 * unit, y + row * unit), (x + 450 * unit, y + row * unit)]) for row in range(-300, 300, 3)])
    marked = picture(canvas)
    assert len(dark) > 200 and marked.pixelColor(450, 20) != plain.pixelColor(450, 20)
    assert sum(marked.pixelColor(*at) == plain.pixelColor(*at) for at in dark) > 0.95 * len(dark)  # ink of names
