"""The compound profile beside the map: blocks with their dates, numbers that open their rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date as date_type

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QMenu, QPushButton, QScrollArea, QToolButton, QVBoxLayout, QWidget

from pm_desktop.cartography.fonts import font
from pm_desktop.ui.i18n import Words
from pm_desktop.ui.plain import Link, PlainLabel, breakable
from pm_desktop.ui.theme import tokens
from pm_desktop.workspace.page import Block, Item, Profile, Standing

_MARK = {"ok": "✓ ", "warn": "! ", "bad": "✕ "}


class Trend(QWidget):
    """Twelve monthly bars, each before a pale one of the same month a year earlier."""

    def __init__(self, values: tuple[int, ...], before: tuple[int, ...], until: str, theme: list[str], words: str) -> None:
        super().__init__()
        year, month = map(int, until.split("-")[:2]) if until else (0, 0)
        first = year * 12 + month - len(values)
        self._months = [f"{(first + k) // 12 % 100:02}-{(first + k) % 12 + 1:02}" for k in range(len(values))] if until else []
        self._values, self._before, self._theme = values, before if any(before) else (0,) * len(values), theme
        self.setMinimumHeight(58)
        self.setToolTip(words)
        self.setAccessibleName(words)

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(300, 58)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the bars and the highest value."""
        t = tokens(self._theme[0])
        painter = QPainter(self)
        top = max(*self._values, *self._before, 1)
        step = self.width() / len(self._values)
        for i, (value, before) in enumerate(zip(self._values, self._before, strict=True)):
            painter.fillRect(QRectF(i * step + 2, 44 - 32 * before / top, step * 0.62, 32 * before / top), QColor(t["line"]))
            painter.fillRect(QRectF(i * step + 2 + step * 0.28, 44 - 32 * value / top, step * 0.62, 32 * value / top), QColor(t["accent"]))
        painter.setPen(QColor(t["ink3"]))
        painter.setFont(font(10))
        at = self._values.index(max(self._values))
        painter.drawText(QRectF(at * step - 10, 0, step + 20, 12), Qt.AlignmentFlag.AlignCenter, f"{max(self._values):,}")
        for k, month in enumerate(self._months):
            if k % 3 == 0 or k == len(self._months) - 1:
                painter.drawText(QRectF(k * step - 10, 45, step + 20, 12), Qt.AlignmentFlag.AlignCenter, month)
        painter.end()


