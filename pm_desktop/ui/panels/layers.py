"""Layers and legends: order by drag or Alt+arrow, visibility, opacity, legend with counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListWidget, QListWidgetItem, QScrollArea, QSlider, QVBoxLayout, QWidget

from pm_desktop.cartography.heat import HeatCount
from pm_desktop.cartography.legend import paint_ramp, paint_swatch, paint_ticks
from pm_desktop.cartography.style import MapStyle, map_style
from pm_desktop.layers.layer import LayerSummary
from pm_desktop.layers.registry import all_layers, layer_by_id
from pm_desktop.layers.style import FillStyle, HeatStyle, LineStyle, PointStyle, StreetBase, Style, StyleClass
from pm_desktop.ui.i18n import Words
from pm_desktop.ui.plain import PlainLabel, literal

ID = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class LayerState:
    """A layer as the person set it."""

    id: str
    visible: bool
    opacity: float = 1.0


class Swatch(QWidget):
    """A class of a legend as it looks on the map."""

    def __init__(self, entry: StyleClass, style: Style, base: MapStyle, opacity: float) -> None:
        super().__init__()
        self._entry, self._style, self._base, self._opacity = entry, style, base, opacity
        self.setFixedSize(QSize(22, 16))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw it."""
        painter = QPainter(self)
        paint_swatch(painter, QRectF(1, 1, 20, 14), self._entry, self._style, self._base, self._opacity)
        painter.end()


