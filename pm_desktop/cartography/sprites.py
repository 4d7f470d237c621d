"""Pictures of names: drawn once with their halo, numbered for the window, which puts them where the labeller says."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter

from pm_desktop.cartography.fonts import font

HALO_PX = 1.6
# middle of a letter above its base line, in em, Chinese and Latin alike
MIDDLE = 0.36
# soft steps round a circle; with fewer, the halo of a thin stroke shows corners
_ROUND = [(1.0, 0.0), (0.924, 0.383), (0.707, 0.707), (0.383, 0.924)]
_OFFSETS = [(s * x, t * y) for x, y in _ROUND for s, t in ((1, 1), (-1, 1), (1, -1), (-1, -1))] + [
    (s * y, t * x) for x, y in _ROUND[:1] for s, t in ((1, 1), (1, -1))]
LIMIT_BYTES = 48 * 2**20


@dataclass(frozen=True, slots=True)
class Look:
    """How a name is written: size in logical pixels, ink, halo (None: none) or plate behind it, letter spacing in em,
    slant (positive leans right)."""

    size: float
    ink: str
    halo: str | None = None
    bold: bool = False
    spacing: float = 0.0
    slant: float = 0.0
    plate: str | None = None
    dot: str | None = None

    @property
    def line_height(self) -> float:
        """Height of a line of text in logical pixels."""
        return self.size * 1.22


@lru_cache(maxsize=64)
def _font(size: float, bold: bool) -> tuple[QFont, QFontMetricsF]:
    made = font(size, bold=bold)
    return made, QFontMetricsF(made)


@lru_cache(maxsize=20_000)
def advance(letter: str, size: float, bold: bool) -> float:
    """Width of a text in logical pixels, without letter spacing."""
    # measured large: metrics of small sizes are rounded on some systems
    return float(_font(size * 8, bold)[1].horizontalAdvance(letter)) / 8


def width_of(text: str, look: Look) -> float:
    """Width of one line in logical pixels."""
    if not look.spacing:
        return advance(text, look.size, look.bold)
    # spaced letters stand by themselves, without kerning
    return sum(advance(c, look.size, look.bold) for c in text) + look.spacing * look.size * (len(text) - 1)


@dataclass(slots=True)
class Sprites:
    """Pictures made so far; ``fresh`` are those that the window does not have yet."""

    ratio: float
    epoch: str = field(default_factory=lambda: secrets.token_hex(8))
    known: dict[Any, int] = field(default_factory=dict)
    size: list[tuple[int, int]] = field(default_factory=list)
    fresh: list[tuple[int, int, int, bytes]] = field(default_factory=list)
    bytes_made: int = 0

    def block(self, text: str, look: Look) -> int:
        """Number of the picture of ``text`` (lines parted by newlines), centred."""
        key = (text, look)
        if key not in self.known:
            self._keep(key, self._block(text, look))
        return self.known[key]

    def curved(self, text: str, look: Look, places: Sequence[tuple[float, float, float]], width: int, height: int) -> int:
        """Number of a picture of ``width`` × ``height`` device pixels in which each letter stands at its place: middle in
        device pixels and turn in degrees."""
        key = (text, look, tuple(places))
        if key not in self.known:
            image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
            self._keep(key, self._finished(image, look, lambda painter: self._letters(painter, text, look, places)))
        return self.known[key]

    def _keep(self, key: Any, image: QImage) -> None:
        self.known[key] = len(self.size)
        self.size.append((image.width(), image.height()))
        data = bytes(image.constBits())
        self.bytes_made += len(data)
        self.fresh.append((self.known[key], image.width(), image.height(), data))

    def _block(self, text: str, look: Look) -> QImage:
        width, height = block_size(text, look)
        image = QImage(pixel_size(width, self.ratio), pixel_size(height, self.ratio), QImage.Format.Format_ARGB32_Premultiplied)
        return self._finished(image, look, lambda painter: self._lines(painter, text, look, image))

    def _lines(self, painter: QPainter, text: str, look: Look, image: QImage) -> None:
        painter.setFont(_font(look.size * self.ratio, look.bold)[0])
        lines = text.split("\n")
        dot = DOT_PX * 2 * self.ratio if look.dot else 0.0
        y = (image.height() + dot - look.line_height * self.ratio * len(lines)) / 2
        for line in lines:
            x = (image.width() - width_of(line, look) * self.ratio) / 2
            base = y + (look.line_height / 2 + MIDDLE * look.size) * self.ratio
            if look.slant:
                painter.save()
                painter.translate(x, base)
                painter.shear(-look.slant, 0)
                self._spaced(painter, line, look, QPointF(0, 0))
                painter.restore()
            else:
                self._spaced(painter, line, look, QPointF(x, base))
            y += look.line_height * self.ratio

    def _spaced(self, painter: QPainter, line: str, look: Look, at: QPointF) -> None:
        if not look.spacing:
            painter.drawText(at, line)
            return
        for letter in line:
            painter.drawText(at, letter)
            at = QPointF(at.x() + (advance(letter, look.size, look.bold) + look.spacing * look.size) * self.ratio, at.y())

    def _letters(self, painter: QPainter, text: str, look: Look, places: Sequence[tuple[float, float, float]]) -> None:
        painter.setFont(_font(look.size * self.ratio, look.bold)[0])
        drop = MIDDLE * look.size * self.ratio
        for letter, (x, y, turn) in zip(text, places, strict=True):
            painter.save()
            painter.translate(x, y)
            painter.rotate(turn)
            if look.slant:
                painter.shear(-look.slant, 0)
            painter.drawText(QPointF(-advance(letter, look.size, look.bold) * self.ratio / 2, drop), letter)
            painter.restore()

    def _finished(self, image: QImage, look: Look, write: Any) -> QImage:
        """The letters with their halo or plate: the halo is the letters' own picture put down in a ring, which costs a
        tenth of stroking their outlines."""
        image.fill(0)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if look.plate is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(look.plate))
            edge = 0.5 * self.ratio
            painter.drawRoundedRect(QRectF(image.rect()).adjusted(edge, edge, -edge, -edge), 3 * self.ratio, 3 * self.ratio)
        if look.dot is not None:
            self._dot(painter, image, look)
        if look.halo is not None:
            soft = QImage(image.size(), QImage.Format.Format_ARGB32_Premultiplied)
            soft.fill(0)
            inner = QPainter(soft)
            inner.setPen(QColor(look.halo))
            write(inner)
            inner.end()
            reach = HALO_PX * self.ratio
            for dx, dy in _OFFSETS:
                painter.drawImage(QPoint(round(dx * reach), round(dy * reach)), soft)
        painter.setPen(QColor(look.ink))
        write(painter)
        painter.end()
        return image

    def _dot(self, painter: QPainter, image: QImage, look: Look) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        middle = QPointF(image.width() / 2, (DOT_PX + 1) * self.ratio)
        painter.setBrush(QColor(look.halo or "#ffffff"))
        painter.drawEllipse(middle, DOT_PX * self.ratio, DOT_PX * self.ratio)
        painter.setBrush(QColor(look.dot or look.ink))
        painter.drawEllipse(middle, (DOT_PX - 1.1) * self.ratio, (DOT_PX - 1.1) * self.ratio)


DOT_PX = 3.6


@lru_cache(maxsize=20_000)
def block_size(text: str, look: Look) -> tuple[float, float]:
    """Width and height in logical pixels of the picture of a text."""
    lines = text.split("\n")
    pad = 3.5 if look.plate else HALO_PX + 1.0
    lean = abs(look.slant) * look.size
    width = max(width_of(line, look) for line in lines) + 2 * pad + lean
    return width, look.line_height * len(lines) + (2 * HALO_PX if not look.plate else 1) + (2 * DOT_PX if look.dot else 0)


def is_latin(text: str) -> bool:
    """Whether a text has no Chinese letters."""
    return not any(c >= "\u2e80" for c in text)


def pixel_size(length: float, ratio: float) -> int:
    """Device pixels that a picture of ``length`` logical pixels takes."""
    return int(length * ratio + 0.999)


def wrapped(text: str, latin: bool) -> str:
    """A long name on two lines of like length."""
    if latin:
        if len(text) <= 16 or " " not in text:
            return text
        cuts = [i for i, c in enumerate(text) if c == " "]
        cut = min(cuts, key=lambda i: abs(i - len(text) / 2))
        return text[:cut] + "\n" + text[cut + 1:]
    if len(text) <= 8:
        return text
    half = (len(text) + 1) // 2
    return text[:half] + "\n" + text[half:]
