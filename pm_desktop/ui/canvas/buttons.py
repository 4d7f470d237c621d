"""Buttons that float on the map: bookmarks, select, measure, nearer, farther, whole district; and the way back to a folded layer panel."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from pm_desktop.ui.i18n import Words

MARGIN_PX = 12
ABOVE_NORTH_PX = 96
ICON_PX = 20
INK = "#7a8594"  # a grey that reads on the light and on the dark surface alike


class MapButtons(QWidget):
    """A column at the right edge of the map. Signals: ``asked(action id)``."""

    asked = Signal(str)
    _BUTTONS = (("view.bookmarks", "", "action.bookmarks"), ("edit.select_box", "", "action.select_box"), ("view.length", "", "action.length"), ("view.area", "", "action.area"),
                ("view.zoom_in", "+", "action.zoom_in"), ("view.zoom_out", "−", "action.zoom_out"), ("view.home", "⌂", "action.home"))

    def __init__(self, words: Words, canvas: QWidget, only: tuple[str, ...] = ()) -> None:
        super().__init__(canvas)
        self._words, self._canvas = words, canvas
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self._buttons: list[tuple[QPushButton, str]] = []
        for action, sign, key in (b for b in self._BUTTONS if not only or b[0] in only):
            button = QPushButton(sign, objectName="mapButton", focusPolicy=Qt.FocusPolicy.TabFocus)
            button.setFixedSize(32, 32)
            if not sign:
                button.setIcon(_icon(action))
                button.setIconSize(QSize(ICON_PX, ICON_PX))
            button.clicked.connect(lambda _=False, which=action: self.asked.emit(which))
            column.addWidget(button)
            self._buttons.append((button, key))
        self.layers_tab = QPushButton(canvas, objectName="mapButton", focusPolicy=Qt.FocusPolicy.TabFocus)
        self.layers_tab.clicked.connect(lambda: self.asked.emit("view.left"))
        self.layers_tab.hide()
        canvas.installEventFilter(self)
        words.changed.connect(self.retranslate)
        self.retranslate()

    def retranslate(self) -> None:
        """Words of the language in use."""
        for button, key in self._buttons:
            button.setToolTip(self._words(key))
            button.setAccessibleName(self._words(key))
        self.layers_tab.setText(f"{self._words('layers.title')} ▸")
        self.layers_tab.setToolTip(f"{self._words('action.left')}  F7")
        self.layers_tab.adjustSize()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep to the corner of the map."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show):
            canvas = self._canvas
            fitting = (canvas.height() - ABOVE_NORTH_PX - MARGIN_PX) // 36
            for left, (button, _) in zip(range(len(self._buttons), 0, -1), self._buttons, strict=True):
                button.setVisible(left <= fitting)  # the tools go first: they stand in the menu too
            size = self.sizeHint()
            self.setGeometry(canvas.width() - size.width() - MARGIN_PX, canvas.height() - size.height() - ABOVE_NORTH_PX,
                             size.width(), size.height())
            self.layers_tab.move(MARGIN_PX, MARGIN_PX)
        return super().eventFilter(watched, event)


def _icon(action: str) -> QIcon:
    """Sign of a tool: a ribbon, a dashed box, a measured line, an area with its corners."""
    picture = QPixmap(4 * ICON_PX, 4 * ICON_PX)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.scale(4, 4)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    pen = QPen(QColor(INK), 1.7)
    if action == "edit.select_box":
        pen.setDashPattern([2.2, 1.6])
    painter.setPen(pen)
    if action == "view.bookmarks":
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in ((5.5, 3), (14.5, 3), (14.5, 17), (10, 13.2), (5.5, 17))]))
    elif action == "edit.select_box":
        painter.drawRect(QRectF(3, 3, 14, 14))
    elif action == "view.length":
        for begin, end in (((3, 13), (17, 13)), ((3, 8), (3, 17)), ((17, 8), (17, 17)), ((8, 10.5), (8, 13)), ((12, 10.5), (12, 13))):
            painter.drawLine(QPointF(*begin), QPointF(*end))
    else:
        corners = [QPointF(4, 15), QPointF(6, 4), QPointF(16, 7), QPointF(14, 16)]
        painter.drawPolygon(QPolygonF(corners))
        painter.setBrush(QColor(INK))
        for corner in corners:
            painter.drawEllipse(corner, 1.4, 1.4)
    painter.end()
    return QIcon(picture)
