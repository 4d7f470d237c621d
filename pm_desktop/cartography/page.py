"""A profile on one page of A4: small map, blocks of lines with their dates, trend and standing; always exactly one page.

The page is set in the largest type and fewest columns in which everything fits; only when the smallest does not do, the longest
blocks are cut short and say how many lines are not shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from pm_desktop.base.mercator import place_of
from pm_desktop.cartography.fonts import font
from pm_desktop.cartography.furniture import mark_box, paint_mark, scale_bar
from pm_desktop.cartography.pdf import MM_PER_INCH, PdfPage
from pm_desktop.cartography.picture import MapOrder, MapPicture
from pm_desktop.cartography.sheet import PX_PER_INCH
from pm_desktop.cartography.typeset import broken, shortened, width_of

WIDTH, HEIGHT = 210 / MM_PER_INCH * PX_PER_INCH, 297 / MM_PER_INCH * PX_PER_INCH
MARGIN, GUTTER = 52.0, 26.0
DPI = 300
MAP_SHARES = (1.15, 0.8, 0.52)  # height of the map by its width; a page with few lines has a larger map
INK, SOFT, RULE, ACCENT, PALE = QColor("#1c2126"), QColor("#56606a"), QColor("#c9d0d7"), QColor("#0b57b0"), QColor("#cdd6df")
_STATE = {"ok": ("✓ ", QColor("#1d6f42")), "warn": ("! ", QColor("#8a5300")), "bad": ("✕ ", QColor("#b3261e"))}
# columns, size of type (15 is 9 points, 10 is 6), shape of the map, and whether blocks stay whole, in order of what reads best
_TRIALS = (*((2, 15, share, True) for share in MAP_SHARES), *((2, size, 0.52, True) for size in (14, 13)), (2, 13, 0.4, True),
           (3, 14, 0.8, True), *((3, size, 0.6, True) for size in (13, 12, 11)), (2, 13, 0.4, False), *((3, size, 0.52, False) for size in (12, 11, 10)))
_LIMITS = (24, 14, 9, 6, 4, 3, 2, 1)


@dataclass(frozen=True, slots=True)
class PageLine:
    """A line: label and value; ``state`` is ok, warn or bad, ``known`` False for what nobody reported."""

    label: str
    value: str
    state: str | None = None
    known: bool = True


@dataclass(frozen=True, slots=True)
class PageBlock:
    """A group of lines under a title with the date and the source of its facts; monthly ``trend`` with the same months a year
    before; ``standing``: smallest, quartiles, largest of the peers, and one's own."""

    title: str
    date: str
    source: str
    lines: tuple[PageLine, ...]
    trend: tuple[int, ...] = ()
    trend_before: tuple[int, ...] = ()
    months: tuple[str, ...] = ()
    trend_key: tuple[str, str] = ("", "")
    standing: tuple[float, ...] = ()
    standing_words: str = ""


