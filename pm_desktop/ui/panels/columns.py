"""Menu of a column: sort, filter by range or values, hide, show others."""

from __future__ import annotations

from datetime import date

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from pm_desktop.ui.i18n import Words
from pm_desktop.workspace.tablepack import Column, Filter, Range, TableData, Values, written

MOST_VALUES = 400
CODE = Qt.ItemDataRole.UserRole


class ColumnFilter(QDialog):
    """Asks for the values of a column that stay: from – to, or ticks beside the values, the most frequent first."""

    def __init__(self, words: Words, data: TableData, column: int, now: Filter | None, parent: QWidget) -> None:
        super().__init__(parent)
        self._column, self._words = data.columns[column], words
        self.setWindowTitle(words("table.filter_of", name=words.of(self._column.label)))
        self._list: QListWidget | None = None
        self._low, self._high = QLineEdit(), QLineEdit()
        body = QVBoxLayout(self)
        if self._column.kind in ("text", "words"):
            self._list = self._values(data, column, now)
            body.addWidget(self._list)
        else:
            self._fill(now)
            row = QHBoxLayout()
            for widget in (QLabel(words("table.from")), self._low, QLabel(words("table.to")), self._high):
                row.addWidget(widget)
            body.addLayout(row)
            self._low.setPlaceholderText("2024-01-31" if self._column.kind != "number" else words.unit(self._column.unit or ""))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        buttons.button(QDialogButtonBox.StandardButton.Ok).setText(words("button.ok"))
        buttons.button(QDialogButtonBox.StandardButton.Cancel).setText(words("button.cancel"))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        body.addWidget(buttons)

    def _fill(self, now: Filter | None) -> None:
        if isinstance(now, Range):
            for edit, value in ((self._low, now.low), (self._high, now.high)):
                edit.setText("" if value is None else written(self._column, value, self._words.lang).replace(",", ""))

    def _values(self, data: TableData, column: int, now: Filter | None) -> QListWidget:
        counts = np.bincount(data.values(column) + 1, minlength=1)
        chosen = now.codes if isinstance(now, Values) else None
        shown = QListWidget()
        for place in np.argsort(-counts, kind="stable")[:MOST_VALUES].tolist():
            if counts[place]:
                item = QListWidgetItem(f"{data.word(column, place - 1, self._words.lang)}  ({counts[place]:,})", shown)
                item.setData(CODE, place - 1)
                item.setCheckState(Qt.CheckState.Checked if chosen is None or place - 1 in chosen else Qt.CheckState.Unchecked)
        return shown

    def wanted(self) -> Filter | None:
        """The filter; None keeps every row."""
        if self._list is None:
            low, high = (number(self._column, edit.text()) for edit in (self._low, self._high))
            return Range(low, high) if low is not None or high is not None else None
        items = [self._list.item(i) for i in range(self._list.count())]
        codes = frozenset(i.data(CODE) for i in items if i.checkState() == Qt.CheckState.Checked)
        return Values(codes) if len(codes) < len(items) else None


def number(column: Column, text: str) -> float | None:
    """A typed number or day; None for what is empty or cannot be read."""
    try:
        if column.kind == "number":
            return float(text.replace(",", ""))
        return float((date.fromisoformat(text.strip()) - date(1970, 1, 1)).days * 86_400)
    except ValueError:
        return None


def filter_words(words: Words, data: TableData, key: str, wanted: Filter) -> str:
    """What a filter keeps, in words."""
    if not isinstance(wanted, Range | Values):
        return words("stats.months")
    column = data.index(key)
    name = words.of(data.columns[column].label)
    if isinstance(wanted, Values):
        texts = [data.word(column, c, words.lang) for c in sorted(wanted.codes)[:2]]
        return f"{name}：{'、'.join(texts)}{'…' if len(wanted.codes) > 2 else ''}" if words.lang == "zh" else f"{name}: {', '.join(texts)}"
    low, high = ("" if v is None else written(data.columns[column], v, words.lang) for v in (wanted.low, wanted.high))
    return f"{name} {low}–{high}"
