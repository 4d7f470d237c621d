"""Ways to look at the map, in the window, on a small sample."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pm_desktop.base.coordinates import SYSTEMS, written
from pm_desktop.base.crs import convert
from pm_desktop.base.mercator import place_of
from pm_desktop.base.settings import Settings
from pm_desktop.ui.canvas import View
from pm_desktop.ui.main_window import MainWindow
from pm_desktop.ui.session import Session
from tests.helpers.hands import mouse


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


def search(window: MainWindow, qtbot: QtBot, text: str) -> None:
    box = window.top.search
    box.setFocus()
    box.setText(text)
    box.textEdited.emit(text)
    qtbot.keyClick(box, Qt.Key.Key_Return)
    qtbot.waitUntil(window.is_settled, timeout=60_000)


# -- coordinates -----------------------------------------------------------------------------------------------------------

def test_coordinates_follow_the_cursor_in_the_chosen_system_and_are_pasted_back(window: MainWindow, qtbot: QtBot) -> None:
    at = (300.0, 200.0)
    mouse(window.canvas, QEvent.Type.MouseMove, at)
    lon, lat = place_of(*window.canvas.world_at(QPointF(*at)))
    for system in SYSTEMS:
        window.viewing.coordinates.choose(system.id)
        assert window.status.place.text() == written(lon, lat, system), system.id
        assert window.status.crs.text().startswith(system.short) and window.settings.coordinates == system.id
        window.commands.run("view.copy_place")
        copied = QGuiApplication.clipboard().text()
        if system.id not in ("CGCS2000", "DMS"):
            x, y = convert([lon], [lat], "EPSG:4490", system.id)
            assert [float(v) for v in copied.split(", ")] == pytest.approx([x[0], y[0]], abs=2e-3)
        window.canvas.set_view(View(121.7, 31.1, 13.0))
        search(window, qtbot, copied)
        assert (window.canvas.view().lon, window.canvas.view().lat) == pytest.approx((lon, lat), abs=1e-6), system.id


def test_without_a_cursor_the_middle_of_the_map_is_told_and_copied(window: MainWindow) -> None:
    window.canvas.set_view(View(121.6, 31.2, 14.0))
    QApplication.sendEvent(window.canvas, QEvent(QEvent.Type.Leave))
    assert window.status.place.text() == "中心 121.60000, 31.20000"
    window.set_lang("en")
    window.commands.run("view.copy_place")
    assert QGuiApplication.clipboard().text() == "121.6000000, 31.2000000" and "centre" in window.status.place.text()


def test_the_chosen_system_is_remembered_and_a_strange_one_is_none(qtbot: QtBot, tiny_sample: str) -> None:
    for kept, shown in (("GCJ-02", "GCJ-02"), ("EPSG:4", "CGCS2000")):
        session = Session(tiny_sample)
        made = MainWindow(session, Settings(coordinates=kept))
        qtbot.addWidget(made)
        assert made.viewing.coordinates.system.id == shown and made.top.search.system.id == shown
        made.close()
        session.close()


def test_the_map_has_a_menu_for_its_places(window: MainWindow, qtbot: QtBot) -> None:
    at = QPoint(420, 260)
    lon, lat = place_of(*window.canvas.world_at(QPointF(at)))
    menu = window.viewing.map_menu(at)
    copy, systems, *_ = menu.actions()
    copy.trigger()
    assert QGuiApplication.clipboard().text() == f"{lon:.7f}, {lat:.7f}"
    assert systems.menu() is window.viewing.coordinates.menu
    next(a for a in menu.actions() if a.text() == window.words("map.centre_here")).trigger()
    qtbot.waitUntil(lambda: window.canvas.view().lon == pytest.approx(lon, abs=1e-6), timeout=5_000)
