"""GeoJSON feature by feature: memory follows the largest feature, not the file.

Other dialects (TopoJSON, Esri) go to GDAL; this reads what says ``"features": [``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pm_desktop.base.errors import InputRefused, Where
from pm_desktop.base.label import Label

PIECE = 1 << 20
# a million vertices of a real outline take some 25 million letters
MAX_FEATURE = 64 * 2**20
_FEATURES = re.compile(r'"features"\s*:\s*\[')
_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[\s,]*")
UNREADABLE = b""


def is_collection(file: Path) -> bool:
    """Whether the file looks like a feature collection."""
    with open(file, encoding="utf-8-sig", errors="replace") as stream:
        return _FEATURES.search(stream.read(PIECE)) is not None


class _Reader:
    """A file as text of which only the part under the pen is held."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._stream = open(file, encoding="utf-8-sig")  # noqa: SIM115 - closed by features()
        self.text, self.at, self.done = "", 0, False

    def more(self) -> bool:
        """Read on; at least as much as is held, so that long values are not parsed over and over."""
        size = max(PIECE, len(self.text) - self.at)
        if size > MAX_FEATURE:
            raise _refused(self.file, "geometry_too_large", Label("有一个要素过大或括号不配对", "one feature is too large, or its brackets do not match"),
                           Label("请简化该要素的图形，或重新导出", "simplify its geometry, or export the file again"))
        try:
            piece = self._stream.read(size)
        except UnicodeDecodeError as error:
            raise broken(self.file, "不是 UTF-8 文本", "it is no UTF-8 text") from error
        self.text, self.at = self.text[self.at:] + piece, 0
        self.done = not piece
        return bool(piece)

    def skip(self) -> str:
        """The next letter that is neither space nor comma, which stays; empty at the end."""
        while True:
            found = _SPACE.match(self.text, self.at)
            self.at = found.end() if found else self.at
            if self.at < len(self.text) or not self.more():
                return self.text[self.at:self.at + 1]

    def value(self) -> Any:
        """The JSON value that begins here."""
        while True:
            try:
                found, end = _DECODER.raw_decode(self.text, self.at)
            except (json.JSONDecodeError, RecursionError) as error:
                if not isinstance(error, RecursionError) and self.more():
                    continue
                raise broken(self.file, "文件被截断或格式不符", f"cut off or malformed: {error}") from error
            # a number at the end of what is held may go on
            if end == len(self.text) and self.more():
                continue
            self.at = end
            return found

    def close(self) -> None:
        self._stream.close()


def _refused(file: Path, code: str, message: Label, remedy: Label) -> InputRefused:
    return InputRefused(code, message, remedy, Where(file=str(file)))


def broken(file: Path, zh: str, en: str) -> InputRefused:
    """The file is no whole GeoJSON."""
    return _refused(file, "file_unreadable", Label(f"GeoJSON 无法读取：{zh}", f"the GeoJSON cannot be read: {en}"),
                    Label("请重新导出或重新复制该文件", "export or copy the file again"))


def features(file: Path) -> Iterator[tuple[str, Any]]:
    """Members of the collection: ("feature", object) for each feature, (name, value) for every other member.

    Raises
    ------
    InputRefused
        The text is cut off or malformed; raised when the fault is reached.
    """
    reader = _Reader(file)
    try:
        if reader.skip() != "{":
            raise broken(file, "不是对象", "it is no object")
        reader.at += 1
        while (letter := reader.skip()) != "}":
            if letter != '"':
                raise broken(file, "文件被截断或格式不符", "cut off or malformed")
            name = reader.value()
            if reader.skip() != ":":
                raise broken(file, "文件被截断或格式不符", "cut off or malformed")
            reader.at += 1
            if name == "features" and reader.skip() == "[":
                reader.at += 1
                while reader.skip() != "]":
                    yield "feature", reader.value()
                reader.at += 1
            else:
                reader.skip()
                yield name, reader.value()
    finally:
        reader.close()


def survey(file: Path) -> tuple[list[str], int, str | None]:
    """(columns in the order of their appearance, features, declared system) of the whole file."""
    columns: dict[str, None] = {}
    count, system = 0, None
    for name, value in features(file):
        if name == "feature":
            count += 1
            if isinstance(value, dict) and isinstance(value.get("properties"), dict):
                columns |= dict.fromkeys(value["properties"])
        elif name == "crs" and isinstance(value, dict):
            system = (value.get("properties") or {}).get("name")
    return list(columns), count, _short(system)


def _short(system: Any) -> str | None:
    """``urn:ogc:def:crs:EPSG::4490`` → ``EPSG:4490``."""
    if not isinstance(system, str):
        return None
    found = re.search(r"EPSG:.*?(\d{4,6})$", system, re.IGNORECASE)
    return f"EPSG:{found[1]}" if found else system


def rows(file: Path, columns: list[str]) -> Iterator[tuple[list[Any], bytes | None]]:
    """Values and WKB of each feature; a geometry that is none is `UNREADABLE`."""
    for name, value in features(file):
        if name != "feature":
            continue
        if not isinstance(value, dict):
            yield [None] * len(columns), UNREADABLE
            continue
        properties = value.get("properties")
        given = properties if isinstance(properties, dict) else {}
        yield [_cell(given.get(c)) for c in columns], wkb(value.get("geometry"))


def _cell(value: Any) -> Any:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value


def wkb(geometry: Any) -> bytes | None:
    """WKB of a GeoJSON geometry; None for none."""
    import shapely
    from shapely.errors import ShapelyError
    from shapely.geometry import shape

    if geometry is None:
        return None
    try:
        return bytes(shapely.to_wkb(shape(geometry)))
    except (ShapelyError, ValueError, TypeError, KeyError, AttributeError, IndexError):
        return UNREADABLE