class StandingBar(QWidget):
    """Where one stands among peers: the range, its middle half, the median and a diamond for one's own."""

    def __init__(self, standing: Standing, theme: list[str], words: str) -> None:
        super().__init__()
        self._standing, self._theme = standing, theme
        self.setFixedHeight(34)
        self.setToolTip(words)
        self.setAccessibleName(words)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw range, middle half, median, own."""
        t, s = tokens(self._theme[0]), self._standing
        low, high = min(s.five[0], s.own), max(s.five[4], s.own)
        span, width = (high - low) or 1.0, self.width() - 20
        x = [10 + width * (v - low) / span for v in (*s.five, s.own)]
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(QRectF(x[0], 11, max(x[4] - x[0], 1), 3), QColor(t["line"]))
        painter.fillRect(QRectF(x[1], 7, max(x[3] - x[1], 1), 11), QColor(t["accent_soft"]))
        painter.fillRect(QRectF(x[2] - 1, 5, 2, 15), QColor(t["ink2"]))
        painter.setPen(QPen(QColor(t["surface"]), 1.5))
        painter.setBrush(QColor(t["bad" if s.own > s.five[3] else "accent"]))
        painter.drawPolygon(QPolygonF([QPointF(x[5], 5), QPointF(x[5] + 7, 12), QPointF(x[5], 19), QPointF(x[5] - 7, 12)]))
        painter.setPen(QColor(t["ink3"]))
        painter.setFont(font(10))
        painter.drawText(QRectF(0, 20, self.width(), 13), Qt.AlignmentFlag.AlignLeft, f"{low:,.1f}")
        painter.drawText(QRectF(0, 20, self.width(), 13), Qt.AlignmentFlag.AlignRight, f"{high:,.1f}")
        painter.end()


class ProfilePanel(QWidget):
    """Shows a `Profile`.

    Signals
    -------
    drilled(Drill), closed(), firm_asked(id), day_asked(date), printed()
    """

    drilled = Signal(object)
    closed = Signal()
    firm_asked = Signal(str)
    day_asked = Signal(object)
    printed = Signal()

    def __init__(self, words: Words, theme: list[str]) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._words, self._theme = words, theme
        self._profile: Profile | None = None
        self._title = PlainLabel(objectName="panelTitle", wordWrap=True)
        self._subtitle = PlainLabel(objectName="panelHint", wordWrap=True)
        self._back = QPushButton("←", objectName="flat")
        self._back.clicked.connect(self.closed)
        self._index = QToolButton(text="☰", objectName="flat", popupMode=QToolButton.ToolButtonPopupMode.InstantPopup, visible=False)
        self._index.setMenu(QMenu(self._index))
        self._boxes: list[QWidget] = []
        self._picture, self._shown = QPixmap(), ""
        self._print = QPushButton(objectName="flat")
        self._print.clicked.connect(lambda: self.printed.emit())
        self._print.hide()
        self._area = QScrollArea(widgetResizable=True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        head = QHBoxLayout()
        head.setContentsMargins(8, 8, 12, 0)
        text = QVBoxLayout()
        text.setSpacing(2)
        text.addWidget(self._title)
        text.addWidget(self._subtitle)
        head.addWidget(self._back, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(text, 1)
        head.addWidget(self._index, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self._print, 0, Qt.AlignmentFlag.AlignTop)
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.addLayout(head)
        body.addWidget(self._area, 1)
        words.changed.connect(self.retranslate)
        self.retranslate()

    def shown(self) -> Profile | None:
        """The profile that is open."""
        return self._profile

    def show_loading(self, title: str) -> None:
        """Say at once what is coming."""
        self._profile = None
        self._title.setText(title)
        self._subtitle.setText(self._words("state.loading"))

    def show_error(self, text: str) -> None:
        """Say what went wrong."""
        self._subtitle.setText(text)

    def show_profile(self, profile: Profile) -> None:
        """Show a profile."""
        if self._profile is None or self._profile.compound_id != profile.compound_id:
            self._picture = QPixmap()
        self._profile = profile
        self.retranslate()

    def show_map(self, identifier: str, png: bytes) -> None:
        """Show the small map of the profile that is open."""
        if png and self._profile is not None and self._profile.compound_id == identifier:
            self._picture.loadFromData(png)
            self._picture.setDevicePixelRatio(2.0)
            self.retranslate()

    def retranslate(self) -> None:
        """Words of the language in use."""
        self._back.setToolTip(self._words("profile.back"))
        self._back.setAccessibleName(self._words("profile.back"))
        self._index.setToolTip(self._words("profile.index"))
        self._index.setVisible(self._profile is not None)
        self._print.setText(self._words("profile.print"))
        self._print.setToolTip(f"{self._words('action.print_profile')}  Ctrl+P")
        self._print.setVisible(self._profile is not None)
        if self._profile is None:
            return
        self._title.setText(breakable(self._profile.title))
        self._subtitle.setText(breakable(self._profile.subtitle))
        content = QWidget(objectName="panel")
        layout = QVBoxLayout(content)
        layout.setContentsMargins(14, 4, 14, 14)
        layout.setSpacing(4)
        if not self._picture.isNull():
            small = QLabel(objectName="miniMap", alignment=Qt.AlignmentFlag.AlignCenter)
            small.setPixmap(self._picture)
            small.setAccessibleName(self._words("profile.map"))
            layout.addWidget(small)
        self._boxes = [self._block(block) for block in self._profile.blocks]
        for box in self._boxes:
            layout.addWidget(box)
        layout.addStretch()
        at = self._area.verticalScrollBar().value() if self._shown == self._profile.compound_id else 0
        self._area.setWidget(content)
        self._shown = self._profile.compound_id
        self._area.verticalScrollBar().setValue(at)  # other words or a late map do not throw the reader back
        self._index.menu().clear()
        for block, box in zip(self._profile.blocks, self._boxes, strict=True):
            self._index.menu().addAction(self._words.of(block.label), lambda to=box: self._area.verticalScrollBar().setValue(to.y()))

    def _block(self, block: Block) -> QWidget:
        box = QWidget()
        grid = QGridLayout(box)
        grid.setContentsMargins(0, 8, 0, 2)
        grid.setVerticalSpacing(5)
        grid.setHorizontalSpacing(12)
        grid.setColumnStretch(1, 1)
        grid.addWidget(QLabel(self._words.of(block.label), objectName="blockTitle"), 0, 0)
        grid.addWidget(self._date(block), 0, 1, Qt.AlignmentFlag.AlignRight)
        grid.addWidget(QFrame(objectName="line"), 1, 0, 1, 2)
        row = 2
        for item in block.items:
            grid.addWidget(self._label(item), row, 0, Qt.AlignmentFlag.AlignTop if item.day is None else Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
            value = self._value(item)
            if isinstance(value, Link):
                grid.addWidget(value, row, 1, Qt.AlignmentFlag.AlignRight)
            else:
                grid.addWidget(value, row, 1)  # the whole width: text that wraps knows how much it has
            row += 1
        if block.standing is not None:
            grid.addWidget(StandingBar(block.standing, self._theme, self._standing_words(block.standing)), row, 0, 1, 2)
            row += 1
        if any(block.trend) or any(block.trend_before):
            told = self._words("profile.trend", now=" ".join(map(str, block.trend)), before=" ".join(map(str, block.trend_before)))
            grid.addWidget(Trend(block.trend, block.trend_before, self._until(), self._theme, told), row, 0, 1, 2)
            grid.addWidget(QLabel(self._words("profile.trend_key"), objectName="hint"), row + 1, 0, 1, 2)
        return box

    def _standing_words(self, s: Standing) -> str:
        return self._words("profile.standing", own=f"{s.own:,.1f}", low=f"{s.five[0]:,.1f}", q1=f"{s.five[1]:,.1f}", median=f"{s.five[2]:,.1f}",
                           q3=f"{s.five[3]:,.1f}", high=f"{s.five[4]:,.1f}", n=s.peers, unit=self._words.unit(s.unit))

    def _until(self) -> str:
        """Month in which the trends end: that of the day which the profile is of."""
        assert self._profile is not None
        return next((b.as_of for b in self._profile.blocks if b.key in ("summary", "towns") and b.as_of), "")

    def _date(self, block: Block) -> QWidget:
        """The date of a block; where its records can be opened, the way to them."""
        if block.as_of:
            date = self._words("profile.entered" if block.entered else "profile.as_of", date=block.as_of)
        else:
            date = self._words("profile.no_record" if all(item.value is None for item in block.items) else "profile.undated")
        if block.drill is None:
            return QLabel(date, objectName="hint", alignment=Qt.AlignmentFlag.AlignRight)
        link = Link(f"{date} ▸", self._words("profile.open_rows"))
        link.setObjectName("dateLink")
        link.clicked.connect(lambda _=False, drill=block.drill: self.drilled.emit(drill))
        return link

    def _label(self, item: Item) -> QWidget:
        if item.day is None:
            label = PlainLabel(breakable(self._words.of(item.label)), objectName="itemLabel", wordWrap=True)
            label.setMinimumWidth(min(label.fontMetrics().horizontalAdvance(label.text()) + 6, 190))
            return label
        link = Link(self._words.of(item.label), self._words("profile.show_day", day=item.day))
        link.clicked.connect(lambda _=False, day=item.day: self.day_asked.emit(date_type.fromisoformat(day)))
        return link

    def _value(self, item: Item) -> QWidget:
        text = self._words.of(item.value)
        if item.value is not None and item.unit:
            text = f"{text} {self._words.unit(item.unit)}".rstrip()
        if item.firm is not None:
            return self._link(text, lambda firm=item.firm: self.firm_asked.emit(firm))
        if item.drill is not None and item.drill.count:
            return self._link(_MARK.get(item.state or "", "") + text, lambda drill=item.drill: self.drilled.emit(drill), item.state)
        name = "itemUnknown" if item.value is None else item.state or "itemValue"
        label = PlainLabel(_MARK.get(item.state or "", "") + breakable(text), objectName=name, wordWrap=True)
        label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return label

    @staticmethod
    def _link(text: str, act: Callable[[], None], state: str | None = None) -> Link:
        link = Link(text)
        link.setProperty("state", state or "")
        link.clicked.connect(lambda _=False: act())
        return link
