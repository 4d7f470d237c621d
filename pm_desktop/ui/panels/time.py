"""The 时间 line below the map: which days, categories and sources the heat shows, and playing through them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QMenu, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from pm_desktop.base.label import Label
from pm_desktop.cartography.heat import HeatCount, HeatFilter
from pm_desktop.ui.i18n import Words
from pm_desktop.ui.plain import ElidedLabel
from pm_desktop.ui.theme import tokens

EPOCH = date(1970, 1, 1)
SPANS = (1, 7, 30, 90, 365, 0)  # days shown at once; 0 is all of them
STEPS = (1, 7, 30)
SPEEDS = (2, 5, 10, 30)  # steps a second
RADII_M = (0, 150, 300, 500, 1000)  # 0: by zoom
SCALES = ("fixed", "held", "free")


class DaysBar(QWidget):
    """Rows by time as bars, the days that are shown marked. Signal: ``moved(day)`` with the day wanted in the middle."""

    moved = Signal(int)

    def __init__(self, theme: list[str]) -> None:
        super().__init__()
        self._theme = theme
        self._counts = np.zeros(1)
        self._span = (0, 1)
        self.setMinimumWidth(80)
        self.setFixedHeight(34)

    def set_counts(self, counts: Any) -> None:
        """Rows a day."""
        self._counts = np.asarray(counts, float) if len(counts) else np.zeros(1)
        self.update()

    def set_span(self, first: int, end: int) -> None:
        """Mark these days."""
        self._span = (first, end)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw it."""
        painter, days, colours = QPainter(self), len(self._counts), tokens(self._theme[0])
        bars = max(1, min(days, self.width() // 3))
        edges = np.linspace(0, days, bars + 1).astype(int)
        sums = np.add.reduceat(self._counts, edges[:-1]) / np.maximum(np.diff(edges), 1)
        height = sums / max(sums.max(), 1e-9) * (self.height() - 4)
        step = self.width() / bars
        painter.fillRect(self.rect(), QColor(colours["surface2"]))
        left, right = (d / days * self.width() for d in self._span)
        for k, tall in enumerate(height.tolist()):
            inside = left - step / 2 <= k * step < right
            painter.fillRect(QRectF(k * step, self.height() - tall, max(step - 1, 1), tall), QColor(colours["accent" if inside else "ink3"]))
        wash = QColor(colours["accent"])
        wash.setAlpha(46)
        painter.fillRect(QRectF(left, 0, max(right - left, 2), self.height()), wash)
        painter.setPen(QColor(colours["accent"]))
        painter.drawLine(QPointF(right, 0), QPointF(right, self.height()))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to a day."""
        self.moved.emit(int(event.position().x() / max(self.width(), 1) * len(self._counts)))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag through the days."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.mousePressEvent(event)


class Chooser(QToolButton):
    """Button with a list to tick; nothing ticked or all ticked means all. Signal: ``changed()``."""

    changed = Signal()

    def __init__(self, words: Words, key: str) -> None:
        super().__init__(objectName="chooser")
        self._words, self._key = words, key
        self._labels: list[Label] = []
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setMenu(QMenu(self))

    def set_labels(self, labels: list[Label]) -> None:
        """What there is to choose."""
        if labels != self._labels:
            self._labels = labels
            self.menu().clear()
            for _ in labels:
                self.menu().addAction("").setCheckable(True)
                self.menu().actions()[-1].toggled.connect(self._toggled)
        self.retranslate()

    def chosen(self) -> tuple[int, ...] | None:
        """Indices that are ticked; None for all."""
        ticked = tuple(k for k, action in enumerate(self.menu().actions()) if action.isChecked())
        return ticked if 0 < len(ticked) < len(self._labels) else None

    def choose(self, chosen: tuple[int, ...] | None) -> None:
        """Tick these."""
        for k, action in enumerate(self.menu().actions()):
            action.setChecked(chosen is not None and k in chosen)

    def _toggled(self, _on: bool) -> None:
        self.retranslate()
        self.changed.emit()

    def retranslate(self) -> None:
        """Words of the language in use."""
        for action, label in zip(self.menu().actions(), self._labels, strict=True):
            action.setText(self._words.of(label))
        chosen = self.chosen()
        what = self._words("time.all") if chosen is None else self._words.of(self._labels[chosen[0]]) if len(chosen) == 1 else str(len(chosen))
        self.setText(f"{self._words(self._key)}：{what}")
        self.setToolTip(self.text())


class TimePanel(QWidget):
    """Signals: ``changed(HeatFilter, str)`` with what is to be shown and how the colour scale behaves (one of `SCALES`)."""

    changed = Signal(object, str)

    def __init__(self, words: Words, theme: list[str]) -> None:
        super().__init__(objectName="panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._words = words
        self._first, self._days, self._end = 0, 0, 0
        self._count: HeatCount | None = None
        self._title = QLabel(objectName="panelTitle")
        self._when, self._sum = ElidedLabel(objectName="itemLabel"), ElidedLabel(objectName="hint")
        self.bar = DaysBar(theme)
        self.bar.moved.connect(lambda day: self.go(day + self.span // 2))
        self._back, self.play_button, self._on = (QPushButton(t, objectName="flat") for t in ("|◀", "▶", "▶|"))
        self._back.clicked.connect(lambda: self.step(-1))
        self._on.clicked.connect(lambda: self.step(1))
        self.play_button.clicked.connect(self.toggle)
        self._span, self._step, self._speed, self._radius, self._scale = (QComboBox() for _ in range(5))
        self._loop = QToolButton(checkable=True, checked=True, text="⟳", objectName="chooser")
        self.categories, self.sources = Chooser(words, "time.category"), Chooser(words, "time.source")
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._lay_out()
        words.changed.connect(self.retranslate)
        self.retranslate()
        self._span.setCurrentIndex(SPANS.index(365))
        self._step.setCurrentIndex(1)
        self._speed.setCurrentIndex(2)
        self._span.currentIndexChanged.connect(lambda: self.go(self._end))
        self._speed.currentIndexChanged.connect(lambda: self._timer.setInterval(self.interval_ms))
        for box in (self._radius, self._scale):
            box.currentIndexChanged.connect(self._tell)
        for chooser in (self.categories, self.sources):
            chooser.changed.connect(self._tell)

    def _lay_out(self) -> None:
        head, line = QHBoxLayout(), QHBoxLayout()
        for widget in (self._title, self._when, self._sum):
            head.addWidget(widget)
        head.addStretch()
        for widget in (self.categories, self.sources, self._radius, self._scale):
            head.addWidget(widget)
            widget.setMinimumWidth(64)
        for widget in (self._back, self.play_button, self._on):
            widget.setFixedWidth(34)
            line.addWidget(widget)
        line.addWidget(self.bar, 1)
        for widget in (self._span, self._step, self._speed, self._loop):
            line.addWidget(widget)
        for widget in (self._span, self._step, self._speed):
            widget.setMinimumWidth(60)
        body = QVBoxLayout(self)
        body.setContentsMargins(12, 4, 12, 6)
        body.setSpacing(4)
        body.addLayout(head)
        body.addLayout(line)

    # -- state -----------------------------------------------------------------------------------------------------------

    @property
    def span(self) -> int:
        """Days shown at once."""
        return SPANS[max(self._span.currentIndex(), 0)] or max(self._days, 1)

    @property
    def interval_ms(self) -> int:
        """Milliseconds from step to step while playing."""
        return 1000 // SPEEDS[max(self._speed.currentIndex(), 0)]

    @property
    def is_playing(self) -> bool:
        """Whether it plays."""
        return self._timer.isActive()

    def chosen(self) -> HeatFilter:
        """What is to be shown."""
        end = self._first + self._end
        return HeatFilter(end - self.span, end, self.categories.chosen(), self.sources.chosen(),
                          float(RADII_M[max(self._radius.currentIndex(), 0)]) or None)

    def set_data(self, heat: dict[str, Any]) -> None:
        """Days, categories and sources of the heat layer; the newest days are shown unless others were chosen."""
        newest = self._end in (0, self._days)
        self._first, self._days = int(heat["first_day"]), int(heat["days"])
        self._end = self._days if newest else min(self._end, self._days)
        self.bar.set_counts(heat["per_day"])
        self.categories.set_labels([Label(*w) for w in heat["categories"]])
        self.sources.set_labels([Label(*w) for w in heat["sources"]])
        self.go(self._end)

    def set_counted(self, counted: HeatCount) -> None:
        """Rows of what is shown."""
        self._count = counted
        self._say()

    def set_span(self, days: int) -> None:
        """Show this many days at once; one of `SPANS`."""
        self._span.setCurrentIndex(SPANS.index(days))

    def set_speed(self, steps: int) -> None:
        """Play this many steps a second; one of `SPEEDS`."""
        self._speed.setCurrentIndex(SPEEDS.index(steps))

    def go(self, end: int) -> None:
        """Show the days up to ``end``, a day of the data."""
        self._end = min(max(end, min(self.span, self._days)), self._days)
        self.bar.set_span(max(self._end - self.span, 0), self._end)
        self._say()
        self._tell()

    def step(self, count: int) -> None:
        """Go on or back by the chosen step."""
        self.go(self._end + count * STEPS[max(self._step.currentIndex(), 0)])

    def toggle(self) -> None:
        """Play or pause; at the end it begins anew."""
        if self.is_playing:
            self._timer.stop()
        elif self._days:
            if self._end >= self._days:
                self.go(0)
            self._timer.start(self.interval_ms)
        self.play_button.setText("❚❚" if self.is_playing else "▶")

    def _tick(self) -> None:
        if self._end < self._days:
            self.step(1)
        elif self._loop.isChecked():
            self.go(0)
        else:
            self.toggle()

    def _tell(self) -> None:
        self.changed.emit(self.chosen(), SCALES[max(self._scale.currentIndex(), 0)])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space plays, the arrows step."""
        match event.key():
            case Qt.Key.Key_Space:
                self.toggle()
            case Qt.Key.Key_Left:
                self.step(-1)
            case Qt.Key.Key_Right:
                self.step(1)
            case _:
                super().keyPressEvent(event)

    def hideEvent(self, event: Any) -> None:
        """What is not seen does not play."""
        if self.is_playing:
            self.toggle()
        super().hideEvent(event)

    # -- words -----------------------------------------------------------------------------------------------------------

    def _say(self) -> None:
        if not self._days:
            return
        first, last = (EPOCH + timedelta(days=self._first + d) for d in (max(self._end - self.span, 0), self._end - 1))
        self._when.setText(f"{first} — {last}" if first != last else f"{first}")
        if self._count is not None:
            shown, lost = self._count.shown, self._count.unlocated
            self._sum.setText(self._words("layers.heat_sum", shown=f"{shown:,}", lost=f"{lost:,}", total=f"{shown + lost:,}"))

    def retranslate(self) -> None:
        """Words of the language in use."""
        w = self._words
        self._title.setText(w("time.title"))
        spans = [w("time.all_days") if d == 0 else w("time.days", n=d) for d in SPANS]
        steps = [w("time.step", n=w("time.days", n=d)) for d in STEPS]
        speeds = [w("time.speed", n=s) for s in SPEEDS]
        radii = [w("time.radius_auto") if m == 0 else w("time.radius", n=m) for m in RADII_M]
        scales = [w(f"time.scale.{s}") for s in SCALES]
        for box, texts in ((self._span, spans), (self._step, steps), (self._speed, speeds), (self._radius, radii), (self._scale, scales)):
            current = max(box.currentIndex(), 0)
            box.blockSignals(True)
            box.clear()
            box.addItems(texts)
            box.setCurrentIndex(current)
            box.blockSignals(False)
        for widget, key in ((self.play_button, "play"), (self._back, "back"), (self._on, "on"), (self._loop, "loop"), (self._span, "span"),
                            (self._scale, "scale")):
            widget.setToolTip(w(f"time.{key}_hint"))
        self.categories.retranslate()
        self.sources.retranslate()
        self._say()
