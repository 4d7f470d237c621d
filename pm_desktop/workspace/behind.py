"""Rows behind a feature of the map that is no compound: what a click on it opens in the table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import numpy as np

from pm_desktop.base.arraypack import ArrayPack, text_at
from pm_desktop.base.jobs import JobContext
from pm_desktop.base.label import Label
from pm_desktop.domain.dated import rule_on
from pm_desktop.domain.enums import label_of
from pm_desktop.domain.records import Barrier, SharedFacility
from pm_desktop.layers.complaints import days_upto, last_day, repeated
from pm_desktop.storage.database import Database
from pm_desktop.workspace.page import Drill


def rows_behind(ctx: JobContext, location: str, layer: str, identifier: str, pack: str = "") -> Drill | None:
    """Rows behind feature ``identifier`` of ``layer`` as it is drawn from ``pack``; None if it is gone. A job."""
    if layer == "hot_spots":
        return _hot_spot(pack, identifier)
    with Database.open(location, read_only=True) as db:
        return _FOUND[layer](db, identifier)


def _hot_spot(pack: str, identifier: str) -> Drill | None:
    """The complaints that were counted in a hot spot."""
    arrays = ArrayPack(pack)
    at = np.flatnonzero(arrays["f/id"] == identifier.encode())
    if len(at) == 0:
        return None
    compounds = text_at(arrays["spot/compound_blob"], arrays["spot/compound_start"], int(at[0])).split("\n")
    name = text_at(arrays["f/name_blob"], arrays["f/name_start"], int(at[0]))
    first, last = (date(1970, 1, 1) + timedelta(days=int(d)) for d in arrays["spot/day"])
    window = days_upto(last, (last - first).days + 1)
    where: dict[str, Any] = {"compound_id": compounds, "valid": ["not", False], "received_at": ["between", window.low.isoformat(), window.high.isoformat()]}
    _, _, category = arrays.meta["option"]["option"].partition(":")
    if category:
        where["category"] = ["begins", category]
    return Drill("Complaint", where, Label(f"热点 {name}", f"Hot spot {name}"), int(arrays["spot/cases"][at[0]]))


def _facility(db: Database, identifier: str) -> Drill | None:
    """The zones that a facility serves; the facility itself where none is known."""
    found = db.get(SharedFacility, identifier)
    if found is None:
        return None
    kind, zones = label_of(found.facility_type), list(found.serving_zone_ids)
    if zones:
        title = Label(f"{kind.zh} {found.code} 服务的区域", f"Zones served by {kind.en.lower()} {found.code}")
        return Drill("Zone", {"id": zones}, title, len(zones))
    return Drill("SharedFacility", {"id": identifier}, Label(f"{kind.zh} {found.code}", f"{kind.en} {found.code}"), 1)


def _barrier(db: Database, identifier: str) -> Drill | None:
    found = db.get(Barrier, identifier)
    if found is None:
        return None
    kind = label_of(found.barrier_type)
    return Drill("Barrier", {"id": identifier}, Label(f"{kind.zh} {found.name or found.code}", f"{kind.en} {found.name or found.code}"), 1)


def _repeat(db: Database, identifier: str) -> Drill | None:
    """The complaints that repeat at a building or compound."""
    last = last_day(db)
    if last is None:
        return None
    rule = rule_on("repeat_complaints", last)
    for field in ("building_id", "compound_id"):
        found = repeated(db, last, rule["days"], rule["least"], {field: identifier}).get(identifier, ())
        if found:
            ids = [c.id for r in found for c in r.complaints]
            words = "、".join(r.words for r in found)
            return Drill("Complaint", {"id": ids}, Label(f"重复投诉：{words}", f"Repeated complaints: {words}"), len(ids))
    return None


_FOUND: dict[str, Callable[[Database, str], Drill | None]] = {"facilities": _facility, "barriers": _barrier, "repeats": _repeat}
LAYERS = frozenset((*_FOUND, "hot_spots"))
"""Layers whose features open rows and no profile."""
