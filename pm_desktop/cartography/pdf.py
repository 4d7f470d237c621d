"""One page of PDF through Qt, with text that can be searched.

Qt embeds the letters that are used, and says for each which character it is by going through the font from its first character:
小 becomes the radical ⼩, a space a tab, and the figures after Latin letters nothing at all, so that nobody finds a word. All characters of a page are
therefore written once beside the page before it is painted; their order is then known, and the table is written anew at the end.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Iterable

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QPointF, QSizeF
from PySide6.QtGui import QPageLayout, QPageSize, QPainter, QPdfWriter, QRawFont, QTextLayout

from pm_desktop.cartography.fonts import font

MM_PER_INCH = 25.4


class PdfPage:
    """A page of so many millimetres; ``painter`` has ``dpi`` units an inch. ``texts`` are all texts that will be written on it."""

    def __init__(self, width_mm: float, height_mm: float, dpi: int, title: str, texts: Iterable[str]) -> None:
        self._buffer = QBuffer()
        self._buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        self._writer = QPdfWriter(self._buffer)
        self._writer.setResolution(dpi)
        self._writer.setPageLayout(QPageLayout(QPageSize(QSizeF(width_mm, height_mm), QPageSize.Unit.Millimeter, "", QPageSize.SizeMatchPolicy.ExactMatch),
                                               QPageLayout.Orientation.Portrait, QMarginsF(0, 0, 0, 0)))
        self._writer.setTitle(title)
        self._writer.setCreator("pm_desktop")
        self.painter = QPainter(self._writer)
        self.painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
                                    | QPainter.RenderHint.LosslessImageRendering)
        self._written = self._write_beside(texts)

    def __enter__(self) -> PdfPage:
        return self

    def __exit__(self, *_error: object) -> None:
        if self.painter.isActive():  # given up: the painter has to end before what it paints on
            self.painter.end()

    def _write_beside(self, texts: Iterable[str]) -> list[tuple[int, int]]:
        """Glyph and character of what is written outside the page first, in the order of the font that is embedded."""
        raw = QRawFont.fromFont(font(10))
        # plain characters come after the radicals that look like them
        wanted = sorted({ord(c) for text in texts for c in text if 0x20 <= ord(c) < 0x2e80 or 0x3000 <= ord(c) < 0xe000} | set(range(0x20, 0x7f)))
        known: dict[int, tuple[str, int]] = {}
        for code in wanted:
            if raw.supportsCharacter(code):
                known.setdefault(raw.glyphIndexesForString(chr(code))[0], (chr(code), code))
        for figure in "0123456789":  # after Latin letters a font may have other figures
            known.setdefault(_last_glyph(f"A{figure}"), (f"A{figure}", ord(figure)))
        for bold in (False, True):
            self.painter.setFont(font(10, bold=bold))
            for text, _ in known.values():
                self.painter.drawText(QPointF(-5000, -5000), text)
        return [(glyph, code) for glyph, (_, code) in known.items()]

    def finish(self) -> bytes:
        """The file."""
        self.painter.end()
        data = bytes(self._buffer.data().data())
        raw = QRawFont.fromFont(font(10))
        changed: dict[int, bytes] = {}
        for number in {int(m) for m in re.findall(rb"/ToUnicode (\d+) 0 R", data)}:
            said = _said(_stream(data, number))
            glyphs = {cid: glyph for cid, (glyph, _) in enumerate(self._written, 1)}
            judged = [cid for cid in said if cid in glyphs]
            right = sum(raw.glyphIndexesForString(chr(said[cid]))[:1] == [glyphs[cid]] for cid in judged)
            if judged and right > 0.9 * len(judged):  # it is the font of the program, not one that stands in for rare characters
                changed[number] = _table(said | {cid: code for cid, (_, code) in enumerate(self._written, 1)})
        return _updated(data, changed)


def _last_glyph(text: str) -> int:
    layout = QTextLayout(text, font(10))
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    return int(layout.glyphRuns()[-1].glyphIndexes()[-1])


def _stream(data: bytes, number: int) -> bytes:
    found = re.search(rb"\n%d 0 obj\b.*?stream\r?\n(.*?)endstream" % number, data, re.DOTALL)
    raw = found[1] if found else b""
    return zlib.decompress(raw) if raw[:1] == b"\x78" else raw


def _said(table: bytes) -> dict[int, int]:
    """Character of each letter that a table of Qt names."""
    said: dict[int, int] = {}
    for first, last, one, many in re.findall(rb"<(\w+)> <(\w+)> (?:<(\w+)>|\[([^\]]*)\])", table.partition(b"beginbfrange")[2]):
        codes = [int(one, 16) + k for k in range(int(last, 16) - int(first, 16) + 1)] if one else [int(c, 16) for c in re.findall(rb"<(\w+)>", many)]
        said |= {int(first, 16) + k: code for k, code in enumerate(codes) if code}
    return said


def _table(characters: dict[int, int]) -> bytes:
    # ligatures are said letter by letter
    said = {cid: unicodedata.normalize("NFKC", chr(code)) if 0xfb00 <= code <= 0xfb06 else chr(code) for cid, code in characters.items()}
    entries = [b"<%04X> <%s>" % (cid, text.encode("utf-16-be").hex().encode()) for cid, text in sorted(said.items())]
    groups = [entries[k:k + 100] for k in range(0, len(entries), 100)]
    body = b"\n".join(b"%d beginbfchar\n%s\nendbfchar" % (len(group), b"\n".join(group)) for group in groups)
    return (b"/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
            b"/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
            b"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n" + body
            + b"\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n")


def _updated(data: bytes, changed: dict[int, bytes]) -> bytes:
    """The file with objects replaced by an update at its end, as the format has it."""
    trailer = data.rpartition(b"trailer")[2]
    size, root = re.search(rb"/Size (\d+)", trailer), re.search(rb"/Root \d+ 0 R", trailer)
    start = re.search(rb"startxref\s+(\d+)", trailer)
    if not changed or size is None or root is None or start is None:
        return data
    out, offsets = bytearray(data), {}
    for number, stream in sorted(changed.items()):
        offsets[number] = len(out) + 1
        out += b"\n%d 0 obj\n<< /Length %d >>\nstream\n%s\nendstream\nendobj\n" % (number, len(stream), stream)
    at = len(out)
    out += b"xref\n" + b"".join(b"%d 1\n%010d 00000 n \n" % item for item in offsets.items())
    info = re.search(rb"/Info \d+ 0 R", trailer)
    out += b"trailer\n<< /Size %s %s %s /Prev %s >>\nstartxref\n%d\n%%%%EOF\n" % (size[1], root[0], info[0] if info else b"", start[1], at)
    return bytes(out)
