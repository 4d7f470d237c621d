"""Opens a file as a table: columns, rows, geometries, what it says of its encoding and coordinates.

Every fault of the file itself is an `InputRefused` (exit 3): nothing of it is stored.
"""

from __future__ import annotations

import csv
import itertools
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pm_desktop.base.errors import InputRefused, Where
from pm_desktop.base.label import Label

CHUNK = 20_000
MAX_UNPACKED = 600 * 2**20
MAX_RATIO = 200
VECTOR = (".geojson", ".json", ".gpkg", ".shp")
Row = list[Any]


@dataclass(slots=True)
class Source:
    """A file opened as a table; ``chunks()`` gives rows and their WKB (None in tables without geometry)."""

    path: Path
    columns: list[str]
    encoding: str | None
    crs: str | None
    has_geometry: bool
    total: int | None
    _rows: Iterator[tuple[Row, bytes | None]] = field(default_factory=lambda: iter(()))

    def chunks(self, size: int = CHUNK) -> Iterator[list[tuple[Row, bytes | None]]]:
        """Rows in lists; may be walked once."""
        while part := list(itertools.islice(self._rows, size)):
            yield part


def refuse(path: Path, code: str, zh: str, en: str, way_zh: str, way_en: str) -> InputRefused:
    """An `InputRefused` that names the file."""
    return InputRefused(code, Label(zh, en), Label(way_zh, way_en), Where(file=str(path)))


def open_source(path: str | Path) -> Source:
    """Open a file by its kind."""
    file = Path(path)
    if not file.exists():
        raise refuse(file, "file_missing", "文件不存在", "there is no such file", "请检查路径", "check the path")
    if file.is_dir():
        raise refuse(file, "is_folder", "这是文件夹，不是文件", "this is a folder, not a file", "请选择其中的文件", "choose a file in it")
    if file.stat().st_size == 0:
        raise refuse(file, "file_empty", "文件是空的", "the file is empty", "请检查来源文件", "check where it comes from")
    suffix = file.suffix.lower()
    if suffix in VECTOR:
        return _vector(file)
    if suffix in (".csv", ".txt", ".tsv"):
        return _csv(file)
    if suffix in (".xlsx", ".xlsm"):
        return _xlsx(file)
    raise refuse(file, "kind_unknown", f"不支持的文件类型“{suffix}”", f"files of kind {suffix!r} are not supported",
                 "可用：GeoJSON、GeoPackage、Shapefile、CSV、XLSX", "use GeoJSON, GeoPackage, Shapefile, CSV or XLSX")


def _vector(file: Path) -> Source:
    import pyogrio
    from pyogrio.errors import CRSError, DataLayerError, DataSourceError, FieldError, GeometryError

    if file.suffix.lower() == ".shp":
        lost = [s for s in (".shx", ".dbf") if not file.with_suffix(s).exists() and not file.with_suffix(s.upper()).exists()]
        if lost:
            raise refuse(file, "shapefile_incomplete", f"缺少同名的 {'、'.join(lost)} 文件", f"the {', '.join(lost)} file beside it is missing",
                         "请把整套 Shapefile 放在同一文件夹", "put the whole shapefile into one folder")
    try:
        encoding = _dbf_encoding(file)
        meta, _, geometry, values = pyogrio.raw.read(str(file), force_2d=True, encoding=encoding, datetime_as_string=True)
    except (DataSourceError, DataLayerError, FieldError, GeometryError, CRSError, UnicodeDecodeError, ValueError, RuntimeError) as error:
        raise refuse(file, "file_unreadable", "文件无法读取，可能被截断或格式不符", f"the file cannot be read: {error}",
                     "请重新导出或重新复制该文件", "export or copy the file again") from error
    columns = [str(c) for c in meta["fields"]]
    n = len(geometry) if geometry is not None else (len(values[0]) if values else 0)
    rows = zip((list(r) for r in zip(*values, strict=True)) if values else ([] for _ in range(n)),
               geometry if geometry is not None else itertools.repeat(None, n), strict=True)
    return Source(file, columns, encoding, _crs_name(meta.get("crs")), geometry is not None, n, iter(rows))


