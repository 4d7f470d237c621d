"""What rows of a file are joined to: zones, compounds, towns, firms and keys that the store holds already."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pm_desktop.base.label import Label
from pm_desktop.base.mercator import M_PER_DEGREE
from pm_desktop.domain.records import Building, Compound, Firm, Town, Zone
from pm_desktop.intake.values import RowFault
from pm_desktop.storage.database import Database

# closer than this two compounds of one name are one
SAME_M = 5.0


@dataclass(slots=True)
class Lookup:
    """Names and codes of the store; loaded once an import."""

    zone_by_code: dict[str, str] = field(default_factory=dict)
    zone_by_name: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    zone_of_compound: dict[str, str] = field(default_factory=dict)
    compound_by_name: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    compound_place: dict[str, tuple[float | None, float | None]] = field(default_factory=dict)
    compound_codes: dict[str, list[tuple[str, float, float]]] = field(default_factory=lambda: defaultdict(list))
    town_by_name: dict[str, str] = field(default_factory=dict)
    town_codes: list[str] = field(default_factory=list)
    town_shapes: Any = None
    firm_by_key: dict[str, str] = field(default_factory=dict)
    building_at: dict[tuple[str, str], tuple[str, float | None, float | None]] = field(default_factory=dict)
    _starts: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def load(cls, db: Database, *, buildings: bool = False) -> Lookup:
        """Read what is needed; ``buildings`` only where addresses are matched."""
        import shapely

        found = cls()
        for identifier, code, name, lon, lat in db.rows(Compound, ("id", "code", "name", "lon", "lat")):
            if lon is not None and lat is not None:
                found.compound_codes[name].append((code, lon, lat))
            found.compound_by_name[name].append(identifier)
            found.compound_place[identifier] = (lon, lat)
        for identifier, code, name, members in db.rows(Zone, ("id", "code", "name", "compound_ids")):
            found.zone_by_code[code] = identifier
            found.zone_by_name[name].append(identifier)
            found.zone_of_compound.update(dict.fromkeys(members, identifier))
        towns = db.rows(Town, ("code", "name", "geom"), order_by=("code",))
        found.town_by_name = {name: code for code, name, _ in towns}
        drawn = [(code, geom) for code, _, geom in towns if geom]
        found.town_codes = [code for code, _ in drawn]
        found.town_shapes = shapely.from_wkb(np.array([g for _, g in drawn], dtype=object))
        for identifier, code, name, uscc in db.rows(Firm, ("id", "code", "name", "uscc")):
            found.firm_by_key.update({k: identifier for k in (code, name, uscc) if k})
        if buildings:
            for identifier, compound, no, lon, lat in db.rows(Building, ("id", "compound_id", "no", "lon", "lat")):
                found.building_at[compound, (no or "").rstrip("号幢栋")] = (identifier, lon, lat)
        for name in (*found.compound_by_name, *found.zone_by_name):
            if len(name) >= 2 and name not in found._starts[name[:2]]:
                found._starts[name[:2]].append(name)
        return found

    def zone(self, key: str | None, field_name: str = "zone") -> str:
        """Zone by code or name.

        Raises
        ------
        RowFault
            Unknown, or several zones bear the name.
        """
        if not key:
            raise RowFault(field_name, "zone_missing", Label("没有填物业管理区域", "no zone is given"))
        if key in self.zone_by_code:
            return self.zone_by_code[key]
        ids = self.zone_by_name.get(key) or [z for c in self.compound_by_name.get(key, []) if (z := self.zone_of_compound.get(c))]
        if len(set(ids)) == 1:
            return ids[0]
        if ids:
            raise RowFault(field_name, "zone_ambiguous", Label(f"有{len(set(ids))}个区域名为“{key}”，请改填区域编码",
                                                               f"{len(set(ids))} zones are called {key!r}: give the zone code"))
        raise RowFault(field_name, "zone_unknown", Label(f"没有名为“{key}”的物业管理区域", f"there is no zone {key!r}"))

    def namesake(self, name: str, lon: float | None, lat: float | None) -> str | None:
        """Code of a stored compound of this name at this very place: other columns of a file give it decimetres off."""
        if lon is None or lat is None:
            return None
        x, y = M_PER_DEGREE
        return next((code for code, at_lon, at_lat in self.compound_codes.get(name, ()) if ((lon - at_lon) * x) ** 2 + ((lat - at_lat) * y) ** 2 <= SAME_M ** 2), None)

    def town(self, name: str | None) -> str | None:
        """Town code by name or code."""
        if not name:
            return None
        return self.town_by_name.get(name, name if name in self.town_by_name.values() else None)

    def town_at(self, lon: np.ndarray[Any, Any], lat: np.ndarray[Any, Any]) -> list[str | None]:
        """Town code of each position by its outline; None outside all of them."""
        import shapely

        out: list[str | None] = [None] * len(lon)
        if self.town_shapes is None or not len(self.town_codes):
            return out
        tree = shapely.STRtree(self.town_shapes)
        points, shapes = tree.query(shapely.points(lon, lat), predicate="intersects")
        for p, s in zip(points.tolist(), shapes.tolist(), strict=True):
            out[p] = out[p] or self.town_codes[s]
        return out

    def address(self, text: str | None) -> tuple[str | None, str | None, str]:
        """(compound, zone, what follows the name) of an address: the longest known name that stands in it once."""
        best = ""
        for at in range(len(text or "") - 1):
            for name in self._starts.get((text or "")[at:at + 2], ()):
                if len(name) > len(best) and (text or "").startswith(name, at):
                    best = name
        if not best:
            return None, None, ""
        rest = (text or "").partition(best)[2]
        compounds, zones = self.compound_by_name.get(best, []), self.zone_by_name.get(best, [])
        if len(compounds) > 1 or (not compounds and len(zones) > 1):
            return None, None, rest  # namesakes: a person has to say which
        if compounds:
            return compounds[0], self.zone_of_compound.get(compounds[0]), rest
        return None, zones[0], rest
