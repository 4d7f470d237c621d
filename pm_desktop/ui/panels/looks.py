"""What the chosen layer is coloured by: option, class method, number of classes, palette, breaks held or typed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, get_args

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QLineEdit, QToolButton, QVBoxLayout, QWidget

from pm_desktop.cartography.style import MapStyle
from pm_desktop.layers.breaks import MAX_CLASSES, MIN_CLASSES, Method, parse_breaks
from pm_desktop.layers.layer import Layer
from pm_desktop.layers.options import Look, Option, Shown, default_look, look_from_json, look_to_json
from pm_desktop.layers.palettes import PALETTES, Palette
from pm_desktop.ui.i18n import Words

RAMP = QSize(72, 12)


class Looks:
    """The looks of every layer with options, remembered in a dictionary that settings keep for a workspace.

    ``{layer: {"option": id, "looks": {option: look}}}``; an option keeps its classes while another one is shown.
    """

    def __init__(self, kept: dict[str, Any]) -> None:
        self._kept = kept

    def _of(self, layer: Layer) -> dict[str, Any]:
        found = self._kept.get(layer.id)
        return found if isinstance(found, dict) and isinstance(found.get("looks"), dict) else {"option": layer.options[0].id, "looks": {}}

    def current(self, layer: Layer) -> Look | None:
        """The look that a layer has now; None if it has no options."""
        if not layer.options:
            return None
        wanted = self._of(layer).get("option")
        return self.look(layer, next((o for o in layer.options if o.id == wanted), layer.options[0]))

    def look(self, layer: Layer, option: Option) -> Look:
        """The look that an option of a layer had last."""
        return look_from_json(option, self._of(layer)["looks"].get(option.id))

    def choose(self, layer: Layer, look: Look) -> None:
        """Show a layer so."""
        looks = {**self._of(layer)["looks"], look.option: look_to_json(look)}
        self._kept[layer.id] = {"option": look.option, "looks": {o: v for o, v in looks.items() if v != look_to_json(default_look(layer.option(o)))}}

    def reset(self, layer: Layer) -> None:
        """Forget what was chosen for a layer."""
        self._kept.pop(layer.id, None)


class LookEditor(QFrame):
    """Signals: ``chosen(str)`` with another option, ``changed(Look)`` with other classes of the same."""

    chosen = Signal(str)
    changed = Signal(object)

    def __init__(self, words: Words) -> None:
        super().__init__(objectName="card")
        self._words = words
        self._layer: Layer | None = None
        self._look: Look | None = None
        self._shown: Shown | None = None
        self._base: MapStyle | None = None
        self._by = QLabel(objectName="hint")
        self.option, self.method, self.classes, self.palette_box = (QComboBox() for _ in range(4))
        for box in (self.option, self.method, self.palette_box):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(4)
        self.palette_box.setIconSize(RAMP)
        self.lock = QToolButton(checkable=True, objectName="toggle")
        self.typed = QLineEdit()
        self._fault = QLabel(objectName="bad", wordWrap=True)
        self._number = QWidget()
        self._lay_out()
        self.option.activated.connect(self._option)
        self.method.activated.connect(self._method)
        self.classes.activated.connect(lambda _i: self._changed(classes=self.classes.currentData()))
        self.palette_box.activated.connect(lambda _i: self._changed(palette=self.palette_box.currentData()))
        self.lock.clicked.connect(self._lock)
        self.typed.editingFinished.connect(self._typed)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 7, 8, 8)
        column.setSpacing(5)
        column.addLayout(_row(self._by, (self.option, 1)))
        inner = QVBoxLayout(self._number)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(5)
        inner.addLayout(_row((self.method, 1), self.classes))
        inner.addWidget(self.typed)
        inner.addWidget(self._fault)
        inner.addLayout(_row((self.palette_box, 1), self.lock))
        column.addWidget(self._number)

    def show_look(self, layer: Layer, look: Look, shown: Shown | None, base: MapStyle) -> None:
        """Show how a layer looks now; ``shown`` is what its built pack says, None while it is built."""
        self._layer, self._look, self._base = layer, look, base
        self._shown = shown if shown is not None and shown.option == look.option else None
        self.retranslate()

    def retranslate(self) -> None:
        """Words of the language in use."""
        words, layer, look = self._words, self._layer, self._look
        if layer is None or look is None or self._base is None:
            return
        self._by.setText(words("layers.by" if layer.is_coloured else "layers.shows"))
        _fill(self.option, [(words.of(o.label), o.id) for o in layer.options], look.option)
        _fill(self.method, [(words(f"layers.method_{m}"), m) for m in get_args(Method)], look.method)
        _fill(self.classes, [(words("layers.classes", n=n), n) for n in range(MIN_CLASSES, MAX_CLASSES + 1)],
              max(len(look.breaks) + 1, MIN_CLASSES) if look.breaks else look.classes)
        _fill(self.palette_box, [("", p.id) for p in PALETTES], look.palette)
        for k, palette in enumerate(PALETTES):
            self.palette_box.setItemIcon(k, ramp_icon(palette, self._base, self.devicePixelRatioF()))
            self.palette_box.setItemData(k, words.of(palette.label), _TIP)
        self.palette_box.setToolTip(words("layers.palette", name=words.of(PALETTES[self.palette_box.currentIndex()].label)))
        self.lock.setText(words("layers.locked" if look.is_held else "layers.lock"))
        self.lock.setToolTip(words("layers.lock_hint"))
        self.typed.setPlaceholderText(words("layers.typed"))
        for widget, name in ((self.option, "layers.by_name"), (self.method, "layers.method_name"), (self.classes, "layers.classes_name"),
                             (self.palette_box, "layers.palette_name")):
            widget.setAccessibleName(words(name))
        self._allow(look)

    def _allow(self, look: Look) -> None:
        option = self._layer.option(look.option) if self._layer else None
        fixed = look.method == "fixed"
        self._number.setVisible(option is not None and option.is_number)
        self.lock.setChecked(look.is_held)
        self.lock.setEnabled(not fixed and (look.is_held or bool(self._shown and self._shown.breaks)))
        self.method.setEnabled(fixed or not look.is_held)
        self.classes.setEnabled(not look.is_held)
        self.typed.setVisible(fixed)
        self._fault.hide()
        if fixed and option is not None:
            self.typed.setText(", ".join(f"{b:.{option.digits}f}" for b in look.breaks))

    # -- what a person chooses ---------------------------------------------------------------------------------------------

    def _changed(self, **chosen: Any) -> None:
        if self._look is not None:
            self._look = replace(self._look, **chosen)
            self.changed.emit(self._look)

    def _option(self, _index: int) -> None:
        if self._look is not None and self.option.currentData() != self._look.option:
            self.chosen.emit(self.option.currentData())

    def _method(self, _index: int) -> None:
        method = self.method.currentData()
        breaks = self._shown.breaks if method == "fixed" and self._shown is not None else ()
        if method == "fixed" and len(breaks) < MIN_CLASSES - 1:  # nothing to begin from: wait for what is typed
            self.typed.setVisible(True)
            self.typed.setFocus()
            return
        self._changed(method=method, breaks=breaks)
        if method == "fixed":
            self.typed.setFocus()

    def _lock(self, held: bool) -> None:
        self._changed(breaks=self._shown.breaks if held and self._shown is not None else ())

    def _typed(self) -> None:
        if self._layer is None or self._look is None or not self.typed.isVisible():
            return
        option = self._layer.option(self._look.option)
        breaks = parse_breaks(self.typed.text(), option.digits)
        self._fault.setVisible(breaks is None)
        if breaks is None:
            self._fault.setText(self._words("layers.typed_wrong"))
        elif breaks != self._look.breaks or self._look.method != "fixed":
            self._changed(method="fixed", breaks=breaks)


_TIP = Qt.ItemDataRole.ToolTipRole


def _row(*parts: Any) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(5)
    for part in parts:
        widget, stretch = part if isinstance(part, tuple) else (part, 0)
        row.addWidget(widget, stretch)
    return row


def _fill(box: QComboBox, items: list[tuple[str, Any]], chosen: Any) -> None:
    """Words and data of a combo box, ``chosen`` marked; nobody is told."""
    box.blockSignals(True)
    if [box.itemData(k) for k in range(box.count())] != [data for _, data in items]:
        box.clear()
        for text, data in items:
            box.addItem(text, data)
    for k, (text, _) in enumerate(items):
        box.setItemText(k, text)
    box.setCurrentIndex(box.findData(chosen))
    box.setToolTip(box.currentText())
    box.view().setMinimumWidth(box.view().sizeHintForColumn(0) + 28)  # long names are read whole in the open list
    box.blockSignals(False)


def ramp_icon(palette: Palette, base: MapStyle, ratio: float) -> QIcon:
    """Five colours of a palette as they are on the street base."""
    picture = QPixmap(round(RAMP.width() * ratio), round(RAMP.height() * ratio))
    picture.setDevicePixelRatio(ratio)
    painter = QPainter(picture)
    colours = palette.colours(5, "dark" if base.is_dark else "light")
    step = RAMP.width() / len(colours)
    for k, colour in enumerate(colours):
        painter.fillRect(QRectF(k * step, 0, step + 1, RAMP.height()), QColor(colour))
    painter.end()
    return QIcon(picture)


