"""30 分钟响应 (K-10; DOMAIN §0, §1, US-6): which repair orders count, and which were answered in time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

LIMIT = timedelta(minutes=30)
Order = tuple[datetime, datetime | None, datetime | None, str | None]


def response_rate(orders: Iterable[Order], now: datetime) -> tuple[int, int]:
    """Numerator and denominator of K-10.

    Parameters
    ----------
    orders : iterable of (accepted, responded, cancelled, duplicate_of)
    now : datetime
        Orders still open count as late once the limit has passed, and do not count before.

    Notes
    -----
    The bound is inclusive: 30:00.000 is in time. Duplicates, and orders that the caller cancelled before the limit,
    are not in the denominator.
    """
    on_time = counted = 0
    for accepted, responded, cancelled, duplicate_of in orders:
        if duplicate_of or (cancelled is not None and cancelled - accepted < LIMIT):
            continue
        if responded is None and now - accepted <= LIMIT:
            continue
        counted += 1
        on_time += responded is not None and responded - accepted <= LIMIT
    return on_time, counted
