"""Opens a file as a table: columns, rows, geometries, what it says of its encoding and coordinates.

Every fault of the file itself is an `InputRefused` (exit 3): nothing of it is stored.
"""

from __future__ import annotations

import csv
import itertools
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pm_desktop.base.errors import InputRefused, Where, of_system
from pm_desktop.base.label import Label
from pm_desktop.intake import geojson, texts

CHUNK = 20_000
MAX_UNPACKED = 600 * 2**20
MAX_RATIO = 200
VECTOR = (".geojson", ".json", ".gpkg", ".shp")
Row = list[Any]


@dataclass(slots=True)
class Source:
    """A file opened as a table; ``chunks()`` gives rows and their WKB (None in tables without geometry).

    ``notes`` (row, code, words; row 0 is the file) grow while the rows are read.
    """

    path: Path
    columns: list[str]
    encoding: str | None
    crs: str | None
    has_geometry: bool
    total: int | None
    _rows: Iterator[tuple[Row, bytes | None]] = field(default_factory=lambda: iter(()))
    notes: list[tuple[int, str, Label]] = field(default_factory=list)

    def chunks(self, size: int = CHUNK) -> Iterator[list[tuple[Row, bytes | None]]]:
        """Rows in lists; may be walked once."""
        while part := list(itertools.islice(self._rows, size)):
            yield part


def refuse(path: Path, code: str, zh: str, en: str, way_zh: str, way_en: str) -> InputRefused:
    """An `InputRefused` that names the file."""
    return InputRefused(code, Label(zh, en), Label(way_zh, way_en), Where(file=str(path)))


def open_source(path: str | Path) -> Source:
    """Open a file by its kind.

    Raises
    ------
    InputRefused
        It is missing, locked, a folder, empty, or not what its name says.
    """
    file = Path(path)
    try:
        return _opened(file)
    except OSError as error:
        raise of_system(error, str(file)) from error


def _opened(file: Path) -> Source:
    if not file.exists():
        raise refuse(file, "file_missing", "文件不存在", "there is no such file", "请检查路径", "check the path")
    if file.is_dir():
        raise refuse(file, "is_folder", "这是文件夹，不是文件", "this is a folder, not a file", "请选择其中的文件", "choose a file in it")
    if not file.is_file():
        raise refuse(file, "file_odd", "这不是普通文件", "this is no ordinary file", "请选择普通文件", "choose an ordinary file")
    with open(file, "rb") as stream:
        if not stream.read(1):
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
    if file.suffix.lower() == ".shp":
        _check_shapefile(file)
    elif file.suffix.lower() != ".gpkg" and geojson.is_collection(file):
        columns, total, system = geojson.survey(file)
        return Source(file, columns, "utf-8", _crs_name(system or "EPSG:4326"), True, total, geojson.rows(file, columns))
    return _gdal(file)


def _gdal(file: Path) -> Source:
    import pyogrio

    encoding = _dbf_encoding(file)
    notes: list[tuple[int, str, Label]] = []
    with _gdal_faults(file, notes):
        meta = pyogrio.read_info(str(file), encoding=encoding, force_feature_count=True)
    columns = [str(c) for c in meta["fields"]]
    spatial = meta["geometry_type"] is not None
    return Source(file, columns, encoding, _crs_name(meta.get("crs")), spatial, int(meta["features"]), _gdal_rows(file, encoding, notes), notes)


def _gdal_rows(file: Path, encoding: str | None, notes: list[tuple[int, str, Label]]) -> Iterator[tuple[Row, bytes | None]]:
    """Rows in pieces, so that memory does not follow the file."""
    import pyogrio

    for start in itertools.count(0, CHUNK):
        with _gdal_faults(file, notes):
            _, _, geometry, values = pyogrio.raw.read(str(file), force_2d=True, encoding=encoding, datetime_as_string=True,
                                                      skip_features=start, max_features=CHUNK)
        n = len(geometry) if geometry is not None else (len(values[0]) if values else 0)
        for i in range(n):
            yield [column[i] for column in values], geometry[i] if geometry is not None else None
        if n < CHUNK:
            return


