"""Selection, table and charts follow each other; the question of the usability script is answered in eight actions."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from pm_desktop.base.settings import Settings
from pm_desktop.domain.records import Compound, Town
from pm_desktop.storage.database import Database
from pm_desktop.ui.main_window import MainWindow
from pm_desktop.ui.panels.tablemodel import TableModel
from pm_desktop.ui.session import Session
from pm_desktop.workspace.tablepack import UNKNOWN, Range, Values


@pytest.fixture
def window(qtbot: QtBot, tiny_sample: str) -> Iterator[MainWindow]:
    session = Session(tiny_sample)
    made = MainWindow(session, Settings())
    qtbot.addWidget(made)
    made.resize(1680, 950)
    made.show()
    qtbot.waitUntil(made.is_settled, timeout=60_000)
    yield made
    made.close()
    session.close()


def settle(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.wait(30)
    qtbot.waitUntil(window.is_settled, timeout=60_000)


def open_table(window: MainWindow, qtbot: QtBot, entity: str = "Compound", scope: str = "all") -> None:
    if not window.bottom.isVisible():
        QTest.keyClick(window, Qt.Key.Key_F9)
    settle(window, qtbot)
    window.table.asked.emit(entity, scope)
    settle(window, qtbot)


def click_header(window: MainWindow, key: str) -> None:
    """Click the words of a column."""
    data = window.selected.data
    assert data is not None
    header = window.table.view.horizontalHeader()
    column = data.index(key)
    window.table.view.horizontalScrollBar().setValue(max(0, header.sectionPosition(column) - 300))
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(header.sectionViewportPosition(column) + 20, header.height() // 2))


def test_the_worst_compounds_of_a_town_in_eight_actions(window: MainWindow, qtbot: QtBot, tiny_sample: str) -> None:
    """Which compounds of a town have the worst complaint rate, who manages them, and what changed?"""
    with Database.open(tiny_sample, read_only=True) as db:
        towns = [c for (c,) in db.rows(Compound, ("town_code",))]
        code = max(set(towns), key=lambda c: (c == "310115130000", towns.count(c)))
        town = db.rows(Town, ("name",), {"code": code})[0][0]
    actions = 0

    def act(what: object) -> None:
        nonlocal actions
        actions += 1
        settle(window, qtbot)

    act(QTest.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier))
    window.top.search.insert(town)  # an input method commits Chinese as one text
    window.top.search.textEdited.emit(window.top.search.text())
    act("typed")
    act(QTest.keyClick(window.top.search, Qt.Key.Key_Return))
    act(QTest.keyClick(window, Qt.Key.Key_F9))
    data = window.selected.data
    assert data is not None and data.entity == "Compound" and len(data) == towns.count(code)
    act(click_header(window, "complaint_rate"))
    view, model = window.table.view, window.table.model
    rate, firm = data.index("complaint_rate"), data.index("firm")
    shown = [data.values(rate)[r] for r in model.rows.tolist()]
    known = [v for v in shown if v == v]
    assert known and known == sorted(known, reverse=True) and not any(v == v for v in shown[len(known):])
    assert firm in window.table.shown_columns()
    worst = int(model.rows[0])
    frozen = view.frozen
    at = frozen.visualRect(model.index(0, 0)).center()
    QTest.mouseClick(frozen.viewport(), Qt.MouseButton.LeftButton, pos=at)
    act(QTest.mouseDClick(frozen.viewport(), Qt.MouseButton.LeftButton, pos=at))
    assert actions <= 8
    assert window.selection.currentWidget() is window.selection.profile
    said = " ".join(label.text() for label in window.selection.profile.findChildren(QLabel) if label.isVisibleTo(window))
    assert data.text(worst, 0, "zh") in said and data.text(worst, rate, "zh") in said
    assert data.text(worst, firm, "zh") in said or data.text(worst, firm, "zh") == UNKNOWN.zh
    assert window.selected.texts() == (data.ids[worst].decode(),)


def test_rows_and_map_select_each_other(window: MainWindow, qtbot: QtBot) -> None:
    open_table(window, qtbot)
    data, model = window.selected.data, window.table.model
    assert data is not None
    window.table.view.selectRow(3)
    assert window.selected.texts() == (data.ids[model.rows[3]].decode(),) and window.selected.layer == "compounds"
    window.selected.select("compounds", data.ids[:2], "map")
    settle(window, qtbot)
    tinted = [model.index(r, 0).data(Qt.ItemDataRole.BackgroundRole) is not None for r in range(6)]
    assert tinted == [int(model.rows[r]) < 2 for r in range(6)] and not window.table.view.selectionModel().hasSelection()
    window.open_workbench("inspector")
    settle(window, qtbot)
    assert len(window.selected.ids) == 2, "the selection outlives a change of the workbench"


def test_a_selection_is_inverted_extended_and_let_go(window: MainWindow, qtbot: QtBot) -> None:
    window.open_workbench("inspector")
    open_table(window, qtbot)
    data = window.selected.data
    assert data is not None
    every = len(data)
    window.selected.select("compounds", data.ids[:1], "map")
    window.selected.toggle("compounds", data.ids[1].decode())
    window.selected.toggle("compounds", data.ids[0].decode())
    assert window.selected.texts() == (data.ids[1].decode(),)
    window.commands.run("edit.select_invert")
    settle(window, qtbot)
    assert len(window.selected.ids) == every - 1 and data.ids[1] not in window.selected.ids
    assert window.selected.data is not None and len(window.selected.data) == every - 1, "the table follows"
    window.commands.run("edit.select_town")
    settle(window, qtbot)
    assert len(window.selected.ids) == every
    window.commands.run("edit.select_none")
    assert len(window.selected.ids) == 0
    window.commands.run("edit.select_view")
    settle(window, qtbot)
    assert 0 < len(window.selected.ids) <= every


def test_filters_combine_and_are_undone_one_by_one(window: MainWindow, qtbot: QtBot) -> None:
    open_table(window, qtbot)
    data, state = window.selected.data, window.selected
    assert data is not None
    big = data.values(data.index("floor_area_m2")) >= 40_000
    type_ = data.values(data.index("housing_type"))
    state.set_filter("floor_area_m2", Range(40_000, None))
    state.set_filter("housing_type", Values(frozenset({int(type_[0])})))
    assert window.table.model.rowCount() == int((big & (type_ == type_[0])).sum())
    window.table.sort_by(data.index("households"))
    assert set(window.table.model.rows.tolist()) == set(np.flatnonzero(big & (type_ == type_[0])).tolist())
    state.set_filter("housing_type", None)
    assert window.table.model.rowCount() == int(big.sum())
    total = data.summary(data.index("floor_area_m2"), np.flatnonzero(big)).total
    assert window.table.footer.lines(data.index("floor_area_m2"))[0] == f"Σ {total:,.0f}"
    window.table.filter.setText("没有这样的小区")
    assert window.table.model.rowCount() == 0
    state.clear_filters()
    assert window.table.model.rowCount() == len(data)


def test_columns_are_remembered_and_copied_with_their_headers(window: MainWindow, qtbot: QtBot) -> None:
    open_table(window, qtbot)
    data, table = window.selected.data, window.table
    assert data is not None
    header = table.view.horizontalHeader()
    table.show_column(data.index("town"), False)
    header.moveSection(header.visualIndex(data.index("households")), 1)
    header.resizeSection(data.index("households"), 177)
    open_table(window, qtbot, "Zone")
    open_table(window, qtbot, "Compound")
    data = window.selected.data
    assert data is not None and data.entity == "Compound"
    assert table.shown_columns()[:2] == [0, data.index("households")] and data.index("town") not in table.shown_columns()
    assert header.sectionSize(data.index("households")) == 177
    table.view.selectRow(0)
    table.copy()
    lines = QGuiApplication.clipboard().text().split("\n")
    assert len(lines) == 2 and lines[0].split("\t")[:2] == ["名称", "户数 (户)"]
    assert lines[1].split("\t")[0] == data.text(int(table.model.rows[0]), 0, "zh")


def test_rows_are_exported_beside_the_window(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    open_table(window, qtbot)
    window.selecting.export_to(str(tmp_path / "a.csv"))
    settle(window, qtbot)
    assert len((tmp_path / "a.csv").read_text("utf-8-sig").splitlines()) == window.table.model.rowCount() + 2


def test_a_long_table_scrolls_by_reading_cells(window: MainWindow, qtbot: QtBot) -> None:
    """A page of 100,000 rows costs what a page of 100 rows costs: nothing is made for rows that are not on the screen."""
    open_table(window, qtbot, "Complaint")
    data = window.selected.data
    assert data is not None
    model: TableModel = window.table.model
    started = time.perf_counter()
    for top in range(0, 40):
        for row in range(top, top + 20):
            for column in window.table.shown_columns():
                model.index(row, column).data()
    assert (time.perf_counter() - started) / 40 < 0.1
