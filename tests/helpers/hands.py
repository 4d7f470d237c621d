"""Real events as a hand makes them, for tests of the map."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
PLAIN = Qt.KeyboardModifier.NoModifier


def mouse(widget: QWidget, kind: QEvent.Type, at: tuple[float, float], button: Qt.MouseButton = LEFT,
          keys: Qt.KeyboardModifier = PLAIN, held: Qt.MouseButton | None = None) -> None:
    """One event of a mouse; a move holds ``held``."""
    place = QPointF(*at)
    if kind == QEvent.Type.MouseMove:
        button, down = NONE, NONE if held is None else held
    else:
        down = NONE if kind == QEvent.Type.MouseButtonRelease else button
    QApplication.sendEvent(widget, QMouseEvent(kind, place, QPointF(widget.mapToGlobal(place)), button, down, keys))


def click(widget: QWidget, *places: tuple[float, float], button: Qt.MouseButton = LEFT) -> None:
    """Click at places one after the other."""
    for at in places:
        mouse(widget, QEvent.Type.MouseMove, at)
        mouse(widget, QEvent.Type.MouseButtonPress, at, button)
        mouse(widget, QEvent.Type.MouseButtonRelease, at, button)


def double_click(widget: QWidget, at: tuple[float, float]) -> None:
    """The four events of a double click."""
    click(widget, at)
    mouse(widget, QEvent.Type.MouseButtonDblClick, at)
    mouse(widget, QEvent.Type.MouseButtonRelease, at)


def stroke(widget: QWidget, *places: tuple[float, float], button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = PLAIN) -> None:
    """Press at the first place, move through the others, let go at the last."""
    mouse(widget, QEvent.Type.MouseButtonPress, places[0], button, keys)
    for at in places[1:]:
        mouse(widget, QEvent.Type.MouseMove, at, held=button, keys=keys)
    mouse(widget, QEvent.Type.MouseButtonRelease, places[-1], button, keys)
