"""Writes pictures band by band, so that the largest sheet needs no more memory than a band."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable
from typing import BinaryIO

import numpy as np
from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QImage, QPainter

PER_METRE = 39.37007874
_LEVEL = 5


def _rows(band: QImage) -> np.ndarray[tuple[int, int], np.dtype[np.uint8]]:
    """Red, green and blue of a band, (rows, 3 × width)."""
    plain = band.convertToFormat(QImage.Format.Format_RGB888)
    data = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine())
    return data[:, :plain.width() * 3].copy()


def write_png(out: BinaryIO, size: tuple[int, int], dots_per_inch: float, bands: Iterable[tuple[int, QImage]]) -> None:
    """Write a PNG of ``size`` from its bands, top to bottom."""
    def chunk(kind: bytes, data: bytes) -> None:
        out.write(struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)))

    out.write(b"\x89PNG\r\n\x1a\n")
    chunk(b"IHDR", struct.pack(">IIBBBBB", *size, 8, 2, 0, 0, 0))
    chunk(b"pHYs", struct.pack(">IIB", *(round(dots_per_inch * PER_METRE),) * 2, 1))
    packer = zlib.compressobj(_LEVEL)
    above = np.zeros((1, size[0] * 3), np.uint8)
    for _, band in bands:
        rows = _rows(band)
        filtered = np.empty((len(rows), rows.shape[1] + 1), np.uint8)
        filtered[:, 0] = 2  # each row less the one above it: maps change little from row to row
        filtered[:, 1:] = rows - np.concatenate([above, rows[:-1]])
        above = rows[-1:]
        if data := packer.compress(filtered.tobytes()):
            chunk(b"IDAT", data)
    chunk(b"IDAT", packer.flush())
    chunk(b"IEND", b"")


def write_jpeg(out: BinaryIO, size: tuple[int, int], dots_per_inch: float, bands: Iterable[tuple[int, QImage]]) -> None:
    """Write a JPEG; it is made in one piece, so its size has to be limited by who asks."""
    whole = QImage(*size, QImage.Format.Format_RGB888)
    for top, band in bands:
        with QPainter(whole) as painter:
            painter.drawImage(0, top, band)
    whole.setDotsPerMeterX(round(dots_per_inch * PER_METRE))
    whole.setDotsPerMeterY(round(dots_per_inch * PER_METRE))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    whole.save(buffer, "JPEG", 92)  # type: ignore[call-overload]
    out.write(bytes(buffer.data().data()))
