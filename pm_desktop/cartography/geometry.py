"""From memory-mapped world coordinates to painter paths, without a Python loop over vertices."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QByteArray, QDataStream, QIODevice
from PySide6.QtGui import QPainter, QPainterPath

_ELEMENT = np.dtype([("kind", ">i4"), ("x", ">f8"), ("y", ">f8")])
_TAIL = struct.pack(">ii", 0, 1)  # subpath start; winding fill: holes turn against their shells, overlaps stay filled


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

    def __len__(self) -> int:
        return len(self.feat) - 1


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


def draw_shapes(painter: QPainter, found: Shapes, chosen: NDArray[Any] | None, group: NDArray[Any] | int | None, *, close: bool = True) -> None:
    """Draw features (all, or the ``chosen``), those of one group as one path: many lines in one path are slow, one path a line too many.

    ``group`` gives each feature of ``found`` the number of its path, never falling; it has to depend on the world alone, else tiles
    do not fit together to the pixel. None: each by itself. An int: so many to a path, wherever they are.
    """
    order = np.arange(len(found)) if chosen is None else chosen
    if len(order) == 0:
        return
    if group is None:
        first = np.arange(len(order) + 1)
    elif isinstance(group, int):
        first = np.append(np.arange(0, len(order), group), len(order))
    else:
        first = np.append(np.flatnonzero(np.diff(group[order], prepend=-1)), len(order))
    data = _serialised(found, order, first)  # named: the stream only borrows it
    stream = QDataStream(data, QIODevice.OpenModeFlag.ReadOnly)
    path = QPainterPath()
    for _ in range(len(first) - 1):
        stream >> path
        painter.drawPath(path)


def _not_straight(flat: NDArray[np.int64], part: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The end of a line of two vertices once more: for plain straight lines the painter has a way of its own, which clips
    them at the picture first, so that they do not meet at tile borders."""
    times = np.ones(len(flat), np.int64)
    times[part[1:][np.diff(part) == 2] - 1] = 2
    return np.repeat(flat, times), np.concatenate([[0], np.cumsum(times)])[part]


def _serialised(found: Shapes, order: NDArray[Any], first: NDArray[Any]) -> QByteArray:
    parts, feat = gather(found.feat, order)
    flat, part = gather(found.part, parts)
    flat, part = _not_straight(flat, part)
    element = np.empty(len(flat), _ELEMENT)
    element["kind"] = 1
    element["kind"][part[:-1][part[1:] > part[:-1]]] = 0
    element["x"], element["y"] = found.xy[flat, 0], found.xy[flat, 1]
    raw = element.tobytes()
    ends = part[feat[first]]
    pieces = []
    for low, high in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True):
        pieces.append(struct.pack(">i", high - low))
        if high > low:
            pieces += (raw[low * 20:high * 20], _TAIL)
    return QByteArray(b"".join(pieces))
