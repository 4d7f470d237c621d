"""Two maps that look at the same place: whichever is moved leads, and each shows where the cursor of the other is."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPointF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from pm_desktop.base.mercator import world_of
from pm_desktop.ui.canvas.canvas import MapCanvas

SIDE_PX = 45
INK, HALO = "#e0218a", "#ffffff"  # a magenta that no style of the map and no theme uses


class Pointer(QWidget):
    """A cross where the cursor of the other map is."""

    def __init__(self, canvas: MapCanvas) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._place: tuple[float, float] | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFixedSize(SIDE_PX, SIDE_PX)
        self.hide()
        canvas.viewChanged.connect(self._follow)

    def show_at(self, lon: float, lat: float) -> None:
        """The cursor is at a place in degrees."""
        self._place = world_of(lon, lat)
        self._follow()

    def clear(self) -> None:
        """The cursor has left the other map."""
        self._place = None
        self.hide()

    def _follow(self, _view: object = None) -> None:
        if self._place is None:
            return
        (cx, cy), unit = self._canvas.view().world, self._canvas.view().unit
        at = QPointF((self._place[0] - cx) / unit + self._canvas.width() / 2, (self._place[1] - cy) / unit + self._canvas.height() / 2)
        inside = self._canvas.rect().contains(at.toPoint())
        if inside:
            self.move(round(at.x()) - SIDE_PX // 2, round(at.y()) - SIDE_PX // 2)
            self.raise_()
        self.setVisible(inside)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A ring with four arms, open in the middle."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = QPointF(SIDE_PX / 2, SIDE_PX / 2)
        for colour, width in ((HALO, 4.5), (INK, 2.0)):
            painter.setPen(QPen(QBrush(QColor(colour)), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawEllipse(middle, 9, 9)
            for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
                painter.drawLine(middle + QPointF(dx * 9, dy * 9), middle + QPointF(dx * 20, dy * 20))
        painter.end()


class Link(QObject):
    """Centre and zoom of two maps in both directions, as long as it is on; the cursors are shown in any case."""

    def __init__(self, one: MapCanvas, other: MapCanvas, parent: QObject) -> None:
        super().__init__(parent)
        self._maps = one, other
        self.is_on = False
        self._leading = False
        self.pointers = Pointer(one), Pointer(other)
        one.viewChanged.connect(self._one_moved)
        other.viewChanged.connect(self._other_moved)
        for here, there in ((one, self.pointers[1]), (other, self.pointers[0])):
            here.cursorMoved.connect(there.show_at)
            here.cursorLeft.connect(there.clear)

    def set_on(self, on: bool) -> None:
        """Link them, the other map coming to the one; or let each go its own way."""
        self.is_on = on
        if on:
            self._one_moved()
        else:
            other = self._maps[1]
            other.set_view(other.view())  # it may have been on its way

    def _one_moved(self, _view: object = None) -> None:
        self._lead(*self._maps)

    def _other_moved(self, _view: object = None) -> None:
        self._lead(*reversed(self._maps))

    def _lead(self, leader: MapCanvas, follower: MapCanvas) -> None:
        if not self.is_on or self._leading:
            return
        self._leading = True
        try:
            follower.follow(leader.view(), leader.moving)
        finally:
            self._leading = False

    def end(self) -> None:
        """Forget the maps: nothing of this stays on the one."""
        self.is_on = False
        self.pointers[0].deleteLater()
        self.deleteLater()
