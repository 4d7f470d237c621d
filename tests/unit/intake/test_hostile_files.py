"""What a hostile or merely careless file does: refused with a plain reason, or its rows listed; never a wrong value."""

from __future__ import annotations

import json
import os
import shutil
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pytest
import shapely

from pm_desktop.base import crs
from pm_desktop.base.errors import InputRefused, NotAllowed
from pm_desktop.base.jobs import JobContext
from pm_desktop.domain.records import Complaint, Compound
from pm_desktop.intake.importer import detect_file, import_file
from pm_desktop.intake.source import open_source
from pm_desktop.storage.database import Database
from tests.helpers.measured import pm

CTX = JobContext()


def make(location: str) -> str:
    Database.create(location).close()
    return location


def bring(location: str, file: Path, data: bytes | str, kind: str = "compounds", **more: Any) -> dict[str, Any]:
    file.write_bytes(data if isinstance(data, bytes) else data.encode())
    return import_file(CTX, location, str(file), kind, **more)


def names(location: str) -> list[str]:
    with Database.open(location) as db:
        return sorted(r[0] for r in db.rows(Compound, ("name",)))


def problems(report: dict[str, Any]) -> set[tuple[int, str | None, str]]:
    return {(p["row"], p["field"], p["code"]) for p in report["problems"]}


def test_a_file_in_two_encodings_is_read_line_by_line(tmp_path: Path) -> None:
    location = make(str(tmp_path / "w"))
    lines = [b"name,households", "示例一村,1".encode(), "一,2".encode("gb18030"), "浦东新村,3".encode("gb18030"), "第三村,4".encode(), b"plain,5"]
    report = bring(location, tmp_path / "m.csv", b"\n".join(lines))
    assert (report["stored"], report["problems"]) == (5, [])
    assert names(location) == sorted(["示例一村", "一", "浦东新村", "第三村", "plain"])


def test_gb18030_after_a_megabyte_of_ascii_is_found(tmp_path: Path) -> None:
    location = make(str(tmp_path / "w"))
    body = b"name,households\n" + b"same,1\n" * 170_000 + "浦东新村,3\n".encode("gb18030")
    assert bring(location, tmp_path / "late.csv", body)["stored"] == 2
    assert names(location) == ["same", "浦东新村"]


def test_a_letter_cut_in_half_is_listed(tmp_path: Path) -> None:
    location = make(str(tmp_path / "w"))
    body = "name,address\n甲村,上海市浦东".encode("gb18030")[:-1] + b"\n" + "乙村,世纪大道\n".encode("gb18030")
    report = bring(location, tmp_path / "cut.csv", body)
    assert report["stored"] == 2
    assert problems(report) == {(1, None, "text_broken")}


@pytest.mark.parametrize(("data", "code", "row"), [
    (b"name,households\n" + b"x,1\n" * 400_000 + b"a\0b,1\n", "not_text", 400_001),
    (b'name,households\nx,1\n"y,2\nz,3\n', "quote_open", 2),
    (b"name,households\n", "no_rows", None),
])
def test_text_files_that_are_refused_name_the_row(tmp_path: Path, data: bytes, code: str, row: int | None) -> None:
    location = make(str(tmp_path / "w"))
    with pytest.raises(InputRefused) as refused:
        bring(location, tmp_path / "x.csv", data)
    assert (refused.value.code, refused.value.where.row) == (code, row)
    assert names(location) == []


def test_values_that_cannot_be_are_unknown_and_listed(tmp_path: Path) -> None:
    location = make(str(tmp_path / "w"))
    rows = ["name,households,built_year,lon,lon", "a,-5,3000,,", "b,12.7,1998,,", "c,300.0,1998.0,,", "d,1,1999,,,over"]
    report = bring(location, tmp_path / "v.csv", "\n".join(rows))
    assert problems(report) == {(0, "lon", "column_repeated"), (1, "households", "value_wrong"), (1, "built_year", "value_wrong"),
                                (2, "households", "value_wrong"), (4, None, "cells_extra")}
    with Database.open(location) as db:
        assert db.rows(Compound, ("name", "households", "built_year"), order_by=("name",)) == [
            ("a", None, None), ("b", None, 1998), ("c", 300, 1998), ("d", 1, 1999)]


