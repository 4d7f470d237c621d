"""Where the facts of a profile come from: the day a register took them in, and the rows they are read from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from pm_desktop.base.label import Label
from pm_desktop.domain.entity import entity_of
from pm_desktop.domain.records import Complaint, ImportBatch
from pm_desktop.storage.database import Database
from pm_desktop.storage.past import SHANGHAI
from pm_desktop.storage.query import Between
from pm_desktop.workspace.page import Drill


def day_of(at: datetime | None) -> str | None:
    """A moment as a day in Shanghai."""
    return (at + SHANGHAI).date().isoformat() if at else None


def entered(db: Database, record: type[Any], where: Mapping[str, Any]) -> str | None:
    """Day on which the newest of these records was written last; None where neither record nor batch says so."""
    told = db.rows(record, ("updated_at", "created_at"), where)
    return day_of(max((at for row in told for at in row if at), default=None))


def entered_by_batch(db: Database, record: type[Any], where: Mapping[str, Any]) -> str | None:
    """As `entered`, for records that are too many to bear a moment each: their batch has it."""
    batches = sorted({b for (b,) in db.rows(record, ("source_batch_id",), where) if b})
    return day_of(max((at for (at,) in db.rows(ImportBatch, ("at",), {"id": batches})), default=None)) if batches else None


def source(record: type[Any], where: Mapping[str, Any], count: int) -> Drill | None:
    """The records that a block is read from; None where there are none."""
    name = record.__name__
    words: Label = entity_of(record).label
    return Drill(name, where, words, count) if count else None


def monthly(db: Database, now: datetime, compounds: Sequence[str], *, valid: bool = False) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Complaints of the last twelve calendar months in Shanghai, oldest first, and of the same months a year before;
    ``valid``: without those that were found void."""
    here = now + SHANGHAI
    last = here.year * 12 + here.month - 1
    counts = [0] * 24
    since = Between(now - timedelta(days=365 * 2 + 31), now + timedelta(seconds=1))
    for at, held in db.rows(Complaint, ("received_at", "valid"), {"compound_id": list(compounds), "received_at": since}) if compounds else ():
        month = (at + SHANGHAI).year * 12 + (at + SHANGHAI).month - 1
        if 0 <= last - month < 24 and not (valid and held is False):
            counts[23 - (last - month)] += 1
    return tuple(counts[12:]), tuple(counts[:12])
