"""``plan vote --roll --ballots``: votes counted from lists as clerks keep them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pm_desktop.base.errors import InputRefused, UsageError
from pm_desktop.workspace.poll import judge_poll, poll_lines
from tests.unit.workspace.test_vote_files import command, written

CLOSE = "2026-03-31 18:00"
# 甲 owns two flats, 乙 and 丙 one together (two rows), 丁 one: three heads in four units of zone 一村; 甲 one more in 二村
ROLL = """区域,室号,建筑面积,业主
一村,101,50.10,甲
一村,102,60.25,甲
一村,201,70,乙
一村,201,70,丙
一村,301,100.01,丁
二村,101,40,甲
二村,102,80,戊
"""
BALLOTS = """区域,票号,室号,业主,意见,收到时间
一村,A1,101,甲,同意,2026-03-20 10:00
一村,A2,102,甲,同意,2026-03-20 10:00
一村,A3,201,丙,同意,2026-03-31 18:00:00
一村,A4,201,乙,反对,2026-03-31 17:59
一村,A5,301,丁,同意,2026-03-31 18:00:01
一村,A6,999,甲,同意,2026-03-21
一村,A7,301,己,同意,2026-03-21
一村,A8,301,甲,同意,2026-03-21
一村,A9,301,丁,也许,2026-03-21
一村,A10,301,丁,同意,
一村,A11,301,丁,同意,2026-03-31
二村,B1,101,甲,反对,2026-03-22
二村,B2,102,戊,同意,2026-03-22
"""


def judged(folder: Path, roll: str = ROLL, ballots: str = BALLOTS, closes: str = CLOSE, threshold: str = "HALF") -> dict[str, Any]:
    return judge_poll(written(folder, roll, "roll.csv"), written(folder, ballots, "ballots.csv"), closes, threshold)


def test_a_poll_of_two_zones_by_hand(tmp_path: Path) -> None:
    answer = judged(tmp_path)
    first, second = answer["rows"]
    figures = ("area_total_m2", "area_part_m2", "area_yes_m2", "heads_total", "heads_part", "heads_yes")
    # 乙 was first for 201, so the couple's head is against; 丁 never came in time
    assert [first[f] for f in figures] == ["280.36", "180.35", "110.35", 3, 2, 1]
    assert [second[f] for f in figures] == ["120.00", "120.00", "80.00", 2, 2, 1]
    assert answer["results"] == ["FAIL", "FAIL"] == [first["result"], second["result"]]
    assert (first["failed"], second["failed"]) == (["area_part", "heads_yes"], ["heads_yes"])
    assert first["short"]["area_m2"] == {"least": "6.56", "joining": "6.56", "fresh": "6.56", "left": "100.01"}
    assert first["short"]["heads"] == {"least": 1, "joining": 0, "fresh": 1, "left": 1}
    assert second["short"]["heads"] == {"least": 1, "joining": 0, "fresh": None, "left": 0}
    assert [answer["combined"][f] for f in figures] == ["400.36", "300.35", "190.35", 5, 4, 2]
    assert [(x["row"], x["ballot"], x["reason"]) for x in answer["listed"]] == [
        (6, "A6", "UNKNOWN_UNIT"), (7, "A7", "UNKNOWN_OWNER"), (8, "A8", "NOT_OF_UNIT"), (3, "A3", "DUPLICATE"), (5, "A5", "LATE")]
    assert [(p["row"], p["field"], p["code"]) for p in answer["problems"]] == [
        (9, "choice", "choice_unknown"), (10, "received_at", "time_unknown"), (11, "received_at", "time_unclear")]
    assert answer["closes"] == "2026-03-31T18:00:00+08:00"


def test_nobody_is_named_in_what_is_told(tmp_path: Path) -> None:
    answer = judged(tmp_path)
    told = json.dumps(answer, ensure_ascii=False) + "".join(poll_lines(answer))
    assert not [name for name in ("甲", "乙", "丙", "丁", "戊", "己", "301", "999") if name in told]


def test_a_close_without_an_hour_is_the_end_of_its_day(tmp_path: Path) -> None:
    answer = judged(tmp_path, closes="2026-03-31")
    assert answer["rows"][0]["heads_part"] == 3 and answer["rows"][0]["area_part_m2"] == "280.36"
    # A5 and A11 are both in time now; A11, written without an hour, stands at the day's beginning and is the one that counts
    assert [(x["ballot"], x["reason"]) for x in answer["listed"]][-2:] == [("A3", "DUPLICATE"), ("A5", "DUPLICATE")]


def test_a_higher_bar(tmp_path: Path) -> None:
    ballots = "\n".join(BALLOTS.splitlines()[:3]) + "\n一村,A5,301,丁,同意,2026-03-21\n一村,A4,201,乙,反对,2026-03-22\n"
    assert judged(tmp_path, ballots=ballots)["results"][0] == "PASS"
    high = judged(tmp_path, ballots=ballots, threshold="四分之三以上")["rows"][0]
    assert (high["result"], high["failed"]) == ("FAIL", ["heads_yes"])  # 210.36 of 280.36 ㎡ = 75.03 %, two of three heads


def test_lists_without_zones_and_with_co_owners_in_one_cell(tmp_path: Path) -> None:
    roll = "unit,area_m2,owner\n101,50,310x1\n102,60,310X1\n201,70,310X2；310X3\n"
    ballots = "unit,owner,choice,received_at\n101,３１０X1,yes,2026-03-20\n102,310x1,YES,2026-03-20\n201,310X3,no,2026-03-20\n"
    row = judged(tmp_path, roll, ballots)["rows"][0]
    assert (row["heads_total"], row["heads_part"], row["heads_yes"], row["area_yes_m2"]) == (2, 2, 1, "110.00")
    assert "combined" not in judged(tmp_path, roll, ballots)
    named = judged(tmp_path, roll, "zone," + ballots.replace("\n", "\nZ,", 3))["rows"][0]  # the roll knows no zones
    assert named["heads_part"] == 2
    ambiguous = judged(tmp_path, ROLL, "unit,owner,choice,received_at\n101,甲,yes,2026-03-20\n301,丁,yes,2026-03-20\n")
    assert [(p["row"], p["code"]) for p in ambiguous["problems"]] == [(1, "unit_ambiguous")]
    assert ambiguous["rows"][0]["heads_part"] == 1


def test_an_unknown_area_leaves_the_vote_open(tmp_path: Path) -> None:
    row = judged(tmp_path, ROLL.replace("50.10", ""))["rows"][0]
    assert row["result"] == "INCOMPLETE" and row["unknown"] == ["area_total_m2", "area_part_m2", "area_yes_m2"] and row["short"]["area_m2"] is None
    row = judged(tmp_path, ROLL.replace("100.01,丁", "100.01,"))["rows"][0]
    assert row["result"] == "INCOMPLETE" and row["unknown"] == ["heads_total"]


@pytest.mark.parametrize(("before", "after", "row", "code"), [
    ("一村,102", "一村,", 2, "unit_missing"), ("60.25", "六十", 2, "not_a_number"), ("60.25", "60.255", 2, "too_fine"), ("60.25", "0", 2, "unit_area_wrong"),
    ("60.25", "-1", 2, "negative"), ("201,70,丙", "201,71,丙", 4, "unit_twice"), ("201,70,丙", "201,70,", 4, "unit_twice"), ("60.25", "60,25", 2, "unit_missing")])
def test_a_roll_with_a_hole_is_refused_whole(tmp_path: Path, before: str, after: str, row: int, code: str) -> None:
    with pytest.raises(InputRefused) as refused:
        judged(tmp_path, ROLL.replace(before, after))
    assert (refused.value.code, refused.value.where.row) == (code, row)
    assert refused.value.where.file and refused.value.remedy.zh


def test_lists_that_are_none(tmp_path: Path) -> None:
    for roll, ballots in ((ROLL.replace("业主", "谁"), BALLOTS), (ROLL, BALLOTS.replace("意见", "话")), (ROLL, ""), (ROLL, BALLOTS + "\0")):
        with pytest.raises(InputRefused):
            judged(tmp_path, roll, ballots)
    assert judged(tmp_path, ballots=BALLOTS + "一村,A12,301,丁,同意,2026-03-21,x\n")["problems"][-1]["code"] == "cells_extra"
    for closes, threshold in (("soon", "HALF"), (CLOSE, "MOST"), (CLOSE, "")):
        with pytest.raises(UsageError):
            judged(tmp_path, closes=closes, threshold=threshold)


def test_the_command(tmp_path: Path, basedir: Path) -> None:
    roll, ballots = written(tmp_path, ROLL.encode("gb18030"), "roll.csv"), written(tmp_path, BALLOTS.encode("gb18030"), "ballots.csv")
    arguments = ("--roll", roll, "--ballots", ballots, "--closes", CLOSE)
    code, out = command(basedir, *arguments, "--json")
    assert code == 0 and json.loads(out) == judge_poll(roll, ballots, CLOSE, "HALF") and out.startswith('{"results": ["FAIL", "FAIL"]')
    code, out = command(basedir, *arguments)
    assert code == 0 and out.splitlines()[0].startswith("一村: 未通过") and out.splitlines()[2].startswith("合计 all zones: ") and "ballot row 5: 截止后收到" in out
    assert command(basedir, *arguments[:4], "--json")[0] == 2
    assert command(basedir, *arguments, "--file", roll, "--json")[0] == 2
