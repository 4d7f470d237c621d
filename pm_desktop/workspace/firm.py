"""Firm profile (企业档案): its projects, where they are, how it answers, what ends, and where it stands among its like."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pm_desktop.base.errors import InputRefused
from pm_desktop.base.jobs import JobContext
from pm_desktop.base.label import Label
from pm_desktop.domain.enums import ManagementMode, Severity, label_of
from pm_desktop.domain.masking import mask_name, mask_phone
from pm_desktop.domain.records import Alert, Compound, Contract, Firm, ServiceProject, Town, WorkOrder, Zone
from pm_desktop.storage.database import Database
from pm_desktop.storage.moments import moment, year_to
from pm_desktop.storage.query import NotNull
from pm_desktop.workspace.page import Block, Drill, Item, Profile, State
from pm_desktop.workspace.peers import RATE_UNIT, Load, loads_of_compounds, loads_of_firms, standing, total
from pm_desktop.workspace.profile import OPEN_ALERTS, SHANGHAI
from pm_desktop.workspace.records import day_of, entered, monthly, source
from pm_desktop.workspace.response import order_items

TOWNS_SHOWN = 8
SIMILAR = (0.5, 2.0)  # peers manage between half and twice the area


@dataclass(slots=True)
class _Context:
    db: Database
    firm: Any
    zones: list[Any]
    load: Load
    loads: dict[str, Load]
    now: datetime
    today: date

    @property
    def year(self) -> tuple[str, str]:
        span = year_to(self.now)
        return (span.low.isoformat(), span.high.isoformat())

    @property
    def zone_ids(self) -> list[str]:
        return [z.id for z in self.zones]


def load_firm(ctx: JobContext, location: str, firm_id: str, today: date | None = None) -> Profile:
    """Profile of a firm; a job. Raises `InputRefused` if there is none."""
    with Database.open(location, read_only=True) as db:
        firm = db.get(Firm, firm_id)
        if firm is None:
            raise InputRefused("firm_missing", Label("没有这家企业", "there is no such firm"),
                               Label("请刷新地图后重试", "refresh the map and try again"))
        now = moment(db, today)
        zone_ids = {r[0] for r in db.rows(ServiceProject, ("zone_id",), {"firm_id": firm_id}) if r[0]}
        zones = db.records(Zone, {"id": sorted(zone_ids)}, order_by=("code",)) if zone_ids else []
        loads = loads_of_compounds(db, now)
        own = total([loads[c] for z in zones for c in z.compound_ids if c in loads])
        ctx.check_cancelled()
        context = _Context(db, firm, zones, own, loads, now, (now + SHANGHAI).date())
        blocks = tuple(make(context) for make in (_identity, _projects, _towns, _complaints, _orders, _alerts, _contracts, _credit))
        subtitle = " · ".join(t for t in (firm.short_name, firm.code) if t)
        return Profile(firm_id, firm.name, subtitle, None, None, None, blocks, "Firm", own.compounds, _box(db, own.compounds))


def _box(db: Database, compounds: tuple[str, ...]) -> tuple[float, float, float, float] | None:
    places = [p for p in db.rows(Compound, ("lon", "lat"), {"id": list(compounds)}) if p[0] is not None] if compounds else []
    if not places:
        return None
    lon, lat = zip(*places, strict=True)
    return (min(lon), min(lat), max(lon), max(lat))


def _number(value: float | None, digits: int = 0) -> str | None:
    return None if value is None else f"{value:,.{digits}f}"


def _identity(c: _Context) -> Block:
    f = c.firm
    return Block("firm", Label("基本信息", "Identity"), entered(c.db, Firm, {"id": f.id}), (
        Item(Label("统一社会信用代码", "Credit code"), f.uscc), Item(Label("简称", "Short name"), f.short_name),
        Item(Label("注册区", "Registered in"), f.reg_district),
        Item(Label("党组织", "Party organisation"), label_of(f.party_org) if f.party_org else None),
        Item(Label("联系人", "Contact"), mask_name(f.contact_name) if f.contact_name else None),
        Item(Label("联系电话", "Telephone"), mask_phone(f.contact_phone) if f.contact_phone else None)), entered=True, drill=source(Firm, {"id": f.id}, 1))


def _projects(c: _Context) -> Block:
    label = Label("在管项目", "Projects")
    compounds = list(c.load.compounds)
    items = [Item(Label("物业管理区域", "Management zones"), str(len(c.zones)), "个", Drill("Zone", {"id": c.zone_ids}, label, len(c.zones))),
             Item(Label("小区", "Compounds"), str(len(compounds)), "个", Drill("Compound", {"id": compounds}, label, len(compounds))),
             Item(Label("户数", "Households"), _number(c.load.households), "户", _known(c, "households")),
             Item(Label("建筑面积", "Floor area"), _number(c.load.area_m2), "㎡", _known(c, "floor_area_m2"))]
    modes = [(m, own) for m in (*ManagementMode, None) if (own := [z.id for z in c.zones if z.management_mode is m])]
    for mode, own in modes:
        words = label_of(mode) if mode else Label("模式未填报", "Mode not reported")
        items.append(Item(Label(f"· {words.zh}", f"· {words.en}"), str(len(own)), "个", Drill("Zone", {"id": own}, words, len(own))))
    return Block("projects", label, str(max((z.valid_from for z in c.zones), default="")) or None, tuple(items))


def _known(c: _Context, field: str) -> Drill | None:
    """The compounds of the firm of which a figure is known: its sum is made of them."""
    where = {"id": list(c.load.compounds), field: ["known"]}
    count = c.db.count(Compound, {"id": list(c.load.compounds), field: NotNull()}) if c.load.compounds else 0
    return Drill("Compound", where, Label("小区", "Compounds"), count) if count else None


def _towns(c: _Context) -> Block:
    names, of_town = dict(c.db.rows(Town, ("code", "name"))), dict(c.db.rows(Compound, ("id", "town_code")))
    mine: dict[str, list[Load]] = {}
    every: dict[str, list[Load]] = {}
    for identifier, load in c.loads.items():
        every.setdefault(of_town.get(identifier) or "", []).append(load)
    for identifier in c.load.compounds:
        mine.setdefault(of_town.get(identifier) or "", []).append(c.loads[identifier])
    order = sorted(mine, key=lambda t: (-(total(mine[t]).area_m2 or 0), t))
    items = [item for town in order[:TOWNS_SHOWN] for item in _share(names.get(town, "街镇未填报"), total(mine[town]), total(every[town]))]
    if len(order) > TOWNS_SHOWN:
        rest = total([load for town in order[TOWNS_SHOWN:] for load in mine[town]])
        n = len(order) - TOWNS_SHOWN
        items.append(Item(Label(f"另有 {n} 个街镇", f"{n} more towns"), str(len(rest.compounds)), "个",
                          Drill("Compound", {"id": list(rest.compounds)}, Label("小区", "Compounds"), len(rest.compounds))))
    return Block("towns", Label("各街镇份额", "Share by town"), str(c.today), tuple(items) or (Item(Label("街镇", "Towns"), None),))


def _share(town: str, own: Load, whole: Load) -> tuple[Item, Item]:
    """Compounds of a firm in a town with their part of its known floor area; below, households and area."""
    part = f"{100 * own.area_m2 / whole.area_m2:.1f} %" if own.area_m2 is not None and whole.area_m2 else None
    homes, n = _number(own.households), len(own.compounds)
    area = _number(own.area_m2 / 10_000, 1) if own.area_m2 is not None else None
    title = Label(town, town)
    return (Item(title, Label(f"{n} 个小区 · 占 {part or '未填报'}", f"{n} compounds · {part or 'share not reported'}"), None,
                 Drill("Compound", {"id": list(own.compounds)}, title, n)),
            Item(Label("· 户数与面积", "· homes and area"), Label(f"{homes or '未填报'} 户 · {area or '未填报'} 万㎡",
                                      f"{homes or 'not reported'} homes · {_number(own.area_m2) or 'not reported'} ㎡")))


def _complaints(c: _Context) -> Block:
    label = Label("近12个月有效投诉", "Valid complaints, 12 months")
    firms = loads_of_firms(c.db, c.loads)
    low, high = ((c.load.area_m2 or 0) * k for k in SIMILAR)
    peers = {firm: load.rate for firm, load in firms.items()
             if firm != c.firm.id and load.rate is not None and low <= (load.area_m2 or 0) <= high}
    found = standing(c.load.rate, peers.values())
    # void complaints are not counted; what nobody has judged yet is
    where = {"compound_id": list(c.load.compounds), "received_at": ["between", *c.year], "valid": ["not", False]}
    rate = c.load.rate
    state: State | None = None
    if found is not None:
        state = "bad" if found.own > found.five[3] else "ok" if found.own <= found.five[2] else "warn"
    items = [Item(Label("有效投诉", "Valid complaints"), _number(c.load.complaints), "件", Drill("Complaint", where, label, c.load.complaints)),
             Item(Label("有效投诉率", "Per 100,000 ㎡"), _number(rate, 1), RATE_UNIT, None, state)]
    if found is None:
        items.append(Item(Label("规模相近企业", "Firms of similar size"), Label("不足5家，不比较", "fewer than 5, not compared")))
    else:
        words = Label("参与比较的企业", "Firms compared")
        items += [Item(Label("规模相近企业中位数", "Median of similar firms"), f"{found.five[2]:.1f}", RATE_UNIT),
                  Item(words, str(found.peers), "家", Drill("Firm", {"id": list(peers)}, words, len(peers)))]
    now, before = monthly(c.db, c.now, c.load.compounds, valid=True)
    return Block("complaints", label, str(c.today), tuple(items), now, before, found)


def _orders(c: _Context) -> Block:
    rows = c.db.rows(WorkOrder, ("accepted_at", "responded_at", "cancelled_at", "duplicate_of", "id"),
                     {"zone_id": c.zone_ids, "accepted_at": year_to(c.now)}) if c.zones else []
    where = {"zone_id": c.zone_ids, "accepted_at": ["between", *c.year]}
    return Block("orders", Label("30分钟响应（近12个月）", "30-minute response, 12 months"), day_of(max((r[0] for r in rows), default=None)) or str(c.today),
                 order_items(rows, c.now, Label("响应率", "Rate"), where))


def _alerts(c: _Context) -> Block:
    label = Label("感知告警", "Sensor alerts")
    where = {"zone_id": c.zone_ids, "status": OPEN_ALERTS}
    rows = c.db.rows(Alert, ("severity", "last_at"), where) if c.zones else []
    items = [Item(Label("未关闭告警", "Open alerts"), str(len(rows)), "条", Drill("Alert", where, label, len(rows)), "bad" if rows else "ok")]
    items += [Item(Label(f"· {s.value} {label_of(s).zh}", f"· {s.value} {label_of(s).en}"), str(n), "条", Drill("Alert", where | {"severity": s.value}, label_of(s), n))
              for s in Severity if (n := sum(r[0] == s.value for r in rows))]
    return Block("alerts", label, day_of(max((r[1] for r in rows), default=None)) or str(c.today), tuple(items))


def _contracts(c: _Context) -> Block:
    label = Label("合同到期", "Contracts that end")
    rows = c.db.rows(Contract, ("id", "end"), {"firm_id": c.firm.id})
    items = [Item(Label("合同总数", "Contracts"), str(len(rows)), "份", Drill("Contract", {"firm_id": c.firm.id}, label, len(rows)))]
    spans = ((Label("已过期", "Already ended"), None, 0, "bad"), (Label("90天内到期", "Within 90 days"), 0, 90, "warn"),
             (Label("180天内到期", "Within 180 days"), 0, 180, None))
    for words, low, high, state in spans:
        own = [r[0] for r in rows if r[1] is not None and (low is None or (r[1] - c.today).days >= low) and (r[1] - c.today).days < high]
        items.append(Item(words, str(len(own)), "份", Drill("Contract", {"id": own}, words, len(own)), state if own else "ok"))  # type: ignore[arg-type]
    unknown, words = [r[0] for r in rows if r[1] is None], Label("终止日未填报", "End not reported")
    if unknown:
        items.append(Item(words, str(len(unknown)), "份", Drill("Contract", {"id": unknown}, words, len(unknown))))
    return Block("contracts", label, str(c.today), tuple(items))


def _credit(_c: _Context) -> Block:
    return Block("credit", Label("信用评价", "Credit"), None, (Item(Label("最近一次等级", "Latest grade"), None),))
