"""From memory-mapped world coordinates to painter paths, without a Python loop over vertices."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QByteArray, QDataStream, QIODevice, Qt
from PySide6.QtGui import QBrush, QPainter, QPainterPath, QPen

TOGETHER = 12
_END = struct.pack(">ii", 0, 1)
_TAIL = (0, 1)  # subpath start; winding fill: holes turn against their shells, overlaps stay filled


@dataclass(frozen=True, slots=True)
class Frame:
    """A picture's place: world coordinates of its corner, world units a device pixel, size in device pixels."""

    x0: float
    y0: float
    unit: float
    width: int
    height: int

    def box(self, margin_px: float) -> tuple[int, int, int, int]:
        """World box of the picture and ``margin_px`` around it."""
        m = margin_px * self.unit
        return (int(self.x0 - m), int(self.y0 - m), int(self.x0 + self.width * self.unit + m),
                int(self.y0 + self.height * self.unit + m))

    def pixels(self, world: NDArray[Any]) -> NDArray[np.float64]:
        """World coordinates, (m, 2), → device pixels."""
        return (world - np.array((self.x0, self.y0))) / self.unit


def gather(start: NDArray[Any], index: NDArray[Any]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Flat positions of the slices ``start[i]:start[i + 1]`` for i in ``index``, and their new starts."""
    low = np.asarray(start)[index].astype(np.int64)
    size = np.asarray(start)[index + 1].astype(np.int64) - low
    starts = np.zeros(len(index) + 1, np.int64)
    np.cumsum(size, out=starts[1:])
    flat = np.arange(starts[-1]) - np.repeat(starts[:-1] - low, size)
    return flat, starts


def snapped(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Device pixels on the lattice of the rasteriser, which itself rounds left of zero otherwise than right of it: tiles
    would differ along their borders."""
    result: NDArray[np.float64] = np.floor(xy * 64 + 0.5) / 64
    return result


@dataclass(slots=True)
class Shapes:
    """Features in device pixels: vertices, first vertex of each part, first part of each feature."""

    xy: NDArray[np.float64]
    part: NDArray[np.int64]
    feat: NDArray[np.int64]
    _written: tuple[bytes, list[int]] | None = None

    def __len__(self) -> int:
        return len(self.feat) - 1

    def paths(self, chosen: NDArray[Any] | None = None, together: int = 1) -> Paths:
        """Features (all, or the ``chosen``) in order, as a path each or ``together`` in one: quicker where nothing is antialiased
        by area (hard fills of an opaque colour, hairlines), slower everywhere else."""
        if self._written is None:
            self._written = _written(self)
        data, at = self._written
        if chosen is None and together == 1:
            return Paths(QByteArray(data), sum(high > low for low, high in pairwise(at)))
        order = range(len(self)) if chosen is None else chosen.tolist()
        if together == 1:
            pieces = [data[at[i]:at[i + 1]] for i in order]
            return Paths(QByteArray(b"".join(pieces)), sum(map(bool, pieces)))
        vertices = [data[at[i] + 4:at[i + 1] - 8] for i in order if at[i + 1] > at[i]]
        joined = [b"".join(vertices[k:k + together]) for k in range(0, len(vertices), together)]
        return Paths(QByteArray(b"".join([struct.pack(">i", len(each) // 20) + each + _END for each in joined])), len(joined))


@dataclass(frozen=True, slots=True)
class Paths:
    """Painter paths as `QDataStream` has them. One path a feature: many lines or areas in one path are slow to fill."""

    data: QByteArray
    count: int

    def draw(self, painter: QPainter) -> None:
        """Draw with pen and brush of the painter."""
        stream = QDataStream(self.data, QIODevice.OpenModeFlag.ReadOnly)  # only borrows the data
        path = QPainterPath()
        for _ in range(self.count):
            stream >> path
            painter.drawPath(path)


def shapes(table: Any, prefix: str, index: NDArray[Any], frame: Frame) -> Shapes:
    """Features ``index`` of a feature table, vertices that fall on the pixel of the one before dropped."""
    rings, feat = gather(table[f"{prefix}/feat"], index)
    flat, part = gather(table[f"{prefix}/part"], rings)
    xy = snapped(frame.pixels(table[f"{prefix}/xy"][flat]))
    if len(xy) == 0:
        return Shapes(xy, part, feat)
    pixel = np.floor(xy + 0.5)
    keep = np.ones(len(xy), bool)
    keep[1:] = (pixel[1:] != pixel[:-1]).any(1)
    ends = part[1:][part[1:] > part[:-1]]
    keep[part[:-1][part[1:] > part[:-1]]] = True
    keep[ends - 1] = True
    kept = np.concatenate([[0], np.cumsum(keep)])
    return Shapes(xy[keep], kept[part], feat)


def trimmed(found: Shapes, frame: Frame, reach: float) -> Shapes:
    """The same features without what lies more than ``reach`` device pixels outside the picture and does not matter inside.

    Of vertices one after the other beyond the same border the first and the last stay, so that every edge that may cross the
    picture stays as it is. Lines that are to be dashed must not be trimmed: their rhythm counts from their begin.
    """
    xy, part = found.xy, found.part
    for axis, size in ((0, frame.width), (1, frame.height)):
        side = (xy[:, axis] > size + reach).view(np.int8) - (xy[:, axis] < -reach).view(np.int8)
        if len(xy) < 3 or not side.any():
            continue
        beyond = (side[1:] == side[:-1]) & (side[1:] != 0)
        keep = np.ones(len(xy), bool)
        keep[1:-1] = ~(beyond[:-1] & beyond[1:])
        filled = part[1:] > part[:-1]
        first, last = part[:-1][filled], part[1:][filled] - 1
        keep[first] = keep[last] = True
        kept = np.concatenate([[0], np.cumsum(keep)])
        # a part of which only two vertices are left, both beyond: all of it is
        gone = (kept[last] - kept[first] == 1) & (side[first] == side[last]) & (side[first] != 0)
        if gone.any():
            keep[first[gone]] = keep[last[gone]] = False
            kept = np.concatenate([[0], np.cumsum(keep)])
        xy, part = xy[keep], kept[part]
    return Shapes(xy, part, found.feat) if xy is not found.xy else found


def cut_at_tiles(found: Shapes, frame: Frame, side: float) -> Shapes:
    """The same features with a vertex wherever an edge crosses the border of a tile of ``side`` device pixels.

    Where along an edge a hairline's pixels fall depends on where the painter begins it. With a vertex on the border it begins
    there in both tiles, so that the line does not jump.
    """
    for axis, origin in ((0, frame.x0), (1, frame.y0)):
        along = found.xy[:, axis] + (origin / frame.unit) % side
        tile = np.floor(along / side)
        step = np.diff(tile)
        step[found.part[1:-1][(found.part[1:-1] > 0) & (found.part[1:-1] < len(tile))] - 1] = 0  # from one part to the next
        cut = np.flatnonzero(step)
        if len(cut) == 0:
            continue
        times = np.abs(step[cut]).astype(np.int64)
        edge = np.repeat(cut, times)
        number = np.arange(len(edge)) - np.repeat(np.cumsum(times) - times, times)
        up = np.repeat(step[cut] > 0, times)
        border = (tile[edge] + np.where(up, number + 1, -number)) * side
        share = (border - along[edge]) / (along[edge + 1] - along[edge])
        new = snapped(found.xy[edge] * (1 - share)[:, None] + found.xy[edge + 1] * share[:, None])
        xy = np.insert(found.xy, edge + 1, new, axis=0)
        more = np.zeros(len(tile) + 1, np.int64)
        more[1:] = np.cumsum(np.bincount(edge, minlength=len(tile)))
        found = Shapes(xy, found.part + more[found.part], found.feat)
    return found


def dashes(found: Shapes, chosen: NDArray[Any], on: float, off: float, frame: Frame, reach: float) -> Shapes:
    """Lines cut into dashes of ``on`` and gaps of ``off`` device pixels, counted from the begin of each line.

    The painter's own dashes depend on what of a line the picture shows, and do not meet at tile borders. Only what lies
    within ``reach`` device pixels of the picture is cut.
    """
    # lines have one part each
    flat, part = gather(found.part, found.feat[chosen])
    xy = found.xy[flat]
    inner = np.ones(max(len(xy) - 1, 0), bool)
    inner[part[1:-1] - 1] = False  # not from the end of one line to the begin of the next
    a, b = xy[:-1][inner], xy[1:][inner]
    line = np.repeat(np.arange(len(part) - 1), np.maximum(np.diff(part) - 1, 0))
    size = np.hypot(*(b - a).T)
    end = np.cumsum(size)
    begin = end - size
    first = np.flatnonzero(np.diff(line, prepend=-1))
    begin, end = (v - np.repeat(begin[first], np.diff(np.append(first, len(line)))) for v in (begin, end))
    near = (size > 0) & (np.maximum(a, b) > -reach).all(1) & (np.minimum(a, b) < (frame.width + reach, frame.height + reach)).all(1)
    a, b, line, size, begin, end = (v[near] for v in (a, b, line, size, begin, end))
    low = np.floor(begin / (on + off)).astype(np.int64)
    times = np.floor(end / (on + off)).astype(np.int64) - low + 1
    seg = np.repeat(np.arange(len(line)), times)
    number = low[seg] + np.arange(len(seg)) - np.repeat(np.cumsum(times) - times, times)
    cut = np.stack([np.maximum(number * (on + off), begin[seg]), np.minimum(number * (on + off) + on, end[seg])], axis=1)
    real = cut[:, 1] > cut[:, 0]
    seg, number, cut = seg[real], number[real], cut[real]
    share = ((cut - begin[seg][:, None]) / size[seg][:, None])[..., None]
    points = a[seg][:, None] * (1 - share) + b[seg][:, None] * share
    # a dash that goes round a bend stays one line
    starts = np.ones((len(seg), 2), bool)
    starts[1:, 0] = (np.diff(number) != 0) | (np.diff(line[seg]) != 0) | (np.diff(seg) > 1)
    keep = starts.ravel()
    heads = np.flatnonzero(starts[:, 0])
    kept = np.concatenate([[0], np.cumsum(keep)])
    return Shapes(snapped(points.reshape(-1, 2)[keep]), np.append(kept[heads * 2], kept[-1]),
                  np.searchsorted(line[seg[heads]], np.arange(len(part))).astype(np.int64))


def draw_shapes(painter: QPainter, found: Shapes, chosen: NDArray[Any] | None = None) -> None:
    """Draw features (all, or the ``chosen``) one by one with pen and brush of the painter."""
    if len(found) and (chosen is None or len(chosen)):
        hairlines = painter.pen().widthF() <= 1 and painter.brush().style() == Qt.BrushStyle.NoBrush
        found.paths(chosen, TOGETHER if hairlines else 1).draw(painter)


def draw_areas(painter: QPainter, found: Shapes, chosen: NDArray[Any] | None, brushes: Sequence[QBrush], edge: QPen | None, *, soft: bool = True) -> None:
    """Draw areas, filled with one brush after the other, then their edges.

    Antialiasing a fill costs four times the filling. Where an edge of a pixel lies over it, or it is not ``soft`` because it
    differs too little from what is around it, nobody sees whether the fill below is.
    """
    if len(found) == 0 or (chosen is not None and len(chosen) == 0):
        return
    smooth = soft and edge is None
    # where areas overlap, a wash over both is darker than one over their union
    opaque = all(brush.isOpaque() for brush in brushes)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, smooth)
    painter.setPen(Qt.PenStyle.NoPen)
    if brushes:
        paths = found.paths(chosen, TOGETHER if opaque and not smooth else 1)
        for brush in brushes:
            painter.setBrush(brush)
            paths.draw(painter)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if edge is not None:
        painter.setPen(edge)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        draw_shapes(painter, found, chosen)


def _not_straight(flat: NDArray[np.int64], part: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The end of a line of two vertices once more: for plain straight lines the painter has a way of its own, which clips
    them at the picture first, so that they do not meet at tile borders."""
    times = np.ones(len(flat), np.int64)
    times[part[1:][np.diff(part) == 2] - 1] = 2
    return np.repeat(flat, times), np.concatenate([[0], np.cumsum(times)])[part]


def _written(found: Shapes) -> tuple[bytes, list[int]]:
    """Paths as Qt writes them: number of vertices, (kind, x, y) of each, subpath start and fill rule; and where each begins.

    Once for all features of a theme: with a few dozen of a class, numpy's calls cost more than their work.
    """
    flat, part = _not_straight(np.arange(len(found.xy)), found.part)
    ends = part[found.feat]
    size = np.diff(ends)
    some = size > 0  # of an empty feature nothing is written
    path = np.concatenate([[0], np.cumsum(some)])[:-1]
    # in words of four bytes: one before each path and two behind, five a vertex
    begin = 5 * ends[:-1] + 3 * path
    words = np.empty(5 * len(flat) + 3 * int(some.sum()), ">i4")
    vertex = 5 * np.arange(len(flat)) + np.repeat(3 * path + 1, size)
    words[begin[some]] = size[some]
    tail = (begin + 5 * size + 1)[some]
    words[tail], words[tail + 1] = _TAIL
    words[vertex] = 1
    words[vertex[part[:-1][part[1:] > part[:-1]]]] = 0
    xy = found.xy[flat].astype(">f8").view(">i4")
    for k in range(4):
        words[vertex + 1 + k] = xy[:, k]
    return words.tobytes(), [*(4 * begin).tolist(), 4 * len(words)]