def _dbf_encoding(file: Path) -> str | None:
    """Encoding of a shapefile's table: what .cpg says, else UTF-8 or GB18030 by its bytes."""
    if file.suffix.lower() != ".shp" or file.with_suffix(".cpg").exists():
        return None
    table = next(p for p in (file.with_suffix(".dbf"), file.with_suffix(".DBF")) if p.exists())
    with open(table, "rb") as stream:
        return sniff_encoding(stream.read(1 << 20))


def _crs_name(declared: str | None) -> str | None:
    if not declared:
        return None
    if declared.upper().startswith("EPSG:") or "CRS84" in declared.upper():
        return declared if declared.upper().startswith("EPSG:") else "EPSG:4326"
    from pyproj import CRS

    code = CRS.from_user_input(declared).to_epsg(min_confidence=40)
    return f"EPSG:{code}" if code else None


def sniff_encoding(head: bytes) -> str:
    """UTF-8 where the bytes are valid UTF-8 (a letter cut off at the end is forgiven), else GB18030."""
    if head.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    for cut in range(4):
        try:
            head[:len(head) - cut].decode("utf-8")
            return "utf-8"
        except UnicodeDecodeError:
            continue
    return "gb18030"


def _csv(file: Path) -> Source:
    with open(file, "rb") as raw:
        head = raw.read(1 << 20)
    if b"\0" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise refuse(file, "not_text", "文件不是文本表格", "the file is no text table", "请另存为 CSV 或 XLSX", "save it as CSV or XLSX")
    encoding = sniff_encoding(head)
    first = head.decode(encoding, "replace").splitlines()[0]
    delimiter = max(",;\t|", key=first.count)
    csv.field_size_limit(64 * 2**20)
    with open(file, encoding=encoding, errors="replace", newline="") as stream:
        header = [c.strip() for c in next(csv.reader(stream, delimiter=delimiter), [])]
    if len([c for c in header if c]) < 2:
        raise refuse(file, "header_wrong", "第一行不是列名", "the first line holds no column names", "请让第一行成为列名", "make the first line the column names")
    return Source(file, header, encoding, None, False, None, _lines(file, encoding, delimiter, len(header)))


def _lines(file: Path, encoding: str, delimiter: str, width: int) -> Iterator[tuple[Row, bytes | None]]:
    with open(file, encoding=encoding, errors="replace", newline="") as stream:
        reader = csv.reader(stream, delimiter=delimiter)
        next(reader, None)
        for line in reader:
            if any(cell.strip() for cell in line):
                yield (line + [""] * (width - len(line)))[:width], None


def _xlsx(file: Path) -> Source:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with zipfile.ZipFile(file) as archive:
            unpacked = sum(i.file_size for i in archive.infolist())
            packed = max(sum(i.compress_size for i in archive.infolist()), 1)
    except (zipfile.BadZipFile, OSError) as error:
        raise refuse(file, "file_unreadable", "不是有效的 XLSX 文件", f"no valid XLSX file: {error}", "请用表格软件重新另存", "save it again") from error
    if unpacked > MAX_UNPACKED or (unpacked > 32 * 2**20 and unpacked / packed > MAX_RATIO):
        raise refuse(file, "too_large_unpacked", "文件解压后异常大，已拒收", "the file unpacks to an abnormal size and is refused",
                     "请确认来源，或改用 CSV", "check where it comes from, or use CSV")
    try:
        book = CalamineWorkbook.from_path(str(file))
        data = book.get_sheet_by_index(0).to_python(skip_empty_area=True)
    except (CalamineError, OSError, ValueError, IndexError) as error:
        raise refuse(file, "file_unreadable", "XLSX 文件无法读取", f"the XLSX file cannot be read: {error}", "请用表格软件重新另存", "save it again") from error
    start = next((i for i, row in enumerate(data[:20]) if sum(bool(str(c).strip()) for c in row) >= 2), None)
    if start is None:
        raise refuse(file, "header_wrong", "没有找到列名行", "there is no row of column names", "请让第一行成为列名", "make the first line the column names")
    header = [str(c).strip() for c in data[start]]
    rows = ((list(row), None) for row in data[start + 1:] if any(str(c).strip() for c in row))
    return Source(file, header, None, None, False, len(data) - start - 1, rows)
