"""A table pack for Qt: cells are read from the memory map when they are painted."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QBrush, QColor

from pm_desktop.ui.i18n import Words
from pm_desktop.ui.theme import tokens
from pm_desktop.workspace.tablepack import TableData

Index = QModelIndex | QPersistentModelIndex
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)


class TableModel(QAbstractTableModel):
    """Rows of a pack in the order of one column, those of the filters only; rows selected elsewhere are tinted."""

    def __init__(self, words: Words, theme: list[str]) -> None:
        super().__init__()
        self._words, self._theme = words, theme
        self.table: TableData | None = None
        self.rows: NDArray[np.int64] = np.zeros(0, np.int64)
        self._order: NDArray[np.int64] = self.rows
        self._kept: NDArray[np.bool_] = np.zeros(0, bool)
        self._marked: NDArray[np.bool_] = self._kept
        self._brush, self._faint = QBrush(), QBrush()

    def set_table(self, table: TableData) -> None:
        """Show other rows."""
        self.beginResetModel()
        self.table = table
        self._order = np.arange(len(table))
        self._kept, self._marked = np.ones(len(table), bool), np.zeros(len(table), bool)
        self.rows = self._order
        self.repaint_with()
        self.endResetModel()

    def repaint_with(self) -> None:
        """Colours of the theme in use."""
        t = tokens(self._theme[0])
        self._brush, self._faint = QBrush(QColor(t["accent_soft"])), QBrush(QColor(t["ink3"]))

    def keep(self, kept: NDArray[np.bool_]) -> None:
        """Show these rows only."""
        self.beginResetModel()
        self._kept = kept
        self.rows = self._order[kept[self._order]]
        self.endResetModel()

    def mark(self, rows: NDArray[np.int64]) -> None:
        """Tint these rows of the pack."""
        self._marked = np.zeros(len(self._kept), bool)
        self._marked[rows] = True
        if len(self.rows) and self.columnCount():
            self.dataChanged.emit(self.index(0, 0), self.index(max(0, len(self.rows) - 1), max(0, self.columnCount() - 1)))

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column: stable, what is unknown last; -1 brings back the order of the pack."""
        if self.table is None:
            return
        self.layoutAboutToBeChanged.emit()
        descending = order == Qt.SortOrder.DescendingOrder
        self._order = self.table.order(column, descending) if column >= 0 else np.arange(len(self.table))
        self.rows = self._order[self._kept[self._order]]
        self.layoutChanged.emit()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Number of rows."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Number of columns."""
        return 0 if parent.isValid() or self.table is None else len(self.table.columns)

    def data(self, index: Index, role: int = 0) -> Any:
        """Text, side and colours of a cell."""
        assert self.table is not None
        column = index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self.table.text(int(self.rows[index.row()]), column, self._words.lang)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if self.table.columns[column].kind == "number" else _LEFT
        if role == Qt.ItemDataRole.BackgroundRole:
            return self._brush if self._marked[self.rows[index.row()]] else None
        if role == Qt.ItemDataRole.ForegroundRole:
            value = self.table.values(column)[self.rows[index.row()]]
            return self._faint if value != value or (value < 0 and self.table.columns[column].kind in ("text", "words")) else None
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Words and unit of a column."""
        if self.table is None or orientation == Qt.Orientation.Vertical:
            return section + 1 if role == Qt.ItemDataRole.DisplayRole else None
        column = self.table.columns[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column.kind == "number" else _LEFT
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._words.of(column.label) + (f" ({unit})" if column.unit and (unit := self._words.unit(column.unit)) else "")
        return None
