"""A line at the top of the map that says how the tool in use is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QLabel

from pm_desktop.ui.i18n import Words

if TYPE_CHECKING:
    from pm_desktop.ui.canvas.canvas import MapCanvas

TOP_PX = 12


class ToolHint(QLabel):
    """Shown while a tool is in use; the mouse goes through it."""

    def __init__(self, words: Words, canvas: MapCanvas) -> None:
        super().__init__(canvas, objectName="toolHint")
        self._words, self._canvas, self._tool = words, canvas, ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.hide()
        canvas.toolChanged.connect(self._show)
        canvas.installEventFilter(self)
        words.changed.connect(lambda: self._show(self._tool))

    def _show(self, tool: str) -> None:
        self._tool = tool
        self.setVisible(bool(tool))
        if tool:
            self.setText(self._words(f"tool.{tool}"))
            self._place()

    def _place(self) -> None:
        self.adjustSize()
        self.move((self._canvas.width() - self.width()) // 2, TOP_PX)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep to the middle."""
        if event.type() == QEvent.Type.Resize and self._tool:
            self._place()
        return super().eventFilter(watched, event)
