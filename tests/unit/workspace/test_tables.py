"""Tables are sorted, filtered, summed and exported as a person expects, and keep what is unknown apart from nought."""

from __future__ import annotations

import csv
import io
import json
import statistics
from datetime import timedelta
from pathlib import Path

import numpy as np
import openpyxl
import pyogrio
import pytest

from pm_desktop.base.errors import Cancelled, InputRefused
from pm_desktop.base.jobs import JobContext
from pm_desktop.domain.records import Complaint, Compound, Firm, ServiceProject, Town, Zone
from pm_desktop.storage.database import Database
from pm_desktop.storage.moments import moment
from pm_desktop.storage.query import Between
from pm_desktop.workspace.export import SUFFIXES, Order, export_rows, safe
from pm_desktop.workspace.profile import load_profile
from pm_desktop.workspace.selection import as_ids, box_of
from pm_desktop.workspace.tablepack import Months, Range, TableData, Values
from pm_desktop.workspace.tables import Scope, build_table, by_pinyin

CTX = JobContext()


@pytest.fixture
def homes(tiny_sample: str, tmp_path: Path) -> TableData:
    return TableData(build_table(CTX, tiny_sample, Scope("Compound"), str(tmp_path / "t")))


def test_the_complaint_rate_is_that_of_the_profile(tiny_sample: str, homes: TableData) -> None:
    rate, firm = homes.index("complaint_rate"), homes.index("firm")
    for row in range(0, len(homes), 9):
        profile = load_profile(CTX, tiny_sample, homes.ids[row].decode())
        said = {i.label.zh: i.value for b in profile.blocks for i in b.items}
        assert homes.text(row, rate, "zh") == (said["有效投诉率"] or "未填报")
        assert homes.text(row, firm, "zh") == (said["物业服务企业"] or "未填报")


def test_rates_of_zones_and_firms_count_their_own_complaints(tiny_sample: str, tmp_path: Path) -> None:
    with Database.open(tiny_sample, read_only=True) as db:
        start = moment(db, None) - timedelta(days=365)
        valid = [z for z, v in db.rows(Complaint, ("zone_id", "valid"), {"received_at": Between(start, None)}) if v is not False]
        area = dict(db.rows(Zone, ("id", "total_exclusive_area_m2")))
        firm = dict(db.rows(ServiceProject, ("zone_id", "firm_id")))
    for entity, owner in (("Zone", lambda z: z), ("Firm", firm.get)):
        table = TableData(build_table(CTX, tiny_sample, Scope(entity), str(tmp_path / "t")))
        column = table.index("complaint_rate")
        for row in range(0, len(table), 5):
            mine = [z for z in area if owner(z) == table.ids[row].decode() and area[z] is not None]
            wanted = sum(z in set(mine) for z in valid) / (float(sum(area[z] for z in mine)) / 100_000) if mine else np.nan
            assert table.values(column)[row] == pytest.approx(wanted, nan_ok=True)


def test_sorting_is_stable_and_puts_the_unknown_last(homes: TableData) -> None:
    for number, column in enumerate(homes.columns):
        values = homes.values(number)
        unknown = np.isnan(values) if values.dtype.kind == "f" else values < 0
        for descending in (False, True):
            order = homes.order(number, descending)
            known = [(-values[r] if descending else values[r], r) for r in order.tolist() if not unknown[r]]
            assert known == sorted(known), column.key
            assert not unknown[order[:len(known)]].any() and sorted(order.tolist()) == list(range(len(homes)))


def test_chinese_sorts_by_pinyin(homes: TableData) -> None:
    assert sorted(["周浦镇", "三林镇", "北蔡镇", "A1", "张江镇", "曹路镇"], key=by_pinyin) == ["A1", "北蔡镇", "曹路镇", "三林镇", "张江镇", "周浦镇"]
    town = homes.index("town")
    names = [homes.text(r, town, "zh") for r in homes.order(town, False).tolist()]
    known = [n for n in names if n != "未填报"]
    assert known == sorted(known, key=by_pinyin) and len(set(known)) > 3


def test_filters_find_what_a_loop_over_the_cells_finds(homes: TableData) -> None:
    typed = "浦"
    texts = [[homes.text(r, c, lang) for c in range(len(homes.columns)) for lang in ("zh", "en")
              if homes.columns[c].kind in ("text", "words") and homes.values(c)[r] >= 0] for r in range(len(homes))]
    assert homes.containing(typed).tolist() == [any(typed in t for t in row) for row in texts]
    assert homes.containing("").all() and not homes.containing("没有这样的字").any()
    assert homes.containing("commodity").sum() + homes.containing("relocation").sum() > 0
    area = homes.index("floor_area_m2")
    values = homes.values(area)
    kept = homes.matching("floor_area_m2", Range(40_000, 90_000))
    assert kept.tolist() == [bool(40_000 <= v <= 90_000) for v in values] and 0 < kept.sum() < len(homes)
    types = homes.values(homes.index("housing_type"))
    assert homes.matching("housing_type", Values(frozenset({0, -1}))).tolist() == [c in (0, -1) for c in types]
    busy = homes.matching("months", Months(frozenset({11})))
    assert busy.tolist() == (homes.arrays["months"][:, 11] > 0).tolist()


def test_sums_leave_the_unknown_out_and_count_it(tiny_sample: str, homes: TableData) -> None:
    with Database.open(tiny_sample, read_only=True) as db:
        areas = [a for (a,) in db.rows(Compound, ("floor_area_m2",))]
    known = [float(a) for a in areas if a is not None]
    found = homes.summary(homes.index("floor_area_m2"), np.arange(len(homes)))
    assert found.total == pytest.approx(sum(known)) and found.mean == pytest.approx(statistics.mean(known))
    assert (found.known, found.unknown) == (len(known), len(areas) - len(known))
    assert homes.summary(homes.index("complaint_rate"), np.arange(len(homes))).total is None, "a sum of rates means nothing"
    nothing = homes.summary(homes.index("floor_area_m2"), np.zeros(0, np.int64))
    assert nothing.total is None and nothing.mean is None


