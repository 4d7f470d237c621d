"""Figures of compounds and zones that layers are coloured by and tables list: read here once, so that both say the same."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from pm_desktop.base import paths
from pm_desktop.base.label import Label
from pm_desktop.domain.entity import entity_of
from pm_desktop.domain.enums import ManagementMode, label_of
from pm_desktop.domain.records import Building, Complaint, Compound, Contract, ServiceProject, Town, WorkOrder, Zone
from pm_desktop.domain.response import response_rate
from pm_desktop.layers.options import Option, Read, Value
from pm_desktop.layers.style import StyleClass
from pm_desktop.storage.moments import moment, year_to
from pm_desktop.storage.past import SHANGHAI

if TYPE_CHECKING:
    from pm_desktop.storage.database import Database

RATE_AREA_M2 = 100_000.0
RATE_UNIT = Label("件/10万㎡", "per 100,000 ㎡")
UNCERTAIN = StyleClass("UNCERTAIN", Label("样本小，不确定", "Uncertain: too few"), "#7f858d", "#8b939d", pattern="hatch")
_PERCENT = Label("%", "%")
Numbers = NDArray[np.float64]


# -- complaints ---------------------------------------------------------------------------------------------------------


def valid_complaints(db: Database, by: str, end: datetime) -> dict[str, int] | None:
    """Valid complaints of the 365 days up to ``end`` by compound or zone; None if no complaint was ever brought in."""
    found: Counter[str] = Counter()
    for owner, valid, n in db.group_count(Complaint, (by, "valid"), {"received_at": year_to(end)}):
        if owner and valid is not False:
            found[owner] += n
    return dict(found) if found or db.rows(Complaint, ("id",), limit=1) else None


def rate(count: int | None, area_m2: Any) -> float | None:
    """Complaints a 100,000 ㎡ of registered area; without an area it has no value."""
    return None if count is None or not area_m2 else count / (float(area_m2) / RATE_AREA_M2)


def smoothed(events: Numbers, size: Numbers) -> tuple[Numbers, Numbers, Numbers]:
    """Marshall's global empirical Bayes estimate of each rate, the weight (0–1) of its own data in it, and its standard error as a share of the overall rate.

    Parameters
    ----------
    events, size : arrays
        Events, and what they are counted on (``size`` > 0).

    Notes
    -----
    With the overall rate m = Σe/Σn, s² = Σn(r − m)²/Σn and A = max(0, s² − m/n̄), the weight is A/(A + m/n) and the
    estimate m + weight·(r − m) (R. Marshall, Applied Statistics 40, 1991); its variance is weight·m/n.
    """
    if events.sum() == 0:
        return np.zeros(len(events)), np.zeros(len(events)), np.zeros(len(events))
    raw = events / size
    overall = events.sum() / size.sum()
    spread = max(0.0, float((size * (raw - overall) ** 2).sum() / size.sum() - overall / size.mean()))
    chance = overall / size
    weight = spread / (spread + chance)
    return overall + weight * (raw - overall), weight, np.sqrt(weight * chance) / overall


@dataclass(frozen=True, slots=True)
class Doubt:
    """When a smoothed rate counts as uncertain: a rule in force for some time, with its basis."""

    min_own_weight: float
    max_relative_error: float
    basis: str

    def of(self, weight: float, error: float) -> bool:
        """Whether a rate with this weight of its own data and this standard error, as a share of the overall rate, is uncertain."""
        return weight < self.min_own_weight or error > self.max_relative_error


def doubt_on(day: date) -> Doubt:
    """The rule in force on ``day``; before the first one, the first."""
    file = paths.resources_dir() / "rules" / "rate_smoothing.json"
    rules = sorted(json.loads(file.read_text("utf-8"))["rules"], key=lambda r: str(r["valid_from"]))
    rule = [r for r in rules if r["valid_from"] <= day.isoformat()][-1:] or rules[:1]
    return Doubt(**{f.name: rule[0][f.name] for f in fields(Doubt)})


def doubt_words(day: date) -> Label:
    """The rule in force on ``day`` as a legend says it."""
    rule = doubt_on(day)
    weight, error = (f"{v:.0%}" for v in (rule.min_own_weight, rule.max_relative_error))
    return Label(f"样本小：标准误超过全区率的 {error}，或自身数据权重不足 {weight}", f"Uncertain: standard error above {error} of the district's rate, or own weight below {weight}")


def _sizes(db: Database, record: type[Any], area: str, as_of: date | None) -> dict[str, float | None]:
    return {i: None if m2 is None else float(m2) for i, m2 in db.rows(record, ("id", area), as_of=as_of)}


def _rates(record: type[Any], area: str, by: str) -> Read:
    def read(db: Database, as_of: date | None) -> Mapping[str, Value]:
        counted = valid_complaints(db, by, moment(db, as_of))
        return {i: rate(None if counted is None else counted.get(i, 0), m2) for i, m2 in _sizes(db, record, area, as_of).items()}
    return read


def _smoothed_rates(record: type[Any], area: str, by: str) -> Read:
    def read(db: Database, as_of: date | None) -> Mapping[str, Value]:
        end = moment(db, as_of)
        counted = valid_complaints(db, by, end)
        sizes = {i: m2 / RATE_AREA_M2 for i, m2 in _sizes(db, record, area, as_of).items() if m2 and counted is not None}
        found = smoothed(np.array([(counted or {}).get(i, 0) for i in sizes], float), np.array(list(sizes.values()), float))
        doubt = doubt_on((end + SHANGHAI).date())
        return {i: UNCERTAIN.key if doubt.of(w, e) else r for i, r, w, e in zip(sizes, *(v.tolist() for v in found), strict=True)}
    return read


def _complaint_counts(by: str, record: type[Any]) -> Read:
    def read(db: Database, as_of: date | None) -> Mapping[str, Value]:
        counted = valid_complaints(db, by, moment(db, as_of))
        return {} if counted is None else {i: counted.get(i, 0) for (i,) in db.rows(record, ("id",), as_of=as_of)}
    return read


def complaint_options(record: type[Any], area: str, by: str) -> tuple[Option, ...]:
    """Options by complaints of the last 365 days for an entity with ``area`` in ㎡, to which complaints belong through ``by``."""
    needs = frozenset({"Complaint"})
    return (Option("complaint_rate", Label("投诉率·12个月", "Complaint rate, 12 months"), _rates(record, area, by), unit=RATE_UNIT, digits=1,
                   depends_on=needs),
            Option("complaint_rate_eb", Label("投诉率·平滑", "Complaint rate, smoothed"), _smoothed_rates(record, area, by), (UNCERTAIN,), RATE_UNIT, 1,
                   depends_on=needs, note=doubt_words),
            Option("complaints", Label("有效投诉·12个月", "Valid complaints, 12 months"), _complaint_counts(by, record), unit=Label("件", "complaints"),
                   depends_on=needs))


# -- contracts, orders, funds -------------------------------------------------------------------------------------------


def contracts(db: Database, as_of: date | None, column: str) -> dict[str, Any]:
    """A field of the newest contract in force of each zone."""
    rows = db.rows(Contract, ("zone_id", column, "valid_from"), as_of=as_of)
    return {zone: value for zone, value, _ in sorted(rows, key=lambda r: r[2]) if zone}


def fees(db: Database, as_of: date | None) -> Mapping[str, Value]:
    """Fee of each zone."""
    return {z: None if fee is None else float(fee) for z, fee in contracts(db, as_of, "fee_cny_m2_month").items()}


def collection(db: Database, as_of: date | None) -> Mapping[str, Value]:
    """Collection rate of each zone in per cent."""
    return {z: None if share is None else float(share) * 100 for z, share in contracts(db, as_of, "collection_rate").items()}


def days_left(db: Database, as_of: date | None) -> Mapping[str, Value]:
    """Days until the contract of each zone ends; negative once it has."""
    today = (moment(db, as_of) + SHANGHAI).date()
    return {z: None if end is None else (end - today).days for z, end in contracts(db, as_of, "end").items()}


def response(db: Database, as_of: date | None) -> Mapping[str, Value]:
    """Share of repair orders of the last 365 days answered within 30 minutes, per cent, of each zone."""
    end = moment(db, as_of)
    orders: defaultdict[str, list[Any]] = defaultdict(list)
    for part in db.iter_rows(WorkOrder, ("zone_id", "accepted_at", "responded_at", "cancelled_at", "duplicate_of"), {"accepted_at": year_to(end)}):
        for zone, *order in part:
            if zone:
                orders[zone].append(order)
    rated = {zone: response_rate(own, end) for zone, own in orders.items()}
    return {zone: on_time / counted * 100 for zone, (on_time, counted) in rated.items() if counted}


def repair_fund(db: Database, as_of: date | None) -> Mapping[str, Value]:
    """Repair fund left of what was paid in first, per cent, of each compound; buildings with both figures known count."""
    sums: defaultdict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for home, balance, first in db.rows(Building, ("compound_id", "repair_fund_balance_cny", "repair_fund_first_cny")):
        if home and balance is not None and first is not None:
            sums[home][0] += float(balance)
            sums[home][1] += float(first)
    return {home: balance / first * 100 for home, (balance, first) in sums.items() if first}


_MODE_COLOURS = {ManagementMode.MARKET: ("#3f7fb5", "#6fb0e8"), ManagementMode.FALLBACK: ("#d07a1e", "#f0a850"),
                 ManagementMode.INTERIM: ("#8a5cb8", "#bb96e6"), ManagementMode.SELF: ("#2f8f6b", "#a5edd0"),
                 ManagementMode.NONE: ("#b8405e", "#ec809a")}
MODE_CLASSES = tuple(StyleClass(m.value, label_of(m), *_MODE_COLOURS[m], pattern="cross" if m is ManagementMode.INTERIM else "solid")
                     for m in ManagementMode)


def modes(db: Database, as_of: date | None) -> Mapping[str, Value]:
    """Management mode of each zone."""
    return {zone: None if mode is None else str(mode) for zone, mode in db.rows(Zone, ("id", "management_mode"), as_of=as_of)}


def of_compounds(read: Read) -> Read:
    """The same figure for compounds: that of the zone in force that contains them."""
    def lifted(db: Database, as_of: date | None) -> Mapping[str, Value]:
        values = read(db, as_of)
        return {c: values.get(zone) for zone, members in db.rows(Zone, ("id", "compound_ids"), as_of=as_of) for c in members or ()}
    return lifted


def service_options(compounds: bool) -> tuple[Option, ...]:
    """Options by contract and repair service, of zones or of the compounds in them."""
    def own(read: Read) -> Read:
        return of_compounds(read) if compounds else read

    deal, orders = frozenset({"Contract", "Zone"}), frozenset({"WorkOrder", "Zone"})
    return (Option("fee", Label("物业费单价", "Fee"), own(fees), unit=Label("元/㎡·月", "CNY/㎡·month"), digits=2, palette="sea", method="natural",
                   depends_on=deal),
            Option("collection_rate", Label("收缴率", "Collection rate"), own(collection), unit=_PERCENT, digits=1, palette="viridis", depends_on=deal),
            Option("contract_days", Label("合同剩余天数", "Days until the contract ends"), own(days_left), unit=Label("天", "days"), palette="viridis",
                   depends_on=deal),
            Option("response", Label("30分钟响应率·12个月", "Answered in 30 min, 12 months"), own(response), unit=_PERCENT, digits=1, palette="viridis", method="natural",
                   depends_on=orders))


# -- fields of registers -----------------------------------------------------------------------------------------------

_PLACES = ("lon", "lat")
_UNITS = {"户": "households", "幢": "buildings", "台": "lifts", "个": "pieces", "人": "people", "层": "floors", "套": "flats"}
_TEN_THOUSAND = 10_000.0


def number_options(record: type[Any]) -> tuple[Option, ...]:
    """One option for each number that the entity's register holds, in the order of its fields; areas in 万㎡."""
    made = []
    for f in entity_of(record).fields:
        if f.kind not in ("int", "decimal", "float") or f.name in _PLACES:
            continue
        year, area = f.name.endswith("_year"), f.unit == "㎡"
        unit = Label("年", "year") if year else Label("万㎡", "10,000 ㎡") if area else Label(f.unit or "个", _UNITS.get(f.unit or "个", f.unit or "pieces"))
        made.append(Option(f.name, f.label, _field(record, f.name, _TEN_THOUSAND if area else 1.0), unit=unit, digits=2 if area else 0, grouped=not year,
                           palette="violet", method="natural" if year else "quantile"))
    return tuple(made)


