"""Votes of a file judged row by row (``plan vote``); a row at fault is listed, the others stand."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from pm_desktop.base.errors import InputRefused
from pm_desktop.base.label import Label
from pm_desktop.domain.enums import VoteResult, VoteThreshold, label_of
from pm_desktop.domain.votes import DM2_PER_M2, Count, Impossible, Shortfall, Tally, judge, shortfall, vote_rule
from pm_desktop.intake.mapping import normal
from pm_desktop.intake.source import Source, open_source, refuse
from pm_desktop.intake.values import SHANGHAI, RowFault, is_unknown

AREAS = ("area_total_m2", "area_part_m2", "area_yes_m2")
HEADS = ("heads_total", "heads_part", "heads_yes")
THRESHOLD = "threshold"
COLUMNS = (*AREAS, *HEADS, THRESHOLD)
_NUMBER = re.compile(r"(-?)(\d{1,13}|\d{1,3}(?:,\d{3}){1,3})(?:\.(\d*))?")


def judge_file(path: str) -> dict[str, Any]:
    """Results of a file of votes: ``results`` first, one for each row, then the rows in full and what is at fault.

    Raises
    ------
    InputRefused
        The file cannot be read, or its columns are not those of votes.
    """
    source = open_source(path)
    at = places(source, dict.fromkeys(COLUMNS, ()))
    day = datetime.now(SHANGHAI).date()
    cells = [cells for part in readable(source) for cells, _ in part]
    noted: dict[int, list[dict[str, Any]]] = {}
    for row, code, words in source.notes:
        noted.setdefault(row, []).append(problem(row, None, code, words))
    problems = noted.pop(0, [])
    rows = []
    for number, values in enumerate(cells, 1):
        faults = noted.get(number, [])
        judged = _judged({name: values[place] for name, place in at.items()}, number, day, faults)
        rows.append(judged)
        problems += faults
    return {"results": [r["result"] for r in rows], "rows": rows, "problems": problems,
            "basis": vote_rule(VoteThreshold.HALF, day).basis, "as_of": day.isoformat()}


def as_lines(answer: dict[str, Any]) -> list[str]:
    """What `judge_file` found, a line for each row; ✕ stands behind a share that falls short."""
    lines: list[str] = []
    faults: defaultdict[int, list[str]] = defaultdict(list)
    for p in answer["problems"]:
        faults[p["row"]].append(f"  {p['field'] or ''} {p['message']} · {p['message_en']}")
    for row in answer["rows"]:
        words = label_of(VoteResult(row["result"]))
        line = f"{row.get('zone') or 'row ' + str(row['row'])}: {words.zh} {words.en}"
        if "short" in row:
            lacks = {dimension: "—" if found is None else found["least"] for dimension, found in row["short"].items()}
            line += (f" · 参与 part {_share(row, 'area_part')} ㎡, {_share(row, 'heads_part')} 人 heads · 同意 yes {_share(row, 'area_yes')} ㎡, {_share(row, 'heads_yes')} 人 heads"
                     f" · 还差 lacks {lacks['area_m2']} ㎡, {lacks['heads']} 人 heads")
        lines += [line, *faults[row["row"]]]
    return lines


def _share(row: dict[str, Any], name: str) -> str:
    pct = row["shares_pct"][name]
    return "—" if pct is None else f"{pct} %{' ✕' if name in row['failed'] else ''}"


def places(source: Source, wanted: dict[str, tuple[str, ...]], optional: tuple[str, ...] = ()) -> dict[str, int]:
    """Where each column stands, by its name or another name of it.

    Raises
    ------
    InputRefused
        One is missing and not optional, or there are two of it.
    """
    have = [normal(str(c)) for c in source.columns]
    found = {name: [i for i, c in enumerate(have) if c == name or c in others] for name, others in wanted.items()}
    wrong = [name for name, at in found.items() if len(at) > 1 or (not at and name not in optional)]
    if wrong:
        raise refuse(source.path, "header_wrong", f"列名缺少或重复：{'、'.join(wrong)}", f"missing or twice among the column names: {', '.join(wrong)}",
                     f"第一行须有：{', '.join(wanted)}", f"the first line has to name {', '.join(wanted)}")
    return {name: at[0] for name, at in found.items() if at}


def readable(source: Source) -> list[list[tuple[list[Any], bytes | None]]]:
    """All rows; a file of letters that are neither UTF-8 nor GB18030 is refused whole."""
    try:
        parts = list(source.chunks())
    except UnicodeDecodeError as error:
        raise _no_text(source) from error
    if any(code == "text_broken" for _, code, _ in source.notes) or any("\ufffd" in str(c) for c in source.columns):
        raise _no_text(source)
    return parts


def _no_text(source: Source) -> InputRefused:
    return refuse(source.path, "encoding_unknown", "文件不是 UTF-8 或 GB18030 编码", "the file is neither UTF-8 nor GB18030",
                  "请另存为 UTF-8 的 CSV 或 XLSX", "save it as CSV in UTF-8, or as XLSX")


def problem(row: int, field: str | None, code: str, words: Label) -> dict[str, Any]:
    """A fault of a row as commands list it."""
    return {"row": row, "field": field, "code": code, "message": words.zh, "message_en": words.en}


def _judged(cells: dict[str, Any], row: int, day: date, faults: list[dict[str, Any]]) -> dict[str, Any]:
    """One row in full; what is wrong with it is added to ``faults``, and then it is INVALID."""
    values: dict[str, int | None] = {}
    threshold = None

    def note(field: str, code: str, words: Label) -> None:
        faults.append(problem(row, field, code, words))

    for field in (*AREAS, *HEADS):
        try:
            values[field] = hundredths(field, cells[field], whole=field in HEADS)
        except RowFault as fault:
            note(field, fault.code, fault.message)
    try:
        threshold = threshold_in(cells[THRESHOLD])
    except RowFault as fault:
        note(THRESHOLD, fault.code, fault.message)
    area, heads = (_count(fields, values, note) for fields in (AREAS, HEADS))
    if faults or area is None or heads is None:
        return {"row": row, "result": VoteResult.INVALID.value}
    if threshold is None:
        return {"row": row, "result": VoteResult.INCOMPLETE.value, "unknown": [*_unknown(Tally(area, heads)), THRESHOLD]}
    return {"row": row, **verdict_of(Tally(area, heads), threshold, day)}


def _unknown(tally: Tally) -> list[str]:
    """Columns that are 未填报."""
    return [name for names, count in ((AREAS, tally.area_dm2), (HEADS, tally.heads))
            for name, value in zip(names, (count.total, count.part, count.yes), strict=True) if value is None]


def _count(fields: tuple[str, ...], values: dict[str, int | None], note: Callable[[str, str, Label], None]) -> Count | None:
    """One dimension; None where a figure cannot be read or the figures do not fit each other."""
    if any(field not in values for field in fields):
        return None
    try:
        return Count(*(values[field] for field in fields))
    except Impossible as fault:
        note(fields[("total", "part", "yes").index(fault.which)], fault.code, fault.message)
        return None


def verdict_of(tally: Tally, threshold: VoteThreshold, day: date) -> dict[str, Any]:
    """Everything that is told of one vote."""
    rule = vote_rule(threshold, day)
    verdict = judge(tally, rule)
    return {"result": verdict.result.value, "threshold": threshold.value, "failed": list(verdict.failed),
            "shares_pct": {c.id: c.pct for c in verdict.conditions},
            "short": {"area_m2": _short(shortfall(tally.area_dm2, rule), m2), "heads": _short(shortfall(tally.heads, rule), lambda n: n)},
            "unknown": _unknown(tally)}


def _short(found: Shortfall | None, shown: Callable[[int], Any]) -> dict[str, Any] | None:
    if found is None:
        return None
    return {"least": shown(found.least), "joining": shown(found.joining), "fresh": None if found.fresh is None else shown(found.fresh), "left": shown(found.left)}


def m2(dm2: int) -> str:
    """An area in ㎡ to the hundredth."""
    return f"{dm2 // DM2_PER_M2}.{dm2 % DM2_PER_M2:02d}"


def hundredths(field: str, cell: Any, *, whole: bool) -> int | None:
    """A head count, or an area in dm², read exactly; None for an empty cell.

    Raises
    ------
    RowFault
        It is no number, less than 0, or finer than a head or a hundredth of a ㎡.
    """
    if is_unknown(cell):
        return None
    # a spreadsheet keeps 15 digits; what binary fractions add behind them is not what the clerk typed
    text = unicodedata.normalize("NFKC", f"{cell:.15g}" if isinstance(cell, float) else str(cell)).strip()
    found = _NUMBER.fullmatch(text)
    if found is None:
        raise RowFault(field, "not_a_number", Label(f"“{text[:40]}”不是数", f"{text[:40]!r} is not a number"))
    digits, fraction = found[2].replace(",", ""), (found[3] or "").rstrip("0")
    if found[1] and (int(digits) or fraction):
        raise RowFault(field, "negative", Label(f"“{text}”小于 0", f"{text} is less than 0"))
    if whole and fraction:
        raise RowFault(field, "not_whole", Label(f"人数“{text}”不是整数", f"{text} heads is not whole"))
    if len(fraction) > 2:
        raise RowFault(field, "too_fine", Label(f"面积“{text[:40]}”多于两位小数", f"area {text[:40]} has more than two decimals"))
    return int(digits) if whole else int(digits) * DM2_PER_M2 + int(fraction.ljust(2, "0"))


def threshold_in(cell: Any) -> VoteThreshold | None:
    """Threshold by its code or its Chinese name; None for an empty cell.

    Raises
    ------
    RowFault
        There is no such threshold.
    """
    if is_unknown(cell):
        return None
    text = unicodedata.normalize("NFKC", str(cell)).strip()
    found = next((t for t in VoteThreshold if text.upper() == t.value or text == label_of(t).zh), None)
    if found is None:
        raise RowFault(THRESHOLD, "threshold_unknown", Label(f"没有“{text[:40]}”这种门槛，可用 HALF、THREE_QUARTER",
                                                             f"there is no threshold {text[:40]!r}: use HALF or THREE_QUARTER"))
    return found
