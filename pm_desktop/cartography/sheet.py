"""A map with what belongs to it on one sheet: title, legend, scale, north, marks and sources; as a picture or as a page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from pm_desktop.base.mercator import place_of
from pm_desktop.cartography.fonts import font
from pm_desktop.cartography.furniture import inks, mark_box, paint_mark, paint_north, paint_scale, plate, scale_box
from pm_desktop.cartography.legend import LegendBlock, Line, paint_legend, set_legend
from pm_desktop.cartography.pdf import MM_PER_INCH, PdfPage
from pm_desktop.cartography.picture import MapOrder, MapPicture
from pm_desktop.cartography.style import map_style
from pm_desktop.cartography.typeset import broken

PX_PER_INCH = 120  # logical pixels of a printed inch: a name of 11 pixels is set in 6.6 points, as on printed maps
TITLE, NOTE = 22, 11
INSET = 10.0


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything of a sheet; ``width``, ``height`` and ``margin`` in logical pixels of ``ratio`` device pixels.

    ``scale_words`` is the ratio on paper ("1:20,000", empty without paper), ``mark`` what has to be seen at once (示例数据),
    ``notes`` stand at the foot: day of the data, sources, number of approval.
    """

    order: MapOrder
    width: float
    height: float
    ratio: float
    margin: float = 0.0
    title: str = ""
    legend: tuple[LegendBlock, ...] = ()
    scale_bar: bool = True
    scale_words: str = ""
    north: bool = True
    mark: str = ""
    notes: tuple[str, ...] = ()

    @property
    def pixels(self) -> tuple[int, int]:
        """Size in device pixels."""
        return round(self.width * self.ratio), round(self.height * self.ratio)

    @property
    def dots_per_inch(self) -> float:
        """Device pixels of an inch of paper."""
        return self.ratio * PX_PER_INCH

    def texts(self) -> tuple[str, ...]:
        """Everything that is written beside the map."""
        return (self.title, self.mark, self.scale_words, "0123456789. kmN…", *self.notes, *(t for block in self.legend for t in block.texts()))


def grown(sheet: Sheet) -> float:
    """By how much what is around the map is larger than on A4: less than the sheet is, as on posters."""
    short = min(sheet.width, sheet.height) / (210 / MM_PER_INCH * PX_PER_INCH)
    return max(1.0, short**0.6) if sheet.margin else 1.0