@dataclass(frozen=True, slots=True)
class PagePlace:
    """What the small map shows, and the world units that have to fit into its width and height."""

    order: MapOrder
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Page:
    """Everything of a page; ``more`` has a place for a number: how many lines are not shown."""

    kind: str
    title: str
    subtitle: str
    marks: tuple[str, ...]
    blocks: tuple[PageBlock, ...]
    foot: tuple[str, ...]
    more: str
    map: PagePlace | None = None
    map_words: str = ""

    def texts(self) -> Iterator[str]:
        """Everything that is written on it."""
        yield from (self.kind, self.title, self.subtitle, self.more, self.map_words, "0123456789…,.✓!✕ kmN", *self.marks, *self.foot)
        for block in self.blocks:
            yield from (block.title, block.date, block.source, *block.trend_key, block.standing_words, *block.months)
            for line in block.lines:
                yield from (line.label, line.value)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a column: its height, how it is drawn at a place in a width, and whether the next has to follow it."""

    height: float
    draw: Callable[[QPainter, float, float, float], None]
    holds: bool = False


def page_pdf(page: Page) -> bytes:
    """The page as a PDF."""
    per_px = MM_PER_INCH / PX_PER_INCH
    with PdfPage(WIDTH * per_px, HEIGHT * per_px, DPI, page.title, page.texts()) as pdf:
        pdf.painter.scale(DPI / PX_PER_INCH, DPI / PX_PER_INCH)
        _paint(pdf.painter, page)
        return pdf.finish()


def _paint(painter: QPainter, page: Page) -> None:
    top, bottom = _paint_head(painter, page), _paint_foot(painter, page)
    columns = set_page(page, bottom - top)
    width = (WIDTH - 2 * MARGIN - (len(columns) - 1) * GUTTER) / len(columns)
    for k, column in enumerate(columns):
        x, y = MARGIN + k * (width + GUTTER), top
        for piece in column:
            piece.draw(painter, x, y, width)
            y += piece.height


def set_page(page: Page, height: float) -> list[list[_Piece]]:
    """The columns of a page whose blocks have ``height``, in the largest type that fits."""
    for trial in _TRIALS:
        if (columns := _columns(page, *trial, height, 4)) is not None:
            return columns
    for limit in _LIMITS:
        for most in (3, 1):
            if (columns := _columns(_cut(page, limit), *_TRIALS[-1], height, most)) is not None:
                return columns
    raise ValueError("a page has too many blocks")


def _cut(page: Page, limit: int) -> Page:
    """No block longer than ``limit`` lines; what is left out is said."""
    def short(block: PageBlock) -> PageBlock:
        rest = len(block.lines) - limit
        if rest < 2:
            return block
        return replace(block, lines=(*block.lines[:limit], PageLine(page.more.format(n=rest), "")))

    return replace(page, blocks=tuple(short(block) for block in page.blocks))


def _columns(page: Page, count: int, size: int, share: float, whole: bool, height: float, most: int) -> list[list[_Piece]] | None:
    """The pieces in ``count`` columns of the least height that holds them all; None if they need more than there is."""
    width = (WIDTH - 2 * MARGIN - (count - 1) * GUTTER) / count
    pieces = [piece for block in page.blocks for piece in _block(block, width, size, most, whole)]
    if page.map is not None:
        pieces.insert(0, _map(page.map, page.map_words, width, share))
    low, high = sum(p.height for p in pieces) / count, height
    if len(_filled(pieces, high)) > count:
        return None
    while high - low > 2:
        middle = (low + high) / 2
        low, high = (low, middle) if len(_filled(pieces, middle)) <= count else (middle, high)
    return _filled(pieces, high)


def _filled(pieces: list[_Piece], height: float) -> list[list[_Piece]]:
    columns: list[list[_Piece]] = [[]]
    used = 0.0
    start = 0
    while start < len(pieces):
        end = start + 1
        while pieces[end - 1].holds and end < len(pieces):
            end += 1
        group = pieces[start:end]
        needed = sum(p.height for p in group)
        if used + needed > height and columns[-1]:
            columns.append([])
            used = 0.0
        if needed > height:
            return columns + [[]] * 9  # does not fit anywhere
        columns[-1] += group
        used += needed
        start = end
    return columns


def _block(block: PageBlock, width: float, size: int, most: int, whole: bool) -> list[_Piece]:
    lines = [_line(line, width, size, most) for line in block.lines]
    charts = []
    if block.standing:
        charts.append(_standing(block, size))
    if any(block.trend) or any(block.trend_before):
        charts.append(_trend(block, size))
    # a title stays with its first line, and a chart with the line before it
    found = [_title(block, width, size), *lines, *charts]
    keep = set(range(len(found))) if whole else {0, *range(len(found) - 1 - len(charts), len(found) - 1)} if charts else {0}
    found = [replace(piece, holds=k in keep and k < len(found) - 1) for k, piece in enumerate(found)]
    return [*found[:-1], replace(found[-1], height=found[-1].height + size * 0.75)]


def _text(painter: QPainter, x: float, y: float, width: float, height: float, text: str, size: float, colour: QColor,
          where: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft, *, bold: bool = False) -> None:
    painter.setFont(font(size, bold=bold))
    painter.setPen(colour)
    painter.drawText(QRectF(x, y, width, height), where | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine | Qt.TextFlag.TextDontClip, text)


def _title(block: PageBlock, width: float, size: int) -> _Piece:
    date = block.date
    said = width_of(date, size - 2)
    title = broken(block.title, size + 1, width - said - 10, bold=True, most=2)
    source = shortened(block.source, size - 2, width) if block.source else ""
    step = (size + 1) * 1.4

    def draw(painter: QPainter, x: float, y: float, width: float) -> None:
        for k, part in enumerate(title):
            _text(painter, x, y + k * step, width, step, part, size + 1, INK, bold=True)
        _text(painter, x, y, width, step, date, size - 2, SOFT, Qt.AlignmentFlag.AlignRight)
        painter.setPen(QPen(RULE, 1))
        painter.drawLine(QPointF(x, y + len(title) * step + 1), QPointF(x + width, y + len(title) * step + 1))
        if source:
            _text(painter, x, y + len(title) * step + 2, width, (size - 2) * 1.4, source, size - 2, SOFT)

    return _Piece(len(title) * step + 4 + ((size - 2) * 1.4 if source else 0), draw)


def _line(line: PageLine, width: float, size: int, most: int) -> _Piece:
    """Label on the left, value on the right; the value takes the lines below where it is long."""
    mark, colour = _STATE.get(line.state or "", ("", INK if line.known else SOFT))
    label = broken(line.label, size, width * (0.56 if line.value else 1.0), most=min(most, 2))
    room = width - max(width_of(part, size) for part in label) - 12
    value = broken(mark + line.value, size, max(room, width * 0.4), bold=line.state is not None, most=most) if line.value else []
    step = size * 1.42

    def draw(painter: QPainter, x: float, y: float, width: float) -> None:
        for k, part in enumerate(label):
            _text(painter, x, y + k * step, width, step, part, size, SOFT)
        for k, part in enumerate(value):
            _text(painter, x, y + k * step, width, step, part, size, colour, Qt.AlignmentFlag.AlignRight, bold=line.state is not None)

    return _Piece(max(len(label), len(value)) * step, draw)


def _trend(block: PageBlock, size: int) -> _Piece:
    """Twelve bars with their numbers, each before a pale one of the same month a year earlier."""
    tall = size * 4.2

    def draw(painter: QPainter, x: float, y: float, width: float) -> None:
        top = max(*block.trend, *block.trend_before, 1)
        before = block.trend_before if any(block.trend_before) else (0,) * len(block.trend)
        step = width / len(block.trend)
        base = y + size * 1.5 + tall
        for k, (value, last) in enumerate(zip(block.trend, before, strict=True)):
            painter.fillRect(QRectF(x + k * step + step * 0.08, base - tall * last / top, step * 0.56, tall * last / top), PALE)
            painter.fillRect(QRectF(x + k * step + step * 0.3, base - tall * value / top, step * 0.56, tall * value / top), ACCENT)
            _text(painter, x + k * step, base - tall * max(value, last) / top - size * 1.1, step, size, f"{value:,}", size - 3, INK, Qt.AlignmentFlag.AlignHCenter)
            if k < len(block.months):
                _text(painter, x + k * step, base + 1, step, size * 1.1, block.months[k], size - 3, SOFT, Qt.AlignmentFlag.AlignHCenter)
        painter.setPen(QPen(RULE, 1))
        painter.drawLine(QPointF(x, base), QPointF(x + width, base))
        left = x
        for words, colour in zip(block.trend_key, (ACCENT, PALE) if any(block.trend_before) else (ACCENT,), strict=False):
            painter.fillRect(QRectF(left, base + size * 1.55, size * 0.6, size * 0.6), colour)
            _text(painter, left + size * 0.9, base + size * 1.2, width, size * 1.3, words, size - 2, SOFT)
            left += size * 2 + width_of(words, size - 2)

    return _Piece(size * 1.5 + tall + size * 2.6, draw)


def _standing(block: PageBlock, size: int) -> _Piece:
    """The range of the peers, its middle half, the median, and a diamond for one's own."""
    def draw(painter: QPainter, x: float, y: float, width: float) -> None:
        *five, own = block.standing
        low, high = min(five[0], own), max(five[4], own)
        span = (high - low) or 1.0
        at = [x + 8 + (width - 16) * (v - low) / span for v in (*five, own)]
        painter.fillRect(QRectF(at[0], y + 9, max(at[4] - at[0], 1), 3), RULE)
        painter.fillRect(QRectF(at[1], y + 5, max(at[3] - at[1], 1), 11), PALE)
        painter.fillRect(QRectF(at[2] - 1, y + 3, 2, 15), SOFT)
        painter.setPen(QPen(QColor("#ffffff"), 1.2))
        painter.setBrush(_STATE["bad"][1] if own > five[3] else ACCENT)
        painter.drawPolygon(QPolygonF([QPointF(at[5], y + 3), QPointF(at[5] + 7, y + 10.5), QPointF(at[5], y + 18), QPointF(at[5] - 7, y + 10.5)]))
        for k, part in enumerate(broken(block.standing_words, size - 2, width, most=2)):
            _text(painter, x, y + 20 + k * (size - 2) * 1.35, width, (size - 2) * 1.35, part, size - 2, SOFT)

    return _Piece(22 + 2 * (size - 2) * 1.35, draw)


