"""Buttons that float on the map: nearer, farther, whole district; and the way back to a folded layer panel."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from pm_desktop.ui.i18n import Words

MARGIN_PX = 12
ABOVE_NORTH_PX = 96


class MapButtons(QWidget):
    """A column at the right edge of the map. Signals: ``asked(action id)``."""

    asked = Signal(str)
    _BUTTONS = (("view.zoom_in", "+", "action.zoom_in"), ("view.zoom_out", "−", "action.zoom_out"), ("view.home", "⌂", "action.home"))

    def __init__(self, words: Words, canvas: QWidget) -> None:
        super().__init__(canvas)
        self._words, self._canvas = words, canvas
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self._buttons: list[tuple[QPushButton, str]] = []
        for action, sign, key in self._BUTTONS:
            button = QPushButton(sign, objectName="mapButton", focusPolicy=Qt.FocusPolicy.TabFocus)
            button.setFixedSize(32, 32)
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
            size = self.sizeHint()
            self.setGeometry(canvas.width() - size.width() - MARGIN_PX, canvas.height() - size.height() - ABOVE_NORTH_PX,
                             size.width(), size.height())
            self.layers_tab.move(MARGIN_PX, MARGIN_PX)
        return super().eventFilter(watched, event)
