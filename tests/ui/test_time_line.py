"""Heat on the map and its time line, with the real heat process."""

from __future__ import annotations

import os
import signal

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from pm_desktop.cartography.heat import HeatFilter
from pm_desktop.domain.records import Complaint
from pm_desktop.storage.database import Database
from pm_desktop.ui.canvas import View
from pm_desktop.ui.main_window import MainWindow


@pytest.fixture
def window(window: MainWindow, qtbot: QtBot) -> MainWindow:
    window.open_workbench("briefing")
    qtbot.wait(30)
    settle(window, qtbot)
    return window


def settle(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(window.is_settled, timeout=60_000)


def test_legend_and_time_line_add_up_to_the_rows(window: MainWindow, qtbot: QtBot, tiny_sample: str) -> None:
    window.time.set_span(0)
    settle(window, qtbot)
    with Database.open(tiny_sample, read_only=True) as db:
        total, lost = db.count(Complaint), db.count(Complaint, {"lon": None})
    wanted = f"{total - lost:,} 件显示 + {lost:,} 件未定位 = {total:,} 件"
    assert window.time._sum.text() == wanted
    assert window.layers._heat_words is not None and window.layers._heat_words[1].text() == wanted


def test_the_map_shows_the_colour_that_the_scale_promises(window: MainWindow, qtbot: QtBot) -> None:
    """Where most complaints are the map turns red, and the same place stays as it was when nothing of the filter lies there."""
    import numpy as np

    from pm_desktop.base.mercator import to_lonlat
    heat = window.canvas.heat
    from pm_desktop.cartography.heat import HeatPack

    grid = HeatPack(heat.pack).grid(150.0)
    k = int(grid.counts(*grid.pack.span(HeatFilter()), grid.pack.kinds(HeatFilter())).argmax())
    cell = int(grid.occupied[k])
    lon, lat = to_lonlat(np.array([grid.x0 + (cell % grid.columns + 0.5) * grid.cell, grid.y0 + (cell // grid.columns + 0.5) * grid.cell]))
    window.canvas.set_view(View(float(lon), float(lat), 15.5))
    settle(window, qtbot)
    seen = []
    for chosen in (HeatFilter(), HeatFilter(0, 1)):
        heat.show(chosen)
        settle(window, qtbot)
        picture = window.canvas.grab().toImage()
        seen.append([picture.pixelColor(picture.width() // 2 + dx, picture.height() // 2 + dy) for dx in (-30, 0, 30) for dy in (-30, 30)])
    warmer = [a.red() - a.blue() - (b.red() - b.blue()) for a, b in zip(*seen, strict=True)]
    assert min(warmer) > 40, warmer


def test_time_plays_by_keyboard_and_stops_at_the_end(window: MainWindow, qtbot: QtBot) -> None:
    panel = window.time
    panel.set_span(7)
    panel.go(60)
    end = panel.chosen().end
    qtbot.keyClick(panel, Qt.Key.Key_Right)
    assert panel.chosen().end == end + 7
    qtbot.keyClick(panel, Qt.Key.Key_Left)
    qtbot.keyClick(panel, Qt.Key.Key_Left)
    assert panel.chosen().end == end - 7
    panel._loop.setChecked(False)
    panel.set_speed(30)
    pictures: list[object] = []
    window.canvas.heat.counted.connect(pictures.append)
    qtbot.keyClick(panel, Qt.Key.Key_Space)
    assert panel.is_playing
    qtbot.waitUntil(lambda: not panel.is_playing, timeout=30_000)
    assert panel._end == panel._days and len(pictures) > 10


def test_a_held_scale_stays_and_a_free_one_follows(window: MainWindow, qtbot: QtBot) -> None:
    fixed = window.layers.heat_top
    window.time._scale.setCurrentIndex(2)
    settle(window, qtbot)
    free = window.layers.heat_top
    assert free != fixed
    window.time._scale.setCurrentIndex(1)
    window.time.set_span(30)
    settle(window, qtbot)
    assert window.layers.heat_top == free
    window.canvas.zoom_in()
    settle(window, qtbot)
    assert window.layers.heat_top == free
    window.time._scale.setCurrentIndex(0)
    settle(window, qtbot)
    assert window.layers.heat_top == fixed


@pytest.mark.noisy
def test_a_killed_heat_process_is_replaced(window: MainWindow, qtbot: QtBot) -> None:
    pid = window.canvas.heat._service.pid
    assert pid is not None
    os.kill(pid, signal.SIGTERM if os.name == "nt" else signal.SIGKILL)
    window.canvas.zoom_in()
    qtbot.waitUntil(lambda: window.canvas.heat._service.pid not in (None, pid), timeout=20_000)
    settle(window, qtbot)
