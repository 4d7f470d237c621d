"""Headline figures as cards: value, numerator over denominator, date and source; a click opens the rows."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from pm_desktop.ui.i18n import Words
from pm_desktop.workspace.queries import Figure


class Card(QFrame):
    """One figure."""

    clicked = Signal(object)

    def __init__(self, figure: Figure, words: Words) -> None:
        super().__init__(objectName="card")
        self._figure = figure
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 10, 14, 10)
        layout.setSpacing(1)
        layout.addWidget(QLabel(words.of(figure.label), objectName="itemLabel"))
        unit = f" {words.unit(figure.unit)}" if figure.value is not None and figure.unit else ""
        layout.addWidget(QLabel(words.of(figure.value) + unit, objectName="cardValue"))
        if figure.denominator is not None and figure.numerator is not None:
            layout.addWidget(QLabel(f"{figure.numerator:,} / {figure.denominator:,}", objectName="hint"))
        date = words("figures.as_of", date=figure.as_of) if figure.as_of else words("figures.undated")
        layout.addWidget(QLabel(f"{date} · {words.of(figure.source)}", objectName="hint", wordWrap=True))
        if figure.drill is not None:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
            self.setToolTip(words("figures.open"))

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Open the rows behind it."""
        if self._figure.drill is not None:
            self.clicked.emit(self._figure.drill)


class FiguresPanel(QWidget):
    """A column of cards.

    Signals
    -------
    drilled(Drill)
    """

    drilled = Signal(object)

    def __init__(self, words: Words) -> None:
        super().__init__(objectName="panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._words = words
        self._figures: list[Figure] | None = None
        self._error = ""
        self._title = QLabel(objectName="panelTitle")
        self._area = QScrollArea(widgetResizable=True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        body = QVBoxLayout(self)
        body.setContentsMargins(12, 8, 4, 0)
        body.addWidget(self._title)
        body.addWidget(self._area, 1)
        words.changed.connect(self.retranslate)
        self.retranslate()

    def show_figures(self, figures: list[Figure]) -> None:
        """Show figures."""
        self._figures = figures
        self.retranslate()

    def show_error(self, text: str) -> None:
        """Say what went wrong."""
        self._error = text
        self.retranslate()

    def retranslate(self) -> None:
        """Words of the language in use."""
        self._title.setText(self._words("figures.title"))
        content = QWidget(objectName="panel")
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 8, 10)
        layout.setSpacing(8)
        if self._figures is None:
            layout.addWidget(QLabel(self._error or self._words("state.loading"), objectName="panelHint", wordWrap=True))
        for figure in self._figures or ():
            card = Card(figure, self._words)
            card.clicked.connect(self.drilled)
            layout.addWidget(card)
        layout.addStretch()
        self._area.setWidget(content)
