"""Import of files: the faults of a clerk's real list, on files made here and on the acceptance set where it is present."""

from __future__ import annotations

import csv
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyogrio
import pytest
import shapely

from pm_desktop.base.errors import InputRefused, NotAllowed
from pm_desktop.base.jobs import JobContext
from pm_desktop.domain.records import Complaint, Compound, Contract, Device, Firm, WorkOrder, Zone
from pm_desktop.intake.importer import import_file, list_batches, rollback_batch
from pm_desktop.storage.database import Database
from tests.conftest import SHARED

CTX = JobContext()


def make(location: str) -> str:
    Database.create(location).close()
    return location


def bring(location: str, file: Path, kind: str | None = None, **more: Any) -> dict[str, Any]:
    return import_file(CTX, location, str(file), kind, more.pop("crs", "auto"), **more)


def geojson(file: Path, features: list[tuple[dict[str, Any], Any]]) -> Path:
    body = {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": p, "geometry": g if g is None else json.loads(shapely.to_geojson(g))}
                                                      for p, g in features]}
    file.write_text(json.dumps(body, ensure_ascii=False), "utf-8")
    return file


def table(file: Path, rows: list[list[Any]], encoding: str = "utf-8") -> Path:
    with open(file, "w", encoding=encoding, newline="") as stream:
        csv.writer(stream).writerows(rows)
    return file


def zones_file(folder: Path) -> Path:
    return geojson(folder / "z.geojson", [
        ({"zone_code": f"PD-104-{n:04d}", "name": name, "town_code": "310115104000", "management_mode": "MARKET", "owner_heads": 100,
          "total_exclusive_area_m2": 5000.5, "fee_cny_m2_month": 1.15, "collection_rate": 0.9, "firm": "甲物业", "firm_uscc": "91310115MA1EXA0012", "guard": 2.5},
         shapely.box(121.57 + n / 1000, 31.35, 121.5705 + n / 1000, 31.351))
        for n, name in enumerate(["梅园", "兰苑", "竹里"])])


def test_a_zone_makes_compound_firm_project_and_contract(location: str, tmp_path: Path) -> None:
    make(location)
    report = bring(location, zones_file(tmp_path))
    assert (report["as"], report["stored"], report["rejected"]) == ("zones", 3, 0)
    with Database.open(location) as db:
        assert [db.count(r) for r in (Zone, Compound, Firm, Contract)] == [3, 3, 1, 3]
        contract = db.records(Contract)[0]
        assert str(contract.fee_cny_m2_month) == "1.1500"
    assert bring(location, zones_file(tmp_path))["duplicates"] == 3


def complaints(folder: Path, encoding: str = "gb18030") -> Path:
    rows: list[list[Any]] = [["工单编号", "来源", "诉求类别", "地址", "受理时间", "诉求内容"]]
    rows += [[f"C{n}", "12345", "电梯困人" if n % 4 else "闻所未闻", f"梅园{n}号50{n}室" if n % 3 else "不知何处1号", "2026-03-01 10:00:00", "已致电 13812345678"
              if n == 5 else "工单号202603011234567"] for n in range(1, 13)]
    rows.append(["", "12345", "停车", "梅园", "2026-03-01", "没有编号"])
    rows.append(["C1", "12345", "停车", "梅园", "2026-03-01", "重复"])
    rows.append(["C99", "12345", "停车", "梅园", "三月初", "时间不对"])
    return table(folder / "c.csv", rows, encoding)


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16"])
def test_complaints_with_faults(tmp_path: Path, encoding: str) -> None:
    location = make(str(tmp_path / "w"))
    bring(location, zones_file(tmp_path))
    report = bring(location, complaints(tmp_path, encoding))
    assert {k: report[k] for k in ("as", "rows", "stored", "located", "queued", "duplicates", "rejected", "uncategorised", "masked_rows")} == {
        "as": "complaints", "rows": 15, "stored": 12, "located": 8, "queued": 4, "duplicates": 1, "rejected": 2, "uncategorised": 3, "masked_rows": 1}
    assert [(p["row"], p["field"]) for p in report["problems"]] == [(13, "code"), (15, "received_at")]
    with Database.open(location) as db:
        texts = dict(db.rows(Complaint, ("code", "content")))
        assert texts["C5"] == "已致电 138****5678"
        assert texts["C6"] == "工单号202603011234567"
        assert db.rows(Complaint, ("address",), {"code": "C1"}) == [("梅园1号501室",)]
        assert db.rows(Complaint, ("category", "source_category"), {"code": "C4"}) == [("16", "闻所未闻")]
    again = bring(location, complaints(tmp_path, encoding))
    assert (again["stored"], again["duplicates"], again["rejected"]) == (0, 13, 2)


