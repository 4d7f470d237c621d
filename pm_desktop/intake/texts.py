"""CSV as clerks send it: UTF-8, GB18030 or both in one file, cut letters, open quotes, NUL bytes."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pm_desktop.base.errors import InputRefused, Where
from pm_desktop.base.label import Label

MIXED = "utf-8+gb18030"
_PIECE = 1 << 20
_CJK = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
Note = Callable[[int, str, Label], None]


def encoding_of(file: Path) -> str:
    """Encoding of a whole file: UTF-8 or GB18030 where all of it is, else both, line by line.

    Raises
    ------
    InputRefused
        It holds NUL bytes: it is no text.
    """
    with open(file, "rb") as stream:
        head = stream.read(3)
    for mark, name in _BOMS.items():
        if head.startswith(mark):
            return MIXED if name == "utf-8-sig" and not _decodes(file, "utf-8") else name
    _refuse_nul(file)
    if _decodes(file, "utf-8"):
        return "utf-8"
    return "gb18030" if _decodes(file, "gb18030") and not _has_utf8_lines(file) else MIXED


def _pieces(file: Path) -> Iterator[bytes]:
    with open(file, "rb") as stream:
        while piece := stream.read(_PIECE):
            yield piece


def _decodes(file: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for piece in _pieces(file):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _has_utf8_lines(file: Path) -> bool:
    with open(file, "rb") as stream:
        return any(_is_utf8(line) for line in stream if not line.isascii())


def _is_utf8(line: bytes) -> bool:
    """Whether a line is Chinese in UTF-8; two letters of GB18030 may pass for one of another script, never for a line of Chinese."""
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    strange = [c for c in text if ord(c) > 127]
    return len(_CJK.findall(text)) * 2 > len(strange)


def _refuse_nul(file: Path) -> None:
    lines = 1
    for piece in _pieces(file):
        at = piece.find(b"\0")
        if at >= 0:
            lines += piece.count(b"\n", 0, at)
            raise InputRefused("not_text", Label(f"文件第 {lines} 行含有空字节，不是文本表格", f"line {lines} holds a NUL byte: this is no text table"),
                               Label("请另存为 CSV 或 XLSX", "save it as CSV or XLSX"), Where(file=str(file), row=max(lines - 1, 0)))
        lines += piece.count(b"\n")


@dataclass(slots=True)
class Lines:
    """Lines of a file as text; remembers what was odd about the newest record."""

    file: Path
    encoding: str
    odd: str | None = None
    quotes: int = 0
    taken: int = 0

    def __iter__(self) -> Iterator[str]:
        for text in self._mixed() if self.encoding == MIXED else self._plain():
            self.quotes += text.count('"')
            self.taken += 1
            yield text

    def _plain(self) -> Iterator[str]:
        with open(self.file, encoding=self.encoding, newline="") as stream:
            yield from stream

    def _mixed(self) -> Iterator[str]:
        with open(self.file, "rb") as stream:
            for number, line in enumerate(stream):
                raw = line.removeprefix(codecs.BOM_UTF8) if number == 0 else line
                if raw.isascii():
                    yield raw.decode()
                    continue
                encoding = "utf-8" if _is_utf8(raw) else "gb18030"
                try:
                    text = raw.decode(encoding)
                except UnicodeDecodeError:
                    # a letter cut in half, often at the end of a field of fixed length
                    text = raw.decode(self._nearest(raw), "replace")
                    self.odd = "broken"
                yield text

    @staticmethod
    def _nearest(raw: bytes) -> str:
        return min(("utf-8", "gb18030"), key=lambda e: raw.decode(e, "replace").count("\ufffd"))

    def reset(self) -> None:
        """A record ends here."""
        self.odd, self.quotes, self.taken = None, 0, 0


BROKEN = Label("本行有无法识别的文字（可能被截断），已用 � 代替", "letters of this row cannot be read (cut off?) and stand as �")
LONGER = Label("本行的列比列名多，多出的内容未导入", "this row has more cells than there are column names; what is beyond was left out")


def records(file: Path, encoding: str, delimiter: str, note: Note) -> Iterator[list[str]]:
    """Rows of cells with the header first; what is odd about one goes to ``note`` (row, code, words).

    Raises
    ------
    InputRefused
        A quotation mark that opens is never closed, or a cell is beyond measure.
    """
    lines = Lines(file, encoding)
    row, width = 0, 0
    try:
        for cells in csv.reader(iter(lines), delimiter=delimiter):
            last_open = lines.taken > 1 and lines.quotes % 2 == 1
            if last_open:
                raise _unclosed(file, row)
            if any(c.strip() for c in cells):
                if row and lines.odd:
                    note(row, "text_broken", BROKEN)
                if row and any(c.strip() for c in cells[width:]):
                    note(row, "cells_extra", LONGER)
                width = width or len(cells)
                yield cells
                row += 1
            lines.reset()
    except csv.Error as error:
        raise InputRefused("file_unreadable", Label(f"CSV 第 {row} 行无法读取", f"row {row} of the CSV cannot be read: {error}"),
                           Label("请重新导出该文件", "export the file again"), Where(file=str(file), row=row)) from error


def _unclosed(file: Path, row: int) -> InputRefused:
    return InputRefused("quote_open", Label(f"第 {row} 行有引号没有配对，其后的内容无法分行", f"a quotation mark of row {row} is never closed"),
                        Label("请补上引号，或用表格软件重新另存", "close it, or save the file again with a spreadsheet program"), Where(file=str(file), row=row))


def delimiter_of(first: str) -> str:
    """Comma, semicolon, tab or bar: what the header has most of."""
    return max(",;\t|", key=first.count)


def first_line(file: Path, encoding: str) -> str:
    """The first line as text."""
    return next(iter(Lines(file, encoding)), "")


def cells_of(header: list[str]) -> list[str]:
    """Column names without spaces around them."""
    return [c.strip() for c in header]


def padded(cells: list[Any], width: int) -> list[Any]:
    """A row as wide as the header."""
    return (cells + [""] * (width - len(cells)))[:width]
