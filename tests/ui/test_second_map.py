"""The second map, linked with the first, on a small sample."""

from __future__ import annotations

import multiprocessing

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QCursor, QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from pm_desktop.base.mercator import place_of
from pm_desktop.base.settings import Settings
from pm_desktop.cartography.style import map_style
from pm_desktop.ui.canvas import MapCanvas, View
from pm_desktop.ui.main_window import MainWindow
from pm_desktop.ui.secondmap import SecondMap
from pm_desktop.ui.session import Session
from tests.helpers.hands import mouse, stroke


def opened(window: MainWindow, qtbot: QtBot) -> SecondMap:
    window.commands.run("view.second")
    second = window.viewing.second
    assert second is not None
    assert "second map" in window.waiting_for(), "what is not painted yet is waited for"
    qtbot.waitUntil(window.is_settled, timeout=60_000)
    return second


def rest(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.wait(250)
    qtbot.waitUntil(window.is_settled, timeout=60_000)


def test_each_map_leads_the_other_and_none_pulls_back(window: MainWindow, qtbot: QtBot) -> None:
    second = opened(window, qtbot)
    one, other = window.canvas, second.canvas
    assert other.view() == one.view() and other.size() != one.size()
    for leader, follower in ((one, other), (other, one)):
        moves: list[View] = []
        leader.viewChanged.connect(moves.append)
        stroke(leader, (300, 300), (340, 330), (420, 380))
        assert follower.view() == leader.view() and len(moves) == 2, "a drag of two steps moves the leader twice, no echo"
        leader.zoom_at(QPointF(200, 150), 1.0)
        seen = set()
        while leader._motion.active:
            qtbot.wait(10)
            seen.add(leader.view().zoom)
            assert follower.view() == leader.view()
        rest(window, qtbot)
        assert len(seen) > 3 and follower.view() == leader.view() and follower.view().zoom * 4 % 1 == 0
        assert not follower.moving and not follower._motion.active
        leader.viewChanged.disconnect(moves.append)


def test_unlinked_each_goes_its_own_way_and_linked_again_they_meet(window: MainWindow, qtbot: QtBot) -> None:
    second = opened(window, qtbot)
    second.linked.click()
    before = second.canvas.view()
    window.canvas.set_view(View(121.7, 31.1, 12.0))
    second.canvas.zoom_at(QPointF(100, 100), 2.0)
    rest(window, qtbot)
    assert second.canvas.view() != before and window.canvas.view() == View(121.7, 31.1, 12.0)
    second.linked.click()
    assert second.canvas.view() == window.canvas.view()


def test_each_shows_where_the_cursor_of_the_other_is(window: MainWindow, qtbot: QtBot) -> None:
    second = opened(window, qtbot)
    one, other = window.canvas, second.canvas

    def middle(canvas: MapCanvas, which: int) -> tuple[float, float]:
        return place_of(*canvas.world_at(QPointF(second.link.pointers[which].geometry().center())))

    for here, there, which in ((one, other, 1), (other, one, 0)):
        mouse(here, QEvent.Type.MouseMove, (here.width() / 2 + 60, here.height() / 2 - 40))
        pointer = second.link.pointers[which]
        place = place_of(*here.world_at(QPointF(here.width() / 2 + 60, here.height() / 2 - 40)))
        assert pointer.isVisible() and middle(there, which) == pytest.approx(place, abs=2e-4)
        assert window.status.place.text() == f"{place[0]:.5f}, {place[1]:.5f}"
        there.set_view(there.view().panned(80, 30))
        assert middle(there, which) == pytest.approx(place, abs=2e-4), "it stays on its place"
        QApplication.sendEvent(here, QEvent(QEvent.Type.Leave))
        assert not pointer.isVisible()


def test_layers_opacity_and_style_are_its_own(window: MainWindow, qtbot: QtBot) -> None:
    second = opened(window, qtbot)
    first = [(v.id, v.opacity) for v in window.canvas.layers()]
    second.layers.restore((("streets", 1.0), ("alerts", 0.5)))
    second.show_style(second.style_box.findData("dark"))
    rest(window, qtbot)
    assert [(v.id, v.opacity) for v in second.canvas.layers()] == [("alerts", 0.5)]
    assert [(v.id, v.opacity) for v in window.canvas.layers()] == first
    land = {c: map_style(c).colours["land"] for c in ("light", "dark")}
    for canvas, style in ((window.canvas, "light"), (second.canvas, "dark")):
        canvas.set_view(View(121.45, 31.05, 15.0))
        rest(window, qtbot)
        picture = canvas.grab().toImage()
        shades = [picture.pixelColor(x, y).lightness() for x in range(250, 600, 7) for y in range(150, 450, 7)]
        assert (sum(shades) / len(shades) > 128) == (style == "light"), (style, land)
    window.set_theme("dark")
    second.show_style(second.style_box.findData("same"))
    assert second.canvas._theme == "dark"
    window.set_theme("light")
    assert second.canvas._theme == "light", "it follows the first map's style"


def test_the_menu_of_the_second_map_is_about_its_own_place(window: MainWindow, qtbot: QtBot) -> None:
    second = opened(window, qtbot)
    at = QPoint(123, 234)
    second.canvas.customContextMenuRequested.emit(at)
    menu = next(m for m in second.canvas.findChildren(QMenu) if m.isVisible())
    opened_at = at if second.canvas.rect().contains(second.canvas.mapFromGlobal(QCursor.pos())) else second.canvas.rect().center()
    lon, lat = place_of(*second.canvas.world_at(QPointF(opened_at)))
    menu.actions()[0].trigger()
    assert QGuiApplication.clipboard().text() == f"{lon:.7f}, {lat:.7f}"
    menu.close()


def test_what_is_selected_is_outlined_on_both_and_a_click_opens_it(window: MainWindow, qtbot: QtBot) -> None:
    second = opened(window, qtbot)
    second.layers.restore((("streets", 1.0), ("compounds:housing_type", 1.0)))
    rest(window, qtbot)
    hit = next(h for x in range(20, second.canvas.width(), 25) for y in range(20, second.canvas.height(), 25)
               if (h := second.canvas.hit_at(QPointF(x, y))) is not None)
    second.canvas.clicked.emit(hit)
    rest(window, qtbot)
    assert window.selection.currentWidget() is window.selection.profile
    assert second.canvas._marking.selected() == ("compounds", frozenset({hit.id}))


def test_it_is_light_ends_its_processes_and_comes_back_as_it_was(window: MainWindow, qtbot: QtBot) -> None:
    alone = set(window.canvas.render_pids())
    second = opened(window, qtbot)
    second.layers.restore((("streets", 0.9), ("zones:management_mode", 0.4)))
    second.show_style(second.style_box.findData("briefing"))
    second.linked.click()
    second.panel_button.click()
    pids = second.canvas.render_pids()
    assert len(pids) == 1 and second.canvas._cache.bytes_used <= second.canvas._cache.limit <= 80 * 2**20
    assert not second.layers.isVisible()
    qtbot.keyClick(second, Qt.Key.Key_F4)
    assert window.viewing.second is None
    assert not {p.pid for p in multiprocessing.active_children()} & set(pids) and set(window.canvas.render_pids()) == alone
    window.set_lang("en")
    window.canvas.set_view(window.canvas.view().panned(10, 10))
    rest(window, qtbot)
    again = opened(window, qtbot)
    assert [(s.name, s.opacity) for s in again.layers.states() if s.visible] == [("streets", 0.9), ("zones:management_mode", 0.4)]
    assert again._style == "briefing" and not again.linked.isChecked() and again.windowTitle() == "Second map · PM Pudong"


@pytest.mark.parametrize("kept", [{"layers": "x", "style": 3, "geometry": "?"}, {"layers": [["gone", 1], ["zones", 0.5]], "linked": 1}])
def test_settings_without_sense_do_no_harm(window: MainWindow, qtbot: QtBot, kept: dict[str, object]) -> None:
    window.settings.second_map = kept
    assert opened(window, qtbot).canvas.view() == window.canvas.view()


def test_it_closes_with_the_window_while_it_still_loads(qtbot: QtBot, tiny_sample: str) -> None:
    session = Session(tiny_sample)
    made = MainWindow(session, Settings())
    qtbot.addWidget(made)
    made.show()
    qtbot.waitUntil(made.is_settled, timeout=60_000)
    made.commands.run("view.second")
    made.commands.run("view.second")
    made.commands.run("view.second")  # closed while its layers were being built, and opened again
    second = made.viewing.second
    assert second is not None
    qtbot.wait(400)
    made.close()
    assert made.viewing.second is None and not second.isVisible() and made.settings.second_map["linked"] is True
    session.close()
