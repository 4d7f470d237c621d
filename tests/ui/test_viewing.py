"""Ways to look at the map, in the window, on a small sample."""

from __future__ import annotations

import math

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QShortcut
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pm_desktop.base.coordinates import SYSTEMS, written
from pm_desktop.base.crs import convert
from pm_desktop.base.mercator import place_of
from pm_desktop.base.settings import Settings
from pm_desktop.ui.canvas import View
from pm_desktop.ui.dialogs.simple import Palette
from pm_desktop.ui.main_window import MainWindow
from pm_desktop.ui.panels.lists import ROW
from pm_desktop.ui.session import Session
from tests.helpers.hands import click, mouse, stroke


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


# -- bookmarks -------------------------------------------------------------------------------------------------------------

def shown_layers(window: MainWindow) -> list[tuple[str, float]]:
    return [(s.name, s.opacity) for s in window.layers.states() if s.visible]


def listed(window: MainWindow) -> list[str]:
    model = window.viewing.bookmarks.panel.rows.model
    return [model.index(i).data(ROW).title for i in range(model.rowCount())]


def go(window: MainWindow, qtbot: QtBot, view: View) -> None:
    window.canvas.set_view(view)
    qtbot.waitUntil(window.is_settled, timeout=60_000)


def test_a_view_is_kept_with_keys_alone_and_comes_back_with_its_layers(window: MainWindow, qtbot: QtBot) -> None:
    panel = window.viewing.bookmarks.panel
    window.layers.set_visible(("streets", "compounds", "towns"))
    window.layers.restore((("streets", 1.0), ("towns", 0.5), ("compounds:management_mode", 0.3)))
    go(window, qtbot, View(121.52, 31.22, 14.5))
    kept = shown_layers(window)
    assert kept == [("streets", 1.0), ("towns", 0.5), ("compounds:management_mode", 0.3)]
    window.commands.run("view.bookmark")
    assert panel.isVisible() and panel.name.hasFocus()
    qtbot.waitUntil(lambda: panel.name.text() not in ("", "视图"), timeout=10_000)  # the town's name is proposed
    qtbot.keyClicks(panel.name, "Site 4")
    qtbot.keyClick(panel.name, Qt.Key.Key_Return)
    assert listed(window) == ["Site 4"] and panel.message.text() == "已保存“Site 4”。"
    qtbot.keyClick(panel, Qt.Key.Key_Escape)
    assert not panel.isVisible() and window.canvas.hasFocus()
    window.layers.set_visible(("streets", "compounds:repair_fund"))
    go(window, qtbot, View(121.7, 31.1, 12.0))
    qtbot.keyClick(window, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(window.is_settled, timeout=60_000)
    view = window.canvas.view()
    assert (view.lon, view.lat, view.zoom) == pytest.approx((121.52, 31.22, 14.5)) and shown_layers(window) == kept
    assert {v.id: v.opacity for v in window.canvas.layers()} == {"towns": 0.5, "compounds": 0.3}


def test_a_bookmark_is_found_by_the_search_box(window: MainWindow, qtbot: QtBot) -> None:
    window.canvas.set_view(View(121.6, 31.15, 13.0))
    window.viewing.bookmarks.save("防汛墙三号点", False, True)
    window.set_theme("dark")
    window.canvas.set_view(View(121.5, 31.25, 15.0))
    search(window, qtbot, "三号点")
    view = window.canvas.view()
    assert (view.lon, view.lat, view.zoom) == pytest.approx((121.6, 31.15, 13.0)) and window.theme[0] == "light"
    assert window.top.search.results() == ["bookmark:防汛墙三号点"]
    palette = Palette(window.words, window, window.viewing.bookmarks.entries())
    palette.edit.setText("三号")
    qtbot.keyClick(palette.edit, Qt.Key.Key_Return)
    window.canvas.set_view(View(121.5, 31.25, 15.0))
    window.commands.run(str(palette.chosen))
    qtbot.waitUntil(window.is_settled, timeout=60_000)
    assert window.canvas.view().lon == pytest.approx(121.6)


def test_bookmarks_are_filtered_renamed_ordered_deleted_and_brought_back(window: MainWindow, qtbot: QtBot) -> None:
    marks = window.viewing.bookmarks
    panel = marks.panel
    window.commands.run("view.bookmarks")
    assert panel.name.hasFocus() and not panel.edit_buttons[0].isVisible() and "还没有书签" in panel.rows._message.text()
    for name in ("A 甲", "B 乙", "C 丙"):
        marks.save(name, True, False)
    qtbot.keyClicks(panel.rows.filter, "c")
    assert listed(window) == ["C 丙"]
    qtbot.keyClick(panel.rows.filter, Qt.Key.Key_Down)
    qtbot.keyClick(panel.rows.view, Qt.Key.Key_F2)
    assert panel.name.text() == "C 丙" and panel.name.hasFocus()
    panel.name.selectAll()
    panel.name.setText("A 甲")
    qtbot.keyClick(panel.name, Qt.Key.Key_Return)
    assert "已有名为“A 甲”的书签" in panel.message.text()
    qtbot.keyClicks(panel.name, "1")
    qtbot.keyClick(panel.name, Qt.Key.Key_Return)
    panel.rows.filter.clear()
    assert listed(window) == ["A 甲", "B 乙", "A 甲1"]
    panel.rows.view.setCurrentIndex(panel.rows.model.index(2))
    qtbot.keyClick(panel.rows.view, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert listed(window) == ["A 甲", "A 甲1", "B 乙"]
    qtbot.keyClick(panel.rows.view, Qt.Key.Key_Delete)
    assert listed(window) == ["A 甲", "B 乙"] and panel.undo.isVisible()
    panel.undo.click()
    assert listed(window) == ["A 甲", "A 甲1", "B 乙"] and not panel.undo.isVisible()
    window.set_lang("en")
    assert panel.save.text() == "Save view" and panel.message.text() == "Taken back."


def test_a_window_that_remembers_keeps_bookmarks_at_once(qtbot: QtBot, tiny_sample: str) -> None:
    for expected in ((), ("岗亭",)):
        session = Session(tiny_sample)
        made = MainWindow(session, Settings(), remember=True)
        qtbot.addWidget(made)
        assert made.top.search.bookmarks == expected
        made.viewing.bookmarks.save("岗亭", True, False)
        made._remember = False  # the second window must not depend on how the first was closed
        made.close()
        session.close()


def test_the_panel_takes_no_presses_for_the_map(window: MainWindow, qtbot: QtBot) -> None:
    window.commands.run("view.bookmarks")
    before = window.canvas.view()
    panel = window.viewing.bookmarks.panel
    stroke(panel, (40, 12), (90, 60), (160, 120))
    qtbot.keyClick(panel, Qt.Key.Key_Left)
    qtbot.wait(50)
    assert window.canvas.view() == before


def test_keys_of_a_list_act_only_where_it_has_the_focus(window: MainWindow, qtbot: QtBot) -> None:
    """A shortcut made with its slot in the third place loses its context in PySide and would hold in the whole window."""
    contexts = {(s.key().toString(), s.context()) for s in window.findChildren(QShortcut)}
    widget, children = Qt.ShortcutContext.WidgetShortcut, Qt.ShortcutContext.WidgetWithChildrenShortcut
    assert {("Alt+Up", widget), ("Alt+Down", widget), ("Ctrl+C", children)} <= contexts
    before = window.layers.states()
    window.layers.list.setCurrentRow(3)
    window.canvas.setFocus()
    qtbot.keyClick(window.canvas, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert window.layers.states() == before
    window.layers.list.setFocus()
    qtbot.keyClick(window.layers.list, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    assert window.layers.states() != before


# -- the whole district in a corner ------------------------------------------------------------------------------------------

def inset_pixel(window: MainWindow, lon: float, lat: float) -> QPointF:
    """Where a place lies in the inset, reckoned from its bounds by proportion of Mercator's northings."""
    def north(degrees: float) -> float:
        return math.log(math.tan(math.pi / 4 + math.radians(degrees) / 2))

    inset = window.viewing.overview.inset
    west, south, east, n = inset._bounds  # type: ignore[misc]
    width, height = inset.width() - 2, inset.height() - 2
    per_px = max(math.radians(east - west) / width, (north(n) - north(south)) / height) * 1.06
    x = math.radians(lon - (west + east) / 2) / per_px + width / 2 + 1
    return QPointF(x, ((north(n) + north(south)) / 2 - north(lat)) / per_px + height / 2 + 1)


def test_the_inset_shows_where_the_map_looks_and_leads_it(window: MainWindow, qtbot: QtBot) -> None:
    inset, canvas = window.viewing.overview.inset, window.canvas
    go(window, qtbot, View(121.6, 31.15, 12.0))
    assert inset.isVisible() and not inset._picture.isNull()
    assert inset._picture.toImage().width() == round((inset.width() - 2) * window.devicePixelRatioF())
    box = inset.rectangle()
    west, north = place_of(*canvas.world_at(QPointF(0, 0)))
    east, south = place_of(*canvas.world_at(QPointF(canvas.width(), canvas.height())))
    for corner, wanted in ((box.topLeft(), (west, north)), (box.bottomRight(), (east, south))):
        expected = inset_pixel(window, *wanted)
        assert (corner.x(), corner.y()) == pytest.approx((expected.x(), expected.y()), abs=0.3)
    grip = box.center() + QPointF(box.width() / 4, box.height() / 4)  # held anywhere, it moves as it is held
    stroke(inset, (grip.x(), grip.y()), (grip.x() + 9, grip.y() - 6), (grip.x() + 20, grip.y() - 12))
    moved = inset.rectangle().center() - box.center()
    assert (moved.x(), moved.y()) == pytest.approx((20, -12), abs=0.01) and canvas.view().zoom == 12.0
    click(inset, (30.0, 40.0))
    at = inset_pixel(window, canvas.view().lon, canvas.view().lat)
    assert (at.x(), at.y()) == pytest.approx((30, 40), abs=0.3)


def test_the_inset_is_painted_once_for_a_style_and_gone_where_it_tells_nothing(window: MainWindow, qtbot: QtBot) -> None:
    overview = window.viewing.overview
    go(window, qtbot, View(121.6, 31.15, 13.0))
    light, key = overview.inset._picture, overview.inset._picture.cacheKey()
    assert light.toImage().pixelColor(light.width() - 4, 4).blue() > 200, "the sea is pale blue"
    for step in range(5):
        canvas_view = window.canvas.view()
        window.canvas.set_view(canvas_view.panned(30 * step, 20))
    assert overview.inset._picture.cacheKey() == key
    window.set_theme("dark")
    qtbot.waitUntil(window.is_settled, timeout=60_000)
    assert overview.inset._picture.toImage().pixelColor(4, 100).lightness() < 80 and len(overview._pictures) == 2
    ran: list[str] = []
    window.session.run = lambda name, *a, **k: ran.append(name)  # type: ignore[method-assign, assignment]
    window.set_theme("light")
    assert "overview" not in ran and overview.inset._picture.toImage() == light.toImage()
    del window.session.run  # type: ignore[attr-defined]
    go(window, qtbot, View(121.7, 31.1, 8.5))
    assert not overview.inset.isVisible(), "the map shows the whole district itself"


def test_the_inset_can_be_hidden_and_that_is_remembered(window: MainWindow, qtbot: QtBot, tiny_sample: str) -> None:
    go(window, qtbot, View(121.6, 31.15, 13.0))
    inset = window.viewing.overview.inset
    inset._close.click()
    assert not inset.isVisible() and window.settings.overview is False
    window.commands.run("view.overview")
    assert inset.isVisible() and window.settings.overview is True
    session = Session(tiny_sample)
    other = MainWindow(session, Settings(overview=False))
    qtbot.addWidget(other)
    other.resize(1400, 900)
    other.show()
    qtbot.waitUntil(other.is_settled, timeout=60_000)
    assert not other.viewing.overview.inset.isVisible()
    other.close()
    session.close()
