"""What the layers of complaints share: categories by their two-digit code, the days they look at, repeats."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any

from pm_desktop.base import paths
from pm_desktop.base.label import Label
from pm_desktop.domain.records import Complaint
from pm_desktop.domain.repeats import Filed, Repeat, repeats
from pm_desktop.storage.database import Database
from pm_desktop.storage.past import SHANGHAI, end_of
from pm_desktop.storage.query import Between

SOURCES_SHOWN = 7  # further sources are counted together, so that kinds fit a byte


@cache
def category_labels() -> dict[str, Label]:
    """Words of the first level of complaint categories, by code."""
    file = paths.resources_dir() / "rules" / "complaint_categories.json"
    return {c["code"]: Label(c["zh"], c["en"]) for c in json.loads(file.read_text("utf-8"))["categories"]}


def last_day(db: Database) -> date | None:
    """Day of Shanghai of the newest complaint that is known; None where there is none."""
    newest = db.rows(Complaint, ("received_at",), order_by=("-received_at",), limit=1)
    return (newest[0][0] + SHANGHAI).date() if newest else None


def days_upto(last: date, days: int) -> Between:
    """The moments of the ``days`` days of Shanghai that end with ``last``."""
    end = end_of(last)
    return Between(end - timedelta(days=days), end)


def repeated(db: Database, last: date, days: int, least: Mapping[str, int], where: Mapping[str, Any] | None = None) -> dict[str, tuple[Repeat, ...]]:
    """Repeats among the complaints of the days up to ``last``, by the id of their building or compound; invalid ones do not count."""
    names = Filed._fields
    found: list[Filed] = []
    for part in db.iter_rows(Complaint, (*names, "valid"), {"received_at": days_upto(last, days), **(where or {})}):
        found += [Filed(*row[:-1]) for row in part if row[-1] is not False]
    return repeats(found, least)