@contextmanager
def _gdal_faults(file: Path, notes: list[tuple[int, str, Label]]) -> Iterator[None]:
    """Faults of the library refuse the file, its warnings are noted once each."""
    from pyogrio.errors import CRSError, DataLayerError, DataSourceError, FieldError, GeometryError

    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        try:
            yield
        except (DataSourceError, DataLayerError, FieldError, GeometryError, CRSError, UnicodeDecodeError, ValueError, RuntimeError) as error:
            if "too complex/large" in str(error):
                raise refuse(file, "geometry_too_large", "有一个要素过大", f"one feature is too large: {error}",
                             "请简化该要素的图形后重试", "simplify its geometry and try again") from error
            raise refuse(file, "file_unreadable", "文件无法读取，可能被截断或格式不符", f"the file cannot be read: {error}",
                         "请重新导出或重新复制该文件", "export or copy the file again") from error
    for text in dict.fromkeys(str(w.message) for w in heard):
        if all(text not in words.en for _, _, words in notes):
            notes.append((0, "file_warning", Label(f"读取时的提醒：{text}", f"while reading: {text}")))


def _check_shapefile(file: Path) -> None:
    """A whole shapefile has its companions, and is as long as its headers say."""
    beside = {s: next((p for p in (file.with_suffix(s), file.with_suffix(s.upper())) if p.exists()), None) for s in (".shx", ".dbf")}
    lost = [s for s, p in beside.items() if p is None]
    if lost:
        raise refuse(file, "shapefile_incomplete", f"缺少同名的 {'、'.join(lost)} 文件", f"the {', '.join(lost)} file beside it is missing",
                     "请把整套 Shapefile 放在同一文件夹", "put the whole shapefile into one folder")
    table = beside[".dbf"]
    assert table is not None
    with open(file, "rb") as shapes, open(table, "rb") as rows:
        head, dbf = shapes.read(100), rows.read(32)
    promised = 2 * int.from_bytes(head[24:28], "big")
    n, start, width = (int.from_bytes(dbf[a:b], "little") for a, b in ((4, 8), (8, 10), (10, 12)))
    for part, size in ((file, promised), (table, start + n * width)):
        if part.stat().st_size < max(size, 32):
            raise refuse(file, "file_unreadable", f"{part.name} 被截断：应有 {size:,} 字节，实有 {part.stat().st_size:,} 字节",
                         f"{part.name} is cut off: {part.stat().st_size:,} of {size:,} bytes", "请重新导出或重新复制该文件", "export or copy the file again")


def _dbf_encoding(file: Path) -> str | None:
    """Encoding of a shapefile's table: what .cpg says, else UTF-8 or GB18030 by its bytes."""
    if file.suffix.lower() != ".shp" or file.with_suffix(".cpg").exists():
        return None
    table = next(p for p in (file.with_suffix(".dbf"), file.with_suffix(".DBF")) if p.exists())
    with open(table, "rb") as stream:
        head = stream.read(1 << 20)
    for cut in range(4):  # the last letter may be cut in half here
        try:
            head[:len(head) - cut].decode("utf-8")
        except UnicodeDecodeError:
            continue
        return "utf-8"
    return "gb18030"


def _crs_name(declared: str | None) -> str | None:
    if not declared:
        return None
    if declared.upper().startswith("EPSG:") or "CRS84" in declared.upper():
        return declared if declared.upper().startswith("EPSG:") else "EPSG:4326"
    from pyproj import CRS

    code = CRS.from_user_input(declared).to_epsg(min_confidence=40)
    return f"EPSG:{code}" if code else None


def _csv(file: Path) -> Source:
    encoding = texts.encoding_of(file)
    delimiter = texts.delimiter_of(texts.first_line(file, encoding))
    csv.field_size_limit(64 * 2**20)
    notes: list[tuple[int, str, Label]] = []
    rows = texts.records(file, encoding, delimiter, lambda row, code, words: notes.append((row, code, words)))
    header = texts.cells_of(next(rows, []))
    if len([c for c in header if c]) < 2:
        rows.close()  # type: ignore[attr-defined]
        raise refuse(file, "header_wrong", "第一行不是列名", "the first line holds no column names", "请让第一行成为列名", "make the first line the column names")
    width = len(header)
    return Source(file, header, encoding, None, False, None, ((texts.padded(cells, width), None) for cells in rows), notes)


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
