"""Which tiles make up a view, and the picture from what is painted so far."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF
from PySide6.QtGui import QColor, QPainter, QRegion

from pm_desktop.cartography.requests import TILE_PX, TileRequest
from pm_desktop.cartography.tilecache import Tile, TileCache
from pm_desktop.ui.canvas.view import View

MOST_PARTS = 6
DEEPER = 6  # quarters of a zoom: tiles of still nearer zooms are too many to look for


def tiles_of(view: View, width: int, height: int, ring: int = 0, quarter: int | None = None) -> list[TileRequest]:
    """Tiles of a view and ``ring`` around it, nearest to the centre first; ``quarter`` is four times their zoom."""
    quarter = round(view.zoom * 4) if quarter is None else quarter
    side = 2.0 ** (31 - quarter / 4)
    x, y = view.world
    half_w, half_h = width / 2 * view.unit, height / 2 * view.unit
    limit = int(2 ** (quarter / 4)) + 1
    columns = range(max(int((x - half_w) // side) - ring, 0), min(int((x + half_w) // side) + 1 + ring, limit))
    rows = range(max(int((y - half_h) // side) - ring, 0), min(int((y + half_h) // side) + 1 + ring, limit))
    found = [TileRequest(quarter, c, r) for c in columns for r in rows]
    return sorted(found, key=lambda t: (t.column + 0.5 - x / side) ** 2 + (t.row + 0.5 - y / side) ** 2)


def planes(ground: list[TileRequest], two: bool) -> list[TileRequest]:
    """Tiles of the ground plane and, of ``two`` planes, those over the heat too."""
    return ground + [over(t) for t in ground] if two else ground


def draw_over(painter: QPainter, cache: TileCache, view: View, width: int, height: int, ratio: float, two: bool) -> None:
    """Draw the plane over the heat, if there is one."""
    if two:
        draw(painter, cache, view, width, height, ratio, None)


def over(request: TileRequest) -> TileRequest:
    """The tile at the same place on the plane over the heat."""
    return TileRequest(request.quarter, request.column, request.row, 1)


def target(request: TileRequest, view: View, width: int, height: int, ratio: float) -> QRect:
    """Where a tile lies, in device pixels; neighbours share their edges, so that no gap opens while zooming."""
    side = 2.0 ** (31 - request.quarter / 4)
    x, y = view.world
    k = ratio / view.unit
    left, top = (request.column * side - x) * k + width * ratio / 2, (request.row * side - y) * k + height * ratio / 2
    if request.quarter == view.zoom * 4:
        exact = round(TILE_PX * ratio)
        return QRect(round(left), round(top), exact, exact)
    return QRect(QPoint(round(left), round(top)), QPoint(round(left + side * k) - 1, round(top + side * k) - 1))


def draw(painter: QPainter, cache: TileCache, view: View, width: int, height: int, ratio: float, land: QColor | None) -> None:
    """Draw the view's tiles; holes are filled from the zooms nearest to it, and only as far as they are holes.

    ``land`` is what the ground plane shows where there is no tile at all; without it the plane over the heat is drawn.
    """
    whole = QRect(0, 0, round(width * ratio), round(height * ratio))
    open_region = QRegion(whole)
    chosen: list[tuple[QRect, QRegion, Tile]] = []
    own = round(view.zoom * 4)
    for quarter in sorted((q for q in cache.quarters() if q <= own + DEEPER), key=lambda q: (abs(q - view.zoom * 4), -q)):
        for request in tiles_of(view, width, height, 0, quarter):
            box = target(request, view, width, height, ratio)
            if land is None:
                request = over(request)
            tile = cache.get(request) if open_region.intersects(box) else None
            if tile is not None:
                chosen.append((box, open_region & box, tile))
                open_region -= box
        if open_region.isEmpty():
            break
    painter.save()
    painter.scale(1 / ratio, 1 / ratio)
    if land is not None and not open_region.isEmpty():
        painter.fillRect(whole, land)
    for box, seen, tile in reversed(chosen):
        if seen.rectCount() > MOST_PARTS:
            seen = QRegion(seen.boundingRect())
        for part in seen:  # type: ignore[attr-defined]  # what nearer zooms cover is not drawn below them: at 4K that would be half of a frame's time
            _draw_part(painter, box, part, tile)
    painter.restore()


def _draw_part(painter: QPainter, box: QRect, part: QRect, tile: Tile) -> None:
    across, down = tile.image.width() / box.width(), tile.image.height() / box.height()
    source = QRectF((part.x() - box.x()) * across, (part.y() - box.y()) * down, part.width() * across, part.height() * down)
    painter.drawImage(QRectF(part), tile.image, source)
