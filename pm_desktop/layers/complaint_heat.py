"""投诉热力: density of the last twelve months' complaints; those without a place are counted, never placed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from pm_desktop.base.label import Label
from pm_desktop.domain.records import Complaint
from pm_desktop.layers.layer import Layer, LayerData, from_heat
from pm_desktop.layers.style import HeatStyle
from pm_desktop.storage.database import Database
from pm_desktop.storage.query import Between

STYLE = HeatStyle(("#fff3b2", "#fecc5c", "#fd8d3c", "#e8452c", "#a50f2d"), Label("件/km²", "complaints/km²"),
                  ((12.0, 500.0), (14.5, 300.0), (99.0, 150.0)))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def load(db: Database, as_of: date | None) -> LayerData:
    """Complaints of the twelve months up to the newest (or up to ``as_of``)."""
    if as_of is None:
        newest = db.rows(Complaint, ("received_at",), order_by=("-received_at",), limit=1)
        end = newest[0][0] if newest else datetime.now(UTC)
    else:
        end = datetime(as_of.year, as_of.month, as_of.day, tzinfo=UTC) + timedelta(hours=16)
    window = Between(end - timedelta(days=365), end + timedelta(seconds=1))
    rows = db.rows(Complaint, ("lon", "lat", "received_at", "category"), {"received_at": window})
    categories = {code: k for k, code in enumerate(sorted({(r[3] or "")[:2] for r in rows}))}
    data = from_heat([r[0] for r in rows], [r[1] for r in rows], [(r[2] - _EPOCH).days for r in rows],
                     [categories[(r[3] or "")[:2]] for r in rows], STYLE)
    data.as_of = end.isoformat() if rows else None
    return data


LAYER = Layer("complaint_heat", Label("投诉热力", "Complaint heat"), 10, frozenset({"Complaint"}), STYLE, load, default_on=False)
