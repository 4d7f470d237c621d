"""Questions that people of the office ask every day, answered by key and mouse alone in at most eight actions each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from pm_desktop.base.jobs import JobContext
from pm_desktop.base.settings import Settings
from pm_desktop.domain.records import Alert, Compound, Contract, Zone
from pm_desktop.storage.database import Database
from pm_desktop.ui.dialogs.day import DayDialog
from pm_desktop.ui.main_window import MainWindow
from pm_desktop.ui.panels.figures import Card
from pm_desktop.ui.panels.lists import ROW, RowList
from pm_desktop.ui.session import Session
from pm_desktop.workspace.profile import OPEN_ALERTS, load_profile

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


class Person:
    """Counts what is done: a key, a text typed, a click; each waits until the window is at rest."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self.window, self.qtbot, self.actions = window, qtbot, 0

    def settle(self) -> None:
        self.qtbot.wait(30)
        self.qtbot.waitUntil(self.window.is_settled, timeout=60_000)

    def key(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier, at: QWidget | None = None) -> None:
        self.actions += 1
        self.window.activateWindow()  # as a window manager does when a dialog closes
        self.qtbot.waitUntil(self.window.isActiveWindow, timeout=5_000)
        QTest.keyClick(at or self.window, key, modifiers)
        self.settle()

    def type(self, text: str) -> None:
        """Type into the search box; an input method commits Chinese as one text."""
        self.actions += 1
        box = self.window.top.search
        box.insert(text)
        box.textEdited.emit(box.text())
        self.settle()

    def click(self, widget: QWidget, at: QPoint | None = None) -> None:
        self.actions += 1
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=at or QPoint())
        self.settle()

    def in_dialog(self, then: Callable[[QDialog], None]) -> None:
        """What is done in the dialog that the next action opens."""
        def meet() -> None:
            dialog = QApplication.activeModalWidget()
            assert isinstance(dialog, QDialog)
            then(dialog)

        QTimer.singleShot(50, meet)

    def reads(self) -> str:
        """Everything that stands in the profile on the first screen, without scrolling."""
        panel = self.window.selection.profile
        bottom = panel.mapToGlobal(QPoint(0, panel.height())).y()
        seen = [w for kind in (QLabel, QPushButton) for w in panel.findChildren(kind)
                if w.isVisibleTo(panel) and w.mapToGlobal(QPoint(0, w.height())).y() <= bottom]
        return " ".join(getattr(w, "whole", w.text()) for w in seen)


@pytest.fixture
def person(qtbot: QtBot, tiny_sample: str) -> Iterator[Person]:
    session = Session(tiny_sample)
    window = MainWindow(session, Settings())
    qtbot.addWidget(window)
    window.resize(1680, 950)
    window.show()
    someone = Person(window, qtbot)
    someone.settle()
    yield someone
    window.close()
    session.close()


def test_an_inspector_looks_up_a_road_and_number(person: Person, tiny_sample: str) -> None:
    """沧海路45弄: what is it, who manages it, and when was it looked at last?"""
    with Database.open(tiny_sample, read_only=True) as db:
        name, address = next(r for r in db.rows(Compound, ("name", "address")) if r[1] and r[1].endswith("弄"))
    person.key(Qt.Key.Key_F, CTRL)
    person.type(address)
    person.key(Qt.Key.Key_Return, at=person.window.top.search)
    said = person.reads()
    assert person.actions <= 8 and name in said and address in said and "物业服务企业" in said and "合同终止日" in said


def test_a_leader_asks_how_many_red_alerts_are_open_and_where(person: Person, tiny_sample: str) -> None:
    with Database.open(tiny_sample, read_only=True) as db:
        red = db.count(Alert, {"status": OPEN_ALERTS, "severity": "S1"})
    assert red
    person.key(Qt.Key.Key_3, CTRL)
    rows = person.window.selection.panel()
    assert isinstance(rows, RowList)
    person.actions += 1
    QTest.keyClicks(rows.filter, "s1")
    person.settle()
    assert rows.model.rowCount() == red and rows._count.text().startswith(f"{red} /")
    first = rows.view.visualRect(rows.model.index(0, 0)).center()
    row = rows.model.index(0, 0).data(ROW)
    person.click(rows.view.viewport(), first)
    view = person.window.canvas.view()
    assert person.actions <= 8 and (view.lon, view.lat) == pytest.approx((row.lon, row.lat)) and view.zoom >= 15


