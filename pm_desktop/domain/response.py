"""30 分钟响应 (K-10; DOMAIN §0, §1, US-6): which repair orders count, and which were answered in time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

LIMIT = timedelta(minutes=30)
Order = tuple[datetime, datetime | None, datetime | None, str | None]


def in_time(order: Order, now: datetime) -> bool | None:
    """Whether an order of (accepted, responded, cancelled, duplicate_of) was answered in time; None if it does not count.

    The bound is inclusive: 30:00.000 is in time. Duplicates, and orders that the caller cancelled before the limit, do
    not count; orders still open count as late once the limit has passed, and do not count before.
    """
    accepted, responded, cancelled, duplicate_of = order
    if duplicate_of or (cancelled is not None and cancelled - accepted < LIMIT) or (responded is None and now - accepted <= LIMIT):
        return None
    return responded is not None and responded - accepted <= LIMIT


def response_rate(orders: Iterable[Order], now: datetime) -> tuple[int, int]:
    """Numerator and denominator of K-10."""
    judged = [verdict for order in orders if (verdict := in_time(order, now)) is not None]
    return sum(judged), len(judged)
