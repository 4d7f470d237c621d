"""The one search box: names, pinyin, codes, streets, coordinates and commands; results as one types."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from pm_desktop.ui.i18n import Words
from pm_desktop.workspace.search import SearchHit, SearchIndex, normal

HIT = Qt.ItemDataRole.UserRole


class SearchBox(QLineEdit):
    """Signals: ``found(SearchHit)`` when one is chosen, ``commanded(str)`` when a command is."""

    found = Signal(object)
    commanded = Signal(str)

    def __init__(self, words: Words, commands: list[tuple[str, str]], parent: QWidget) -> None:
        super().__init__(parent, objectName="search")
        self._words, self._commands = words, commands
        self.index: SearchIndex | None = None
        self.setClearButtonEnabled(True)
        self._popup = QFrame(parent.window(), objectName="popup")
        self._popup.hide()
        self._list = QListWidget()
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        layout = QVBoxLayout(self._popup)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.addWidget(self._list)
        self._list.itemClicked.connect(self._choose)
        self.textEdited.connect(self._look)
        self.installEventFilter(self)
        words.changed.connect(self.retranslate)
        self.retranslate()

    def retranslate(self) -> None:
        """Words of the language in use."""
        self.setPlaceholderText(self._words("search.hint"))
        self.setAccessibleName(self._words("action.search"))

    def results(self) -> list[Any]:
        """What is listed: hits and command ids."""
        return [self._list.item(i).data(HIT) for i in range(self._list.count())]

    def _look(self, text: str) -> None:
        self._list.clear()
        hits: list[SearchHit] = self.index.query(text, 14) if self.index and text.strip() else []
        for hit in hits:
            kind = self._words(f"search.kind.{hit.kind}")
            self._add(f"{hit.label}    {kind}" + (f" · {hit.detail}" if hit.detail else ""), hit)
        key = normal(text)
        for identifier, words_key in self._commands if key else []:
            if key in normal(self._words(words_key)):
                self._add(f"› {self._words(words_key)}", identifier)
        if not self._list.count() and key:
            self._add(self._words("search.none"), None)
        self._show(bool(key))

    def _add(self, text: str, value: Any) -> None:
        item = QListWidgetItem(text)
        item.setData(HIT, value)
        self._list.addItem(item)

    def _show(self, wanted: bool) -> None:
        if not wanted:
            self._popup.hide()
            return
        self._list.setCurrentRow(0)
        at = self.mapTo(self.window(), QPoint(0, self.height() + 4))
        rows = min(self._list.count(), 12)
        self._popup.setGeometry(at.x(), at.y(), max(self.width(), 420), rows * self._list.sizeHintForRow(0) + 16)
        self._popup.show()
        self._popup.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows walk through the list, Enter chooses, Esc closes."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and self._popup.isVisible():
            key = event.key()
            if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
                step = 1 if key == Qt.Key.Key_Down else -1
                self._list.setCurrentRow(min(max(self._list.currentRow() + step, 0), self._list.count() - 1))
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._list.currentItem():
                self._choose(self._list.currentItem())
                return True
            if key == Qt.Key.Key_Escape:
                self._popup.hide()
                return True
        if event.type() == QEvent.Type.FocusOut:
            self._popup.hide()
        return super().eventFilter(watched, event)

    def _choose(self, item: QListWidgetItem) -> None:
        value = item.data(HIT)
        self._popup.hide()
        if isinstance(value, SearchHit):
            self.setText(value.label)
            self.found.emit(value)
        elif isinstance(value, str):
            self.clear()
            self.commanded.emit(value)
