"""The table at the bottom: rows behind a number; sorts, filters by typing, copies."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QLabel, QLineEdit, QPushButton, QTableView, QVBoxLayout, QWidget

from pm_desktop.ui.i18n import Words
from pm_desktop.ui.plain import PlainLabel
from pm_desktop.workspace.drill import Table

Index = QModelIndex | QPersistentModelIndex
SORT = Qt.ItemDataRole.UserRole


class TableModel(QAbstractTableModel):
    """A `Table` for Qt."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        self._words = words
        self.table: Table | None = None

    def set_table(self, table: Table | None) -> None:
        """Show another table."""
        self.beginResetModel()
        self.table = table
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Number of rows."""
        return 0 if parent.isValid() or self.table is None else len(self.table.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Number of columns."""
        return 0 if parent.isValid() or self.table is None else len(self.table.columns)

    def data(self, index: Index, role: int = 0) -> Any:
        """Text, side, and what sorting compares."""
        assert self.table is not None
        text = self.table.rows[index.row()][index.column()]
        right = self.table.columns[index.column()].align == "right"
        if role == Qt.ItemDataRole.DisplayRole:
            return text
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        if role == SORT:
            return _number(text) if right else text
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        """Words and unit of a column."""
        if role != Qt.ItemDataRole.DisplayRole or self.table is None:
            return None
        if orientation == Qt.Orientation.Vertical:
            return section + 1
        column = self.table.columns[section]
        return self._words.of(column.label) + (f" ({unit})" if column.unit and (unit := self._words.unit(column.unit)) else "")


def _number(text: str) -> float:
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return float("-inf")


class TablePanel(QWidget):
    """Title, filter and table.

    Signals
    -------
    closed()
    """

    closed = Signal()

    def __init__(self, words: Words) -> None:
        super().__init__(objectName="panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._words = words
        self._subject: Any = None
        self._title = PlainLabel(objectName="panelTitle")
        self._count = QLabel(objectName="panelHint")
        self._filter = QLineEdit(clearButtonEnabled=True)
        self._filter.setMaximumWidth(260)
        self._close = QPushButton("✕", objectName="flat")
        self._close.clicked.connect(self.closed)
        self.model = TableModel(words)
        self._proxy = QSortFilterProxyModel()
        self._proxy.setSourceModel(self.model)
        self._proxy.setSortRole(SORT)
        self._proxy.setFilterKeyColumn(-1)
        self._proxy.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._filter.textChanged.connect(self._proxy.setFilterFixedString)
        self.view = QTableView(alternatingRowColors=True, sortingEnabled=True)
        self.view.setModel(self._proxy)
        self.view.verticalHeader().setDefaultSectionSize(26)
        self.view.verticalHeader().hide()
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        QShortcut(QKeySequence.StandardKey.Copy, self.view, self._copy, context=Qt.ShortcutContext.WidgetShortcut)
        head = QHBoxLayout()
        head.setContentsMargins(12, 0, 6, 0)
        for widget in (self._title, self._count):
            head.addWidget(widget)
        head.addStretch()
        head.addWidget(self._filter)
        head.addWidget(self._close)
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 6, 0, 0)
        body.addLayout(head)
        body.addWidget(self.view, 1)
        words.changed.connect(self.retranslate)
        self.retranslate()

    def show_table(self, subject: Any, table: Table) -> None:
        """Show rows of ``subject`` (a Label)."""
        self._subject = subject
        self.view.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
        self.model.set_table(table)
        self.view.resizeColumnsToContents()
        for column in range(self.model.columnCount()):
            self.view.setColumnWidth(column, min(self.view.columnWidth(column), 260))
        self.retranslate()

    def retranslate(self) -> None:
        """Words of the language in use."""
        self._filter.setPlaceholderText(self._words("list.filter"))
        self._close.setToolTip(self._words("table.close"))
        self._title.setText(self._words.of(self._subject) if self._subject is not None else self._words("table.title"))
        table = self.model.table
        self._count.setText(self._words("list.count", shown=f"{len(table.rows):,}", total=f"{table.total:,}") if table else "")

    def _copy(self) -> None:
        """Copy the selected rows as tab separated text, with the header."""
        rows = sorted({i.row() for i in self.view.selectionModel().selectedRows()})
        columns = range(self._proxy.columnCount())
        lines = ["\t".join(str(self.model.headerData(c, Qt.Orientation.Horizontal)) for c in columns)]
        lines += ["\t".join(str(self._proxy.index(r, c).data()) for c in columns) for r in rows]
        QGuiApplication.clipboard().setText("\n".join(lines))
