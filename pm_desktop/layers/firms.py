"""物业服务企业: zones in the colours of the district's largest firms, all others in one, none in another."""

from __future__ import annotations

from collections import Counter
from datetime import date

from pm_desktop.base.label import Label
from pm_desktop.domain.records import Firm, ServiceProject, Zone
from pm_desktop.layers.layer import Layer, LayerData, from_polygons
from pm_desktop.layers.style import FillStyle, StyleClass
from pm_desktop.storage.database import Database

LARGEST = 8
_COLOURS = (("#1f77b4", "#62aee6"), ("#d1701a", "#f2a35c"), ("#2f8f4e", "#66c987"), ("#b5345a", "#ef7fa0"),
            ("#7b5aa6", "#b99be0"), ("#8a6b1f", "#f0e08a"), ("#148a99", "#55c4d2"), ("#5f4b3a", "#b29a84"))
OTHERS = StyleClass("others", Label("其他企业", "Other firms"), "#8a929c", "#8d97a3")
NOBODY = StyleClass("none", Label("无企业", "No firm"), "#b3261e", "#ff8a80", pattern="hatch")


def load(db: Database, as_of: date | None) -> LayerData:
    """Zones by firm."""
    names = dict(db.rows(Firm, ("id", "name")))
    firm_of = dict(db.rows(ServiceProject, ("zone_id", "firm_id"), as_of=as_of))
    rows = db.rows(Zone, ("id", "name", "geom", "owner_heads"), as_of=as_of, order_by=("code",))
    counted = Counter(firm for r in rows if (firm := firm_of.get(r[0])))
    largest = [firm for firm, _ in sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:LARGEST]]
    style = FillStyle((*(StyleClass(firm, Label(names.get(firm, firm), names.get(firm, firm)), *_COLOURS[k])
                         for k, firm in enumerate(largest)), OTHERS, NOBODY), fill_opacity=0.42, width=1.1)
    number = {firm: k for k, firm in enumerate(largest)}
    cls = [number.get(firm_of[r[0]], len(largest)) if firm_of.get(r[0]) else len(largest) + 1 for r in rows]
    data = from_polygons([r[2] for r in rows], [r[0] for r in rows], [r[1] for r in rows], cls)
    data.style = style
    return data


LAYER = Layer("firms", Label("物业服务企业", "Firms"), 31, frozenset({"Zone", "ServiceProject", "Firm"}),
              FillStyle((OTHERS, NOBODY)), load, default_on=False)
