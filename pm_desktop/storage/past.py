"""A workspace as it stood at the end of a past day: a location that carries the day, and what its reads then see.

``past(location, day)`` goes wherever a location goes; `Database.open` understands it, reads only, and every query
follows. Entities with valid-time history show the versions in force that day. Complaints, orders, alerts and readings
that came later are not there, and what happened to them later has not happened: its times are unknown and the status
is the last one that the stored times prove. Registers without history (towns, compounds, firms, devices, teams) are
shown as they stand today.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Table, case, cast, literal, null, or_

from pm_desktop.domain.entity import EntityInfo
from pm_desktop.domain.enums import AlertStatus, ComplaintStatus, OrderStatus

_MARK = re.compile(r"#as-of=(\d{4}-\d{2}-\d{2})$")
SHANGHAI = timedelta(hours=8)
BEGINS = {"Complaint": "received_at", "WorkOrder": "accepted_at", "SensorEvent": "ts", "Alert": "first_at", "Device": "installed_at", "MapDrawing": "drawn_at"}
# deadlines are known ahead
_AHEAD = ("due_at",)
_ENDED = [s.value for s in (AlertStatus.FALSE_ALARM, AlertStatus.RESOLVED, AlertStatus.CLOSED)]
View = dict[str, ColumnElement[Any]]


def past(location: str, day: date | None) -> str:
    """Location whose reads see the end of ``day``; None is today."""
    plain = split(location)[0]
    return plain if day is None else f"{plain}#as-of={day.isoformat()}"


def split(location: str) -> tuple[str, date | None]:
    """The plain location and its day."""
    found = _MARK.search(location)
    return (location, None) if found is None else (location[:found.start()], date.fromisoformat(found[1]))


def end_of(day: date) -> datetime:
    """The moment at which ``day`` ends in Shanghai."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(days=1) - SHANGHAI


def view_of(info: EntityInfo, table: Table, day: date | None) -> View:
    """Columns by name, as they were at the end of ``day``."""
    view: View = {c.name: c for c in table.c}
    begin = BEGINS.get(info.name)
    if day is None or begin is None:
        return view
    end = end_of(day)
    for field in info.fields:
        if field.kind == "time" and field.name != begin and field.name not in _AHEAD:
            view[field.name] = case((table.c[field.name] < end, table.c[field.name]), else_=null())
    match info.name:
        case "Complaint":
            view["status"] = case((table.c.closed_at >= end, ComplaintStatus.RECEIVED.value), else_=table.c.status)
            view["satisfaction"] = case((table.c.closed_at >= end, null()), else_=table.c.satisfaction)
        case "WorkOrder":
            view["status"] = _order_status(table, end)
        case "Alert":
            view["status"] = _alert_status(table, end)
            view["last_at"] = case((table.c.last_at >= end, literal(end, table.c.last_at.type)), else_=table.c.last_at)
        case "Device":
            view["is_online"] = cast(null(), table.c.is_online.type)  # only today's state is stored
    return view


def _order_status(table: Table, end: datetime) -> ColumnElement[Any]:
    steps = (("closed_at", OrderStatus.CLOSED), ("fixed_at", OrderStatus.FIXED), ("arrived_at", OrderStatus.ON_SITE),
             ("responded_at", OrderStatus.RESPONDED), ("dispatched_at", OrderStatus.DISPATCHED))
    later = or_(*(table.c[name] >= end for name, _ in steps), table.c.cancelled_at >= end)
    reached = case(*((table.c[name] < end, status.value) for name, status in steps), else_=OrderStatus.ACCEPTED.value)
    return case((later, reached), else_=table.c.status)


def _alert_status(table: Table, end: datetime) -> ColumnElement[Any]:
    ended_later = or_(table.c.resolved_at >= end, table.c.status.in_(_ENDED) & table.c.resolved_at.is_(None) & (table.c.last_at >= end))
    then = case((table.c.acked_at < end, AlertStatus.ACKED.value), else_=AlertStatus.RAISED.value)
    return case((or_(ended_later, table.c.acked_at >= end), then), else_=table.c.status)


def begun(info: EntityInfo, table: Table, day: date | None) -> ColumnElement[bool] | None:
    """Condition that a row was there by the end of ``day``; None where nothing tells."""
    begin = BEGINS.get(info.name)
    if day is None or begin is None:
        return None
    column = table.c[begin]
    there = column < end_of(day)
    return or_(column.is_(None), there) if info.field(begin).nullable else there