def test_a_batch_rolls_back_exactly(location: str, tmp_path: Path) -> None:
    make(location)
    bring(location, zones_file(tmp_path))
    batch = bring(location, complaints(tmp_path))["batch"]
    assert rollback_batch(CTX, location, batch)["rows"] == 12
    with Database.open(location) as db:
        assert (db.count(Complaint), db.count(Zone)) == (0, 3)
        assert db.verify_audit().ok
    with pytest.raises(NotAllowed):
        rollback_batch(CTX, location, batch)
    assert bring(location, complaints(tmp_path))["stored"] == 12
    assert [b["status"] for b in list_batches(location)].count("ROLLED_BACK") == 1


def test_a_batch_with_edited_rows_is_not_rolled_back(tmp_path: Path) -> None:
    location = make(str(tmp_path / "w"))
    batch = bring(location, zones_file(tmp_path))["batch"]
    with Database.open(location) as db, db.transaction() as tx:
        tx.update(Compound, db.rows(Compound, ("id",))[0][0], {"name": "改"})
    with pytest.raises(NotAllowed) as refused:
        rollback_batch(CTX, location, batch)
    assert refused.value.code == "batch_edited"


def test_a_dry_run_stores_nothing_and_counts_the_same(tmp_path: Path) -> None:
    location = make(str(tmp_path / "w"))
    trial = bring(location, zones_file(tmp_path), dry_run=True)
    with Database.open(location) as db:
        assert db.count(Zone) == 0
    real = bring(location, zones_file(tmp_path))
    assert [trial[k] for k in ("stored", "located")] == [real[k] for k in ("stored", "located")]


def test_orders_of_before_carry_the_sticky_mark(tmp_path: Path) -> None:
    location = make(str(tmp_path / "w"))
    bring(location, zones_file(tmp_path))
    at = "2026-03-18T23:50:00+08:00"
    file = table(tmp_path / "o.csv", [["order_no", "zone", "kind", "accepted_at", "responded_at", "cancelled_at", "duplicate_of"],
                                      ["1", "梅园", "急修", at, "2026-03-19T00:20:00+08:00", "", ""], ["2", "梅园", "急修", at, "2026-03-19T00:20:01+08:00", "", ""],
                                      ["3", "兰苑", "一般", at, "", "", ""], ["4", "兰苑", "公共", at, "", "2026-03-18T23:55:00+08:00", ""],
                                      ["5", "兰苑", "公共", at, "", "", "3"], ["6", "不存在", "公共", at, "", "", ""]])
    report = bring(location, file)
    assert (report["as"], report["stored"], report["rejected"]) == ("orders", 5, 1)
    with Database.open(location) as db:
        assert db.rows(WorkOrder, ("code", "breached"), order_by=("code",)) == [("1", False), ("2", True), ("3", True), ("4", False), ("5", False)]


def test_an_ambiguous_zone_name_is_a_row_fault(tmp_path: Path) -> None:
    location = make(str(tmp_path / "w"))
    box = shapely.box(121.57, 31.35, 121.571, 31.351)
    bring(location, geojson(tmp_path / "z.geojson", [({"zone_code": c, "name": "同名", "owner_heads": 1, "management_mode": "MARKET"}, box) for c in ("A", "B")]))
    report = bring(location, table(tmp_path / "d.csv", [["device_id", "scene", "zone", "lon", "lat"], ["1", "FLOOD", "同名", "121.57", "31.35"],
                                                       ["2", "FLOOD", "A", "121.57", "31.35"]]))
    assert (report["stored"], report["problems"][0]["code"]) == (1, "zone_ambiguous")


