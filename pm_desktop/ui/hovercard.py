"""Card that follows the cursor over the map: name, kind and class of what lies there, and of what lies beneath it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPixmap
from PySide6.QtWidgets import QFrame, QGraphicsDropShadowEffect, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from pm_desktop.cartography.legend import paint_swatch
from pm_desktop.layers.options import Shown
from pm_desktop.layers.registry import layer_by_id
from pm_desktop.layers.style import Style, StyleClass
from pm_desktop.ui.canvas import Hit
from pm_desktop.ui.i18n import Words
from pm_desktop.ui.panels.layers import LayersPanel
from pm_desktop.ui.plain import PlainLabel

GAP_PX = 18  # never under the cursor
WIDEST_PX = 320
BENEATH = 3


class HoverCard(QFrame):
    """Child of the map; takes no mouse events itself."""

    def __init__(self, words: Words, layers: LayersPanel, canvas: QWidget) -> None:
        super().__init__(canvas, objectName="hoverCard")
        self._words, self._layers, self._canvas = words, layers, canvas
        self._at = QPoint()
        self._hit: Hit | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMaximumWidth(WIDEST_PX)
        shadow = QGraphicsDropShadowEffect(self, blurRadius=14)
        shadow.setOffset(QPointF(0, 2))
        shadow.setColor(QColor(0, 0, 0, 70))
        self.setGraphicsEffect(shadow)
        self._title = PlainLabel(objectName="hoverTitle")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 9)
        column.setSpacing(3)
        column.addWidget(self._title)
        self._note = PlainLabel(objectName="hoverLine", wordWrap=True)
        column.addWidget(self._note)
        self._lines = [(QLabel(), PlainLabel(objectName="hoverLine")) for _ in range(BENEATH + 1)]
        for swatch, text in self._lines:
            row = QHBoxLayout()
            row.setSpacing(7)
            swatch.setFixedWidth(12)
            row.addWidget(swatch)
            row.addWidget(text, 1)
            column.addLayout(row)
        self._hint = QLabel(objectName="hoverHint")
        column.addWidget(self._hint)
        self.hide()
        canvas.installEventFilter(self)
        words.changed.connect(lambda: self.show_hit(self._hit))

    def show_hit(self, hit: Hit | None) -> None:
        """Show what lies under the cursor; None hides the card."""
        self._hit = hit
        if hit is None:
            self.hide()
            return
        self._title.setText(self._elided(self._title, self._name(hit)))
        beneath = [h for h in hit.hits if (h.layer, h.id) != (hit.layer, hit.id) and h.count == 1][:BENEATH]
        shown = [self._line(hit, with_name=False), *(self._line(h, with_name=True) for h in beneath)]
        note = self._words.of(hit.note) if hit.note is not None else ""
        self._note.setText(note)
        self._note.setVisible(bool(note))
        for k, (swatch, text) in enumerate(self._lines):
            used = k < len(shown)
            swatch.setVisible(used)
            text.setVisible(used)
            if used:
                swatch.setPixmap(shown[k][0])
                text.setText(self._elided(text, shown[k][1]))
        self._hint.setText(self._words("hover.zoom" if hit.count > 1 else "hover.open"))
        self._hint.setVisible(hit.count > 1 or hit.layer != "towns")
        self.ensurePolished()
        self.layout().activate()  # type: ignore[union-attr]
        self.adjustSize()
        self._place()
        self.show()
        self.raise_()

    def _name(self, hit: Hit) -> str:
        if hit.count > 1:
            return self._words("hover.cluster", kind=self._words.of(layer_by_id(hit.layer).label), n=f"{hit.count:,}")
        return hit.name or (self._words.of(hit.note).partition(" · ")[0] if hit.note else hit.id[:12])

    def _line(self, hit: Hit, *, with_name: bool) -> tuple[QPixmap, str]:
        layer = layer_by_id(hit.layer)
        style, shown = self._layers.style_of(hit.layer)
        cls = next((c for c in getattr(style, "classes", ()) if c.key == hit.cls), None)
        kind = self._words.of(layer.label)
        about = self._words.of(cls.label) if cls is not None else ""
        if shown is not None and shown.unit is not None:
            about = self._figure(shown, hit, about)
        if with_name:
            text = f"{kind} · {hit.name or about or hit.id[:12]}"
        else:
            text = f"{kind} · {about}" if about and about != kind else kind
        return self._swatch(cls, style), text

    def _figure(self, shown: Shown, hit: Hit, class_words: str) -> str:
        """What the layer is coloured by, of this feature."""
        name, unit = self._words.of(shown.label), self._words.of(shown.unit)
        if hit.value is None:
            return f"{name} {class_words}"
        return f"{name} {hit.value:{',' if shown.grouped else ''}.{shown.digits}f} {unit}"

    def _swatch(self, cls: StyleClass | None, style: Style) -> QPixmap:
        """A class as the legend and the map show it."""
        ratio = self.devicePixelRatioF()
        picture = QPixmap(round(12 * ratio), round(12 * ratio))
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        if cls is not None:
            painter = QPainter(picture)
            paint_swatch(painter, QRectF(0, 0, 12, 12), cls, style, self._layers.base)
            painter.end()
        return picture

    def _elided(self, label: QLabel, text: str) -> str:
        return label.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, WIDEST_PX - 60)

    def _place(self) -> None:
        """Beside the cursor, on the side where there is room."""
        x, y = self._at.x() + GAP_PX, self._at.y() + GAP_PX
        if x + self.width() > self._canvas.width() - 4:
            x = self._at.x() - GAP_PX - self.width()
        if y + self.height() > self._canvas.height() - 4:
            y = self._at.y() - GAP_PX - self.height()
        self.move(max(4, x), max(4, y))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the cursor; give way to a press and to the wheel."""
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseMove:
            self._at = event.position().toPoint()
            if self.isVisible():
                self._place()
        elif event.type() in (QEvent.Type.MouseButtonPress, QEvent.Type.Wheel, QEvent.Type.Leave):
            self.hide()
        return super().eventFilter(watched, event)
