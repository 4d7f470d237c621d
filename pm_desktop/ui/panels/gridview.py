"""A table view whose first column stays, with sums under its columns."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QTableView, QWidget

from pm_desktop.cartography.fonts import font
from pm_desktop.ui.i18n import Words
from pm_desktop.ui.panels.tablemodel import TableModel
from pm_desktop.ui.theme import tokens
from pm_desktop.workspace.tablepack import Summary

ROW_PX = 26


class GridView(QTableView):
    """Rows of a `TableModel`; a second view over the left edge shows the first column alone."""

    def __init__(self, model: TableModel) -> None:
        super().__init__(alternatingRowColors=True)
        self.empty = ""  # what stands where there are no rows
        digits = font(13)
        digits.setFeature(QFont.Tag("tnum"), 1)  # digits of one width stand in columns
        self.setFont(digits)
        self.setModel(model)
        self.frozen = QTableView(self, alternatingRowColors=True, focusPolicy=Qt.FocusPolicy.NoFocus)
        self.frozen.setFont(digits)
        self.frozen.setModel(model)
        self.frozen.setSelectionModel(self.selectionModel())
        self.frozen.setFrameShape(QFrame.Shape.NoFrame)
        self.frozen.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.frozen.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for view in (self, self.frozen):
            view.verticalHeader().setDefaultSectionSize(ROW_PX)
            view.verticalHeader().hide()
            view.setWordWrap(False)
            view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
            view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
            view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
            view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
            view.horizontalHeader().setSectionsClickable(True)
            view.horizontalHeader().setHighlightSections(False)
            view.horizontalHeader().setStyleSheet("QHeaderView::section { padding: 4px 20px 4px 8px; }")  # room for the arrow of sorting
        self.horizontalHeader().setSectionsMovable(True)
        self.horizontalHeader().setFirstSectionMovable(False)
        self.horizontalHeader().sectionResized.connect(self._resized)
        self.frozen.horizontalHeader().sectionResized.connect(lambda i, _old, new: self.setColumnWidth(i, new) if i == 0 else None)
        self.verticalScrollBar().valueChanged.connect(self.frozen.verticalScrollBar().setValue)
        self.frozen.verticalScrollBar().valueChanged.connect(self.verticalScrollBar().setValue)
        self.frozen.raise_()

    def freeze(self) -> None:
        """Show the first column alone at the left, after the model got other columns."""
        for column in range(1, self.model().columnCount()):
            self.frozen.setColumnHidden(column, True)
        self.frozen.setColumnHidden(0, False)
        self.frozen.setColumnWidth(0, self.columnWidth(0))
        self._place()

    def _resized(self, column: int, _old: int, new: int) -> None:
        if column == 0:
            self.frozen.setColumnWidth(0, new)
            self._place()

    def _place(self) -> None:
        header = self.horizontalHeader()
        self.frozen.horizontalHeader().setFixedHeight(header.height())
        self.frozen.setGeometry(self.frameWidth(), self.frameWidth(), self.columnWidth(0), self.viewport().height() + header.height())
        self.frozen.setVisible(self.model().columnCount() > 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The rows, or why there are none."""
        super().paintEvent(event)
        if self.empty and not self.model().rowCount():
            painter, room = QPainter(self.viewport()), self.viewport().rect().adjusted(24, 0, -24, 0)
            painter.setPen(self.palette().placeholderText().color())
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self.empty)
            painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The frozen column keeps its height."""
        super().resizeEvent(event)
        self._place()


class Footer(QWidget):
    """Sum, mean and the number of unknown values under each numeric column."""

    def __init__(self, view: GridView, words: Words, theme: list[str]) -> None:
        super().__init__()
        self._view, self._words, self._theme = view, words, theme
        self._found: dict[int, tuple[Summary, int]] = {}
        self._count = ""
        self.setFixedHeight(54)
        header = view.horizontalHeader()
        for signal in (header.sectionResized, header.sectionMoved, view.horizontalScrollBar().valueChanged, header.geometriesChanged):
            signal.connect(lambda *_: self.update())

    def show_sums(self, count: str, found: dict[int, tuple[Summary, int]]) -> None:
        """Show summaries by column, each with the digits of its numbers; ``count`` is the number of rows in words."""
        self._count, self._found = count, found
        self.update()

    def lines(self, column: int) -> list[str]:
        """Words under a column."""
        if column not in self._found:
            return []
        found, digits = self._found[column]
        lines = ["" if found.total is None else f"Σ {found.total:,.{digits}f}", "" if found.mean is None else f"⌀ {found.mean:,.{max(digits, 1)}f}" if self._spaced(column) else f"⌀ {found.mean:.0f}"]
        return [*lines, self._words("table.unknown", n=f"{found.unknown:,}") if found.unknown else ""]

    def _spaced(self, column: int) -> bool:
        """Whether numbers of a column have separators: years have none."""
        table = self._view.model().table  # type: ignore[attr-defined]
        return bool(table.columns[column].unit or table.columns[column].sums)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the words under their columns."""
        t: dict[str, Any] = tokens(self._theme[0])
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(t["surface2"]))
        painter.setPen(QColor(t["line"]))
        painter.drawLine(0, 0, self.width(), 0)
        painter.setFont(font(12))
        painter.setPen(QColor(t["ink2"]))
        header, first = self._view.horizontalHeader(), self._view.columnWidth(0)
        painter.save()
        painter.setClipRect(first, 0, self.width(), self.height())
        for column in self._found:
            if column and not header.isSectionHidden(column):
                x, width = header.sectionViewportPosition(column), header.sectionSize(column)
                for i, line in enumerate(self.lines(column)):
                    painter.drawText(QRectF(x, 2 + i * 17, width - 6, 17), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, line)
        painter.restore()
        painter.drawText(QRectF(8, 2, first - 8, 17), Qt.AlignmentFlag.AlignVCenter, self._count)
        painter.end()
