"""Own drawings and notes: drawn by hand, kept through edits, undone after a restart, shown literally."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import shapely
from PySide6.QtCore import QPointF, Qt, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pm_desktop.base.settings import Settings
from pm_desktop.cartography.overlay import LayerPack
from pm_desktop.domain.enums import DrawingColour, DrawingKind
from pm_desktop.domain.records import MapDrawing
from pm_desktop.storage.database import Database, default_user
from pm_desktop.ui.canvas import View
from pm_desktop.ui.canvas.picking import hits_at
from pm_desktop.ui.dialogs.note import NoteDialog
from pm_desktop.ui.main_window import MainWindow
from pm_desktop.ui.session import Session
from pm_desktop.workspace.workspace import Workspace
from tests.helpers.hands import click, double_click
from tests.helpers.windows import settle

HOSTILE = "<b>塌陷</b> <img src=x> & 电话13812345678"
MASKED = "<b>塌陷</b> <img src=x> & 电话138****5678"
SPOTS = ((300.0, 200.0), (520.0, 240.0), (480.0, 420.0))


@pytest.fixture
def location(tmp_path: Path) -> str:
    where = str(tmp_path / "W")
    Workspace.create(where).close()
    return where


@pytest.fixture
def window(qtbot: QtBot, location: str) -> Iterator[MainWindow]:
    session = Session(location)
    made = MainWindow(session, Settings())
    qtbot.addWidget(made)
    made.resize(1680, 950)
    made.show()
    qtbot.waitUntil(made.is_settled, timeout=60_000)
    made.canvas.set_view(View(121.53, 31.21, 15.0))
    settle(made, qtbot)
    yield made
    made.close()
    session.close()


def answered(act: Callable[[NoteDialog], None]) -> None:
    """Do this with the dialog that opens next."""
    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, NoteDialog):
            act(dialog)
        else:
            QTimer.singleShot(20, look)
    QTimer.singleShot(20, look)


def write(text: str, colour: DrawingColour) -> Callable[[NoteDialog], None]:
    def act(dialog: NoteDialog) -> None:
        dialog.text.setPlainText(text)
        dialog.colour.setCurrentIndex(dialog.colour.findData(colour.value))
        dialog.accept()
    return act


def kept(location: str) -> list[MapDrawing]:
    with Database.open(location, read_only=True) as db:
        return db.records(MapDrawing, order_by=("drawn_at",))


def draw_all(window: MainWindow, qtbot: QtBot) -> None:
    answered(write(HOSTILE, DrawingColour.RED))
    window.commands.run("edit.note_point")
    click(window.canvas, SPOTS[0])
    answered(write("巡查路线", DrawingColour.BLUE))
    window.commands.run("edit.note_line")
    click(window.canvas, (200, 500), (400, 520))
    double_click(window.canvas, (600, 500))
    answered(write("", DrawingColour.GREEN))
    window.commands.run("edit.note_area")
    click(window.canvas, *SPOTS)
    qtbot.keyClick(window.canvas, Qt.Key.Key_Return)
    settle(window, qtbot)


def test_point_line_and_area_are_drawn_kept_and_shown(window: MainWindow, qtbot: QtBot, location: str) -> None:
    before = window.canvas.grab().toImage()
    draw_all(window, qtbot)
    point, line, area = kept(location)
    assert [d.kind for d in (point, line, area)] == list(DrawingKind)
    assert (point.text, line.text, area.text) == (MASKED, "巡查路线", None) and {d.author for d in (point, line, area)} == {default_user()}
    shapes = shapely.from_wkb(np.array([d.geom for d in (point, line, area)], object))
    assert [s.geom_type for s in shapes] == ["Point", "LineString", "Polygon"] and shapes[2].exterior.is_ccw and shapes[2].is_valid
    with Database.open(location, read_only=True) as db:
        boxes = db.rows(MapDrawing, ("min_lon", "min_lat", "max_lon", "max_lat"), order_by=("drawn_at",))
    assert np.allclose(boxes, shapely.bounds(shapes))
    view = next(v for v in window.canvas.layers() if v.id == "drawings")
    pack = LayerPack(view.pack)
    after = window.canvas.grab().toImage()
    for at, colour in ((SPOTS[0], "#c62828"), ((400.0, 520.0), "#1565c0")):
        found = after.pixelColor(round(at[0]), round(at[1]))
        assert found.name() != before.pixelColor(round(at[0]), round(at[1])).name()
        wanted = int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:], 16)
        assert max(abs(a - b) for a, b in zip((found.red(), found.green(), found.blue()), wanted, strict=True)) < 40
    inside = after.pixelColor(440, 300)
    assert inside.green() >= inside.red() and inside.name() != before.pixelColor(440, 300).name(), "a green wash"
    names = {h.name for at in (SPOTS[0], (400.0, 520.0), (440.0, 300.0)) if (h := window.canvas.hit_at(QPointF(*at)))}
    assert names == {"<b>塌陷</b> <img src=…", "巡查路线", ""} and len(pack.arrays["f/id"]) == 3


def test_hostile_text_is_shown_letter_by_letter(window: MainWindow, qtbot: QtBot) -> None:
    draw_all(window, qtbot)
    hit = window.canvas.hit_at(QPointF(*SPOTS[0]))
    assert hit is not None and hit.note is not None and MASKED in hit.note.zh
    window.card.show_hit(hit)
    assert window.card._title.textFormat() is window.card._note.textFormat() is Qt.TextFormat.PlainText
    assert "<b>塌陷</b>" in window.card._note.text() or MASKED in window.card._note.text()
    opened: list[str] = []
    answered(lambda d: (opened.append(d.text.toPlainText()), d.reject()))  # type: ignore[func-returns-value]
    click(window.canvas, SPOTS[0])
    qtbot.waitUntil(lambda: bool(opened), timeout=5_000)
    assert opened == [MASKED]


def test_a_drawing_is_rewritten_redrawn_removed_and_all_of_it_undone_after_a_restart(window: MainWindow, qtbot: QtBot, location: str) -> None:
    draw_all(window, qtbot)
    first = kept(location)[0]
    answered(write("已修复", DrawingColour.GREY))
    window.drawings.edit(first.id)
    assert (kept(location)[0].text, kept(location)[0].colour) == ("已修复", DrawingColour.GREY)
    answered(lambda d: d._end("redraw"))
    window.drawings.edit(first.id)
    click(window.canvas, (700, 300))
    moved = kept(location)[0]
    assert moved.geom != first.geom and moved.lon > first.lon and moved.text == "已修复" and len(kept(location)) == 3  # type: ignore[operator]
    answered(lambda d: d._end("remove"))
    window.drawings.edit(first.id)
    assert len(kept(location)) == 2
    settle(window, qtbot)
    assert window.canvas.hit_at(QPointF(700, 300)) is None
    titles = [row.title.zh for row in window.session.workspace.edits()]
    assert titles[:3] == ["删除注记点“已修复”", "重画注记点“已修复”", "修改注记点“<b>塌陷</b> <i”"]
    again = Workspace.open(location)
    for left in (moved, first):
        again.undo()
        assert kept(location)[0].geom == left.geom
    again.undo()
    assert kept(location)[0] == first
    for _ in range(3):
        again.undo()
    assert kept(location) == []
    again.redo()
    assert kept(location) == [first] and again.verify_audit().ok
    again.close()


def test_drawings_are_listed_in_table_and_feature_list(window: MainWindow, qtbot: QtBot) -> None:
    draw_all(window, qtbot)
    window.selecting._show_bottom()
    window.selecting._ask("MapDrawing", "all")
    qtbot.waitUntil(lambda: window.selected.data is not None and window.selected.data.entity == "MapDrawing" and len(window.selected.data) == 3, timeout=30_000)
    data = window.selected.data
    assert data is not None and MASKED in {data.text(r, data.index("text"), "zh") for r in range(3)}
    window.commands.run("view.features")
    assert window.features.panel.rows.model.rowCount() == 3
    window.selecting.select_drawn("box", np.array([(121.4, 31.1), (121.6, 31.1), (121.6, 31.3), (121.4, 31.3)]))
    qtbot.waitUntil(lambda: window.selected.layer == "drawings" and len(window.selected.ids) == 3, timeout=30_000)


def test_a_dialog_that_is_given_up_keeps_nothing(window: MainWindow, qtbot: QtBot, location: str) -> None:
    answered(lambda d: d.reject())
    window.commands.run("edit.note_point")
    click(window.canvas, SPOTS[0])
    assert kept(location) == [] and window.canvas.toolbox.drawing is None
    assert hits_at([], 0, 0, 1, 0, 0) is None
