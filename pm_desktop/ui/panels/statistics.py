"""Small charts of the open rows; dragging over bars or clicking them filters table and map. Several brushes hold together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from pm_desktop.cartography.fonts import font
from pm_desktop.ui.i18n import Words
from pm_desktop.ui.selected import Selected
from pm_desktop.ui.theme import tokens
from pm_desktop.workspace.tablepack import MONTHS, Filter, Months, Range, TableData, Values, written

BINS = 12
MOST_BARS = 12
BAR_TOP, BAR_BOTTOM = 16, 20
_CHARTS = {"Compound": ("complaint_rate", MONTHS, "housing_type", "built_year"), "Zone": ("complaint_rate", "management_mode", "fee"),
           "Complaint": (MONTHS, "source_category", "status"), "Firm": ("complaint_rate", "zones12", "party_org"),
           "Device": ("scene", "is_online"), "Alert": ("severity", "scene", "status"), "EmergencyTeam": ("level",)}


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars of a chart: counts of all rows and of those kept, and words below; of numbers also the ``edges`` (n + 1)."""

    all: NDArray[np.int64]
    kept: NDArray[np.int64]
    words: tuple[str, ...]
    codes: tuple[int, ...] = ()
    edges: tuple[float, ...] = ()
    unknown: int = 0


def bars_of(words: Words, data: TableData, key: str, kept: NDArray[np.bool_]) -> Bars:
    """Bars of a column, or of the months of events."""
    if key == MONTHS:
        months = data.arrays[MONTHS]
        year, month = map(int, (data.as_of or "2000-01").split("-")[:2])
        ends = [(year * 12 + month - 1 - 11 + i) for i in range(12)]
        return Bars(months.sum(0), months[kept].sum(0), tuple(f"{date(m // 12, m % 12 + 1, 1):%y-%m}" for m in ends))
    column = data.index(key)
    values, info = data.values(column), data.columns[column]
    if info.kind in ("text", "words"):
        counts, mine = (np.bincount(v + 1, minlength=data.distinct(column) + 1) for v in (values, values[kept]))
        codes = np.flatnonzero(counts) if info.kind == "words" else np.argsort(-counts, kind="stable")[:MOST_BARS]
        codes = codes[counts[codes] > 0][:MOST_BARS]
        return Bars(counts[codes], mine[codes], tuple(data.word(column, int(c) - 1, words.lang) for c in codes), tuple((codes - 1).tolist()))
    known = ~np.isnan(values)
    edges = np.histogram_bin_edges(values[known], BINS) if known.any() else np.array([0.0, 1.0])
    texts = tuple(written(info, float(e), words.lang) for e in edges[:-1])
    return Bars(np.histogram(values[known], edges)[0], np.histogram(values[known & kept], edges)[0], texts, (), tuple(edges.tolist()),
                int((~known & kept).sum()))


