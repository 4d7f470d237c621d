"""Dates of an owners' committee's term (《上海市住宅物业管理规定》第二十八条; US-11)."""

from __future__ import annotations

import calendar
from datetime import date

from pm_desktop.domain.enums import CommitteeStatus

REPORT_MONTHS = 5


def months_before(day: date, months: int) -> date:
    """The same day ``months`` earlier, or the last day of a shorter month."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def report_due(term_end: date) -> date:
    """Day on which the written report on the coming election falls due: five months before the term ends."""
    return months_before(term_end, REPORT_MONTHS)


def status_on(status: CommitteeStatus, term_end: date | None, day: date) -> CommitteeStatus:
    """Status as of ``day``: a committee in term becomes DUE_SOON on the report's day and OVERDUE the day after its term.

    A committee in re-election stays so until its term has ended.
    """
    running = (CommitteeStatus.IN_TERM, CommitteeStatus.DUE_SOON, CommitteeStatus.OVERDUE, CommitteeStatus.IN_REELECTION)
    if term_end is None or status not in running:
        return status
    if day > term_end:
        return CommitteeStatus.OVERDUE
    if status is CommitteeStatus.IN_REELECTION:
        return status
    return CommitteeStatus.DUE_SOON if day >= report_due(term_end) else CommitteeStatus.IN_TERM
