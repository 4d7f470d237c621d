"""Fingers on a screen and on a touchpad, by the events that the system sends."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QInputDevice, QNativeGestureEvent, QPointingDevice, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from pm_desktop.ui.canvas import MapCanvas, View
from pm_desktop.ui.theme import apply_theme

HOME = View(121.53, 31.21, 14.0)
PAD = Qt.NativeGestureType


@pytest.fixture
def canvas(qtbot: QtBot) -> Iterator[MapCanvas]:
    apply_theme("light")
    widget = MapCanvas(workers=1)
    qtbot.addWidget(widget)
    widget.resize(900, 600)
    widget.set_view(HOME)
    widget.show()
    yield widget
    widget.close_engine()


@pytest.fixture(scope="module")
def screen() -> QPointingDevice:
    return QTest.createTouchDevice(QInputDevice.DeviceType.TouchScreen)


def native(canvas: MapCanvas, kind: Qt.NativeGestureType, at: tuple[float, float], value: float = 0.0) -> bool:
    place = QPointF(*at)
    event = QNativeGestureEvent(kind, QPointingDevice.primaryPointingDevice(), 2, place, place, QPointF(canvas.mapToGlobal(place)), value, QPointF())
    return QApplication.sendEvent(canvas, event)


def at_rest(canvas: MapCanvas, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not canvas._motion.active and not canvas._rest.isActive() and not canvas.moving, timeout=10_000)


def test_a_pinch_on_a_touchpad_zooms_to_the_cursor_and_comes_to_rest_sharp(canvas: MapCanvas, qtbot: QtBot) -> None:
    at = (650.0, 180.0)
    place = canvas.world_at(QPointF(*at))
    native(canvas, PAD.BeginNativeGesture, at)
    zooms = [HOME.zoom]
    for _ in range(6):
        assert native(canvas, PAD.ZoomNativeGesture, at, 0.07)
        zooms.append(canvas.view().zoom)
        assert canvas.world_at(QPointF(*at)) == pytest.approx(place, abs=1), "the place under the fingers stands still"
    assert zooms == sorted(set(zooms)) and 14.4 < zooms[-1] < 14.8
    native(canvas, PAD.EndNativeGesture, at)
    at_rest(canvas, qtbot)
    assert canvas.view().zoom * 4 % 1 == 0 and abs(canvas.view().zoom - zooms[-1]) <= 0.125
    native(canvas, PAD.ZoomNativeGesture, at, -0.5)
    assert canvas.view().zoom < zooms[-1] - 0.4
    at_rest(canvas, qtbot)  # also without a word of its end


def test_a_double_tap_of_two_fingers_goes_one_step_nearer(canvas: MapCanvas, qtbot: QtBot) -> None:
    native(canvas, PAD.SmartZoomNativeGesture, (300.0, 300.0))
    at_rest(canvas, qtbot)
    assert canvas.view().zoom == HOME.zoom + 1


def test_two_fingers_of_a_touchpad_pan_and_with_ctrl_zoom(canvas: MapCanvas, qtbot: QtBot) -> None:
    def scroll(keys: Qt.KeyboardModifier) -> None:
        place = QPointF(450, 300)
        QApplication.sendEvent(canvas, QWheelEvent(place, QPointF(canvas.mapToGlobal(place)), QPoint(30, -45), QPoint(60, -90), Qt.MouseButton.NoButton,
                                                   keys, Qt.ScrollPhase.ScrollUpdate, False))

    before = canvas.world_at(QPointF(450, 300))
    scroll(Qt.KeyboardModifier.NoModifier)
    assert canvas.world_at(QPointF(480, 255)) == pytest.approx(before, abs=1) and canvas.view().zoom == HOME.zoom
    scroll(Qt.KeyboardModifier.ControlModifier)
    at_rest(canvas, qtbot)
    assert canvas.view().zoom < HOME.zoom


def test_two_fingers_on_a_screen_pan_and_zoom_together(canvas: MapCanvas, qtbot: QtBot, screen: QPointingDevice) -> None:
    clicked: list[object] = []
    canvas.clicked.connect(clicked.append)
    left, right = QPointF(400, 300), QPointF(500, 300)
    places = canvas.world_at(left), canvas.world_at(right)
    QTest.touchEvent(canvas, screen).press(0, left.toPoint(), canvas).commit()
    QTest.touchEvent(canvas, screen).move(0, left.toPoint(), canvas).press(1, right.toPoint(), canvas).commit()
    for step in range(1, 6):
        a, b = QPoint(400 - 20 * step, 300 + 6 * step), QPoint(500 + 20 * step, 300 + 6 * step)
        QTest.touchEvent(canvas, screen).move(0, a, canvas).move(1, b, canvas).commit()
        for finger, place in ((a, places[0]), (b, places[1])):
            assert canvas.world_at(QPointF(finger)) == pytest.approx(place, abs=3), "each finger holds its place"
    QTest.touchEvent(canvas, screen).move(0, a, canvas).release(1, b, canvas).commit()
    QTest.touchEvent(canvas, screen).move(0, QPoint(10, 10), canvas).commit()
    QTest.touchEvent(canvas, screen).release(0, QPoint(10, 10), canvas).commit()
    at_rest(canvas, qtbot)
    assert canvas.view().zoom == pytest.approx(HOME.zoom + 1.5, abs=0.15) and clicked == []


def test_one_finger_drags_taps_and_double_taps(canvas: MapCanvas, qtbot: QtBot, screen: QPointingDevice) -> None:
    clicked: list[object] = []
    canvas.clicked.connect(clicked.append)

    def tap(at: QPoint) -> None:
        QTest.touchEvent(canvas, screen).press(0, at, canvas).commit()
        QTest.touchEvent(canvas, screen).release(0, at, canvas).commit()

    place = canvas.world_at(QPointF(300, 300))
    QTest.touchEvent(canvas, screen).press(0, QPoint(300, 300), canvas).commit()
    for x in (320, 360, 400):
        QTest.touchEvent(canvas, screen).move(0, QPoint(x, 340), canvas).commit()
    assert canvas.world_at(QPointF(400, 340)) == pytest.approx(place, abs=2) and not clicked
    QTest.touchEvent(canvas, screen).release(0, QPoint(400, 340), canvas).commit()
    canvas.stop()
    at_rest(canvas, qtbot)
    tap(QPoint(200, 200))
    assert len(clicked) == 1
    tap(QPoint(203, 201))
    at_rest(canvas, qtbot)
    assert canvas.view().zoom == HOME.zoom + 1, "two taps go one step nearer"
