"""The moment that a view is of, and the year before it: one answer for map, tables and profiles."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from pm_desktop.domain.records import Complaint
from pm_desktop.storage.database import Database
from pm_desktop.storage.past import SHANGHAI
from pm_desktop.storage.query import Between

YEAR = timedelta(days=365)


def moment(db: Database, today: date | None) -> datetime:
    """Moment that a view is of: the end of ``today`` (or of the past day that the store is read at) in Shanghai, or of the sample's last day, or now."""
    today = today or db.as_of
    if today is not None:
        return datetime(today.year, today.month, today.day, tzinfo=UTC) + timedelta(days=1, seconds=-1) - SHANGHAI
    if db.meta("sample", "no") == "yes":
        newest = db.rows(Complaint, ("received_at",), order_by=("-received_at",), limit=1)
        if newest:
            found: datetime = newest[0][0]
            return found
    return datetime.now(UTC)


def year_to(end: datetime) -> Between:
    """Condition of a moment in the 365 days up to ``end``, itself included."""
    return Between(end - YEAR, end + timedelta(seconds=1))
