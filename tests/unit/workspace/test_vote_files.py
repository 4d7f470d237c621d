"""``plan vote``: files of votes, good, careless and hostile."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from pm_desktop.base.errors import InputRefused
from pm_desktop.workspace.votes import COLUMNS, judge_file
from tests.conftest import SHARED

HEADER = "area_total_m2,heads_total,area_part_m2,heads_part,area_yes_m2,heads_yes,threshold"
STORY = [("62000,820,48360,640,31434,410,HALF", "PASS"), ("55000,730,37000,487,20000,243,HALF", "FAIL"), ("55000,730,37000,487,20000,244,HALF", "PASS"),
         ("18600,198,12400,132,6201,67,HALF", "PASS"), ("3900,48,2600,32,1400,17,HALF", "PASS"), ("62000,820,41333,547,30000,400,HALF", "FAIL"),
         ("62000,820,41333.34,547,30000,400,HALF", "PASS"), ("62000,820,48360,640,36270,480,THREE_QUARTER", "PASS"), ("62000,820,48360,640,36269,480,THREE_QUARTER", "FAIL")]
GOOD = STORY[0][0]


def written(folder: Path, text: str | bytes, name: str = "votes.csv") -> str:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def judged(folder: Path, *rows: str, header: str = HEADER) -> dict[str, Any]:
    return judge_file(written(folder, "\n".join([header, *rows]) + "\n"))


def faults(answer: dict[str, Any]) -> list[tuple[int, str | None, str]]:
    return [(p["row"], p["field"], p["code"]) for p in answer["problems"]]


def test_the_story_as_a_file(tmp_path: Path) -> None:
    answer = judged(tmp_path, *(row for row, _ in STORY))
    assert next(iter(answer)) == "results"
    assert answer["results"] == [result for _, result in STORY] == [r["result"] for r in answer["rows"]]
    assert answer["problems"] == [] and "第二百七十八条" in answer["basis"]
    second = answer["rows"][1]
    assert second["failed"] == ["heads_yes"] and second["unknown"] == []
    assert second["shares_pct"] == {"area_part": "67.27", "heads_part": "66.71", "area_yes": "54.05", "heads_yes": "49.90"}
    assert second["short"] == {"area_m2": {"least": "0.00", "joining": "0.00", "fresh": "0.00", "left": "18000.00"},
                               "heads": {"least": 1, "joining": 0, "fresh": 2, "left": 243}}
    assert answer["rows"][5]["short"]["area_m2"] == {"least": "0.34", "joining": "0.34", "fresh": "0.34", "left": "20667.00"}


def test_the_given_acceptance_file_where_it_is_present(tmp_path: Path) -> None:
    """Elsewhere the same shape, written by this test."""
    given = SHARED / "acceptance" / "votes.csv"
    path = str(given) if given.exists() else written(tmp_path, "\n".join([HEADER + ",expected", *(f"{row},{result}" for row, result in STORY)]))
    with open(path, encoding="utf-8-sig", newline="") as stream:
        expected = [row["expected"] for row in csv.DictReader(stream)]
    assert judge_file(path)["results"] == expected and len(expected) >= 8


@pytest.mark.parametrize(("row", "field", "code"), [
    ("62000,820,62000.01,640,31434,410,HALF", "area_part_m2", "part_exceeds_total"),
    ("62000,820,48360,821,31434,410,HALF", "heads_part", "part_exceeds_total"),
    ("62000,820,48360,640,48360.01,410,HALF", "area_yes_m2", "yes_exceeds_part"),
    ("62000,820,48360,640,31434,641,HALF", "heads_yes", "yes_exceeds_part"),
    ("62000,820,48360,,31434,821,HALF", "heads_yes", "yes_exceeds_total"),
    ("-62000,820,48360,640,31434,410,HALF", "area_total_m2", "negative"),
    ("62000,820,48360,640,31434,-1,HALF", "heads_yes", "negative"),
    ("0,820,0,640,0,410,HALF", "area_total_m2", "total_zero"),
    ("62000,0,48360,0,31434,0,HALF", "heads_total", "total_zero"),
    ("六万,820,48360,640,31434,410,HALF", "area_total_m2", "not_a_number"),
    ("62000,820,78%,640,31434,410,HALF", "area_part_m2", "not_a_number"),
    ("62000,820,inf,640,31434,410,HALF", "area_part_m2", "not_a_number"),
    ("62000,820,4.8e4,640,31434,410,HALF", "area_part_m2", "not_a_number"),
    ("62000,820,48_360,640,31434,410,HALF", "area_part_m2", "not_a_number"),
    (f"{'9' * 5000},820,48360,640,31434,410,HALF", "area_total_m2", "not_a_number"),
    ("62000,820,48360.005,640,31434,410,HALF", "area_part_m2", "too_fine"),
    ("62000,820,48360,640.5,31434,410,HALF", "heads_part", "not_whole"),
    ("62000,820,48360,640,31434,410,MOST", "threshold", "threshold_unknown"),
    ("62000,820,48360,640,31434,410,HALF,7", None, "cells_extra"),
    ("62,000,820,48,360,640,31434,410,HALF", None, "cells_extra")])
def test_an_impossible_row_is_listed_and_the_others_stand(tmp_path: Path, row: str, field: str | None, code: str) -> None:
    answer = judged(tmp_path, GOOD, row, GOOD)
    assert answer["results"] == ["PASS", "INVALID", "PASS"]
    assert (2, field, code) in faults(answer) and {p["row"] for p in answer["problems"]} == {2}
    assert all(p["message"] and p["message_en"] and len(p["message"]) < 120 for p in answer["problems"])


def test_every_fault_of_a_row_is_listed(tmp_path: Path) -> None:
    answer = judged(tmp_path, "1,2,3,4,x,6,MOST")
    assert faults(answer) == [(1, "area_yes_m2", "not_a_number"), (1, "threshold", "threshold_unknown"), (1, "heads_part", "part_exceeds_total")]


@pytest.mark.parametrize(("row", "unknown"), [
    (",820,48360,640,31434,410,HALF", ["area_total_m2"]), ("62000,—,48360,640,31434,410,HALF", ["heads_total"]), ("62000,820,未填报,,31434,410,HALF", ["area_part_m2", "heads_part"]),
    ("62000,820,48360,640,31434,410,", ["threshold"]), ("62000,820,48360", ["area_yes_m2", "heads_part", "heads_yes", "threshold"])])
def test_what_is_not_filled_in_is_incomplete(tmp_path: Path, row: str, unknown: list[str]) -> None:
    answer = judged(tmp_path, row)
    assert answer["results"] == ["INCOMPLETE"] and answer["problems"] == []
    assert answer["rows"][0]["unknown"] == unknown


def test_numbers_as_clerks_write_them(tmp_path: Path) -> None:
    for row in ('"62,000.00",820,"48,360",640,31434.,410.0,过半数', "６２０００,８２０,48360.10,640,31434.500,410,half", " 62000 , 820,48360,640,31434,410, HALF "):
        assert judged(tmp_path, row)["results"] == ["PASS"], row
    one_decimal = judged(tmp_path, "62000.5,820,48360.25,640,31434.05,410,HALF")["rows"][0]
    assert one_decimal["short"]["area_m2"]["left"] == "13640.25"
    assert judged(tmp_path, "62000,820,48360,640,36270,480,四分之三以上")["rows"][0]["threshold"] == "THREE_QUARTER"


def test_encodings_separators_and_order_of_columns(tmp_path: Path) -> None:
    text = "区域;threshold;heads_yes;area_yes_m2;HEADS_PART;area_part_m2;heads_total;area_total_m2\r\n示例一村;HALF;410;31434;640;48360;820;62000\r\n"
    for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16"):
        assert judge_file(written(tmp_path, text.encode(encoding)))["results"] == ["PASS"], encoding
    assert judge_file(written(tmp_path, HEADER + "\n"))["results"] == []


def test_a_workbook(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(HEADER.split(","))
    sheet.append([62000, 820, 13777.78 * 3, 547, 1.1 + 2.2, 400, "HALF"])
    sheet.append([62000, 820, 41333.34, 547, 30000, 400, "HALF"])
    sheet.append([62000, 820.5, True, 547, None, 400, "HALF"])
    book.save(tmp_path / "saved.xlsx")
    path = tmp_path / "votes.xlsx"
    with zipfile.ZipFile(tmp_path / "saved.xlsx") as saved, zipfile.ZipFile(path, "w") as out:
        for name in saved.namelist():  # spreadsheet programs write all 17 digits of a binary fraction
            out.writestr(name, saved.read(name).replace(b"<v>41333.34</v>", b"<v>41333.340000000004</v>", 1).replace(b"<v>3.3</v>", b"<v>3.3000000000000003</v>"))
    answer = judge_file(str(path))
    assert answer["results"] == ["FAIL", "PASS", "INVALID"]
    assert answer["rows"][0]["failed"] == ["area_yes"]
    assert faults(answer) == [(3, "area_part_m2", "not_a_number"), (3, "heads_total", "not_whole")]


def test_files_that_are_refused_whole(tmp_path: Path) -> None:
    text = f"{HEADER}\n{GOOD}\n"
    cases = {"missing": str(tmp_path / "none.csv"), "folder": str(tmp_path), "empty": written(tmp_path, "", "empty.csv"),
             "wrong header": written(tmp_path, text.replace("heads_yes", "yes"), "header.csv"), "no header": written(tmp_path, GOOD + "\n", "rows.csv"),
             "column twice": written(tmp_path, f"{HEADER},heads_yes\n{GOOD},7\n", "twice.csv"),
             "latin-1": written(tmp_path, f"name,{HEADER}\nRésidence é,{GOOD}\n".encode("latin-1"), "latin.csv"),
             "bytes": written(tmp_path, text.encode() + b"\xff\xfe\xfd,1,2\n", "bytes.csv"), "header of bytes": written(tmp_path, b"\xff\xff,".join((b"x", text.encode())), "head.csv"),
             "NUL": written(tmp_path, text.encode() + b"\0", "nul.csv"), "cut UTF-16": written(tmp_path, text.encode("utf-16")[:-1], "cut.csv"),
             "open quote": written(tmp_path, text + f'"62000,820\n{GOOD}\n', "quote.csv"), "no workbook": written(tmp_path, text, "no.xlsx"),
             "unknown kind": written(tmp_path, text, "votes.docx"), "no map": written(tmp_path, text, "votes.geojson")}
    for name, path in cases.items():
        with pytest.raises(InputRefused) as refused:
            judge_file(path)
        assert refused.value.where.file == path and refused.value.remedy.zh and refused.value.remedy.en, name
    with pytest.raises(InputRefused) as refused:
        judge_file(cases["wrong header"])
    assert refused.value.code == "header_wrong" and "heads_yes" in refused.value.message.zh and all(c in refused.value.remedy.zh for c in COLUMNS)


def command(basedir: Path, *arguments: str) -> tuple[int, str]:
    done = subprocess.run([sys.executable, "-m", "pm_desktop", "--basedir", str(basedir), "plan", "vote", *arguments], capture_output=True, check=False, env={**os.environ})
    return done.returncode, done.stdout.decode("utf-8")


def test_the_command(tmp_path: Path, basedir: Path) -> None:
    path = written(tmp_path, "\n".join([HEADER, *(row for row, _ in STORY), "1,2,3,4,5,6,HALF"]))
    code, out = command(basedir, "--file", path, "--json")
    assert code == 0 and json.loads(out)["results"] == [*(result for _, result in STORY), "INVALID"]
    assert out.startswith('{"results": ["PASS", "FAIL", "PASS"')
    code, out = command(basedir, "--file", path)
    assert code == 0 and out.splitlines()[1] == ("row 2: 未通过 Not passed · 参与 part 67.27 % ㎡, 66.71 % 人 heads · 同意 yes 54.05 % ㎡, 49.90 % ✕ 人 heads"
                                                 " · 还差 lacks 0.00 ㎡, 1 人 heads")
    assert out.splitlines()[9:] == ["row 10: 数据有误 Impossible figures", "  area_part_m2 参与多于总数 · more took part than there are",
                                    "  heads_part 参与多于总数 · more took part than there are"]
    code, out = command(basedir, "--file", str(tmp_path), "--json")
    assert code == 3 and json.loads(out)["error"]["code"] == "is_folder"
    assert command(basedir, "--json")[0] == 2