@dataclass(slots=True)
class SheetPicture:
    """A sheet that is set: where the map lies, and the lines of everything around it."""

    sheet: Sheet
    laid: Sheet = field(init=False)  # the same in larger units on a large sheet: what is around the map is read from farther away
    title: list[str] = field(init=False)
    notes: list[str] = field(init=False)
    box: QRectF = field(init=False)  # of the map, logical pixels
    map: MapPicture = field(init=False)
    legend_box: QRectF = field(init=False)
    scale_box: QRectF = field(init=False)
    north_box: QRectF = field(init=False)
    mark_box: QRectF = field(init=False)
    columns: list[list[Line]] = field(init=False)
    shrink: float = field(init=False, default=1.0)
    widest: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        growth = grown(self.sheet)
        sheet = self.laid = replace(self.sheet, width=self.sheet.width / growth, height=self.sheet.height / growth, margin=self.sheet.margin / growth,
                                    ratio=self.sheet.ratio * growth, order=replace(self.sheet.order, unit=self.sheet.order.unit * growth))
        side = max(sheet.margin, INSET)
        room = sheet.width - 2 * side
        self.title = broken(sheet.title, TITLE, room, bold=True, most=2) if sheet.title else []
        self.notes = broken(" · ".join(n for n in sheet.notes if n), NOTE, room, most=4) if any(sheet.notes) else []
        top = sheet.margin + len(self.title) * TITLE * 1.35 + (8 if self.title else 0) + (INSET if self.title and not sheet.margin else 0)
        foot = sheet.margin + len(self.notes) * NOTE * 1.5 + (8 if self.notes else 0)
        # on whole device pixels: pieces of the map are laid there
        left, high = (round(v * sheet.ratio) for v in (sheet.margin, top))
        right, low = round((sheet.width - sheet.margin) * sheet.ratio), round((sheet.height - foot) * sheet.ratio)
        self.box = QRectF(left / sheet.ratio, high / sheet.ratio, max(right - left, 1) / sheet.ratio, max(low - high, 1) / sheet.ratio)
        self._set_furniture()
        held = [box.translated(-self.box.topLeft()) for box in (self.legend_box, self.scale_box, self.north_box, self.mark_box)]
        self.map = MapPicture(self.sheet.order, self.box.width() * growth, self.box.height() * growth, self.sheet.ratio,
                              [QRectF(box.topLeft() * growth, box.size() * growth) for box in held])

    def _set_furniture(self) -> None:
        """Where on the map legend, scale, north and mark lie; names keep off them."""
        sheet, style = self.laid, map_style(self.sheet.order.theme)
        inner = self.box.adjusted(INSET, INSET, -INSET, -INSET)
        self.legend_box, self.scale_box, self.north_box, self.mark_box = QRectF(), QRectF(), QRectF(), QRectF()
        self.columns = []
        if sheet.legend:
            _, ink, soft = inks(style)
            self.columns, size = set_legend(sheet.legend, style, max(self.box.height() - 90, 60), ink, soft)
            whole = QSizeF(size.width() + 20, size.height() + 16)
            self.shrink = min(1.0, inner.width() / whole.width(), inner.height() / whole.height())
            room = whole * self.shrink
            self.legend_box = QRectF(inner.bottomRight() - QPointF(room.width(), room.height()), room)
        if sheet.scale_bar:
            self.widest = min(max(110.0, inner.width() * 0.16), max(inner.width() - self.legend_box.width() - 60, 40.0))
            self.scale_box = scale_box(inner.bottomLeft(), self._latitude, sheet.order.unit, sheet.scale_words, self.widest)
        if sheet.north:
            self.north_box = QRectF(inner.right() - 44, inner.top(), 44, 44)
        if sheet.mark:
            self.mark_box = mark_box(inner.topLeft(), sheet.mark)

    @property
    def _latitude(self) -> float:
        return place_of(self.sheet.order.x, self.sheet.order.y)[1]

    def bands(self) -> Iterator[tuple[int, QImage]]:
        """The sheet from top to bottom: first row and image of each band."""
        width, height = self.sheet.pixels
        step = self.map.band_height()
        corner = QPoint(round(self.box.x() * self.laid.ratio), round(self.box.y() * self.laid.ratio))
        area = QRect(corner.x(), corner.y(), self.map.width, self.map.height)
        for top in range(0, height, step):
            rows = min(step, height - top)
            band = QImage(width, rows, QImage.Format.Format_RGB32)
            band.fill(inks(self.map.style)[0])
            part = area.intersected(QRect(0, top, width, rows))
            with QPainter(band) as painter:
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                if not part.isEmpty():
                    painter.drawImage(part.topLeft() - QPoint(0, top), self.map.piece(part.translated(-corner)))
                painter.translate(0, -top)
                painter.scale(self.laid.ratio, self.laid.ratio)
                self.paint_around(painter)
            yield top, band

    def page(self, told: Callable[[float], None]) -> bytes:
        """The sheet as a page of PDF: the map as a picture, what is around it as lines and text."""
        sheet = self.sheet
        per_px = MM_PER_INCH / PX_PER_INCH
        with PdfPage(sheet.width * per_px, sheet.height * per_px, round(sheet.dots_per_inch), sheet.title, sheet.texts()) as page:
            self._paint_page(page.painter, told)
            return page.finish()

    def _paint_page(self, painter: QPainter, told: Callable[[float], None]) -> None:
        sheet = self.sheet
        width, height = sheet.pixels
        painter.fillRect(QRect(0, 0, width, height), inks(self.map.style)[0])
        corner = QPoint(round(self.box.x() * self.laid.ratio), round(self.box.y() * self.laid.ratio))
        step = self.map.band_height()
        for top in range(0, self.map.height, step):
            told(top / self.map.height)
            # two rows more than a band has: viewers soften the edge of a picture, and paper would show between them
            rows = min(step + 2, self.map.height - top)
            painter.drawImage(corner + QPoint(0, top), self.map.piece(QRect(0, top, self.map.width, rows)))
        painter.scale(self.laid.ratio, self.laid.ratio)
        self.paint_around(painter)

    def paint_around(self, painter: QPainter) -> None:
        """Everything but the map, with a painter in logical pixels."""
        sheet, style = self.laid, self.map.style
        paper, ink, soft = inks(style)
        self._paint_title_and_notes(painter, ink, soft)
        if sheet.margin:
            painter.setPen(QPen(ink, 1.2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.box)
        if sheet.legend:
            painter.save()
            painter.translate(self.legend_box.topLeft())
            painter.scale(self.shrink, self.shrink)
            plate(painter, QRectF(QPointF(0, 0), self.legend_box.size() / self.shrink), paper, ink)
            paint_legend(painter, QPointF(10, 8), self.columns)
            painter.restore()
        if sheet.scale_bar:
            paint_scale(painter, self.scale_box, self._latitude, sheet.order.unit, sheet.scale_words, self.widest, style)
        if sheet.north:
            paint_north(painter, self.north_box.center(), sheet.order.degrees, style)
        if sheet.mark:
            paint_mark(painter, self.mark_box, sheet.mark)

    def _paint_title_and_notes(self, painter: QPainter, ink: QColor, soft: QColor) -> None:
        sheet = self.laid
        left, room = max(sheet.margin, INSET), sheet.width - 2 * max(sheet.margin, INSET)
        one_line = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
        y = sheet.margin if sheet.margin else INSET * 0.6
        painter.setFont(font(TITLE, bold=True))
        painter.setPen(ink)
        for line in self.title:
            painter.drawText(QRectF(left, y, room, TITLE * 1.35), Qt.AlignmentFlag.AlignHCenter | one_line, line)
            y += TITLE * 1.35
        painter.setFont(font(NOTE))
        painter.setPen(soft)
        y = self.box.bottom() + 5
        for line in self.notes:
            painter.drawText(QRectF(left, y, room, NOTE * 1.5), Qt.AlignmentFlag.AlignLeft | one_line, line)
            y += NOTE * 1.5
