"""Lines of plain text: measured and broken so that they fit, whatever stands in them."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from PySide6.QtGui import QFontMetricsF, QTextLayout, QTextOption

from pm_desktop.cartography.fonts import font

ELLIPSIS = "…"


def plain(text: str) -> str:
    """A text on one line, without what would turn the direction of its neighbours or break the line."""
    return " ".join("".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else "" if c in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069" else c
                            for c in text).split())


@lru_cache(maxsize=64)
def _metrics(size: float, bold: bool) -> QFontMetricsF:
    return QFontMetricsF(font(size, bold=bold))


def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """Width of one line in the painter's units."""
    return float(_metrics(size, bold).horizontalAdvance(text))


def broken(text: str, size: float, width: float, *, bold: bool = False, most: int = 4) -> list[str]:
    """A text in lines of at most ``width``; what does not fit into ``most`` lines ends in an ellipsis. At least one line."""
    text = plain(text)
    if width_of(text, size, bold=bold) <= width:
        return [text]
    layout = QTextLayout(text, font(size, bold=bold))
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    lines: list[str] = []
    encoded = text.encode("utf-16-le")  # Qt counts in halves of characters
    while (line := layout.createLine()).isValid():
        line.setLineWidth(max(width, size))
        start, count = line.textStart(), line.textLength()
        if len(lines) == most - 1 and start * 2 + count * 2 < len(encoded):
            lines.append(shortened(encoded[start * 2:].decode("utf-16-le"), size, width, bold=bold))
            break
        lines.append(encoded[start * 2:(start + count) * 2].decode("utf-16-le", "replace").strip())
    layout.endLayout()
    return lines or [""]


def shortened(text: str, size: float, width: float, *, bold: bool = False) -> str:
    """A text on one line, with an ellipsis where it does not fit."""
    text = plain(text)
    if width_of(text, size, bold=bold) <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if width_of(text[:middle] + ELLIPSIS, size, bold=bold) <= width else (low, middle - 1)
    return text[:low].rstrip() + ELLIPSIS