def _map(place: PagePlace, words: str, width: float, share: float) -> _Piece:
    height = round(width * share)

    def draw(painter: QPainter, x: float, y: float, width: float) -> None:
        ratio = DPI / PX_PER_INCH
        fitted = replace(place.order, unit=max(place.width / width, place.height / height))
        length, end = scale_bar(_latitude(place.order), fitted.unit, width * 0.22)
        plate = QRectF(6, height - 24, length + 16 + width_of(end, 10), 18)
        made = MapPicture(fitted, width, height, ratio, [plate])
        painter.drawImage(QRectF(x, y, width, height), made.piece(QRect(0, 0, made.width, made.height)))
        painter.setPen(QPen(RULE, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(QRectF(x, y, width, height))
        painter.fillRect(plate.translated(x, y), QColor(255, 255, 255, 225))
        painter.setPen(QPen(INK, 1.4))
        painter.drawPolyline([QPointF(x + 11, y + height - 15), QPointF(x + 11, y + height - 11), QPointF(x + 11 + length, y + height - 11),
                              QPointF(x + 11 + length, y + height - 15)])
        _text(painter, x + 16 + length, y + height - 23, 60, 16, end, 10, INK)
        _text(painter, x, y + height + 2, width, 15, shortened(words, 10, width), 10, SOFT)

    return _Piece(height + 26, draw)


def _latitude(order: MapOrder) -> float:
    return place_of(order.x, order.y)[1]


def _paint_head(painter: QPainter, page: Page) -> float:
    """Kind, marks, title, subtitle and a rule; returns where the blocks begin."""
    room, y = WIDTH - 2 * MARGIN, MARGIN - 10
    _text(painter, MARGIN, y, room, 18, page.kind, 13, ACCENT, bold=True)
    right = WIDTH - MARGIN
    for words in page.marks:
        box = mark_box(QPointF(0, 0), words)
        box.moveTopRight(QPointF(right, y - 4))
        paint_mark(painter, box, words)
        right = box.left() - 8
    y += 22
    for line in broken(page.title, 25, room, bold=True, most=2):
        _text(painter, MARGIN, y, room, 34, line, 25, INK, bold=True)
        y += 34
    for line in broken(page.subtitle, 13, room, most=2) if page.subtitle else []:
        _text(painter, MARGIN, y, room, 19, line, 13, SOFT)
        y += 19
    painter.setPen(QPen(ACCENT, 2))
    painter.drawLine(QPointF(MARGIN, y + 5), QPointF(WIDTH - MARGIN, y + 5))
    return y + 18


def _paint_foot(painter: QPainter, page: Page) -> float:
    """Who made it of what and when; returns where the blocks end."""
    room = WIDTH - 2 * MARGIN
    lines = broken(" · ".join(t for t in page.foot if t), 11, room, most=3)
    top = HEIGHT - MARGIN + 14 - len(lines) * 16
    painter.setPen(QPen(RULE, 1))
    painter.drawLine(QPointF(MARGIN, top - 4), QPointF(WIDTH - MARGIN, top - 4))
    for k, line in enumerate(lines):
        _text(painter, MARGIN, top + k * 16, room, 16, line, 11, SOFT)
    return top - 12
