"""A list with buttons below it: the data workbench (import, streets, rollback) and administration (audit, self-test)."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QPushButton, QVBoxLayout, QWidget

from pm_desktop.ui.i18n import Words
from pm_desktop.ui.panels.lists import RowList
from pm_desktop.ui.plain import PlainLabel


class ButtonedList(QWidget):
    """A `RowList` with buttons and a line that says what came of them."""

    def __init__(self, words: Words, rows: RowList, buttons: list[tuple[str, Callable[[], None]]]) -> None:
        super().__init__(objectName="panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._words = words
        self.rows = rows
        self._buttons: list[tuple[str, QPushButton]] = []
        grid = QGridLayout()
        grid.setContentsMargins(12, 4, 12, 4)
        for number, (key, act) in enumerate(buttons):
            button = QPushButton()
            button.clicked.connect(lambda _=False, run=act: run())
            self._buttons.append((key, button))
            grid.addWidget(button, number // 2, number % 2)
        self._message = PlainLabel(objectName="hint", wordWrap=True)
        self._message.setContentsMargins(12, 0, 12, 8)
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.addWidget(rows, 1)
        body.addLayout(grid)
        body.addWidget(self._message)
        words.changed.connect(self.retranslate)
        self.retranslate()

    def retranslate(self) -> None:
        """Words of the language in use."""
        for key, button in self._buttons:
            button.setText(self._words(key))

    def tell(self, text: str) -> None:
        """Say what came of an action."""
        self._message.setText(text)
