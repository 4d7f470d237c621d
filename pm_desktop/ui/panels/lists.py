"""Lists of rows with title, second line and badge; filters by typing; designed empty, loading and error states."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QPushButton,
    QStackedWidget,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from pm_desktop.cartography.fonts import font
from pm_desktop.cartography.overlay import shape_path
from pm_desktop.ui.actions import ACTIONS
from pm_desktop.ui.i18n import Words
from pm_desktop.ui.plain import PlainLabel, literal
from pm_desktop.ui.theme import tokens
from pm_desktop.workspace.queries import Listing, Row
from pm_desktop.workspace.search import normal

Index = QModelIndex | QPersistentModelIndex
ROW = Qt.ItemDataRole.UserRole
_SHAPE = {"S1": ("triangle", "#d32f2f", "#ff5a52"), "S2": ("diamond", "#ef7d00", "#ff9d3b"), "S3": ("square", "#c9a800", "#ffd84a"),
          "S4": ("circle", "#1f6fd0", "#62a8ff")}


class RowModel(QAbstractListModel):
    """Rows, filtered by what is typed."""

    def __init__(self, words: Words) -> None:
        super().__init__()
        self._words = words
        self._all: tuple[Row, ...] = ()
        self._shown: list[Row] = []

    def set_rows(self, rows: tuple[Row, ...], wanted: str = "") -> None:
        """Show ``rows`` that contain ``wanted``."""
        self.beginResetModel()
        self._all = rows
        key = normal(wanted)
        self._shown = [r for r in rows if key in normal(r.title + self._words.of(r.detail) + (self._words.of(r.badge) if r.badge else ""))]
        self.endResetModel()

    def filter(self, wanted: str) -> None:
        """Filter again."""
        self.set_rows(self._all, wanted)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Number of shown rows."""
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: Index, role: int = 0) -> Any:
        """The row itself, and its words for screen readers."""
        row = self._shown[index.row()]
        if role == ROW:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{row.title} {self._words.of(row.detail)}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return literal(f"{row.title}\n{self._words.of(row.detail)}")
        return None


