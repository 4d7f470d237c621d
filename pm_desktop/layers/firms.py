"""物业服务企业: zones in the colours of the district's largest firms, all others in one, none in another; or towns by the share of their largest firm."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date

from pm_desktop.base.label import Label
from pm_desktop.domain.records import Firm, ServiceProject, Town, Zone
from pm_desktop.layers.figures import largest_firms
from pm_desktop.layers.layer import Layer, LayerData, from_polygons, with_values
from pm_desktop.layers.options import Look, Option, Shown
from pm_desktop.layers.style import FillStyle, StyleClass
from pm_desktop.storage.database import Database

LARGEST = 8
_COLOURS = (("#1f77b4", "#62aee6"), ("#d1701a", "#f2a35c"), ("#2f8f4e", "#66c987"), ("#b5345a", "#ef7fa0"),
            ("#7b5aa6", "#b99be0"), ("#8a6b1f", "#f0e08a"), ("#148a99", "#55c4d2"), ("#5f4b3a", "#b29a84"))
OTHERS = StyleClass("others", Label("其他企业", "Other firms"), "#8a929c", "#8d97a3")
NOBODY = StyleClass("none", Label("无企业", "No firm"), "#b3261e", "#ff8a80", pattern="hatch")


def load(db: Database, as_of: date | None, look: Look) -> LayerData:
    """Zones by firm, or towns by their largest firm."""
    return _zones(db, as_of) if look.option == BY_FIRM.id else _towns(db, as_of, look)


def _zones(db: Database, as_of: date | None) -> LayerData:
    names = dict(db.rows(Firm, ("id", "name")))
    firm_of = dict(db.rows(ServiceProject, ("zone_id", "firm_id"), as_of=as_of))
    rows = db.rows(Zone, ("id", "name", "geom"), as_of=as_of, order_by=("code",))
    counted = Counter(firm for r in rows if (firm := firm_of.get(r[0])))
    largest = [firm for firm, _ in sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:LARGEST]]
    firms = [StyleClass(firm, Label(names.get(firm, firm), names.get(firm, firm)), *_COLOURS[k]) for k, firm in enumerate(largest)]
    number = {firm: k for k, firm in enumerate(largest)}
    cls = [number.get(firm_of[r[0]], len(largest)) if firm_of.get(r[0]) else len(largest) + 1 for r in rows]
    data = from_polygons([r[2] for r in rows], [r[0] for r in rows], [r[1] for r in rows], cls)
    data.style, data.option = replace(STYLE, classes=(*firms, OTHERS, NOBODY)), Shown(BY_FIRM.id, BY_FIRM.label)
    return data


def _towns(db: Database, as_of: date | None, look: Look) -> LayerData:
    """Towns, each named with its largest firm, by that firm's share of the town's known floor area."""
    names = dict(db.rows(Firm, ("id", "name")))
    largest = largest_firms(db, as_of)
    rows = db.rows(Town, ("id", "name", "geom"), order_by=("code",))
    titles = [f"{name} · {names.get(largest[town][0], NOBODY.label.zh)}" if town in largest else name for town, name, _ in rows]
    values = [largest[town][1] if town in largest else None for town, _, _ in rows]
    data = with_values(values, TOWN_SHARE, look, STYLE, [r[2] for r in rows], [r[0] for r in rows], titles)
    assert data.option is not None
    data.option = replace(data.option, note=SHARE_NOTE)
    return data


BY_FIRM = Option("firm", Label("企业", "Firm"))
SHARE_NOTE = Label("在管建筑面积占该街镇已知建筑面积；没有企业的也计入分母", "Managed floor area of the town's known floor area, that of no firm included")
TOWN_SHARE = Option("town_share", Label("最大企业占街镇份额", "Largest firm's share of a town"), unit=Label("%", "%"), digits=1, palette="violet",
                    depends_on=frozenset({"Town", "Compound"}))
STYLE = FillStyle((OTHERS, NOBODY), fill_opacity=0.42, width=1.1)
LAYER = Layer("firms", Label("物业服务企业", "Firms"), 31, frozenset({"Zone", "ServiceProject", "Firm"}),
              STYLE, load, default_on=False, options=(BY_FIRM, TOWN_SHARE))