def test_scopes(tiny_sample: str, tmp_path: Path, homes: TableData) -> None:
    out = str(tmp_path / "t")
    with Database.open(tiny_sample, read_only=True) as db:
        town = db.rows(Compound, ("town_code",), limit=1)[0][0]
        mine = {i for i, t in db.rows(Compound, ("id", "town_code")) if t == town}
        theirs = sum(c in mine for (c,) in db.rows(Complaint, ("compound_id",)))
        name = next(n for c, n in db.rows(Town, ("code", "name")) if c == town)
    inside = TableData(build_table(CTX, tiny_sample, Scope("Compound", town=town), out))
    assert {i.decode() for i in inside.ids.tolist()} == mine and inside.text(0, inside.index("town"), "zh") == name
    assert len(TableData(build_table(CTX, tiny_sample, Scope("Complaint", town=town), out))) == theirs
    two = TableData(build_table(CTX, tiny_sample, Scope("Compound", ids=homes.ids[:2]), out))
    assert set(two.ids.tolist()) == set(homes.ids[:2].tolist())
    nothing = TableData(build_table(CTX, tiny_sample, Scope("Compound", area=box_of(10, 10, 11, 11)), out))
    assert len(nothing) == 0 and nothing.order(0, False).tolist() == []
    assert len(TableData(build_table(CTX, tiny_sample, Scope("Compound", ids=as_ids(())), out))) == 0


def test_personal_data_is_masked(tiny_sample: str, tmp_path: Path) -> None:
    table = TableData(build_table(CTX, tiny_sample, Scope("Firm"), str(tmp_path / "t")))
    with Database.open(tiny_sample, read_only=True) as db:
        names = {n for (n,) in db.rows(Firm, ("contact_name",)) if n}
    shown = {table.text(r, table.index("contact_name"), "zh") for r in range(len(table))}
    assert names and not names & shown and all(n.endswith("*") or n == "未填报" for n in shown)
    assert not any(n.encode() in table.arrays["find_blob"].tobytes() for n in names), "nor can they be guessed by typing"


def order_of(homes: TableData) -> Order:
    return Order(str(homes.arrays.path), homes.order(homes.index("complaint_rate"), True), ("name", "complaint_rate", "housing_type", "contract_end"),
                 "zh", "小区", "示例数据")


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_exports_hold_every_row_in_order(tiny_sample: str, tmp_path: Path, homes: TableData, suffix: str) -> None:
    order, out = order_of(homes), tmp_path / f"rows{suffix}"
    assert export_rows(CTX, tiny_sample, order, str(out)) == len(homes)
    wanted = [homes.text(r, 0, "zh") for r in order.rows.tolist()]
    if suffix == ".csv":
        assert out.read_bytes().startswith(b"\xef\xbb\xbf")
        rows = list(csv.reader(io.StringIO(out.read_text("utf-8-sig"))))
        assert rows[0][1] == "投诉率·12个月（件/10万㎡）" and [r[0] for r in rows[1:-1]] == wanted
        assert "来源: 示例数据" in rows[-1][0] and "数据截至" in rows[-1][0]
    elif suffix == ".xlsx":
        book = openpyxl.load_workbook(out)
        assert [r[0] for r in book.worksheets[0].iter_rows(min_row=2, values_only=True)] == wanted
        assert dict(book.worksheets[1].iter_rows(values_only=True))["来源"] == "示例数据"
        assert isinstance(book.worksheets[0]["B2"].value, int | float)
    elif suffix == ".geojson":
        found = json.loads(out.read_text("utf-8"))
        assert [f["properties"]["名称"] for f in found["features"]] == wanted and found["comment"]["来源"] == "示例数据"
        assert {f["geometry"]["type"] for f in found["features"]} <= {"Polygon", "MultiPolygon", "Point"}
    else:
        meta, _, _, fields = pyogrio.raw.read(out)
        assert fields[list(meta["fields"]).index("名称")].tolist() == wanted
        assert "示例数据" in pyogrio.read_info(out, layer="rows")["layer_metadata"]["DESCRIPTION"]


def test_no_cell_is_taken_for_a_formula() -> None:
    for text in ("=1+1", "+86", "-2", "@SUM(A1)", "\tx"):
        assert safe(text) == "'" + text
    assert safe("晨村一村") == "晨村一村" and safe("A-1") == "A-1"


class Impatient(JobContext):
    def progress(self, fraction: float, note: str = "") -> None:
        raise Cancelled


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_cancelled_export_leaves_nothing_behind(tiny_sample: str, tmp_path: Path, homes: TableData, suffix: str,
                                                  monkeypatch: pytest.MonkeyPatch) -> None:
    folder, temporary = tmp_path / "out", tmp_path / "temporary"
    folder.mkdir()
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    with pytest.raises(Cancelled):
        export_rows(Impatient(), tiny_sample, order_of(homes), str(folder / f"rows{suffix}"))
    assert list(folder.iterdir()) == list(temporary.iterdir()) == []


def test_exports_that_cannot_be_are_refused(tiny_sample: str, tmp_path: Path, homes: TableData) -> None:
    for out in (tmp_path / "rows.doc", tmp_path / "nowhere" / "rows.csv"):
        with pytest.raises(InputRefused):
            export_rows(CTX, tiny_sample, order_of(homes), str(out))