class Ramp(QWidget):
    """Colour ramp of a heat layer with the values it stands for."""

    def __init__(self, style: HeatStyle, top: float, base: MapStyle, opacity: float) -> None:
        super().__init__()
        self._style, self._top, self._base, self._opacity = style, top, base, opacity
        self.setFixedHeight(30)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw it."""
        painter = QPainter(self)
        box = QRectF(0, 0, self.width(), 11)
        paint_ramp(painter, box, self._style, self._base, self._opacity)
        painter.setPen(self.palette().windowText().color())
        paint_ticks(painter, box, self._top)
        painter.end()


class LayersPanel(QWidget):
    """Which layers are drawn, in which order.

    Signals
    -------
    changed(tuple of LayerState)
        Top to bottom reversed: as the canvas draws them, bottom first.
    """

    changed = Signal(object)

    def __init__(self, words: Words) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._words = words
        self._base = map_style("light")
        self._states = {layer.id: LayerState(layer.id, layer.default_on) for layer in all_layers()}
        self._summaries: dict[str, LayerSummary] = {}
        self._styles: dict[str, Style] = {}
        self._heat: HeatCount | None = None
        self._heat_words: tuple[QLabel, QLabel] | None = None
        self._title = QLabel(objectName="panelTitle")
        self.list = QListWidget()
        self.list.setDragDropMode(QListWidget.DragDropMode.InternalMove)
        self.list.itemChanged.connect(self._checked)
        self.list.model().rowsMoved.connect(self._emit)
        self.list.currentItemChanged.connect(self._current)
        for keys, step in (("Alt+Up", -1), ("Alt+Down", 1)):
            QShortcut(QKeySequence(keys), self.list, activated=lambda s=step: self._move(s), context=Qt.ShortcutContext.WidgetShortcut)
        self._opacity_label = QLabel(objectName="hint")
        self._opacity = QSlider(Qt.Orientation.Horizontal, minimum=10, maximum=100, value=100)
        self._opacity.valueChanged.connect(self._set_opacity)
        self._legend_title = QLabel(objectName="panelTitle")
        self._legend = QScrollArea(widgetResizable=True)
        self._legend.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        body = QVBoxLayout(self)
        body.setContentsMargins(10, 8, 6, 0)
        body.setSpacing(6)
        body.addWidget(self._title)
        body.addWidget(self.list)
        row = QHBoxLayout()
        row.addWidget(self._opacity_label)
        row.addWidget(self._opacity, 1)
        body.addLayout(row)
        body.addWidget(self._legend_title)
        body.addWidget(self._legend, 1)
        self._order = [layer.id for layer in reversed(all_layers())]
        words.changed.connect(self.retranslate)
        self.retranslate()

    def states(self) -> tuple[LayerState, ...]:
        """Layers, bottom first."""
        return tuple(self._states[i] for i in reversed(self._order))

    def current(self) -> str:
        """Layer that is chosen in the list; empty if none is."""
        item = self.list.currentItem()
        return str(item.data(ID)) if item is not None else ""

    def set_visible(self, ids: tuple[str, ...]) -> None:
        """Show exactly these layers."""
        self._states = {i: replace(s, visible=i in ids) for i, s in self._states.items()}
        self.retranslate()
        self._emit()

    def restore(self, shown: Sequence[tuple[str, float]]) -> None:
        """Show exactly these layers (id, opacity), bottom first, and in this order; a layer that is no more is left out."""
        kept = [(i, o) for i, o in shown if i in self._states]
        places = iter(i for i, _ in reversed(kept))
        self._order = [next(places) if i in dict(kept) else i for i in self._order]
        self._states = {i: replace(s, visible=i in dict(kept), opacity=dict(kept).get(i, s.opacity)) for i, s in self._states.items()}
        self.retranslate()
        self._emit()

    def set_summary(self, summary: LayerSummary, style: Style) -> None:
        """What a built layer holds."""
        self._summaries[summary.id], self._styles[summary.id] = summary, style
        self._show_legend()

    def set_map_theme(self, name: str) -> None:
        """The street base that the map stands on: swatches are pieces of it."""
        if name != self._base.name:
            self._base = map_style(name)
            self._show_legend()

    def set_heat(self, counted: HeatCount) -> None:
        """What the heat picture shows now."""
        before, self._heat = self._heat, counted
        if self._heat_words is None or before is None or before.top != counted.top:
            self._show_legend()
        else:  # while time plays only the numbers change
            self._say_heat()

    @property
    def heat_top(self) -> float | None:
        """Where the heat's colour scale ends in the newest picture."""
        return self._heat.top if self._heat else None

    def retranslate(self) -> None:
        """Words of the language in use."""
        self._title.setText(self._words("layers.title"))
        self._legend_title.setText(self._words("layers.legend"))
        self._opacity_label.setText(self._words("layers.opacity"))
        self.list.setToolTip(self._words("layers.hint"))
        current = self.list.currentItem().data(ID) if self.list.currentItem() else None
        self.list.blockSignals(True)
        self.list.clear()
        for identifier in self._order:
            item = QListWidgetItem(self._words.of(layer_by_id(identifier).label))
            item.setData(ID, identifier)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsDragEnabled)
            item.setCheckState(Qt.CheckState.Checked if self._states[identifier].visible else Qt.CheckState.Unchecked)
            self.list.addItem(item)
            if identifier == current:
                self.list.setCurrentItem(item)
        self.list.blockSignals(False)
        self.list.setFixedHeight(min(len(self._order), 10) * max(self.list.sizeHintForRow(0), 22) + 6)
        self._opacity.setEnabled(self.list.currentItem() is not None)
        self._show_legend()

    def _checked(self, item: QListWidgetItem) -> None:
        identifier = item.data(ID)
        self._states[identifier] = replace(self._states[identifier], visible=item.checkState() == Qt.CheckState.Checked)
        self._emit()

    def _move(self, step: int) -> None:
        row = self.list.currentRow()
        if 0 <= row + step < self.list.count():
            self.list.insertItem(row + step, self.list.takeItem(row))
            self.list.setCurrentRow(row + step)
            self._emit()

    def _current(self, item: QListWidgetItem | None) -> None:
        self._opacity.setEnabled(item is not None)
        if item is not None:
            self._opacity.blockSignals(True)
            self._opacity.setValue(round(self._states[item.data(ID)].opacity * 100))
            self._opacity.blockSignals(False)

    def _set_opacity(self, value: int) -> None:
        item = self.list.currentItem()
        if item is not None:
            self._states[item.data(ID)] = replace(self._states[item.data(ID)], opacity=value / 100)
            self._emit()

    def _emit(self, *_args: object) -> None:
        self._order = [self.list.item(i).data(ID) for i in range(self.list.count())]
        self._show_legend()
        self.changed.emit(self.states())

    def _show_legend(self) -> None:
        self._heat_words = None
        content = QWidget(objectName="panel")
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 6, 8)
        layout.setSpacing(3)
        shown = [i for i in self._order if self._states[i].visible and i in self._summaries]
        for identifier in shown:
            style = self._styles[identifier]
            if isinstance(style, StreetBase):
                continue
            self._layer_legend(layout, self._summaries[identifier], style)
        if not shown:
            layout.addWidget(QLabel(self._words("layers.none"), objectName="hint", wordWrap=True))
        layout.addStretch()
        self._legend.setWidget(content)

    def _layer_legend(self, layout: QVBoxLayout, summary: LayerSummary, style: Style) -> None:
        title = QLabel(f"{self._words.of(layer_by_id(summary.id).label)}  {summary.shown:,}", objectName="blockTitle")
        layout.addSpacing(4)
        layout.addWidget(title)
        if isinstance(style, HeatStyle):
            self._heat_legend(layout, title, style, self._states[summary.id].opacity)
            return
        elif isinstance(style, FillStyle | LineStyle | PointStyle):
            for entry, (label, count) in zip(style.classes, summary.legend, strict=True):
                if count:
                    layout.addLayout(self._class_row(summary.id, entry, style, self._words.of(label), count))
        if isinstance(style, PointStyle) and style.from_zoom:
            layout.addWidget(QLabel(self._words("layers.from_zoom"), objectName="hint", wordWrap=True))
        if summary.unlocated:
            layout.addWidget(QLabel(self._words("layers.unlocated", n=f"{summary.unlocated:,}"), objectName="hint", wordWrap=True))
        if summary.as_of:
            layout.addWidget(QLabel(self._words("layers.as_of", date=summary.as_of[:10]), objectName="hint"))

    def _say_heat(self) -> None:
        """How the rows of the filter add up."""
        if self._heat is not None and self._heat_words is not None:
            shown, lost = self._heat.shown, self._heat.unlocated
            self._heat_words[0].setText(f"{self._words.of(layer_by_id('complaint_heat').label)}  {shown:,}")
            self._heat_words[1].setText(self._words("layers.heat_sum", shown=f"{shown:,}", lost=f"{lost:,}", total=f"{shown + lost:,}"))

    def _heat_legend(self, layout: QVBoxLayout, title: QLabel, style: HeatStyle, opacity: float) -> None:
        """Values of the colours, and how the rows of the filter add up."""
        if self._heat is None:
            return
        layout.addWidget(QLabel(self._words.of(style.unit), objectName="hint"))
        layout.addWidget(Ramp(style, self._heat.top, self._base, opacity))
        self._heat_words = (title, QLabel(objectName="hint", wordWrap=True))
        layout.addWidget(self._heat_words[1])
        self._say_heat()

    def _class_row(self, layer: str, entry: StyleClass, style: Style, words: str, count: int) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(Swatch(entry, style, self._base, self._states[layer].opacity))
        label = PlainLabel(objectName="itemLabel")
        label.setText(label.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, 150))
        label.setToolTip(literal(words))
        row.addWidget(label, 1)
        row.addWidget(QLabel(f"{count:,}", objectName="hint"))
        return row