class Chart(QWidget):
    """Bars that are brushed. Signals: ``brushed(first, last, adds)`` over bars, first -1 when the brush is taken off."""

    brushed = Signal(int, int, bool)

    def __init__(self, theme: list[str]) -> None:
        super().__init__()
        self._theme = theme
        self.bars: Bars | None = None
        self.marked: frozenset[int] = frozenset()
        self._from: int | None = None
        self._to = 0
        self.setMinimumHeight(104)

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(260, 104)

    def bar_at(self, x: float) -> int:
        """Number of the bar at ``x``."""
        n = len(self.bars.all) if self.bars else 1
        return min(max(int(x * n / max(self.width(), 1)), 0), n - 1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a brush."""
        if event.button() == Qt.MouseButton.LeftButton and self.bars is not None and len(self.bars.all):
            self._from = self._to = self.bar_at(event.position().x())
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Widen it; table and map follow at once."""
        if self._from is not None and self.bar_at(event.position().x()) != self._to:
            self._to = self.bar_at(event.position().x())
            self.brushed.emit(min(self._from, self._to), max(self._from, self._to), False)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click takes one bar; on the only bar taken it lets go; with Ctrl it adds one."""
        if self._from is None:
            return
        first, last = min(self._from, self._to), max(self._from, self._to)
        self._from = None
        adds = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        if first == last and self.marked == {first}:
            first = last = -1
        self.brushed.emit(first, last, adds)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw all rows pale and the kept ones in full colour."""
        bars = self.bars
        if bars is None or not len(bars.all):
            return
        t = tokens(self._theme[0])
        painter = QPainter(self)
        painter.setFont(font(10))
        top, step = max(int(bars.all.max()), 1), self.width() / len(bars.all)
        room = self.height() - BAR_TOP - BAR_BOTTOM
        for i, (every, mine) in enumerate(zip(bars.all.tolist(), bars.kept.tolist(), strict=True)):
            for count, colour in ((every, t["line"]), (mine, t["accent"])):
                high = room * count / top
                painter.fillRect(QRectF(i * step + 1.5, BAR_TOP + room - high, step - 3, high), QColor(colour))
            if i in self.marked:
                painter.fillRect(QRectF(i * step + 1.5, BAR_TOP + room, step - 3, 3), QColor(t["ink"]))
        self._write(painter, bars, step, t)
        painter.end()

    def _write(self, painter: QPainter, bars: Bars, step: float, t: dict[str, str]) -> None:
        metrics = QFontMetricsF(font(10))
        painter.setPen(QColor(t["ink2"]))
        numeric = bool(bars.edges)
        widest = max(metrics.horizontalAdvance(w) for w in bars.words) + 6
        every = 1 if not numeric and widest <= step else max(1, int(np.ceil(min(widest, 52.0) / step)))
        for i, words in enumerate(bars.words):
            if i % every == 0 or (not numeric and len(bars.words) <= 6):
                wide = step * (every if numeric else max(every, 1))
                text = metrics.elidedText(words, Qt.TextElideMode.ElideRight, max(wide - 2, 12))
                painter.drawText(QRectF(i * step + 1, self.height() - 16, wide, 16), Qt.AlignmentFlag.AlignLeft, text)
            if metrics.horizontalAdvance(f"{bars.kept[i]:,}") < step - 1:
                painter.drawText(QRectF(i * step, 0, step, 14), Qt.AlignmentFlag.AlignCenter, f"{bars.kept[i]:,}")


class StatisticsPanel(QWidget):
    """A column of charts of the rows that ``Selected`` has open. Signals: ``closed()``."""

    closed = Signal()

    def __init__(self, words: Words, theme: list[str], selected: Selected) -> None:
        super().__init__(objectName="panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._words, self._theme, self._selected = words, theme, selected
        self._title, self._clear, self._close = QLabel(objectName="panelTitle"), QPushButton(objectName="flat"), QPushButton("✕", objectName="flat")
        self._clear.clicked.connect(selected.clear_filters)
        self._close.clicked.connect(self.closed)
        self.charts: list[tuple[QComboBox, Chart]] = []
        self._area = QScrollArea(widgetResizable=True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        head = QHBoxLayout()
        head.setContentsMargins(12, 0, 6, 0)
        head.addWidget(self._title)
        head.addStretch()
        for widget in (self._clear, self._close):
            head.addWidget(widget)
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 6, 0, 0)
        body.addLayout(head)
        body.addWidget(self._area, 1)
        selected.opened.connect(self.rebuild)
        selected.filtered.connect(self.redraw)
        words.changed.connect(self.rebuild)
        self.rebuild()

    def rebuild(self) -> None:
        """Charts for other rows."""
        self._title.setText(self._words("stats.title"))
        self._clear.setText(self._words("stats.clear"))
        self._close.setToolTip(self._words("stats.close"))
        content = QWidget(objectName="panel")
        column = QVBoxLayout(content)
        column.setContentsMargins(12, 0, 12, 8)
        self.charts = []
        data = self._selected.data
        for key in _CHARTS.get(data.entity, ()) if data is not None and len(data) else ():
            box, chart = self._chooser(data, key), Chart(self._theme)  # type: ignore[arg-type]
            box.activated.connect(lambda _: self.redraw())
            chart.brushed.connect(lambda first, last, adds, b=box, c=chart: self._brush(b.currentData(), c, first, last, adds))
            column.addWidget(box)
            column.addWidget(chart)
            self.charts.append((box, chart))
        if not self.charts:
            column.addWidget(QLabel(self._words("stats.none" if self._selected.data is not None else "stats.empty"), objectName="panelHint", wordWrap=True))
        column.addStretch()
        self._area.setWidget(content)
        self.redraw()

    def _chooser(self, data: TableData, key: str) -> QComboBox:
        box = QComboBox()
        if MONTHS in data.arrays:
            box.addItem(self._words("stats.months"), MONTHS)
        for i, column in enumerate(data.columns):
            if column.kind != "text" or data.distinct(i) <= 60:
                unit = f" ({self._words.unit(column.unit)})" if column.unit else ""
                box.addItem(self._words.of(column.label) + unit, column.key)
        box.setCurrentIndex(max(0, box.findData(key)))
        return box

    def redraw(self) -> None:
        """Count again what is kept."""
        data = self._selected.data
        self._clear.setEnabled(self._selected.is_filtered)
        for box, chart in self.charts if data is not None else ():
            key = box.currentData()
            chart.bars = bars_of(self._words, data, key, self._selected.kept(but=key))  # type: ignore[arg-type]
            chart.marked = _marked(chart.bars, self._selected.filters.get(key))
            chart.setToolTip(self._words("stats.hint") + (f"\n{self._words('table.unknown', n=chart.bars.unknown)}" if chart.bars.unknown else ""))
            chart.update()

    def _brush(self, key: str, chart: Chart, first: int, last: int, adds: bool) -> None:
        assert chart.bars is not None
        bars = frozenset(range(first, last + 1)) if first >= 0 else frozenset()
        if adds and not chart.bars.edges:
            bars = chart.marked ^ bars
        wanted: Filter | None = None
        if bars and chart.bars.edges:
            wanted = Range(chart.bars.edges[first], chart.bars.edges[last + 1])
            if last + 1 < len(chart.bars.all):  # a bar does not hold its upper edge, the last one does
                wanted = Range(wanted.low, float(np.nextafter(wanted.high, -np.inf)))  # type: ignore[arg-type]
        elif bars:
            wanted = Months(bars) if key == MONTHS else Values(frozenset(chart.bars.codes[i] for i in bars))
        self._selected.set_filter(key, wanted)


def _marked(bars: Bars, wanted: Filter | None) -> frozenset[int]:
    """Bars that a filter takes."""
    match wanted:
        case Months(months):
            return months
        case Values(codes):
            return frozenset(i for i, c in enumerate(bars.codes) if c in codes)
        case Range(low, high):
            edges = bars.edges or (0.0,)
            low, high = (edges[0] if low is None else low), (edges[-1] if high is None else high)
            return frozenset(i for i in range(len(edges) - 1) if low <= edges[i] < high)
        case None:
            return frozenset()
