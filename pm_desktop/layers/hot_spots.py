"""投诉热点: compounds that together have more valid complaints than their building area leads one to expect (see `scan`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pm_desktop.base.arraypack import pack_texts
from pm_desktop.base.label import Label
from pm_desktop.domain.dated import rule_on
from pm_desktop.domain.records import Complaint, Compound
from pm_desktop.layers.complaints import category_labels, days_upto, last_day
from pm_desktop.layers.layer import Layer, LayerData, from_polygons, with_notes
from pm_desktop.layers.options import Look, Option, Shown
from pm_desktop.layers.scan import Cluster, Limits, scan
from pm_desktop.layers.style import FillStyle, StyleClass
from pm_desktop.storage.database import Database

RULE = "hot_spots"
NAMED = 2
REACH_M, EDGE_M = 75.0, 15.0  # compounds nearer than twice the reach are drawn as one; the outline keeps the edge off them
_LOOK = (("MOST", "#8c0d2f", "#ff6f91"), ("MANY", "#cf3f12", "#ffa05c"), ("SOME", "#a8850a", "#f5dc6a"))


@dataclass(frozen=True, slots=True)
class Span:
    """Days (first and last of them) and category (two digits, None for all) of what is counted."""

    first: date
    last: date
    category: str | None


@dataclass(slots=True)
class Places:
    """Compounds with a place and a building area, and what had to be left out."""

    rows: list[tuple[Any, ...]]
    cases: NDArray[np.int64]
    area_m2: NDArray[np.float64]
    without_area: int
    not_theirs: int


def _style(limits: Sequence[float]) -> FillStyle:
    most, many = (f"{v:g}" for v in limits)
    words = (Label(f"预期的 {most} 倍及以上", f"{most} times expected or more"), Label(f"预期的 {many}—{most} 倍", f"{many} to {most} times expected"),
             Label(f"预期的 {many} 倍以下", f"less than {many} times expected"))
    classes = tuple(StyleClass(key, w, light, dark) for (key, light, dark), w in zip(_LOOK, words, strict=True))
    return FillStyle(classes, fill_opacity=0.24, width=2.6, label_zoom=12.0)


def load(db: Database, as_of: date | None, look: Look) -> LayerData:
    """Hot spots, numbered by how many complaints there are too many; their rows stand under ``spot/`` in the pack."""
    last = last_day(db)
    rule = rule_on(RULE, last or date.today())
    option = LAYER.option(look.option)
    days, _, category = look.option.partition(":")
    if last is None:
        return _packed([], Places([], np.zeros(0, np.int64), np.zeros(0), 0, 0), None, rule, option)
    span = Span(last - timedelta(days=int(days) - 1), last, category or None)
    places = counted(db, span)
    limits = Limits(rule["radius_m"], rule["members"], rule["alpha"], rule["draws"], rule["least_complaints"], rule["least_ratio"])
    found = sorted(scan(_metres(places), places.cases, places.area_m2, limits), key=lambda c: (c.expected - c.cases, places.rows[c.places[0]][0]))
    return _packed(found, places, span, rule, option)


def counted(db: Database, span: Span) -> Places:
    """Valid complaints of each compound in the days of ``span``."""
    window = days_upto(span.last, (span.last - span.first).days + 1)
    tally: Counter[str | None] = Counter()
    for compound, valid, category, n in db.group_count(Complaint, ("compound_id", "valid", "category"), {"received_at": window}):
        if valid is not False and (span.category is None or (category or "")[:2] == span.category):
            tally[compound] += n
    rows = db.rows(Compound, ("id", "name", "lon", "lat", "floor_area_m2", "geom"), order_by=("code",))
    known = [r for r in rows if r[2] is not None and r[4]]
    cases = np.array([tally[r[0]] for r in known], np.int64)
    return Places(known, cases, np.array([float(r[4]) for r in known]), len(rows) - len(known), sum(tally.values()) - int(cases.sum()))


def _metres(places: Places) -> NDArray[np.float64]:
    from pm_desktop.base.crs import to_local

    return np.asarray(to_local(np.array([r[2:4] for r in places.rows], float).reshape(-1, 2)))


def _packed(found: list[Cluster], places: Places, span: Span | None, rule: dict[str, Any], option: Option) -> LayerData:
    members = [_worst_first(c, places) for c in found]
    ids = [m[0][0] for m in members]
    names = [f"{k + 1} {_named([r[1] for r in m])}" for k, m in enumerate(members)]
    cls = [sum(c.ratio < limit for limit in rule["classes"]) for c in found]
    data = from_polygons([_outline(m) for m in members], ids, names, cls, list(range(len(found))))
    data.style, data.option = _style(rule["classes"]), Shown(option.id, option.label)
    if span is not None:
        data.as_of = span.last.isoformat()
        with_notes(data, {i: _note(c, m, span, places) for i, c, m in zip(ids, found, members, strict=True)})
    blob, start = pack_texts(["\n".join(r[0] for r in m) for m in members])
    epoch = date(1970, 1, 1)
    when = [(span.first - epoch).days, (span.last - epoch).days] if span else [0, -1]
    data.arrays |= {"spot/compound_blob": blob, "spot/compound_start": start, "spot/cases": np.array([c.cases for c in found], np.int32),
                    "spot/expected": np.array([c.expected for c in found]), "spot/p": np.array([c.p for c in found]), "spot/day": np.array(when, np.int32)}
    return data


def _worst_first(cluster: Cluster, places: Places) -> list[tuple[Any, ...]]:
    """Compounds of a cluster, those with most complaints first."""
    return [places.rows[i] for i in sorted(cluster.places.tolist(), key=lambda i: (-places.cases[i], places.rows[i][1]))]


def _named(names: list[str]) -> str:
    return "、".join(names) if len(names) <= NAMED else f"{'、'.join(names[:NAMED])}等{len(names)}个小区"


def _note(cluster: Cluster, members: list[tuple[Any, ...]], span: Span, places: Places) -> Label:
    names = "、".join(r[1] for r in members)
    left_zh = f"全区另有 {places.not_theirs:,} 件未计（未关联小区或小区无建筑面积）" if places.not_theirs else ""
    left_en = f"{places.not_theirs:,} complaints of the district not counted (no compound, or one without building area)" if places.not_theirs else ""
    days = f"{span.first} — {span.last}"
    zh = [f"{cluster.cases} 件，按建筑面积预期 {cluster.expected:.1f} 件（{cluster.ratio:.1f} 倍，p = {cluster.p:.3f}）", days, names, left_zh]
    en = [f"{cluster.cases} complaints, {cluster.expected:.1f} expected by building area ({cluster.ratio:.1f} times, p = {cluster.p:.3f})", days, names, left_en]
    return Label("\n".join(filter(None, zh)), "\n".join(filter(None, en)))


def _outline(members: list[tuple[Any, ...]]) -> bytes:
    """Compounds and what lies between them: their outlines widened, joined and drawn in again, in metres."""
    import shapely

    from pm_desktop.base.crs import from_local, to_local

    shapes = shapely.from_wkb(np.array([r[5] for r in members], object))
    bare = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    shapes[bare] = shapely.points(np.array([r[2:4] for r in members], float))[bare]
    local = shapely.make_valid(shapely.transform(shapes, to_local))
    joined = shapely.buffer(shapely.union_all(shapely.buffer(local, REACH_M)), EDGE_M - REACH_M)
    parts = shapely.get_parts(joined)
    if len(parts) > 1:  # one spot is one area
        joined = shapely.convex_hull(joined)
    return bytes(shapely.to_wkb(shapely.transform(joined, from_local)))


def _options() -> tuple[Option, ...]:
    every, short, long = rule_on(RULE, date.max)["days"]
    spans = tuple(Option(str(d), Label(f"近 {d} 天", f"Last {d} days")) for d in (every, short, long))
    kinds = tuple(Option(f"{every}:{code}", Label(f"近 {every} 天 · {w.zh}", f"Last {every} days · {w.en}")) for code, w in category_labels().items())
    return spans + kinds


LAYER = Layer("hot_spots", Label("投诉热点", "Complaint hot spots"), 50, frozenset({"Complaint", "Compound"}), _style([5, 3]), load, default_on=False,
              options=_options())
