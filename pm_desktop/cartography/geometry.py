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
_TAIL_LINES = struct.pack(">ii", 0, 0)  # subpath start, odd-even fill


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
    xy = frame.pixels(table[f"{prefix}/xy"][flat])
    if len(xy) == 0:
        return Shapes(xy, part, feat)
    pixel = np.rint(xy)
    keep = np.ones(len(xy), bool)
    keep[1:] = (pixel[1:] != pixel[:-1]).any(1)
    ends = part[1:][part[1:] > part[:-1]]
    keep[part[:-1][part[1:] > part[:-1]]] = True
    keep[ends - 1] = True
    kept = np.concatenate([[0], np.cumsum(keep)])
    return Shapes(xy[keep], kept[part], feat)


def draw_shapes(painter: QPainter, found: Shapes, chosen: NDArray[Any] | None, group: int, *, close: bool) -> None:
    """Draw features as paths of ``group`` features each: many lines in one path are slow, one path a line too many.

    ``close`` adds nothing to the vertices (rings repeat their first one); it only says that a path is filled.
    """
    order = np.arange(len(found)) if chosen is None else chosen
    if len(order) == 0:
        return
    data = _serialised(found, order, group)  # named: the stream only borrows it
    stream = QDataStream(data, QIODevice.OpenModeFlag.ReadOnly)
    path = QPainterPath()
    for _ in range((len(order) + group - 1) // group):
        stream >> path
        painter.drawPath(path)


def _serialised(found: Shapes, order: NDArray[Any], group: int) -> QByteArray:
    parts, feat = gather(found.feat, order)
    flat, part = gather(found.part, parts)
    element = np.empty(len(flat), _ELEMENT)
    element["kind"] = 1
    element["kind"][part[:-1][part[1:] > part[:-1]]] = 0
    element["x"], element["y"] = found.xy[flat, 0], found.xy[flat, 1]
    raw = element.tobytes()
    first = part[feat[np.append(np.arange(0, len(order), group), len(order))]]
    pieces = []
    for low, high in zip(first[:-1].tolist(), first[1:].tolist(), strict=True):
        pieces.append(struct.pack(">i", high - low))
        if high > low:
            pieces += (raw[low * 20:high * 20], _TAIL_LINES)
    return QByteArray(b"".join(pieces))
