"""Layers and legends: order by drag or Alt+arrow, visibility, opacity, what they are coloured by, legend with counts."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListWidget, QListWidgetItem, QScrollArea, QSlider, QToolButton, QVBoxLayout, QWidget

from pm_desktop.cartography.heat import HeatCount
from pm_desktop.cartography.legend import LegendBlock, LegendRow, paint_ramp, paint_swatch, paint_ticks
from pm_desktop.cartography.style import MapStyle, map_style
from pm_desktop.layers.layer import LayerSummary
from pm_desktop.layers.options import Look, Shown
from pm_desktop.layers.registry import all_layers, layer_by_id
from pm_desktop.layers.style import DrawnStyle, FillStyle, HeatStyle, LineStyle, PointStyle, StreetBase, Style, StyleClass
from pm_desktop.ui.i18n import Words
from pm_desktop.ui.panels.looks import LookEditor, Looks
from pm_desktop.ui.plain import PlainLabel, literal

ID = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class LayerState:
    """A layer as the person set it."""

    id: str
    visible: bool
    opacity: float = 1.0
    look: Look | None = None

    @property
    def name(self) -> str:
        """The layer and what it is coloured by: ``id`` or ``id:option``."""
        return self.id if self.look is None else f"{self.id}:{self.look.option}"


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

    def __init__(self, words: Words, looks: dict[str, Any]) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._words = words
        self._base = map_style("light")
        self._looks = Looks(looks)
        self._states = {layer.id: LayerState(layer.id, layer.default_on, look=self._looks.current(layer)) for layer in all_layers()}
        self._summaries: dict[str, LayerSummary] = {}
        self._styles: dict[str, Style] = {}
        self._heat: HeatCount | None = None
        self._heat_words: tuple[QLabel, QLabel] | None = None
        self._title = QLabel(objectName="panelTitle")
        self.list = QListWidget()
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setDragDropMode(QListWidget.DragDropMode.InternalMove)
        self.list.itemChanged.connect(self._checked)
        self.list.model().rowsMoved.connect(self._emit)
        self.list.currentItemChanged.connect(self._current)
        for keys, step in (("Alt+Up", -1), ("Alt+Down", 1)):
            QShortcut(QKeySequence(keys), self.list, activated=lambda s=step: self._move(s), context=Qt.ShortcutContext.WidgetShortcut)
        self._opacity_label = QLabel(objectName="hint")
        self._opacity = QSlider(Qt.Orientation.Horizontal, minimum=10, maximum=100, value=100)
        self._opacity.valueChanged.connect(self._set_opacity)
        self.editor = LookEditor(words)
        self.editor.hide()
        self.editor.chosen.connect(self._choose)
        self.editor.changed.connect(self._set_look)
        self.again = QToolButton(objectName="flat", text="↺")
        self.again.clicked.connect(self._reset)
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
        row.addWidget(self.again)
        body.addLayout(row)
        body.addWidget(self.editor)
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

    def set_visible(self, wanted: tuple[str, ...]) -> None:
        """Show exactly these layers, each an id or ``id:option``; the topmost that can be coloured is the chosen one.

        Raises
        ------
        KeyError
            There is no such option.
        """
        for name in wanted:
            self._put_option(name)
        ids = {w.partition(":")[0] for w in wanted}
        self._states = {i: replace(s, visible=i in ids) for i, s in self._states.items()}
        self._relist()
        coloured = [i for i in self._order if self._states[i].visible and layer_by_id(i).options]
        if coloured and self.current() not in coloured:
            self.list.setCurrentRow(self._order.index(coloured[0]))
        self._show_editor()
        self._emit()

    def restore(self, shown: Sequence[tuple[str, float]]) -> None:
        """Show exactly these layers (id or ``id:option``, opacity), bottom first, and in this order; what is no more is left out."""
        for name, _ in shown:
            with suppress(KeyError):
                self._put_option(name)
        kept = {i: o for name, o in shown if (i := name.partition(":")[0]) in self._states}
        places = iter(list(kept)[::-1])
        self._order = [next(places) if i in kept else i for i in self._order]
        self._states = {i: replace(s, visible=i in kept, opacity=kept.get(i, s.opacity)) for i, s in self._states.items()}
        self._relist()
        self._current(self.list.currentItem())
        self._emit()

    def _put_option(self, name: str) -> None:
        """Colour a layer by the option of ``id:option``, classed as it was last; KeyError if there is none."""
        identifier, colon, option = name.partition(":")
        if colon:
            layer = layer_by_id(identifier)
            self._keep(identifier, self._looks.look(layer, layer.option(option)))

    def set_summary(self, summary: LayerSummary, style: Style) -> None:
        """What a built layer holds."""
        self._summaries[summary.id], self._styles[summary.id] = summary, style
        self._show_legend()
        if summary.id == self.current():
            self._show_editor()

    def style_of(self, layer: str) -> tuple[Style, Shown | None]:
        """How a layer is drawn now, and what it is coloured by."""
        summary = self._summaries.get(layer)
        return self._styles.get(layer, layer_by_id(layer).style), summary.option if summary else None

    @property
    def base(self) -> MapStyle:
        """The street base that the map stands on."""
        return self._base

    def set_map_theme(self, name: str) -> None:
        """The street base that the map stands on: swatches are pieces of it."""
        if name != self._base.name:
            self._base = map_style(name)
            self._show_legend()
            self._show_editor()

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
        self.again.setToolTip(self._words("layers.reset"))
        self.again.setAccessibleName(self._words("layers.reset"))
        self.list.setToolTip(self._words("layers.hint"))
        self._relist()
        self._show_legend()
        self._show_editor()

    def _relist(self) -> None:
        """Layers in the list as they are now; the chosen one stays."""
        current = self.current()
        self.list.blockSignals(True)
        self.list.clear()
        for identifier in self._order:
            item = QListWidgetItem()
            self._entitle(item, identifier)
            item.setData(ID, identifier)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsDragEnabled)
            item.setCheckState(Qt.CheckState.Checked if self._states[identifier].visible else Qt.CheckState.Unchecked)
            self.list.addItem(item)
            if identifier == current:
                self.list.setCurrentItem(item)
        self.list.blockSignals(False)
        self.list.setFixedHeight(min(len(self._order), 10) * max(self.list.sizeHintForRow(0), 22) + 6)
        self._allow()

    def _allow(self) -> None:
        for widget in (self._opacity, self.again):
            widget.setEnabled(self.list.currentItem() is not None)

    def _entitle(self, item: QListWidgetItem, identifier: str) -> None:
        """Name of a layer, and what it is coloured by if that is not its first option."""
        layer, look = layer_by_id(identifier), self._states[identifier].look
        name = self._words.of(layer.label)
        if look is not None and look.option != layer.options[0].id:
            option = self._words.of(layer.option(look.option).label)
            name = self._words("layers.layer_by" if layer.is_coloured else "layers.layer_of", layer=name, option=option)
        was = self.list.blockSignals(True)  # a changed text is no changed tick
        item.setText(name)
        item.setToolTip(f"{name}\n{self._words('layers.hint')}")
        self.list.blockSignals(was)

    # -- what a layer is coloured by -----------------------------------------------------------------------------------------

    def _show_editor(self) -> None:
        identifier = self.current()
        look = self._states[identifier].look if identifier else None
        self.editor.setVisible(look is not None)
        if identifier and look is not None:
            summary = self._summaries.get(identifier)
            self.editor.show_look(layer_by_id(identifier), look, summary.option if summary else None, self._base)

    def _choose(self, option: str) -> None:
        """Colour the chosen layer by another option, classed as it was last."""
        layer = layer_by_id(self.current())
        self._set_look(self._looks.look(layer, layer.option(option)))

    def _reset(self) -> None:
        """The chosen layer as it was before anybody changed it: option, classes, opacity."""
        layer = layer_by_id(self.current())
        self._looks.reset(layer)
        self._states[layer.id] = replace(self._states[layer.id], look=self._looks.current(layer), opacity=1.0)
        self._entitle(self.list.currentItem(), layer.id)
        self._current(self.list.currentItem())
        self._emit()

    def _set_look(self, look: Look) -> None:
        identifier = self.current()
        if identifier:
            self._keep(identifier, look)
            self._entitle(self.list.currentItem(), identifier)
            self._show_editor()
            self._emit()

    def _keep(self, identifier: str, look: Look) -> None:
        self._looks.choose(layer_by_id(identifier), look)
        self._states[identifier] = replace(self._states[identifier], look=look)

    # -- visibility, order, opacity -------------------------------------------------------------------------------------------

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
        self._allow()
        if item is not None:
            self._opacity.blockSignals(True)
            self._opacity.setValue(round(self._states[item.data(ID)].opacity * 100))
            self._opacity.blockSignals(False)
        self._show_editor()

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

    def legend_blocks(self) -> tuple[LegendBlock, ...]:
        """The legend as it is shown now, for pictures; the topmost layer first."""
        shown = [i for i in self._order if self._states[i].visible and i in self._summaries]
        return tuple(self._block(self._summaries[i], self._styles[i]) for i in shown if not isinstance(self._styles[i], StreetBase))

    def as_of(self) -> str:
        """Day of the newest fact of what is shown; empty where no layer has one."""
        return max(((self._summaries[i].as_of or "")[:10] for i in self._order if self._states[i].visible and i in self._summaries), default="")

    def _block(self, summary: LayerSummary, style: Style) -> LegendBlock:
        name, opacity, shown = self._words.of(layer_by_id(summary.id).label), self._states[summary.id].opacity, summary.option
        if isinstance(style, HeatStyle):
            heat = self._heat
            told = self._words("layers.heat_sum", shown=f"{heat.shown:,}", lost=f"{heat.unlocated:,}", total=f"{heat.shown + heat.unlocated:,}") if heat else ""
            return LegendBlock(f"{name}  {heat.shown if heat else summary.shown:,}", style, opacity, unit=self._words.of(style.unit),
                               top=heat.top if heat else None, notes=(told,) if told else ())
        title = f"{name}  {summary.shown:,}"
        rows = []
        if isinstance(style, FillStyle | LineStyle | PointStyle | DrawnStyle):
            steps = len(shown.breaks) + 1 if shown is not None and shown.unit is not None else 0
            rows = [LegendRow(entry, self._words.of(label), f"{count:,}")
                    for k, (entry, (label, count)) in enumerate(zip(style.classes, summary.legend, strict=True)) if count or k < steps]  # a scale is shown whole
        return LegendBlock(title, style, opacity, tuple(rows), self._said(summary.id, shown) if shown else "", notes=tuple(self._remarks(summary, style)))

    def _layer_legend(self, layout: QVBoxLayout, summary: LayerSummary, style: Style) -> None:
        block = self._block(summary, style)
        title = QLabel(block.title, objectName="blockTitle")
        layout.addSpacing(4)
        layout.addWidget(title)
        if isinstance(style, HeatStyle):
            self._heat_legend(layout, title, style, block.opacity)
            return
        if block.unit:
            layout.addWidget(self._hint(block.unit))
        for row in block.rows:
            layout.addLayout(self._class_row(row, style, block.opacity))
        for text in block.notes:
            layout.addWidget(self._hint(text))

    def _said(self, identifier: str, shown: Shown) -> str:
        """What a layer is coloured by, its unit, and whether its classes are held."""
        look = self._states[identifier].look
        parts = [self._words.of(shown.label), self._words.of(shown.unit) if shown.unit else ""]
        if shown.unit is not None and look is not None and look.option == shown.option:
            parts.append(self._words("layers.locked" if look.is_held and look.method != "fixed" else f"layers.method_{look.method}"))
        return " · ".join(part for part in parts if part)

    def _remarks(self, summary: LayerSummary, style: Style) -> list[str]:
        """Span, rule, rows without a place, date."""
        shown, found = summary.option, []
        if shown is not None and shown.low is not None:
            low, middle, high = (f"{v:,.{shown.digits}f}" if shown.grouped else f"{v:.{shown.digits}f}" for v in (shown.low, shown.middle or 0, shown.high or 0))
            found.append(self._words("layers.span", low=low, middle=middle, high=high))
        if shown is not None and shown.note is not None:
            found.append(self._words.of(shown.note))
        if isinstance(style, PointStyle) and style.from_zoom:
            found.append(self._words("layers.from_zoom"))
        if summary.unlocated:
            found.append(self._words("layers.unlocated", n=f"{summary.unlocated:,}"))
        if summary.as_of:
            found.append(self._words("layers.as_of", date=summary.as_of[:10]))
        return found

    def _hint(self, text: str) -> QLabel:
        return QLabel(text, objectName="hint", wordWrap=True)

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

    def _class_row(self, entry: LegendRow, style: Style, opacity: float) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(Swatch(entry.entry, style, self._base, opacity))
        label = PlainLabel(objectName="itemLabel")
        label.setText(label.fontMetrics().elidedText(entry.words, Qt.TextElideMode.ElideRight, 150))
        label.setToolTip(literal(entry.words))
        row.addWidget(label, 1)
        row.addWidget(QLabel(entry.count, objectName="hint"))
        return row