def test_a_name_of_two_million_letters_and_absurd_days_are_row_faults(tmp_path: Path) -> None:
    location = make(str(tmp_path / "w"))
    assert problems(bring(location, tmp_path / "l.csv", "name,households\n" + "长" * 2_000_000 + ",1\n")) == {(1, "name", "text_too_long")}
    days = ["0000-01-01", "1066-10-14", "9999-12-31T23:59:59-12:00", "2026-02-30", "2020-01-01T25:00", "2020-01-01T10:00:00+99:99"]
    body = "工单编号,诉求类别,受理时间\n" + "".join(f"T{i},x,{day}\n" for i, day in enumerate(days)) + "T9,x,2026-02-28\n"
    report = bring(location, tmp_path / "d.csv", body, "complaints")
    assert (report["rejected"], report["stored"]) == (len(days), 1)
    assert problems(report) == {(i + 1, "received_at", "value_wrong") for i in range(len(days))}


def feature(geometry: Any, name: str, **more: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"name": name, "households": 1, **more}, "geometry": geometry}


def test_geometries_of_every_odd_kind(tmp_path: Path) -> None:
    square = [[121.5, 31.2], [121.51, 31.2], [121.51, 31.21], [121.5, 31.21], [121.5, 31.2]]
    point, area = {"type": "Point", "coordinates": [121.5, 31.2]}, {"type": "Polygon", "coordinates": [square]}
    odd = [feature(area, "good", tags=["a", {"b": 1}]), feature({"type": "LineString", "coordinates": square[:2]}, "line"),
           feature({"type": "GeometryCollection", "geometries": [point, area]}, "mixed"), feature({"type": "Point", "coordinates": ["a", "b"]}, "texts"),
           feature({"type": "Blob", "coordinates": [1, 2]}, "kind"), feature({"type": "Polygon", "coordinates": [square[:2]]}, "two"),
           feature({"type": "Point", "coordinates": [1e308, -1e308]}, "huge"), feature({"type": "Polygon", "coordinates": []}, "empty"), feature(None, "bare"), 7]
    location = make(str(tmp_path / "w"))
    report = bring(location, tmp_path / "o.geojson", json.dumps({"features": odd, "crs": None, "type": "FeatureCollection"}))
    assert problems(report) == {(2, "geometry", "geometry_no_area"), (3, "geometry", "geometry_parts"), (4, "geometry", "geometry_unreadable"),
                                (5, "geometry", "geometry_unreadable"), (6, "geometry", "geometry_unreadable"), (7, "geometry", "out_of_reach"),
                                (8, "geometry", "geometry_empty"), (10, "geometry", "geometry_unreadable")}
    with Database.open(location) as db:
        shapes = {n: g and shapely.from_wkb(g).geom_type for n, g in db.rows(Compound, ("name", "geom"))}
    assert shapes == {"good": "Polygon", "line": None, "mixed": "Polygon", "empty": None, "bare": None}


@pytest.mark.parametrize("cut", [0.2, 0.6, 0.999])
def test_a_geojson_that_is_cut_off_stores_nothing(tmp_path: Path, cut: float) -> None:
    location = make(str(tmp_path / "w"))
    whole = json.dumps({"type": "FeatureCollection", "features": [feature({"type": "Point", "coordinates": [121.5, 31.2]}, f"n{i}") for i in range(20_000)]})
    with pytest.raises(InputRefused) as refused:
        bring(location, tmp_path / "c.geojson", whole[:int(len(whole) * cut)])
    assert refused.value.code == "file_unreadable"
    assert names(location) == []


