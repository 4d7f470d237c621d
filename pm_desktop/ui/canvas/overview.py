"""Inset with the whole district and the part of it that the map shows; pressing and dragging in it moves the map."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QWheelEvent
from PySide6.QtWidgets import QPushButton, QWidget

from pm_desktop.base.mercator import world_of
from pm_desktop.cartography.overview import Box, frame_of, size_of
from pm_desktop.ui.canvas.canvas import MapCanvas
from pm_desktop.ui.canvas.hand import WHEEL_STEP
from pm_desktop.ui.canvas.view import at_world
from pm_desktop.ui.i18n import Words
from pm_desktop.ui.theme import tokens

LEFT_PX, ABOVE_SCALE_PX = 8, 46
SMALLEST_PX = 9.0  # a view smaller than this in the inset is shown by a cross
SMALLEST_MAP = (520, 420)  # a smaller map needs all its room
BORDER_PX = 1


class Overview(QWidget):
    """Lower left corner of the map, above the scale bar. Signals: ``closed()`` by its button."""

    closed = Signal()

    def __init__(self, words: Words, theme: list[str], canvas: MapCanvas) -> None:
        super().__init__(canvas)
        self.setAttribute(Qt.WidgetAttribute.WA_NoMousePropagation)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._words, self._theme, self._canvas = words, theme, canvas
        self._bounds: Box | None = None
        self._picture = QPixmap()
        self._wanted = True
        self._grip: QPointF | None = None  # from the cursor to the middle of the rectangle, while it is dragged
        self._close = QPushButton("✕", self, objectName="overviewClose", focusPolicy=Qt.FocusPolicy.NoFocus)
        self._close.setFixedSize(20, 20)
        self._close.clicked.connect(self.closed)
        self._close.hide()
        canvas.installEventFilter(self)
        canvas.viewChanged.connect(self._follow)
        words.changed.connect(self.retranslate)
        self.hide()
        self.retranslate()

    def set_bounds(self, bounds: Box) -> None:
        """What is the whole: west, south, east, north."""
        self._bounds = bounds
        width, height = size_of(bounds)
        self.setFixedSize(width + 2 * BORDER_PX, height + 2 * BORDER_PX)
        self._close.move(self.width() - 22, 2)
        self._place()

    def set_picture(self, png: bytes) -> None:
        """Show another picture of the whole."""
        self._picture = QPixmap()
        self._picture.loadFromData(png)
        self._follow()
        self.update()

    def set_wanted(self, wanted: bool) -> None:
        """Whether to show it at all."""
        self._wanted = wanted
        self._follow()

    def rectangle(self) -> QRectF:
        """The view in the inset, in pixels of the inset."""
        if self._bounds is None:
            return QRectF()
        frame, view = frame_of(self._bounds), self._canvas.view()
        x, y = view.world
        width, height = self._canvas.width() * view.unit / frame.unit, self._canvas.height() * view.unit / frame.unit
        return QRectF((x - frame.x0) / frame.unit - width / 2 + BORDER_PX, (y - frame.y0) / frame.unit - height / 2 + BORDER_PX, width, height)

    def _shows_all(self) -> bool:
        """Whether the map shows the whole district anyway."""
        if self._bounds is None:
            return True
        west, south, east, north = self._bounds
        (x0, y1), (x1, y0) = world_of(west, south), world_of(east, north)
        frame = frame_of(self._bounds)
        whole = QRectF((x0 - frame.x0) / frame.unit, (y0 - frame.y0) / frame.unit, (x1 - x0) / frame.unit, (y1 - y0) / frame.unit)
        return self.rectangle().adjusted(-1, -1, 1, 1).contains(whole)

    def _follow(self, _view: object = None) -> None:
        canvas = self._canvas
        roomy = canvas.width() >= SMALLEST_MAP[0] and canvas.height() >= SMALLEST_MAP[1]
        shown = self._wanted and roomy and not self._picture.isNull() and (not self._shows_all() or self._grip is not None)
        if shown != self.isVisibleTo(canvas):
            self.setVisible(shown)
        if shown:
            self.update()

    def _place(self) -> None:
        self.move(LEFT_PX, self._canvas.height() - self.height() - ABOVE_SCALE_PX)

    # -- the hand --------------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the rectangle where it is held; elsewhere its middle comes to the cursor."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        box, at = self.rectangle(), event.position()
        self._grip = box.center() - at if box.contains(at) and min(box.width(), box.height()) > SMALLEST_PX else QPointF()
        self.setCursor(Qt.CursorShape.ClosedHandCursor)
        self._lead(at)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The map follows."""
        if self._grip is not None:
            self._lead(event.position())

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """The map stays."""
        self._grip = None
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._follow()

    def _lead(self, at: QPointF) -> None:
        if self._bounds is None or self._grip is None:
            return
        frame, middle = frame_of(self._bounds), at + self._grip - QPointF(BORDER_PX, BORDER_PX)
        x, y = min(max(middle.x(), 0.0), frame.width), min(max(middle.y(), 0.0), frame.height)
        self._canvas.set_view(at_world(frame.x0 + x * frame.unit, frame.y0 + y * frame.unit, self._canvas.view().zoom))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom the map about its middle."""
        self._canvas.zoom_at(QPointF(self._canvas.width() / 2, self._canvas.height() / 2), event.angleDelta().y() / 120 * WHEEL_STEP)
        event.accept()

    def enterEvent(self, event: QEnterEvent) -> None:
        """What lay under the cursor on the map does so no more."""
        self._canvas.forget_hover()
        self._close.show()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """The button that hides it is there only while the cursor is."""
        self._close.hide()
        super().leaveEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep to the corner of the map."""
        if event.type() == QEvent.Type.Resize:
            self._place()
            self._follow()
        return super().eventFilter(watched, event)

    def retranslate(self) -> None:
        """Words of the language in use."""
        self.setToolTip(self._words("overview.tip"))
        self.setAccessibleName(self._words("action.overview"))
        self._close.setToolTip(f"{self._words('overview.hide')}  F6")
        self._close.setAccessibleName(self._words("overview.hide"))
        self.update()

    # -- painting --------------------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The picture as it is, and the rectangle on it."""
        painter = QPainter(self)
        t = tokens(self._theme[0])
        painter.fillRect(self.rect(), QColor(t["ink3"]))
        inner = QRectF(self.rect()).adjusted(BORDER_PX, BORDER_PX, -BORDER_PX, -BORDER_PX)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawPixmap(inner, self._picture, QRectF(self._picture.rect()))
        painter.setClipRect(inner)
        box, accent = self.rectangle(), QColor(t["accent"])
        if min(box.width(), box.height()) < SMALLEST_PX:
            self._cross(painter, box.center(), accent, QColor(t["surface"]))
        else:
            wash = QColor(accent)
            wash.setAlphaF(0.16)
            painter.setPen(QPen(accent, 2))
            painter.setBrush(wash)
            painter.drawRect(box)
        painter.end()

    @staticmethod
    def _cross(painter: QPainter, at: QPointF, accent: QColor, halo: QColor) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for colour, width in ((halo, 4.5), (accent, 2.0)):
            painter.setPen(QPen(colour, width))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(at, 5, 5)
            for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
                painter.drawLine(at + QPointF(dx * 5, dy * 5), at + QPointF(dx * 11, dy * 11))