class RowDelegate(QStyledItemDelegate):
    """Draws a row: shape of the severity where it has one, title, second line, badge."""

    def __init__(self, words: Words, theme: list[str], height: int) -> None:
        super().__init__()
        self._words, self._theme, self._height = words, theme, height

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """All rows are equally high."""
        return QSize(200, self._height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one row."""
        row: Row = index.data(ROW)
        t = tokens(self._theme[0])
        rect: QRect = option.rect  # type: ignore[attr-defined]
        state = option.state  # type: ignore[attr-defined]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(t["accent_soft"]))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, QColor(t["surface2"]))
        left = rect.left() + 12
        severity = row.kind.partition(":")[2]
        if severity in _SHAPE:
            shape, light, dark = _SHAPE[severity]
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QBrush(QColor(dark if self._theme[0] == "dark" else light)))
            painter.drawPath(shape_path(shape, QPointF(left + 8, rect.center().y()), 7))
            left += 28
        right = rect.right() - 12
        if row.badge is not None:
            right = self._badge(painter, rect, right, self._words.of(row.badge), row.state or "", t) - 8
        width = max(20, right - left)
        title, detail = font(14, bold=True), font(12)
        painter.setFont(title)
        painter.setPen(QColor(t["ink"]))
        middle = rect.center().y()
        painter.drawText(QRectF(left, middle - 21, width, 21), Qt.AlignmentFlag.AlignVCenter,
                         QFontMetrics(title).elidedText(row.title, Qt.TextElideMode.ElideRight, width))
        painter.setFont(detail)
        painter.setPen(QColor(t["ink3"]))
        painter.drawText(QRectF(left, middle, rect.right() - 12 - left, 20), Qt.AlignmentFlag.AlignVCenter,
                         QFontMetrics(detail).elidedText(self._words.of(row.detail), Qt.TextElideMode.ElideRight, rect.right() - 12 - left))
        painter.setPen(QPen(QColor(t["surface3"]), 1))
        painter.drawLine(rect.left() + 12, rect.bottom(), rect.right() - 12, rect.bottom())
        painter.restore()

    def _badge(self, painter: QPainter, rect: QRect, right: int, text: str, state: str, t: dict[str, str]) -> int:
        small = font(12)
        width = QFontMetrics(small).horizontalAdvance(text) + 14
        box = QRectF(right - width, rect.center().y() - 21, width, 20)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(t[f"{state}_soft"] if state else t["surface3"]))
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(QColor(t[state] if state else t["ink2"]))
        painter.setFont(small)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
        return int(right - width)


def centred(*widgets: QWidget) -> QWidget:
    """Widgets below each other in the middle of the room."""
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(24, 0, 24, 0)
    column.setSpacing(12)
    column.addStretch()
    column.addWidget(widgets[0])
    for widget in widgets[1:]:
        column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
    column.addStretch()
    return holder


class RowList(QWidget):
    """Title, filter and rows.

    Signals
    -------
    chosen(Row)
        A row was clicked, or Enter pressed on it.
    asked(action id)
        The button of the empty list, which does ``offer``.
    """

    chosen = Signal(object)
    asked = Signal(str)

    def __init__(self, words: Words, theme: list[str], title_key: str, empty_key: str, height: int = 52, *, offer: str = "") -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._words, self._title_key, self._empty_key = words, title_key, empty_key
        self._title = PlainLabel(objectName="panelTitle")
        self._count = QLabel(objectName="panelHint")
        self.filter = QLineEdit(clearButtonEnabled=True)
        self.model = RowModel(words)
        self.view = QListView(mouseTracking=True, uniformItemSizes=True)
        self.view.setModel(self.model)
        self.view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._delegate = RowDelegate(words, theme, height)
        self.view.setItemDelegate(self._delegate)
        self.view.clicked.connect(lambda index: self.chosen.emit(index.data(ROW)))
        self.view.activated.connect(lambda index: self.chosen.emit(index.data(ROW)))
        self.filter.textChanged.connect(self._filter)
        self._message = PlainLabel(alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True, objectName="panelHint")
        self._offer, self._button = offer, QPushButton(objectName="primary", visible=False)
        self._button.clicked.connect(lambda: self.asked.emit(self._offer))
        self._stack = QStackedWidget()
        self._stack.addWidget(centred(self._message, self._button))
        self._stack.addWidget(self.view)
        self._subject, self._listing, self._state = "", Listing((), 0, None), "loading"
        head = QHBoxLayout()
        head.addWidget(self._title)
        head.addStretch()
        head.addWidget(self._count)
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 8, 0, 0)
        body.setSpacing(6)
        for layout_item in (head,):
            layout_item.setContentsMargins(12, 0, 12, 0)
            body.addLayout(layout_item)
        search = QHBoxLayout()
        search.setContentsMargins(12, 0, 12, 0)
        search.addWidget(self.filter)
        body.addLayout(search)
        body.addWidget(self._stack, 1)
        words.changed.connect(self.retranslate)
        self.retranslate()

    def show_listing(self, listing: Listing, subject: str = "") -> None:
        """Show rows; ``subject`` is added to the title."""
        self._listing, self._subject = listing, subject
        self._state = "rows" if listing.rows else "empty"
        self.model.set_rows(listing.rows, self.filter.text())
        self.retranslate()

    def show_error(self, text: str) -> None:
        """Say what went wrong."""
        self._state = text
        self.retranslate()

    def _filter(self, wanted: str) -> None:
        self.model.filter(wanted)
        self._counted()

    def _counted(self) -> None:
        shown = self.model.rowCount()
        self._count.setText(self._words("list.count", shown=f"{shown:,}", total=f"{self._listing.total:,}") if self._listing.rows else "")

    def retranslate(self) -> None:
        """Words of the language in use."""
        title = self._words(self._title_key)
        self._title.setText(f"{title} · {self._subject}" if self._subject else title)
        self.filter.setPlaceholderText(self._words("list.filter"))
        texts = {"loading": self._words("state.loading"), "empty": self._words(self._empty_key)}
        self._message.setText(texts.get(self._state, self._state))
        if self._offer:
            self._button.setText(self._words(next(a.key for a in ACTIONS if a.id == self._offer)))
            self._button.setVisible(self._state == "empty")
        self._stack.setCurrentIndex(1 if self._state == "rows" else 0)
        self.filter.setVisible(self._state == "rows")
        self._counted()
        self.model.filter(self.filter.text())
