"""The compound profile beside the map: blocks with their dates, numbers that open their rows."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from pm_desktop.cartography.fonts import font
from pm_desktop.ui.i18n import Words
from pm_desktop.ui.plain import PlainLabel
from pm_desktop.ui.theme import tokens
from pm_desktop.workspace.profile import Block, Item, Profile

_MARK = {"ok": "✓ ", "warn": "! ", "bad": "✕ "}


class Trend(QWidget):
    """Twelve monthly bars."""

    def __init__(self, values: tuple[int, ...], theme: list[str]) -> None:
        super().__init__()
        self._values, self._theme = values, theme
        self.setMinimumHeight(46)
        self.setToolTip(" ".join(map(str, values)))

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(300, 46)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the bars and the highest value."""
        t = tokens(self._theme[0])
        painter = QPainter(self)
        top = max(self._values) or 1
        step = self.width() / len(self._values)
        for i, value in enumerate(self._values):
            height = 32 * value / top
            painter.fillRect(QRectF(i * step + 2, 44 - height, step - 4, height), QColor(t["accent"]))
        painter.setPen(QColor(t["ink3"]))
        painter.setFont(font(10))
        at = self._values.index(max(self._values))
        painter.drawText(QRectF(at * step - 10, 0, step + 20, 12), Qt.AlignmentFlag.AlignCenter, str(max(self._values)))
        painter.end()


class ProfilePanel(QWidget):
    """Shows a `Profile`.

    Signals
    -------
    drilled(Drill), closed()
    """

    drilled = Signal(object)
    closed = Signal()

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
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.addLayout(head)
        body.addWidget(self._area, 1)
        words.changed.connect(self.retranslate)
        self.retranslate()

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
        self._profile = profile
        self.retranslate()

    def retranslate(self) -> None:
        """Words of the language in use."""
        self._back.setToolTip(self._words("profile.back"))
        if self._profile is None:
            return
        self._title.setText(self._profile.title)
        self._subtitle.setText(self._profile.subtitle)
        content = QWidget(objectName="panel")
        layout = QVBoxLayout(content)
        layout.setContentsMargins(14, 4, 14, 14)
        layout.setSpacing(4)
        for block in self._profile.blocks:
            layout.addWidget(self._block(block))
        layout.addStretch()
        self._area.setWidget(content)

    def _block(self, block: Block) -> QWidget:
        box = QWidget()
        grid = QGridLayout(box)
        grid.setContentsMargins(0, 8, 0, 2)
        grid.setVerticalSpacing(5)
        grid.setColumnStretch(1, 1)
        grid.addWidget(QLabel(self._words.of(block.label), objectName="blockTitle"), 0, 0)
        date = self._words("profile.as_of", date=block.as_of) if block.as_of else self._words("profile.undated")
        grid.addWidget(QLabel(date, objectName="hint", alignment=Qt.AlignmentFlag.AlignRight), 0, 1)
        grid.addWidget(QFrame(objectName="line"), 1, 0, 1, 2)
        row = 2
        for item in block.items:
            label = PlainLabel(self._words.of(item.label), objectName="itemLabel")
            grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(self._value(item), row, 1, Qt.AlignmentFlag.AlignRight)
            row += 1
        if any(block.trend):
            grid.addWidget(Trend(block.trend, self._theme), row, 0, 1, 2)
        return box

    def _value(self, item: Item) -> QWidget:
        text = self._words.of(item.value)
        if item.value is not None and item.unit:
            text = f"{text} {self._words.unit(item.unit)}".rstrip()
        if item.drill is not None and item.drill.count:
            button = QPushButton(_MARK.get(item.state or "", "") + text, objectName="link")
            button.setCursor(Qt.CursorShape.PointingHandCursor)
            button.clicked.connect(lambda _=False, drill=item.drill: self.drilled.emit(drill))
            return button
        name = "itemUnknown" if item.value is None else item.state or "itemValue"
        label = PlainLabel(_MARK.get(item.state or "", "") + text, objectName=name, wordWrap=True)
        label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        label.setMinimumWidth(150)
        return label
