"""重复投诉: places with complaints about one thing again and again in the last days, by how often."""

from __future__ import annotations

from datetime import date
from typing import Any

from pm_desktop.base.label import Label
from pm_desktop.domain.dated import rule_on
from pm_desktop.domain.records import Building, Complaint, Compound
from pm_desktop.domain.repeats import Repeat
from pm_desktop.layers.complaints import category_labels, last_day, repeated
from pm_desktop.layers.layer import Layer, LayerData, from_points, with_notes
from pm_desktop.layers.style import PointStyle, StyleClass
from pm_desktop.storage.database import Database
from pm_desktop.storage.past import SHANGHAI

RULE = "repeat_complaints"
NAMED = 4
_LOOK = (("MOST", "#a3123a", "#ff7a9c", "diamond", 15.0), ("MANY", "#d1570a", "#ffab5e", "square", 12.0), ("FEW", "#8a6d00", "#f0d060", "circle", 9.5))


def _style(least: list[int]) -> PointStyle:
    """Classes by the number of the most frequent repeat of a place, from the limits of the rule."""
    most, many, few = least
    words = (Label(f"{most} 件及以上", f"{most} or more"), Label(f"{many}—{most - 1} 件", f"{many} to {most - 1}"),
             Label(f"{few}—{many - 1} 件", f"{few} to {many - 1}") if many - 1 > few else Label(f"{few} 件", f"{few}"))
    return PointStyle(tuple(StyleClass(key, w, light, dark, shape=shape, size=size)  # type: ignore[arg-type]
                            for (key, light, dark, shape, size), w in zip(_LOOK, words, strict=True)), cluster_zoom=14.0, label_zoom=16.0)


def load(db: Database, as_of: date | None) -> LayerData:
    """Every place with a repeat, where its complaints lie, else where its compound is."""
    last = last_day(db)
    rule = rule_on(RULE, last or date.today())
    found = repeated(db, last, rule["days"], rule["least"]) if last else {}
    places = _places(db, found)
    cls = [next((k for k, limit in enumerate(rule["classes"]) if len(r[0].complaints) >= limit), len(_LOOK) - 1) for r in found.values()]
    at = [places[p][1:] for p in found]
    data = from_points([a[0] for a in at], [a[1] for a in at], list(found), [places[p][0] for p in found], cls, cls)
    data.style, data.as_of = _style(rule["classes"]), last.isoformat() if last else None
    return with_notes(data, {place: _note(each, rule["days"]) for place, each in found.items()})


def _places(db: Database, found: dict[str, tuple[Repeat, ...]]) -> dict[str, tuple[str, float | None, float | None]]:
    """Name and position of each place."""
    first = {place: each[0].complaints[0] for place, each in found.items()}
    rows = [c for each in found.values() for r in each for c in r.complaints]
    at: dict[str, tuple[Any, Any]] = {i: (x, y) for i, x, y in db.rows(Complaint, ("id", "lon", "lat"), {"id": [c.id for c in rows]}) if x is not None}
    homes = {r[0]: r[1:] for r in db.rows(Compound, ("id", "name", "lon", "lat"), {"id": sorted({c.compound_id for c in rows if c.compound_id})})}
    number = {i: no or code for i, no, code in db.rows(Building, ("id", "no", "code"), {"id": sorted({c.building_id for c in rows if c.building_id})})}
    out = {}
    for place, each in found.items():
        name, *home = homes.get(first[place].compound_id, ("未定位小区", None, None))
        known = [at[c.id] for r in each for c in r.complaints if c.id in at]
        x, y = (sum(v) / len(known) for v in zip(*known, strict=True)) if known else home
        out[place] = (f"{name} {number[place]}" if place in number else str(name), x, y)
    return out


def _note(each: tuple[Repeat, ...], days: int) -> Label:
    zh = "、".join(f"{r.words} {len(r.complaints)} 件" for r in each[:NAMED]) + ("…" if len(each) > NAMED else "")
    en = ", ".join(f"{_english(r)} × {len(r.complaints)}" for r in each[:NAMED]) + (" …" if len(each) > NAMED else "")
    moments = [c.received_at + SHANGHAI for r in each for c in r.complaints]
    span = f"{min(moments):%m-%d} — {max(moments):%m-%d}"
    return Label(f"{zh}\n{span}（{days} 天内同类）", f"{en}\n{span} (same kind within {days} days)")


def _english(repeat: Repeat) -> str:
    found = category_labels().get(repeat.category[:2])
    return found.en if found else repeat.words


LAYER = Layer("repeats", Label("重复投诉", "Repeated complaints"), 62, frozenset({"Complaint", "Compound", "Building"}), _style([5, 3, 2]), load, default_on=False)