def test_a_clerk_wants_all_contracts_that_end_within_90_days_as_a_spreadsheet(person: Person, tiny_sample: str, tmp_path: Path,
                                                                               monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "到期合同.xlsx"
    monkeypatch.setattr("pm_desktop.ui.selecting.QFileDialog.getSaveFileName", lambda *_: (str(out), ""))
    person.key(Qt.Key.Key_4, CTRL)
    panel = person.window.selection.panel()
    assert panel is not None
    card = next(c for c in panel.findChildren(Card) if c._figure.drill is not None and c._figure.drill.entity == "Contract")
    person.click(card)
    person.key(Qt.Key.Key_E, CTRL)
    person.actions += 1  # the name of the file
    assert person.actions <= 8
    with Database.open(tiny_sample, read_only=True) as db:
        today = load_profile(JobContext(), tiny_sample, db.rows(Compound, ("id",), limit=1)[0][0]).blocks[0].as_of
        ends = [r[0] for r in db.rows(Contract, ("end",)) if r[0] is not None]
    due = sum(timedelta(0) <= end - type(end).fromisoformat(today or "") <= timedelta(days=90) for end in ends)
    lines = list(load_workbook(out).worksheets[0].values)
    assert lines[0][:4] == ("物业管理区域", "街镇", "物业服务企业", "终止日") and all(line[0] for line in lines)
    assert abs(len(lines) - 1 - due) <= 1, "the ninetieth day may count or not"


def test_who_managed_a_compound_at_the_end_of_last_year(person: Person, tiny_sample: str) -> None:
    with Database.open(tiny_sample, read_only=True) as db:
        name = db.rows(Compound, ("name",), {"id": db.records(Zone)[0].compound_ids[0]})[0][0]
    person.key(Qt.Key.Key_F, CTRL)
    person.type(name)
    person.key(Qt.Key.Key_Return, at=person.window.top.search)

    def choose(dialog: QDialog) -> None:
        assert isinstance(dialog, DayDialog)
        person.actions += 2
        QTest.mouseClick(next(b for b in dialog.findChildren(QPushButton) if b.text() == "去年末"), Qt.MouseButton.LeftButton)
        QTest.mouseClick(next(b for b in dialog.findChildren(QPushButton) if b.text() == "确定"), Qt.MouseButton.LeftButton)

    person.in_dialog(choose)
    person.key(Qt.Key.Key_D, CTRL)
    person.settle()
    day = person.window.session.as_of
    assert person.actions <= 8 and day is not None and (day.month, day.day) == (12, 31)
    assert person.window.past.isVisible() and name in person.reads() and f"截至 {day}" in person.reads() and "物业服务企业" in person.reads()
    person.window.session.show_day(None)
    person.settle()


def test_what_lies_within_500_metres_goes_into_a_file(person: Person, tiny_sample: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "附近.csv"
    monkeypatch.setattr("pm_desktop.ui.selecting.QFileDialog.getSaveFileName", lambda *_: (str(out), ""))
    with Database.open(tiny_sample, read_only=True) as db:
        name = next(r[0] for r in db.rows(Compound, ("name", "lon")) if r[1] is not None)
    person.key(Qt.Key.Key_2, CTRL)
    person.key(Qt.Key.Key_F, CTRL)
    person.type(name)
    person.key(Qt.Key.Key_Return, at=person.window.top.search)

    def accept(dialog: QDialog) -> None:
        person.actions += 1
        QTest.keyClick(dialog, Qt.Key.Key_Return)

    person.in_dialog(accept)
    person.key(Qt.Key.Key_R, CTRL | SHIFT)
    if not person.window.bottom.isVisible():
        person.key(Qt.Key.Key_F9)
    person.key(Qt.Key.Key_E, CTRL)
    assert person.actions <= 8
    lines = out.read_text("utf-8-sig").splitlines()
    assert len(lines) - 2 == len(person.window.selected.ids) >= 1 and any(name in line for line in lines)
