"""Text from files is shown letter by letter: Qt would take a name such as ``<b>…`` for markup."""

from __future__ import annotations

import html
import re
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QPushButton


def literal(text: str) -> str:
    """A tooltip that shows ``text`` as it stands; tooltips have no switch for that."""
    return f"<qt>{html.escape(text).replace(chr(10), '<br>')}</qt>" if "<" in text or "&" in text else text


def breakable(text: str) -> str:
    """The text with places to break in words that are longer than a column: codes, addresses of mail, letters held down."""
    return re.sub(r"[!-~]{16}(?=[!-~])", lambda found: found.group() + "\u200b", text)


class PlainLabel(QLabel):
    """A label that never reads its text as markup."""

    def __init__(self, text: str = "", **properties: Any) -> None:
        super().__init__(text, textFormat=Qt.TextFormat.PlainText, **properties)


class ElidedLabel(PlainLabel):
    """One line that gives way when there is no room: it ends in … then and tells the whole on hovering."""

    def minimumSizeHint(self) -> QSize:
        """A few letters."""
        return QSize(min(self.sizeHint().width(), 48), super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw what fits."""
        painter, room = QPainter(self), self.contentsRect()
        painter.setPen(self.palette().windowText().color())
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        self.setToolTip(literal(self.text()) if shown != self.text() else "")
        painter.drawText(room, self.alignment() | Qt.TextFlag.TextSingleLine, shown)
        painter.end()


class Link(QPushButton):
    """Words that open something; they end in … where there is no room and tell the whole on hovering."""

    def __init__(self, text: str, tip: str = "") -> None:
        super().__init__(objectName="link", cursor=Qt.CursorShape.PointingHandCursor)
        self.whole, self._tip = text, tip
        self.setAccessibleName(text)
        self._shorten(10_000)

    def sizeHint(self) -> QSize:
        """Room for the whole text."""
        return QSize(self.fontMetrics().horizontalAdvance(self.whole) + 4, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """A few letters."""
        return QSize(min(self.sizeHint().width(), 60), super().minimumSizeHint().height())

    def _shorten(self, width: int) -> None:
        shown = self.fontMetrics().elidedText(self.whole, Qt.TextElideMode.ElideRight, width)
        self.setText(shown.replace("&", "&&"))
        self.setToolTip(literal(self.whole if shown != self.whole else self._tip))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the words."""
        super().resizeEvent(event)
        self._shorten(self.width())
