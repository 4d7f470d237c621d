"""投诉热力: density of complaints in any span of days; those without a place are counted, never placed."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np

from pm_desktop.base.label import Label
from pm_desktop.domain.records import Complaint
from pm_desktop.layers.complaints import SOURCES_SHOWN, category_labels
from pm_desktop.layers.layer import Layer, LayerData, from_heat
from pm_desktop.layers.style import HeatStyle
from pm_desktop.storage.bulk import iter_plain
from pm_desktop.storage.database import Database
from pm_desktop.storage.query import Between

STYLE = HeatStyle(("#fff3b2", "#fecc5c", "#fd8d3c", "#e8452c", "#a50f2d"), Label("件/km²·30天", "complaints/km² per 30 days"),
                  ((12.0, 500.0), (14.5, 300.0), (99.0, 150.0)))
_DAY_US = 86_400_000_000
_SHANGHAI_US = 8 * 3_600_000_000
OTHER = Label("其他来源", "Other sources")


def load(db: Database, as_of: date | None) -> LayerData:
    """Every complaint received up to ``as_of``, by day of Shanghai, two-digit category and source."""
    where: dict[str, Any] = {}
    if as_of is not None:
        where["received_at"] = Between(None, datetime(as_of.year, as_of.month, as_of.day, tzinfo=UTC) + timedelta(hours=16))
    labels = category_labels()
    number = {code: k for k, code in enumerate(labels)}
    unknown = len(number)
    sources: dict[str, int] = {}
    parts: list[tuple[Any, ...]] = []
    for rows in iter_plain(db, Complaint, ("lon", "lat", "received_at", "category", "source"), where):
        east, north, moments, categories, received = zip(*rows, strict=True)
        parts.append((np.array(east, np.float64), np.array(north, np.float64),
                      ((np.array(moments, np.int64) + _SHANGHAI_US) // _DAY_US).astype(np.int32),
                      np.array([number.get((c or "")[:2], unknown) for c in categories], np.uint8),
                      np.array([sources.setdefault(s, len(sources)) for s in received], np.int32)))
    empty = tuple(np.zeros(0, kind) for kind in (np.float64, np.float64, np.int32, np.uint8, np.int32))
    lon, lat, day, category, source = (np.concatenate(v) for v in zip(*(parts or [empty]), strict=True))
    source, source_names = _common(source, list(sources))
    data = from_heat(lon, lat, day, category, source, STYLE, [*labels.values(), Label("未填报", "Not reported")], source_names)
    data.as_of = str(date(1970, 1, 1) + timedelta(days=int(day.max()))) if len(day) else None
    return data


def _common(source: Any, names: list[str]) -> tuple[Any, list[Label]]:
    """The most frequent sources by name, all others as one."""
    order = [k for k, _ in Counter(source.tolist()).most_common()] if len(names) > SOURCES_SHOWN else list(range(len(names)))
    shown = order[:SOURCES_SHOWN]
    place = np.full(max(len(names), 1), len(shown), np.uint8)
    place[shown] = np.arange(len(shown))
    words = [Label(names[k], names[k]) for k in shown] + ([OTHER] if len(names) > len(shown) else [])
    return place[source], words or [OTHER]


LAYER = Layer("complaint_heat", Label("投诉热力", "Complaint heat"), 10, frozenset({"Complaint"}), STYLE, load, default_on=False)