def test_shifted_positions_raise_a_plain_warning_and_are_not_converted(tmp_path: Path) -> None:
    from pm_desktop.base import crs

    location = make(str(tmp_path / "w"))
    town = shapely.box(121.50, 31.20, 121.51, 31.21)
    bring(location, geojson(tmp_path / "t.geojson", [({"code12": "310115999000", "name": "试验镇"}, town)]), "towns")
    rng = np.random.default_rng(1)
    lon, lat = rng.uniform(121.5001, 121.5099, 200), rng.uniform(31.2001, 31.2099, 200)
    for system in ("GCJ-02", "BD-09"):
        x, y = crs.convert(lon, lat, "EPSG:4490", system)
        rows = [["name", "subdistrict", "households", "lon", "lat"], *([f"小区{i}", "试验镇", "5", a, b] for i, (a, b) in enumerate(zip(x, y, strict=True)))]
        report = bring(location, table(tmp_path / f"{system}.csv", rows), "compounds", dry_run=True)
        assert report["crs"]["suspect"] == system
        assert report["crs"]["decided"] == "EPSG:4490"
        assert report["problems"][0]["code"] == "crs_suspect"
        told = bring(location, tmp_path / f"{system}.csv", "compounds", crs=system, dry_run=True)
        assert told["crs"]["suspect"] is None and told["crs"]["residual_m"] < 1


def test_formats_agree(tmp_path: Path) -> None:
    """The same rows as GeoJSON, GeoPackage, Shapefile in GB18030, CSV and XLSX give the same store."""
    names, homes = ["梅园", "𠮷祥里", "兰苑"], [10, 20, 30]
    points = [shapely.Point(121.5 + i / 100, 31.2) for i in range(3)]
    wkb = np.array(shapely.to_wkb(points), dtype=object)
    fields, values = np.array(["name", "households"]), [np.array(names, dtype=object), np.array(homes)]
    files = [geojson(tmp_path / "a.geojson", [({"name": n, "households": h}, p) for n, h, p in zip(names, homes, points, strict=True)])]
    for name, more in (("b.gpkg", {}), ("c.shp", {"encoding": "GB18030"})):
        pyogrio.raw.write(str(tmp_path / name), wkb, values, fields, geometry_type="Point", crs="EPSG:4490", **more)
        files.append(tmp_path / name)
    (tmp_path / "c.cpg").unlink(missing_ok=True)
    rows = [["名称", "户数", "经度", "纬度"], *([n, h, p.x, p.y] for n, h, p in zip(names, homes, points, strict=True))]
    files.append(table(tmp_path / "d.csv", rows))
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["小区名册", None, None, None])
    for row in rows:
        book.active.append(row)
    book.save(tmp_path / "e.xlsx")
    files.append(tmp_path / "e.xlsx")
    for number, file in enumerate(files):
        location = make(str(tmp_path / f"w{number}"))
        report = bring(location, file, "compounds")
        assert (report["stored"], report["located"]) == (3, 3), file
        with Database.open(location) as db:
            found = db.rows(Compound, ("name", "households", "lon", "lat"), order_by=("households",))
        assert [(n, h, round(x, 6), round(y, 6)) for n, h, x, y in found] == [(n, h, p.x, p.y) for n, h, p in zip(names, homes, points, strict=True)], file


def test_odd_geometries_are_repaired_or_listed(tmp_path: Path) -> None:
    location = make(str(tmp_path / "w"))
    bow = shapely.Polygon([(121.5, 31.2), (121.51, 31.21), (121.51, 31.2), (121.5, 31.21)])
    high = shapely.force_3d(shapely.box(121.5, 31.2, 121.51, 31.21), 7)
    far = shapely.box(31.2, 121.5, 31.21, 121.51)
    angle = np.linspace(0, 2 * np.pi, 100_001)
    many = shapely.Polygon(np.stack([121.5 + 0.01 * np.cos(angle), 31.2 + 0.01 * np.sin(angle)], axis=1))
    shapes = {"crossing": bow, "3d": high, "swapped": far, "no outline": None, "many": many}
    report = bring(location, geojson(tmp_path / "g.geojson", [({"name": k, "households": 1}, g) for k, g in shapes.items()]), "compounds")
    assert (report["stored"], report["located"], report["rejected"]) == (4, 3, 1)
    assert {(p["row"], p["code"]) for p in report["problems"]} == {(1, "geometry_repaired"), (3, "out_of_reach")}
    with Database.open(location) as db:
        shapes_in = dict(db.rows(Compound, ("name", "geom")))
    assert shapely.from_wkb(shapes_in["crossing"]).is_valid
    assert not shapely.from_wkb(shapes_in["3d"]).has_z