def test_a_feature_beyond_measure_is_refused_by_its_size(tmp_path: Path) -> None:
    file = tmp_path / "large.geojson"
    with open(file, "w", encoding="utf-8") as stream:
        stream.write('{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"name": "x"}, "geometry": {"type": "LineString", "coordinates": [')
        for _ in range(180):
            stream.write("[121.5,31.2]," * 80_000)
    with pytest.raises(InputRefused) as refused:
        open_source(file)
    assert refused.value.code == "geometry_too_large"


def test_memory_does_not_follow_the_file(tmp_path: Path) -> None:
    """100 MB on a single line take less than that more than a line of 1 MB (a reader that holds them all takes four times as much)."""
    text = json.dumps(feature({"type": "Point", "coordinates": [121.5, 31.2]}, "n", note="路" * 300), ensure_ascii=False)
    runs = []
    for size in (1, 100):
        file = tmp_path / f"line{size}.geojson"
        with open(file, "w", encoding="utf-8") as stream:
            stream.write('{"type": "FeatureCollection", "features": [' + text)
            for _ in range(size * 2**20 // len(text.encode())):
                stream.write("," + text)
            stream.write("]}")
        runs.append(pm(tmp_path / "base", "crs", "detect", str(file)))
    assert [sum(r.answer["per_row"].values()) for r in runs] == [size * 2**20 // len(text.encode()) + 1 for size in (1, 100)]
    assert runs[1].peak_mb - runs[0].peak_mb < 90


def test_a_shapefile_cut_off_is_refused_although_its_index_is_whole(tmp_path: Path) -> None:
    boxes = shapely.to_wkb(shapely.box(121.5 + np.arange(300) / 1e4, 31.2, 121.50005 + np.arange(300) / 1e4, 31.2001))
    pyogrio.raw.write(str(tmp_path / "s.shp"), boxes, [np.arange(300)], ["households"], driver="ESRI Shapefile", crs="EPSG:4326", geometry_type="Polygon")
    assert open_source(tmp_path / "s.shp").total == 300
    for part in ("s.shp", "s.dbf"):
        folder = tmp_path / part.replace(".", "_")
        folder.mkdir()
        for file in tmp_path.glob("s.*"):
            shutil.copy(file, folder)
        os.truncate(folder / part, (folder / part).stat().st_size // 2)
        with pytest.raises(InputRefused, match="is cut off"):
            open_source(folder / "s.shp")


def test_two_imports_of_one_file_at_once_store_it_once(location: str, tmp_path: Path) -> None:
    make(location)
    file = tmp_path / "c.csv"
    file.write_text("name,households\n" + "".join(f"n{i},1\n" for i in range(3_000)), "utf-8")
    reports: list[dict[str, Any]] = []
    threads = [threading.Thread(target=lambda: reports.append(import_file(CTX, location, str(file), "compounds"))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted((r["stored"], r["duplicates"]) for r in reports) == [(0, 3_000), (0, 3_000), (3_000, 0)]
    assert len(names(location)) == 3_000
    with Database.open(location) as db:
        assert db.verify_audit().ok


def towns(location: str, folder: Path) -> None:
    squares = [feature(json.loads(shapely.to_geojson(shapely.box(121.5 + i * 0.02, 31.2, 121.52 + i * 0.02, 31.22))), f"镇{i}", code12=f"31011510{i:04d}") for i in range(3)]
    assert bring(location, folder / "t.geojson", json.dumps({"type": "FeatureCollection", "features": squares}), "towns")["stored"] == 3


@pytest.mark.parametrize("truth", ["EPSG:4490", "GCJ-02", "BD-09"])
@pytest.mark.parametrize("told", ["EPSG:4490", "GCJ-02", "BD-09"])
def test_a_wrong_word_about_the_system_is_noticed_whatever_it_is(tmp_path: Path, truth: str, told: str) -> None:
    location = make(str(tmp_path / "w"))
    towns(location, tmp_path)
    lon, lat = np.meshgrid(np.linspace(121.501, 121.559, 30), np.linspace(31.201, 31.219, 10))
    lon, lat = lon.ravel(), lat.ravel()
    x, y = crs.convert(lon, lat, "EPSG:4490", truth)
    town = [f"镇{int((v - 121.5) / 0.02)}" for v in lon]
    file = tmp_path / "p.csv"
    body = "name,subdistrict,lon,lat,households\n" + "".join(f"n{i},{t},{a:.7f},{b:.7f},1\n" for i, (t, a, b) in enumerate(zip(town, x, y, strict=True)))
    report = bring(location, file, body, crs_=told, dry_run=True)
    assert report["crs"]["suspect"] == (None if truth == told else truth)
    best = min(report["crs"]["candidates"], key=lambda c: c["residual_m"])
    assert (best["crs"], best["residual_m"] < 1) == (truth, True)
    if told == "EPSG:4490":
        found = detect_file(str(file), location)
        assert (found["suspect"], found["per_row"]) == (report["crs"]["suspect"], {"EPSG:4490": 300})


def test_the_same_place_in_another_system_is_the_same_compound(tmp_path: Path) -> None:
    location = make(str(tmp_path / "w"))
    x, y = crs.convert(np.array([121.5123456]), np.array([31.2123456]), "EPSG:4490", "BD-09")
    body = f"name,households,lng_wgs84,lat_wgs84,lng_bd09,lat_bd09\n梅园,1,121.5123456,31.2123456,{x[0]:.6f},{y[0]:.6f}\n"
    assert bring(location, tmp_path / "a.csv", body)["stored"] == 1
    assert bring(location, tmp_path / "a.csv", body, crs_="BD-09")["duplicates"] == 1
    assert bring(location, tmp_path / "a.csv", body.replace("121.5123456", "121.5133456"))["stored"] == 1, "95 m away it is another of the name"


def test_a_locked_folder_or_vanished_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    location = make(str(tmp_path / "w"))
    file = tmp_path / "gone.csv"
    file.write_text("工单编号,诉求类别,受理时间\nT1,x,2026-02-28\n", "utf-8")

    class Vanishing(JobContext):
        def progress(self, fraction: float, note: str = "") -> None:
            if note == "import.rows":
                file.unlink(missing_ok=True)

    with pytest.raises(InputRefused) as refused:
        import_file(Vanishing(), location, str(file), "complaints")
    assert (refused.value.code, refused.value.where.file) == ("file_unreadable", str(file))
    with Database.open(location) as db:
        assert db.count(Complaint) == 0
    with pytest.raises(InputRefused) as odd:
        open_source("/dev/null" if os.name != "nt" else str(tmp_path))
    assert odd.value.code in ("file_odd", "is_folder")


def test_a_store_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    """A full disk, in SQLite's own terms: no more pages than there are."""
    location = make(str(tmp_path / "w"))
    file = tmp_path / "c.csv"
    file.write_text("name,households,address\n" + "".join(f"n{i},1,{'路' * 400}\n" for i in range(3_000)), "utf-8")
    with Database.open(location) as db, pytest.raises(NotAllowed) as full, db.transaction() as tx:
        tx.connection.exec_driver_sql("PRAGMA max_page_count = 150")
        tx.insert([Compound(id=f"{i:032d}", code=f"c{i}", name="x" * 300, address="路" * 400) for i in range(3_000)])
    assert (full.value.code, full.value.exit_code) == ("disk_full", 4)
    with Database.open(location) as db, pytest.raises(NotAllowed) as closed, db.transaction() as tx:
        tx.connection.exec_driver_sql("PRAGMA query_only = 1")
        tx.insert([Compound(id="0" * 32, code="c", name="x")])
    assert closed.value.code == "workspace_read_only"
    assert import_file(CTX, location, str(file), "compounds")["stored"] == 3_000