def _field(record: type[Any], name: str, scale: float) -> Read:
    def read(db: Database, as_of: date | None) -> Mapping[str, Value]:
        return {i: None if v is None else float(v) / scale for i, v in db.rows(record, ("id", name), as_of=as_of)}
    return read


# -- firms ---------------------------------------------------------------------------------------------------------------


def largest_firms(db: Database, as_of: date | None) -> dict[str, tuple[str, float]]:
    """For each town (id) the firm with the largest managed floor area and its share of the town's known floor area, per cent.

    As in a firm's profile: the floor area of compounds, in which those without a firm count too.
    """
    firm_of = {zone: firm for zone, firm in db.rows(ServiceProject, ("zone_id", "firm_id"), as_of=as_of) if firm}
    home_firm = {c: firm_of[zone] for zone, members in db.rows(Zone, ("id", "compound_ids"), as_of=as_of) if zone in firm_of for c in members or ()}
    town_of = dict(db.rows(Town, ("code", "id")))
    whole: defaultdict[str, float] = defaultdict(float)
    shares: defaultdict[str, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    for home, code, m2 in db.rows(Compound, ("id", "town_code", "floor_area_m2")):
        if code in town_of and m2:
            whole[town_of[code]] += float(m2)
            if home in home_firm:
                shares[town_of[code]][home_firm[home]] += float(m2)
    found = {}
    for town, by_firm in shares.items():
        firm, area = max(by_firm.items(), key=lambda item: (item[1], item[0]))
        found[town] = (firm, area / whole[town] * 100)
    return found
