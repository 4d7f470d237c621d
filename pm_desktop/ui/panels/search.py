"""The one search box: names, pinyin, codes, streets, coordinates and commands; results as one types."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from pm_desktop.base.coordinates import DEFAULT, system_of
from pm_desktop.cartography.fonts import font
from pm_desktop.ui.i18n import Words
from pm_desktop.ui.theme import tokens
from pm_desktop.workspace.search import SearchHit, SearchIndex, normal

HIT = Qt.ItemDataRole.UserRole
LINE = Qt.ItemDataRole.UserRole + 1
ROW_PX, SHOWN, LIMIT = 40, 12, 14
BOOKMARK = "bookmark:"  # before the name of a bookmark where actions are named by id


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the list: what kind, its words with the part that matches, and a second line."""

    kind: str
    text: str
    span: tuple[int, int] | None
    detail: str


class _Painter(QStyledItemDelegate):
    """Kind at the left, words with the matching part in the accent, the second line in grey below."""

    def __init__(self, theme: list[str], parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Two lines of words."""
        return QSize(200, ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        """Draw a line."""
        t, line = tokens(self._theme[0]), index.data(LINE)
        area: QRect = option.rect  # type: ignore[attr-defined]
        if option.state & QStyle.StateFlag.State_Selected:  # type: ignore[attr-defined]
            painter.fillRect(area, QColor(t["accent_soft"]))
        self._words(painter, QRect(area.left() + 8, area.top(), 92, area.height()), line.kind, QColor(t["ink3"]), 11)
        left, width = area.left() + 104, area.width() - 112
        top = QRect(left, area.top() + (2 if line.detail else 0), width, area.height() // 2 if line.detail else area.height())
        if line.span is None:
            self._words(painter, top, line.text, QColor(t["ink"]), 13)
        else:
            a, b = line.span
            for part, bold in ((line.text[:a], False), (line.text[a:b], True), (line.text[b:], False)):
                top.setLeft(top.left() + self._words(painter, top, part, QColor(t["accent" if bold else "ink"]), 13, bold=bold))
        if line.detail:
            self._words(painter, QRect(left, area.top() + ROW_PX // 2 - 1, width, ROW_PX // 2 - 2), line.detail, QColor(t["ink3"]), 11)

    @staticmethod
    def _words(painter: QPainter, area: QRect, text: str, colour: QColor, pixels: int, *, bold: bool = False) -> int:
        chosen = font(pixels, bold=bold)
        metrics = QFontMetrics(chosen)
        painter.setFont(chosen)
        painter.setPen(colour)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(area.width(), 0))
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextSingleLine, shown)
        return metrics.horizontalAdvance(shown)


class SearchBox(QLineEdit):
    """Signals: ``found(SearchHit)`` when one is chosen, ``commanded(str)`` when a command is."""

    found = Signal(object)
    commanded = Signal(str)

    def __init__(self, words: Words, commands: list[tuple[str, str]], parent: QWidget, theme: list[str] | None = None) -> None:
        super().__init__(parent, objectName="search")
        self._words, self._commands = words, commands
        self._index: SearchIndex | None = None
        self.recent: list[str] = []
        self.system = DEFAULT  # in which typed coordinates are read first
        self.bookmarks: tuple[str, ...] = ()
        self.setClearButtonEnabled(True)
        self._popup = QFrame(parent.window(), objectName="popup")
        self._popup.hide()
        self._list = QListWidget(uniformItemSizes=True)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setItemDelegate(_Painter(theme if theme is not None else ["light"], self))
        layout = QVBoxLayout(self._popup)
        layout.setContentsMargins(4, 4, 4, 4)
        layout.addWidget(self._list)
        self._list.itemClicked.connect(self._choose)
        self.textEdited.connect(self._look)
        self.installEventFilter(self)
        words.changed.connect(self.retranslate)
        self.retranslate()

    def set_index(self, index: SearchIndex) -> None:
        """Search in ``index`` from now on; what is listed is asked again."""
        self._index = index
        if self._popup.isVisible():
            self._look(self.text())

    def retranslate(self) -> None:
        """Words of the language in use."""
        self.setPlaceholderText(self._words("search.hint"))
        self.setAccessibleName(self._words("action.search"))

    def results(self) -> list[Any]:
        """What is listed: hits and command ids."""
        return [self._list.item(i).data(HIT) for i in range(self._list.count())]

    def _look(self, text: str) -> None:
        self._list.clear()
        key = normal(text)
        if not key:
            for each in self.recent:
                self._add(Line(self._words("search.recent"), each, None, ""), (each,))
            self._show(bool(self.recent))
            return
        for number, hit in enumerate(self._index.query(text, LIMIT, self.system) if self._index else []):
            self._add(self._line(hit, number == 0), hit)
        self._add_named(key, "Bookmark", [(BOOKMARK + name, name) for name in self.bookmarks])
        self._add_named(key, "Command", [(identifier, self._words(words_key)) for identifier, words_key in self._commands])
        if not self._list.count():
            state = "search.none_hint" if self._index else "search.loading"
            self._add(Line("", self._words("search.none", text=text.strip()) if self._index else "", None, self._words(state)), None)
        self._show(True)

    def _add_named(self, key: str, kind: str, named: list[tuple[str, str]]) -> None:
        """Add what is done by an id and whose words hold what was typed."""
        for identifier, words in named:
            at = normal(words).find(key)
            if at >= 0:
                span = (at, at + len(key)) if len(normal(words)) == len(words) else None
                self._add(Line(self._words(f"search.kind.{kind}"), words, span, ""), identifier)

    def _line(self, hit: SearchHit, first: bool) -> Line:
        detail = hit.detail
        if hit.kind == "Coordinates":
            detail = self._words("search.read_as" if first else "search.read_if", system=self._words.of(system_of(hit.detail).label))
        return Line(self._words(f"search.kind.{hit.kind}"), hit.label, hit.span, detail)

    def _add(self, line: Line, value: Any) -> None:
        item = QListWidgetItem(f"{line.text} {line.kind} {line.detail}".strip())  # what a screen reader says
        item.setData(HIT, value)
        item.setData(LINE, line)
        if value is None:
            item.setFlags(Qt.ItemFlag.NoItemFlags)
        self._list.addItem(item)

    def _show(self, wanted: bool) -> None:
        if not wanted:
            self._popup.hide()
            return
        self._list.setCurrentRow(0)
        at = self.mapTo(self.window(), QPoint(0, self.height() + 4))
        rows = min(self._list.count(), SHOWN)
        self._popup.setGeometry(at.x(), at.y(), max(self.width(), 480), rows * ROW_PX + 12)
        self._popup.show()
        self._popup.raise_()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """An empty box offers what was found before."""
        super().focusInEvent(event)
        if not self.text():
            self._look("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows walk through the list, Enter chooses, Esc closes."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if not self._popup.isVisible():
                if event.key() == Qt.Key.Key_Down:
                    self._look(self.text())
                    return True
            elif self._key(event.key()):
                return True
        if event.type() == QEvent.Type.FocusOut:
            self._popup.hide()
        return super().eventFilter(watched, event)

    def _key(self, key: int) -> bool:
        steps: dict[int, int] = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: SHOWN, Qt.Key.Key_PageUp: -SHOWN}
        if key in steps:
            self._list.setCurrentRow(min(max(self._list.currentRow() + steps[key], 0), self._list.count() - 1))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._list.currentItem():
            self._choose(self._list.currentItem())
        elif key == Qt.Key.Key_Escape:
            self._popup.hide()
        else:
            return False
        return True

    def _choose(self, item: QListWidgetItem) -> None:
        value = item.data(HIT)
        if isinstance(value, tuple):  # a search of before
            self.setText(value[0])
            self._look(value[0])
            return
        self._popup.hide()
        if isinstance(value, SearchHit):
            self.setText(value.label)
            self.found.emit(value)
        elif isinstance(value, str):
            self.clear()
            self.commanded.emit(value)


