"""Writes large complaint files that name compounds of a workspace."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta, timezone
from pathlib import Path

from pm_desktop.domain.records import Compound
from pm_desktop.storage.database import Database


def write_complaints(file: Path, location: str, rows: int) -> None:
    """A CSV of ``rows`` complaints spread over a year and over the compounds of ``location``."""
    with Database.open(location, read_only=True) as db:
        names = [r[0] for r in db.rows(Compound, ("name",), limit=2_000)]
    words = ("保安不到位", "电梯故障", "保洁不及时", "停车管理", "乱收费")
    begin = datetime(2025, 11, 1, tzinfo=timezone(timedelta(hours=8)))
    with open(file, "w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("工单编号", "来源", "诉求类别", "地址", "受理时间", "诉求内容"))
        writer.writerows((f"T{n:08d}", "12345", words[n % 5], f"{names[n * 7 % len(names)]}{n % 30 + 1}号{n % 6 + 1}01室",
                          (begin + timedelta(seconds=n * 31 % 31_000_000)).isoformat(), "请物业尽快处理") for n in range(rows))