def bad_files(folder: Path) -> dict[str, Path]:
    whole = folder / "ok.gpkg"
    pyogrio.raw.write(str(whole), np.array(shapely.to_wkb([shapely.Point(121.5, 31.2)] * 500), dtype=object), [np.arange(500)], np.array(["name"]),
                      geometry_type="Point", crs="EPSG:4490")
    out = {"cut.gpkg": whole.read_bytes()[:9_000], "empty.csv": b"", "noheader.csv": b"\n\n\n", "onecolumn.csv": b"name\nx\n", "binary.csv": b"\x00\x01\x02" * 90,
           "text.geojson": b'{"type": "FeatureCollection", "features": [{"type"', "notzip.xlsx": b"PK no zip", "unknown.dwg": b"x", "strange.csv": "甲,乙\n1,2\n".encode()}
    files = {}
    for name, data in out.items():
        files[name] = folder / name
        files[name].write_bytes(data)
    bomb = folder / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (64 * 2**20))
    shp = folder / "alone.shp"
    shp.write_bytes(b"\x00\x00\x27\x0a" + b"\0" * 96)
    (folder / "folder.csv").mkdir()
    return files | {"bomb.xlsx": bomb, "alone.shp": shp, "folder.csv": folder / "folder.csv", "missing.csv": folder / "missing.csv"}


def test_bad_files_are_refused_whole(tmp_path: Path) -> None:
    location = make(str(tmp_path / "w"))
    for name, file in bad_files(tmp_path).items():
        with pytest.raises(InputRefused) as refused:
            bring(location, file)
        assert refused.value.exit_code == 3, name
        assert refused.value.message.zh and refused.value.remedy.zh, name
        assert refused.value.where.file == str(file), name
    assert list_batches(location) == []


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    location = make(str(tmp_path / "w"))
    hostile = ["'; DROP TABLE compound; --", "<script>alert(1)</script>", "=cmd|' /C calc'!A0", "%_\\", "a\nb\"c"]
    bring(location, table(tmp_path / "h.csv", [["name", "households"], *([h, "1"] for h in hostile)]), "compounds")
    with Database.open(location) as db:
        assert sorted(r[0] for r in db.rows(Compound, ("name",))) == sorted(hostile)


def test_the_acceptance_set(tmp_path: Path) -> None:
    folder = SHARED / "acceptance"
    if not folder.is_dir():
        assert complaints(tmp_path).exists()  # the same behaviour is tested above on files made here
        return
    expected = json.loads((folder / "expected.json").read_text("utf-8"))["complaints"]
    location = make(str(tmp_path / "w"))
    for file, kind, stored in (("zones.geojson", "zones", 5), ("barriers.geojson", "barriers", 2), ("facilities.csv", "facilities", 4),
                               ("devices.csv", "devices", 1), ("scene_devices.csv", "devices", 20), ("orders.csv", "orders", 1000),
                               ("complaints_already_stored.csv", "complaints", 5)):
        assert bring(location, folder / file, kind)["stored"] == stored, file
    report = bring(location, folder / "complaints_200.csv", "complaints")
    again = expected.pop("reimport")
    assert {k: report[k] for k in expected} == expected
    report = bring(location, folder / "complaints_200.csv", "complaints")
    assert {k: report[k] for k in again} == again


def test_the_real_files_of_pudong(tmp_path: Path) -> None:
    folder = SHARED / "data"
    if not folder.is_dir():
        assert zones_file(tmp_path).exists()
        return
    location = make(str(tmp_path / "w"))
    assert bring(location, folder / "pudong_subdistricts_36.geojson", "towns")["stored"] == 36
    report = bring(location, folder / "pudong_compounds_2020_points.geojson", "compounds")
    assert (report["stored"], report["rejected"]) == (2530, 0)
    assert [p["code"] for p in report["problems"]].count("town_differs") == 1
    with Database.open(location) as db:
        named = [r[0].get("subdistrict") for r in db.rows(Compound, ("reported",))]
    assert sum(n is None for n in named) == 14
    report = bring(location, folder / "lingang_iot_sensors_2019.csv", "devices")
    assert (report["stored"], report["located"]) == (789, 788)
    with Database.open(location) as db:
        assert {r[0]: r[1] for r in db.group_count(Device, ["scene"])}["FIRE"] == 480
