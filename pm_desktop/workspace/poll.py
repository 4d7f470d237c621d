"""Votes counted from an owner roll and a ballot list in files (``plan vote --roll --ballots``).

Owners are hashed as they are read; the hashes live as long as the count, and neither they nor flats are told or stored.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any

from pm_desktop.base.errors import InputRefused, UsageError, Where
from pm_desktop.base.label import Label
from pm_desktop.domain.ballots import FAULTS, Ballot, Unit, count_ballots
from pm_desktop.domain.enums import BallotChoice, VoteThreshold
from pm_desktop.domain.votes import Tally, combined, vote_rule
from pm_desktop.intake.source import open_source
from pm_desktop.intake.values import SHANGHAI, RowFault, is_unknown, moment
from pm_desktop.workspace.votes import as_lines, hundredths, m2, places, problem, readable, threshold_in, verdict_of

ZONE = ("zone_code", "zone_name", "物业管理区域", "区域")
UNIT = ("专有部分", "室号", "房号")
OWNER = ("业主", "产权人", "业主证件号")
ROLL = {"zone": ZONE, "unit": UNIT, "area_m2": ("专有部分面积", "建筑面积", "面积"), "owner": OWNER}
BALLOTS = {"zone": ZONE, "ballot": ("票号", "表决票编号"), "unit": UNIT, "owner": OWNER, "choice": ("意见", "表决意见"), "received_at": ("收到时间", "交票时间")}
CHOICES = {"同意": BallotChoice.YES, "赞成": BallotChoice.YES, "YES": BallotChoice.YES, "反对": BallotChoice.NO, "不同意": BallotChoice.NO, "NO": BallotChoice.NO,
           "弃权": BallotChoice.ABSTAIN, "ABSTAIN": BallotChoice.ABSTAIN}
Cells = dict[str, Any]


def judge_poll(roll: str, ballots: str, closes: str, threshold: str) -> dict[str, Any]:
    """Results by zone of the roll, ``results`` first; ballots that do not count are listed by row.

    Raises
    ------
    InputRefused
        A file cannot be read, or the roll has a fault: with a hole in it no total can be told.
    UsageError
        The close or the threshold is not valid.
    """
    close, bar = _close(closes), _bar(threshold)
    units = _roll(roll)
    cast, problems, numbers = _ballots(ballots, units, close)
    poll = count_ballots(units, cast, close)
    day = close.astimezone(SHANGHAI).date()
    rows = [{"row": at, "zone": zone, **_figures(tally), **verdict_of(tally, bar, day)} for at, (zone, tally) in enumerate(poll.tallies.items(), 1)]
    answer: dict[str, Any] = {"results": [r["result"] for r in rows], "rows": rows,
              "listed": [{"row": int(b.number), "ballot": numbers[b.number], "reason": f.value, "message": FAULTS[f].zh, "message_en": FAULTS[f].en} for b, f in poll.listed],
              "problems": problems, "basis": vote_rule(bar, day).basis, "closes": close.astimezone(SHANGHAI).isoformat()}
    if len(rows) > 1:
        both = combined(poll.tallies.values())
        answer["combined"] = {**_figures(both), **verdict_of(both, bar, day)}
    return answer


def poll_lines(answer: dict[str, Any]) -> list[str]:
    """What `judge_poll` found, for people."""
    votes = [*answer["rows"], *([answer["combined"] | {"row": 0, "zone": "合计 all zones"}] if "combined" in answer else [])]
    listed = sorted([*answer["listed"], *answer["problems"]], key=lambda each: each["row"])
    return [*as_lines({"rows": votes, "problems": []}), *(f"  ballot row {each['row']}: {each['message']} · {each['message_en']}" for each in listed)]


def _figures(tally: Tally) -> dict[str, Any]:
    area, heads = tally.area_dm2, tally.heads
    shown = {name: None if value is None else m2(value) for name, value in (("area_total_m2", area.total), ("area_part_m2", area.part), ("area_yes_m2", area.yes))}
    return {**shown, "heads_total": heads.total, "heads_part": heads.part, "heads_yes": heads.yes}


def _close(text: str) -> datetime:
    """The last moment that counts; a day alone counts to its end."""
    try:
        at = moment(text)
    except ValueError:
        raise UsageError("closes_wrong", Label(f"截止时间“{text}”无效", f"close {text!r} is not valid"),
                         Label("请写成 2026-03-31 18:00", "write it as 2026-03-31 18:00")) from None
    return at if _has_clock(text) else datetime.combine(at.astimezone(SHANGHAI).date(), time.max, SHANGHAI)


def _has_clock(value: Any) -> bool:
    return isinstance(value, datetime) or bool(re.search("[:时]", str(value)))


def _bar(text: str) -> VoteThreshold:
    try:
        found = threshold_in(text)
    except RowFault as fault:
        raise UsageError(fault.code, fault.message, Label("可用 HALF、THREE_QUARTER", "use HALF or THREE_QUARTER")) from None
    if found is None:
        raise UsageError("threshold_unknown", Label("没有写明门槛", "no threshold is given"), Label("可用 HALF、THREE_QUARTER", "use HALF or THREE_QUARTER"))
    return found


def _rows(path: str, wanted: dict[str, tuple[str, ...]], optional: tuple[str, ...]) -> Iterator[tuple[int, Cells, set[int]]]:
    """Rows as cells by column, with the numbers of rows that hold more cells than there are columns."""
    source = open_source(path)
    at = places(source, wanted, optional)
    parts = readable(source)
    odd = {row for row, _, _ in source.notes}
    for number, (cells, _) in enumerate((row for part in parts for row in part), 1):
        yield number, {name: cells[place] for name, place in at.items()}, odd


def _text(cell: Any) -> str:
    """A cell as it is compared: one writing for full-width and half-width, whole numbers without a point."""
    if is_unknown(cell):
        return ""
    return unicodedata.normalize("NFKC", f"{cell:.15g}" if isinstance(cell, float) else str(cell)).strip()


def _hash(owner: str) -> str:
    return hashlib.sha256("".join(owner.split()).upper().encode()).hexdigest()


def _code(zone: str, unit: str) -> str:
    return f"{zone}\n{unit}"


def _roll(path: str) -> list[Unit]:
    """Units of the roll; rows of one unit are its co-owners."""
    units: dict[str, Unit] = {}

    def refused(row: int, field: str, code: str, words: Label) -> InputRefused:
        return InputRefused(code, words, Label("清册有缺漏则总数不明，请改正后重算", "with a fault in the roll no total is known: correct it and count again"), Where(path, row, field))

    for row, cells, odd in _rows(path, ROLL, ("zone",)):
        zone, unit = _text(cells.get("zone")), _text(cells["unit"])
        if row in odd or not unit:
            raise refused(row, "unit", "unit_missing", Label(f"业主清册第 {row} 行没有专有部分编号或列数不符", f"row {row} of the roll names no unit, or has too many cells"))
        try:
            area = hundredths("area_m2", cells["area_m2"], whole=False)
        except RowFault as fault:
            raise refused(row, "area_m2", fault.code, fault.message) from None
        if area == 0:
            raise refused(row, "area_m2", "unit_area_wrong", Label(f"业主清册第 {row} 行面积为 0；不知道请留空", f"row {row} of the roll has an area of 0; leave it empty if it is not known"))
        owners = frozenset(_hash(o) for o in re.split(r"[;；、]", _text(cells["owner"])) if o.strip())
        code = _code(zone, unit)
        before = units.get(code)
        if before is None:
            units[code] = Unit(code, zone, area, owners)
            continue
        if before.area_dm2 != area or not owners or not before.owners:
            raise refused(row, "unit", "unit_twice", Label(f"业主清册第 {row} 行与前面同一专有部分的面积不同，或共有人未填", f"row {row} of the roll has another area for the same unit, or lacks a co-owner"))
        units[code] = Unit(code, zone, area, before.owners | owners)
    return list(units.values())


def _ballots(path: str, units: list[Unit], close: datetime) -> tuple[list[Ballot], list[dict[str, Any]], dict[str, str]]:
    """Ballots (numbered by row), rows that are none, and the numbers on the papers."""
    zones: dict[str, list[str]] = {}
    for each in units:
        zones.setdefault(each.code.partition("\n")[2], []).append(each.zone)
    ballots, problems, numbers = [], [], {}
    for row, cells, odd in _rows(path, BALLOTS, ("zone", "ballot")):
        try:
            if row in odd:
                raise RowFault(None, "cells_extra", Label("本行的列比列名多，未计入", "the row has too many cells, not counted"))
            ballots.append(_ballot(row, cells, zones, close))
            numbers[str(row)] = _text(cells.get("ballot"))
        except RowFault as fault:
            problems.append(problem(row, fault.field, fault.code, fault.message))
    return ballots, problems, numbers


def _ballot(row: int, cells: Cells, zones: dict[str, list[str]], close: datetime) -> Ballot:
    unit, owner = _text(cells["unit"]), _text(cells["owner"])
    for field, text in (("unit", unit), ("owner", owner)):
        if not text:
            raise RowFault(field, "cell_missing", Label("专有部分或业主未填，未计入", "unit or owner is not filled in, not counted"))
    choice = CHOICES.get(_text(cells["choice"]).upper())
    if choice is None:
        raise RowFault("choice", "choice_unknown", Label("表决意见无法识别，未计入（可用：同意、反对、弃权）", "the choice is not one of YES, NO, ABSTAIN, not counted"))
    named = _text(cells.get("zone"))
    possible = [zone for zone in zones.get(unit, []) if not named or zone in (named, "")] or [named]
    if len(possible) > 1:
        raise RowFault("unit", "unit_ambiguous", Label("几个区域都有该专有部分，须有区域一列，未计入", "several zones have such a unit: a zone column is needed, not counted"))
    return Ballot(str(row), _code(possible[0], unit), _hash(owner), choice, _received(cells["received_at"], close))


def _received(cell: Any, close: datetime) -> datetime:
    """When a ballot came in; on the day of the close a day alone does not tell whether in time, unless the close is the day's end."""
    try:
        at = moment(cell if isinstance(cell, date) else _text(cell))
    except ValueError:
        raise RowFault("received_at", "time_unknown", Label("收到时间未填或无法识别，未计入", "the time of receipt cannot be read, not counted")) from None
    ends = close.astimezone(SHANGHAI)
    if not _has_clock(cell) and at.astimezone(SHANGHAI).date() == ends.date() and ends.time() != time.max:
        raise RowFault("received_at", "time_unclear", Label("截止当日收到而未写明时刻，不能判断是否迟到，未计入", "it came on the day of the close without an hour: not counted"))
    return at
