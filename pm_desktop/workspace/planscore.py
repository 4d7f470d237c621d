"""The answer to ``plan score``: members by code or name, their facts from the registers, gates, score, staff and money (DOMAIN §4.6)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from pm_desktop.base.errors import InputRefused
from pm_desktop.base.jobs import JobContext
from pm_desktop.base.label import Label
from pm_desktop.domain.consolidation import economics, gates, score
from pm_desktop.domain.consolidation.exact import rounded
from pm_desktop.domain.consolidation.facts import (
    ROLES,
    Facility,
    Member,
    Plan,
    Posts,
    Rule,
    area_of,
    households_of,
    named,
    rule_sheet,
)
from pm_desktop.domain.dated import expired_on
from pm_desktop.domain.enums import BarrierType, CommitteeStatus, FacilityType, ManagementMode, MergerKind
from pm_desktop.domain.records import (
    Barrier,
    Building,
    Committee,
    Compound,
    Contract,
    ServiceProject,
    SharedFacility,
    Town,
    Zone,
)
from pm_desktop.storage.database import Database
from pm_desktop.storage.moments import moment
from pm_desktop.storage.past import SHANGHAI
from pm_desktop.workspace.plangeometry import BarrierShape, Layout, barrier_shape, outline, repaired
from pm_desktop.workspace.selection import SOURCES

LIVE = SOURCES["zones"].where
_ZONE = ("id", "code", "name", "town_code", "juwei_code", "management_mode", "total_exclusive_area_m2", "owner_heads", "compound_ids", "geom")
BARRIER_REACH_DEG = 0.01  # further than half of any road or river, and the corridor
Row = dict[str, Any]


# -- members ------------------------------------------------------------------------------------------------------------


def find_zones(db: Database, wanted: Sequence[str]) -> list[Row]:
    """Zones in force by code or name, in the order given.

    Raises
    ------
    InputRefused
        None is given, one is unknown or given twice, or several zones bear a name.
    """
    keys = [k.strip() for k in wanted if k.strip()]
    if not keys:
        raise InputRefused("members_missing", Label("没有给出区域", "no zone is given"), Label("请用 --members 列出区域编码或名称", "list codes or names of zones with --members"))
    rows: dict[str, Row] = {}
    asked = sorted(k for k in set(keys) if _storable(k))
    for column in ("code", "name"):
        rows |= {r[0]: dict(zip(_ZONE, r, strict=True)) for r in db.rows(Zone, _ZONE, {**LIVE, column: asked}, order_by=("code",))}
    by_code = {z["code"]: [z] for z in rows.values()}
    by_name: defaultdict[str, list[Row]] = defaultdict(list)
    for z in rows.values():
        by_name[z["name"]].append(z)
    found = {k: by_code.get(k) or by_name.get(k, []) for k in keys}
    _refuse([k for k in found if not found[k]], "zone_unknown", Label("没有这些物业管理区域", "there are no such zones"), Label("请核对区域编码或名称", "check their codes or names"))
    _refuse([k for k in found if len(found[k]) > 1], "zone_ambiguous", Label("不止一个区域用此名称", "several zones bear the name"), Label("请改填区域编码", "give the zone code"))
    chosen = [found[k][0] for k in keys]
    twice = Counter(z["id"] for z in chosen)
    _refuse([k for k, z in zip(keys, chosen, strict=True) if twice[z["id"]] > 1], "member_twice", Label("同一区域给了两次", "a zone is given twice"), Label("每个区域只列一次", "list each zone once"))
    return chosen


def _storable(text: str) -> bool:
    """Whether a database can hold a text at all: no NUL, and no byte of the command line that is no letter."""
    return "\0" not in text and not any("\ud800" <= c <= "\udfff" for c in text)


def _refuse(names: list[str], code: str, what: Label, remedy: Label) -> None:
    if names:
        listed = named([f"“{n[:40]}”" for n in dict.fromkeys(names)])
        raise InputRefused(code, Label(f"{what.zh}：{listed.zh}", f"{what.en}: {listed.en}"), remedy)


def _newest(db: Database, record: type[Any], columns: Sequence[str], zones: list[str]) -> dict[str, tuple[Any, ...]]:
    """Columns of the newest record in force of each zone."""
    rows = db.rows(record, ("zone_id", "valid_from", *columns), {"zone_id": zones}, order_by=("code",))
    return {r[0]: r[2:] for r in sorted(rows, key=lambda r: r[1])}


def _own_names(zones: list[Row]) -> list[str]:
    """Names of the members; with the code where two bear one name."""
    times = Counter(z["name"] for z in zones)
    return [z["name"] if times[z["name"]] == 1 else f"{z['name']}（{z['code']}）" for z in zones]


def read_members(db: Database, zones: list[Row], outlines: list[Any]) -> tuple[Member, ...]:
    """What the registers hold of the zones."""
    ids = [z["id"] for z in zones]
    projects = _newest(db, ServiceProject, ("firm_id", *(f"{r}_fte" for r in ROLES)), ids)
    contracts = _newest(db, Contract, ("firm_id", "fee_cny_m2_month", "collection_rate", "end"), ids)
    committees = _newest(db, Committee, ("status", "term_end"), ids)
    homes = [c for z in zones for c in z["compound_ids"] or ()]
    doors = dict(db.rows(Compound, ("id", "gates"), {"id": homes}))
    funds, towns = _funds(db, homes), dict(db.rows(Town, ("code", "name")))
    found = []
    for zone, name, shape in zip(zones, _own_names(zones), outlines, strict=True):
        project = projects.get(zone["id"], (None,) * (len(ROLES) + 1))
        firm, fee, rate, end = contracts.get(zone["id"], (None,) * 4)
        status, term_end = committees.get(zone["id"], (None, None))
        own = list(zone["compound_ids"] or ())
        found.append(Member(
            name=name, town=zone["town_code"], town_name=towns.get(zone["town_code"]), juwei=zone["juwei_code"], mode=ManagementMode(zone["management_mode"]) if zone["management_mode"] else None,
            area_m2=zone["total_exclusive_area_m2"], households=zone["owner_heads"], fee_cny_m2_month=fee, collection_rate=rate,
            firm=project[0] or firm, staff=dict(zip(ROLES, project[1:], strict=True)), gates=_all_known(doors.get(c) for c in own),
            committee=CommitteeStatus(status) if status else None, term_end=term_end, contract_end=end, repair_fund_share=_share(funds, own),
            outline_valid=None if shape is None else bool(shape.is_valid)))
    return tuple(found)


def _all_known(values: Iterable[int | None]) -> int | None:
    listed = list(values)
    return sum(v for v in listed if v is not None) if listed and all(v is not None for v in listed) else None


def _funds(db: Database, homes: list[str]) -> dict[str, tuple[Decimal, Decimal]]:
    """Repair fund left and first paid in by compound, of buildings with both on record."""
    sums: defaultdict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    for home, left, first in db.rows(Building, ("compound_id", "repair_fund_balance_cny", "repair_fund_first_cny"), {"compound_id": homes}):
        if left is not None and first is not None:
            sums[home][0] += left
            sums[home][1] += first
    return {home: (left, first) for home, (left, first) in sums.items()}


def _share(funds: Mapping[str, tuple[Decimal, Decimal]], homes: list[str]) -> Fraction | None:
    known = [funds[h] for h in homes if h in funds]
    first = sum((f for _, f in known), Decimal(0))
    return Fraction(sum((left for left, _ in known), Decimal(0))) / Fraction(first) if first else None


# -- what lies between and is shared ------------------------------------------------------------------------------------


def _barriers(db: Database, zones: list[Row], sheet: Rule) -> list[BarrierShape]:
    import shapely

    drawn = [z["geom"] for z in zones if z["geom"]]
    if not drawn:
        return []
    west, south, east, north = shapely.total_bounds(shapely.from_wkb(drawn)).tolist()
    reach = BARRIER_REACH_DEG
    rows = db.rows(Barrier, ("barrier_type", "name", "width_m", "geom"), bbox=(west - reach, south - reach, east + reach, north + reach), order_by=("code",))
    made = (barrier_shape(BarrierType(kind), name, width, geom, sheet) for kind, name, width, geom in rows if geom)
    return [b for b in made if b is not None]


def _facilities(db: Database, ids: list[str]) -> tuple[Facility, ...] | None:
    place = {zone: k for k, zone in enumerate(ids)}
    found = []
    for kind, served, evidence in db.rows(SharedFacility, ("facility_type", "serving_zone_ids", "evidence"), order_by=("code",)):
        serves = frozenset(place[z] for z in served or () if z in place)
        if serves:
            found.append(Facility(FacilityType(kind), serves, bool(evidence and evidence.strip())))
    return tuple(found) or None


def read_plan(ctx: JobContext, db: Database, wanted: Sequence[str], kind: MergerKind, day: date) -> Plan:
    """The plan of these members, as the registers know it."""
    sheet = rule_sheet(day)["geometry"]
    zones = find_zones(db, wanted)
    outlines = [outline(z["geom"]) for z in zones]
    layout = Layout([repaired(o) for o in outlines], sheet)
    ctx.check_cancelled()
    return Plan(kind=kind, members=read_members(db, zones, outlines), pairs=layout.pairs(_barriers(db, zones, sheet)),
                ratios=tuple(layout.shared_ratio(i) for i in range(len(zones))), facilities=_facilities(db, [z["id"] for z in zones]),
                barriers_known=bool(db.rows(Barrier, ("id",), limit=1)), hub_m=layout.hub_m())


# -- the answer ---------------------------------------------------------------------------------------------------------


def score_plan(ctx: JobContext, location: str, members: Sequence[str], kind: MergerKind, posts: Posts | None = None, fee: Decimal | None = None) -> dict[str, Any]:
    """The object of ``plan score``; ``fee`` adds what one fee for all would mean. A job.

    Raises
    ------
    InputRefused
        A member is unknown, ambiguous or given twice, or there is none.
    """
    with Database.open(location, read_only=True) as db:
        day = (moment(db, None) + SHANGHAI).date()
        plan = read_plan(ctx, db, members, kind, day)
    return answer(plan, posts, fee, day)


def answer(plan: Plan, posts: Posts | None, fee: Decimal | None, day: date) -> dict[str, Any]:
    """A plan as the command line tells it."""
    rule = rule_sheet(day)
    paid, saved = economics.fees(plan.members), economics.saving(plan, posts, rule)
    points = score.score(plan, saved, rule)
    names = [m.name for m in plan.members]
    out: dict[str, Any] = {
        "members": names, "area_m2": _number(area_of(plan.members)), "households": households_of(plan.members),
        "billing_cny_month": _text(paid.billing, 2), "weighted_fee": _text(paid.weighted, 4), "collected_cny_month": _text(paid.collected, 2),
        "collected_pct": _percent(paid.share), "fee_gap_pct": _percent(paid.gap),
        "gates": [{"id": g.id, "result": g.result.value, "reason": g.reason.zh, "basis": g.basis.zh, "reason_en": g.reason.en, "basis_en": g.basis.en}
                  for g in gates.gates(plan, rule, day)],
        "score": {"total": float(points.total), "lines": {k: _points(k, v) for k, v in points.lines.items()}, "grade": points.grade.zh},
        "staff": {"before": {k: _number(v) for k, v in saved.before.items()}, "after": {k: _number(v) for k, v in saved.after.items()},
                  "before_cny_month": _number(saved.before_cny), "after_cny_month": _number(saved.after_cny),
                  "saving_cny_month": _number(saved.cny), "saving_pct": _percent(saved.share)},
        "balance": {"before_cny_month": _text(economics.less(paid.collected, saved.before_cny), 2),
                    "after_cny_month": _text(economics.less(paid.collected, saved.after_cny), 2)},
        "gaps_m": {f"{names[p.a]}|{names[p.b]}": float(rounded(Fraction(p.gap_m), 1)) for p in plan.pairs},
        "kind": plan.kind.value, "ratios": {n: None if r is None else float(rounded(Fraction(r), 4)) for n, r in zip(names, plan.ratios, strict=True)},
        "posts": None if saved.posts is None else {"24h": saved.posts.day_24h, "12h": saved.posts.day_12h}}
    if fee is not None:
        out["unified_fee"] = _unified(economics.unified(plan, fee, saved.after_cny))
    assumed = economics.premises(plan, posts)
    return out | {"premises": [p.zh for p in assumed], "premises_en": [p.en for p in assumed], "notice": economics.NOTICE.zh, "notice_en": economics.NOTICE.en,
                  "rule": {"valid_from": rule["valid_from"], "valid_to": rule["valid_to"], "expired": expired_on(rule, day), "basis": rule["basis"]}}


def _unified(u: economics.Unified) -> dict[str, Any]:
    return {"fee_cny_m2_month": str(u.fee), "billing_cny_month": _text(u.billing, 2), "collected_cny_month": _text(u.collected, 2), "balance_cny_month": _text(u.balance, 2),
            "households_more": u.more, "households_same": u.same, "households_less": u.less, "households_unknown": u.unknown,
            "break_even_fee": None if u.break_even is None else str(u.break_even)}


def _text(value: Fraction | None, places: int) -> str | None:
    return None if value is None else f"{rounded(value, places):f}"


def _percent(share: Fraction | None) -> str | None:
    return None if share is None else _text(share * 100, 2)


def _number(value: Fraction | None) -> int | float | None:
    return None if value is None else int(value) if value.denominator == 1 else float(value)


# lines whose points come in steps are whole numbers
STEPPED = ("barrier", "facilities", "scale", "fee_gap", "juwei")


def _points(line: str, value: Decimal) -> int | float:
    return int(value) if line in STEPPED and value == value.to_integral_value() else float(value)
