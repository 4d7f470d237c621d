"""A hand that hurries: double clicks, Esc and Ctrl+Z everywhere, quick switches, closing in the middle of work."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from pm_desktop.base.settings import Settings
from pm_desktop.ui.actions import WORKBENCHES
from pm_desktop.ui.dialogs.importing import ImportDialog
from pm_desktop.ui.main_window import MainWindow
from pm_desktop.ui.panels.lists import RowList
from pm_desktop.ui.session import Session
from pm_desktop.workspace.workspace import Workspace
from tests.helpers.windows import settle

CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def window(qtbot: QtBot, tiny_sample: str) -> Iterator[MainWindow]:
    session = Session(tiny_sample)
    made = MainWindow(session, Settings())
    qtbot.addWidget(made)
    made.resize(1400, 900)
    made.show()
    qtbot.waitUntil(made.is_settled, timeout=60_000)
    yield made
    made.close()
    session.close()


def test_ten_quick_switches_end_where_the_last_one_led(window: MainWindow, qtbot: QtBot) -> None:
    for k in range(10):
        QTest.keyClick(window, Qt.Key(Qt.Key.Key_1 + (k * 5) % 6), CTRL)
        if k % 3 == 0:
            QTest.keyClick(window, Qt.Key.Key_T, CTRL)
        if k % 4 == 0:
            QTest.keyClick(window, Qt.Key.Key_L, CTRL)
    settle(window, qtbot)
    wanted = WORKBENCHES[(9 * 5) % 6]
    assert window.workbench == wanted
    panel = window.selection.panel()
    assert window.selection.currentWidget() is panel
    visible = {s.id for s in window.layers.states() if s.visible}
    assert {v.id for v in window.canvas.layers() if v.visible} | {"streets"} >= visible, "the map shows what the panel says"


def test_double_clicks_open_one_profile(window: MainWindow, qtbot: QtBot) -> None:
    window.open_workbench("inspector")
    settle(window, qtbot)
    rows = window.selection.panel()
    assert isinstance(rows, RowList)
    at = rows.view.visualRect(rows.model.index(2, 0)).center()
    name = rows.model.index(2, 0).data(Qt.ItemDataRole.DisplayRole).split(" ")[0]
    QTest.mouseClick(rows.view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseDClick(rows.view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    settle(window, qtbot)
    assert window.selection.currentWidget() is window.selection.profile and window.selection.profile._title.text() == name


def test_esc_leads_back_from_wherever_the_focus_is(window: MainWindow, qtbot: QtBot) -> None:
    window.open_workbench("inspector")
    settle(window, qtbot)
    rows = window.selection.panel()
    assert isinstance(rows, RowList)
    QTest.mouseClick(rows.view.viewport(), Qt.MouseButton.LeftButton, pos=rows.view.visualRect(rows.model.index(0, 0)).center())
    settle(window, qtbot)
    assert window.selection.currentWidget() is window.selection.profile
    QTest.keyClick(window.selection.profile._area, Qt.Key.Key_Escape)
    assert window.selection.currentWidget() is rows
    window.activateWindow()
    window.top.search.setFocus()
    qtbot.waitUntil(window.top.search.hasFocus, timeout=5_000)
    window.top.search.setText("三林")
    window.top.search.textEdited.emit("三林")
    QTest.keyClick(window.top.search, Qt.Key.Key_Escape)
    assert not window.top.search._popup.isVisible()
    rows.filter.setFocus()
    qtbot.waitUntil(rows.filter.hasFocus, timeout=5_000)
    rows.filter.setText("x")
    QTest.keyClick(rows.filter, Qt.Key.Key_Escape)
    assert rows.filter.text() == ""


def test_undo_with_nothing_to_undo_is_no_harm(window: MainWindow, qtbot: QtBot) -> None:
    for _ in range(5):
        QTest.keyClick(window, Qt.Key.Key_Z, CTRL)
        QTest.keyClick(window, Qt.Key.Key_Z, CTRL | Qt.KeyboardModifier.ShiftModifier)
    settle(window, qtbot)
    assert window.isEnabled() and window.session.workspace.edits(50) == []


def test_closing_while_importing_stores_nothing_or_all(qtbot: QtBot, tmp_path: Path) -> None:
    Workspace.create(tmp_path / "w").close()
    session = Session(str(tmp_path / "w"))
    window = MainWindow(session, Settings())
    qtbot.addWidget(window)
    window.resize(1400, 900)
    window.show()
    settle(window, qtbot)
    file = tmp_path / "c.csv"
    file.write_text("小区名称,户数,经度,纬度\n" + "".join(f"新村{i},5,{121.5 + i / 1e6},31.2\n" for i in range(40_000)), "utf-8")
    dialog = ImportDialog(session, window.words, window, str(file))
    dialog.show()
    qtbot.waitUntil(lambda: dialog._task is None, timeout=60_000)
    dialog._run(dry=False)
    qtbot.wait(400)
    dialog.close()
    window.close()
    session.close()
    again = Workspace.open(tmp_path / "w")
    assert again.info()["counts"]["compounds"] in (0, 40_000) and again.verify_audit().ok
    again.close()


def test_language_and_theme_change_while_something_is_drawn_and_chosen(window: MainWindow, qtbot: QtBot) -> None:
    window.open_workbench("inspector")
    window.commands.run("view.table")
    settle(window, qtbot)
    window.table.view.selectRow(1)
    chosen = window.selected.texts()
    window.commands.run("edit.select_polygon")
    QTest.mouseClick(window.canvas, Qt.MouseButton.LeftButton, pos=QPoint(300, 200))
    for action in ("view.lang", "view.theme", "view.theme", "view.lang", "view.theme"):
        window.commands.run(action)
    settle(window, qtbot)
    assert window.selected.texts() == chosen and window.canvas.toolbox.drawing
    QTest.keyClick(window.canvas, Qt.Key.Key_Escape)
    QTest.keyClick(window.canvas, Qt.Key.Key_Escape)
    assert not window.canvas.toolbox.drawing
