"""The strip that says, over everything, that the window shows a past day."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton

from pm_desktop.ui.i18n import Words


class PastBanner(QFrame):
    """Hidden today. Signals: ``asked(action id)`` for another day or back to today."""

    asked = Signal(str)

    def __init__(self, words: Words) -> None:
        super().__init__(objectName="past")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._words = words
        self._day: date | None = None
        self._sign = QLabel(objectName="pastSign")
        self._note = QLabel(objectName="pastNote", wordWrap=True)
        self.other = QPushButton(objectName="pastButton", cursor=Qt.CursorShape.PointingHandCursor)
        self.today = QPushButton(objectName="pastButton", cursor=Qt.CursorShape.PointingHandCursor)
        self.other.clicked.connect(lambda: self.asked.emit("view.as_of"))
        self.today.clicked.connect(lambda: self.asked.emit("view.today"))
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 12, 4)
        row.setSpacing(12)
        row.addWidget(self._sign)
        row.addWidget(self._note, 1)
        row.addWidget(self.other)
        row.addWidget(self.today)
        words.changed.connect(self.retranslate)
        self.show_day(None)

    def show_day(self, day: date | None) -> None:
        """Show the strip for a past day, hide it today."""
        self._day = day
        self.setVisible(day is not None)
        self.retranslate()

    def retranslate(self) -> None:
        """Words of the language in use."""
        if self._day is not None:
            self._sign.setText(self._words("past.sign", day=self._day.isoformat()))
        self._note.setText(self._words("past.note"))
        self.other.setText(f"{self._words('past.other')}  Ctrl+D")
        self.today.setText(f"{self._words('past.today')}  Ctrl+Alt+D")
