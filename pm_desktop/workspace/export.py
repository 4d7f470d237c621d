"""Job: write rows of a table pack to CSV, XLSX, GeoJSON or GeoPackage, with source and date.

What is masked on the screen is masked in the file, since both come from the same pack. Texts that a spreadsheet would
take for a formula get an apostrophe in front.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pm_desktop.base.errors import InputRefused
from pm_desktop.base.errors import Where as Place
from pm_desktop.base.jobs import JobContext
from pm_desktop.base.label import Label, Lang
from pm_desktop.storage.database import Database
from pm_desktop.workspace.selection import SOURCES
from pm_desktop.workspace.tablepack import Column, TableData, written

CHUNK = 2_000
SUFFIXES = (".csv", ".xlsx", ".geojson", ".gpkg")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Order:
    """What to export: the pack, its rows in order (n,), the columns in order, language, title and where the rows come from."""

    pack: str
    rows: NDArray[np.int64]
    columns: tuple[str, ...]
    lang: Lang
    title: str
    source: str


def export_rows(ctx: JobContext, location: str, order: Order, out: str) -> int:
    """Write the rows to ``out``, its ending tells the format; returns how many. Cancelled, it leaves nothing behind.

    Raises
    ------
    InputRefused
        The ending is none of ``SUFFIXES``, or the place cannot be written.
    """
    target = Path(out)
    write = _WRITERS.get(target.suffix.lower())
    if write is None:
        raise InputRefused("export_format", Label(f"不能导出为 {target.suffix or '无后缀'} 文件", f"cannot export to {target.suffix or 'no ending'}"),
                           Label("请用 .csv、.xlsx、.geojson 或 .gpkg", "use .csv, .xlsx, .geojson or .gpkg"), Place(file=out))
    part = target.with_name(f".{target.stem}.{os.getpid()}.part{target.suffix.lower()}")
    try:
        write(ctx, location, order, part)
        os.replace(part, target)
    except OSError as error:
        raise InputRefused("place_not_writable", Label("无法写入该文件", f"cannot write the file: {error}"),
                           Label("请关闭占用它的程序，或换一个位置", "close what uses it, or choose another place"), Place(file=out)) from error
    finally:
        part.unlink(missing_ok=True)
    return len(order.rows)


class _Rows:
    """Cells of the rows in order, a chunk at a time."""

    def __init__(self, order: Order) -> None:
        self.data = TableData(order.pack)
        self.order = order
        self.numbers = [self.data.index(key) for key in order.columns]
        self.columns = [self.data.columns[i] for i in self.numbers]
        self.notes = _notes(order, self.data)

    def headers(self) -> list[str]:
        return [safe(header(c, self.order.lang)) for c in self.columns]

    def chunks(self, ctx: JobContext) -> Iterator[NDArray[np.int64]]:
        for at in range(0, len(self.order.rows), CHUNK):
            ctx.progress(at / len(self.order.rows), "")
            yield self.order.rows[at:at + CHUNK]

    def cells(self, row: int) -> list[Any]:
        """Numbers as numbers, all else as safe text, what is unknown as None."""
        return [self._cell(row, number, column) for number, column in zip(self.numbers, self.columns, strict=True)]

    def _cell(self, row: int, number: int, column: Column) -> Any:
        value = self.data.values(number)[row]
        if column.kind in ("text", "words"):
            return safe(self.data.word(number, int(value), self.order.lang)) if value >= 0 else None
        if value != value:
            return None
        if column.kind == "number":
            return round(float(value), 6) if column.digits else round(float(value))
        return written(column, float(value), self.order.lang)


def header(column: Column, lang: Lang) -> str:
    """Words of a column with its unit."""
    return column.label.text(lang) + (f"（{column.unit}）" if column.unit and lang == "zh" else f" ({column.unit})" if column.unit else "")


def safe(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


_UNKNOWN = Label("空白单元格为未填报；姓名、电话、室号已脱敏", "empty cells are not reported; names, telephones and flats are masked")
_NOTES = (Label("内容", "Content"), Label("来源", "Source"), Label("数据截至", "Data as of"), Label("导出时间（UTC）", "Exported (UTC)"),
          Label("行数", "Rows"), Label("说明", "Note"))


def _notes(order: Order, data: TableData) -> list[tuple[str, str]]:
    values = (order.title, order.source, data.as_of or "", f"{datetime.now(UTC):%Y-%m-%d %H:%M}", str(len(order.rows)), _UNKNOWN.text(order.lang))
    return [(label.text(order.lang), safe(value)) for label, value in zip(_NOTES, values, strict=True)]


def _comment(rows: _Rows) -> str:
    return "; ".join(f"{name}: {value}" for name, value in rows.notes)


def _csv(ctx: JobContext, location: str, order: Order, out: Path) -> None:
    rows = _Rows(order)
    with open(out, "w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(rows.headers())
        for chunk in rows.chunks(ctx):
            writer.writerows([["" if c is None else c for c in rows.cells(r)] for r in chunk.tolist()])
        writer.writerow([f"# {_comment(rows)}"])


def _xlsx(ctx: JobContext, location: str, order: Order, out: Path) -> None:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    rows = _Rows(order)
    book = Workbook(write_only=True)
    sheet = book.create_sheet(Label("数据", "Data").text(order.lang))
    sheet.freeze_panes = "B2"
    for number, column in enumerate(rows.columns):
        sheet.column_dimensions[get_column_letter(number + 1)].width = 14 if column.kind != "text" else 24
    head = [WriteOnlyCell(sheet, value) for value in rows.headers()]
    for cell in head:
        cell.font = Font(bold=True)
    sheet.append(head)
    formats = ["#,##0" + ("." + "0" * c.digits if c.digits else "") if c.kind == "number" and (c.unit or c.sums) else None for c in rows.columns]
    try:
        _fill(ctx, sheet, rows, formats)
    except BaseException:
        sheet.close()  # a sheet that is left open complains when it is forgotten
        sheet._writer.cleanup()  # its rows lie in a temporary file until the book is saved
        raise
    notes = book.create_sheet(Label("说明", "Notes").text(order.lang))
    notes.column_dimensions["A"].width, notes.column_dimensions["B"].width = 18, 80
    for pair in rows.notes:
        notes.append(pair)
    book.save(out)


def _fill(ctx: JobContext, sheet: Any, rows: _Rows, formats: list[str | None]) -> None:
    from openpyxl.cell import WriteOnlyCell

    for chunk in rows.chunks(ctx):
        for row in chunk.tolist():
            cells = zip(rows.cells(row), formats, strict=True)
            sheet.append([_formatted(WriteOnlyCell(sheet, v), f) if f and v is not None else v for v, f in cells])


def _formatted(cell: Any, number_format: str) -> Any:
    cell.number_format = number_format
    return cell


def _geojson(ctx: JobContext, location: str, order: Order, out: Path) -> None:
    import shapely

    rows, names = _Rows(order), _names(order)
    with open(out, "w", encoding="utf-8") as stream:
        stream.write('{"type": "FeatureCollection", "comment": ' + json.dumps(dict(rows.notes), ensure_ascii=False) + ', "features": [')
        comma = "\n"
        for chunk in rows.chunks(ctx):
            shapes = shapely.to_geojson(_geometry(location, rows.data, chunk))
            for row, shape in zip(chunk.tolist(), shapes.tolist(), strict=True):
                facts = json.dumps(dict(zip(names, rows.cells(row), strict=True)), ensure_ascii=False)
                stream.write(f'{comma}{{"type": "Feature", "geometry": {shape or "null"}, "properties": {facts}}}')
                comma = ",\n"
        stream.write("\n]}\n")


def _gpkg(ctx: JobContext, location: str, order: Order, out: Path) -> None:
    import pyogrio.raw
    import shapely

    from pm_desktop.base.crs import STORED

    rows = _Rows(order)
    for at, chunk in enumerate(rows.chunks(ctx)):
        cells = list(zip(*(rows.cells(r) for r in chunk.tolist()), strict=True))
        data, masks = zip(*(_field(c, values) for c, values in zip(rows.columns, cells, strict=True)), strict=True)
        pyogrio.raw.write(out, shapely.to_wkb(_geometry(location, rows.data, chunk)), list(data), _names(order), field_mask=list(masks),
                          layer="rows", driver="GPKG", geometry_type="Unknown", crs=STORED, append=at > 0,
                          layer_metadata={"DESCRIPTION": _comment(rows)} if at == 0 else None)


def _field(column: Column, values: Sequence[Any]) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    mask = np.array([v is None for v in values], bool)
    if column.kind == "number":
        return np.array([0.0 if v is None else v for v in values], float), mask
    return np.array(["" if v is None else v for v in values], object), mask


def _names(order: Order) -> list[str]:
    """Names of the fields: the words of the columns, told apart where two are alike."""
    data = TableData(order.pack)
    words = [data.columns[data.index(key)].label.text(order.lang) for key in order.columns]
    return [w if words.count(w) == 1 else f"{w} {key}" for w, key in zip(words, order.columns, strict=True)]


def _geometry(location: str, data: TableData, rows: NDArray[np.int64]) -> NDArray[Any]:
    """Outlines where the entity has some, else the positions; None where nothing is known."""
    import shapely

    lonlat = data.arrays["lonlat"][rows]
    shapes = np.asarray(shapely.points(lonlat), object)
    shapes[np.isnan(lonlat).any(1)] = None
    source = SOURCES.get(data.layer)
    if source is not None and source.areas:
        ids = [i.decode() for i in data.ids[rows].tolist()]
        with Database.open(location, read_only=True) as db:
            outline = dict(db.rows(source.record, ("id", "geom"), {"id": ids}))
        found = shapely.from_wkb(np.array([outline.get(i) for i in ids], object))
        shapes = np.where(shapely.is_missing(found), shapes, found)
    return shapes


_WRITERS: dict[str, Callable[[JobContext, str, Order, Path], None]] = {".csv": _csv, ".xlsx": _xlsx, ".geojson": _geojson, ".gpkg": _gpkg}
