"""Compound profile (小区档案, DOMAIN §4.4): one page of blocks, each with its date; every count opens its rows."""

from __future__ import annotations

import statistics
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from pm_desktop.base.errors import InputRefused
from pm_desktop.base.jobs import JobContext
from pm_desktop.base.label import Label
from pm_desktop.domain.committee import report_due, status_on
from pm_desktop.domain.enums import CommitteeStatus, ManagementMode, Scene, Severity, label_of
from pm_desktop.domain.fallback import DUTIES, missing_duties
from pm_desktop.domain.masking import mask_name
from pm_desktop.domain.records import (
    Alert,
    Building,
    Committee,
    Complaint,
    Compound,
    Contract,
    Device,
    Firm,
    ResidentialCommittee,
    ServiceProject,
    SharedFacility,
    Town,
    WorkOrder,
    Zone,
)
from pm_desktop.storage.database import Database
from pm_desktop.storage.moments import YEAR, moment, year_to
from pm_desktop.storage.query import Between
from pm_desktop.workspace import governance, summary
from pm_desktop.workspace.page import Block, Drill, Item, Profile, State
from pm_desktop.workspace.peers import RATE_UNIT, loads_of_compounds, standing
from pm_desktop.workspace.records import day_of, entered, entered_by_batch, monthly, source
from pm_desktop.workspace.response import order_items

SHANGHAI = timedelta(hours=8)
OPEN_ALERTS = ["RAISED", "ACKED", "VERIFYING", "CONFIRMED", "DISPATCHED"]
MIN_CELL = 5  # price cells of fewer contracts are hidden (DOMAIN §0)


@dataclass(slots=True)
class _Context:
    db: Database
    compound: Any
    zone: Any
    town: Any
    contract: Any
    project: Any
    now: datetime
    today: date
    committee: Any = None
    firm: Any = None
    entered: str | None = None

    @property
    def year(self) -> tuple[str, str]:
        """The twelve months that are counted, as a condition of a `Drill` has them."""
        span = year_to(self.now)
        return (span.low.isoformat(), span.high.isoformat())

    @property
    def row(self) -> Drill | None:
        """The compound's own row."""
        return source(Compound, {"id": self.compound.id}, 1)

    @property
    def contracts(self) -> Drill | None:
        """The zone's contract in force."""
        return source(Contract, {"id": self.contract.id}, 1) if self.contract else None


def load_profile(ctx: JobContext, location: str, compound_id: str, today: date | None = None) -> Profile:
    """Profile of a compound; a job.

    Parameters
    ----------
    today : date, optional
        Day from which countdowns and the twelve months are taken; left out, the newest day of the workspace's data
        for a sample, else this day in Shanghai.

    Raises
    ------
    InputRefused
        There is no such compound.
    """
    with Database.open(location, read_only=True) as db:
        compound = db.get(Compound, compound_id)
        if compound is None:
            raise InputRefused("compound_missing", Label("没有这个小区", "there is no such compound"),
                               Label("请刷新地图后重试", "refresh the map and try again"))
        now = moment(db, today)
        zone = zone_of_compound(db, compound_id, compound.town_code)
        contract = _newest(db.records(Contract, {"zone_id": zone.id})) if zone else None
        project = _newest(db.records(ServiceProject, {"zone_id": zone.id})) if zone else None
        town = next(iter(db.records(Town, {"code": compound.town_code})), None) if compound.town_code else None
        context = _Context(db, compound, zone, town, contract, project, now, (now + SHANGHAI).date(),
                           _newest(db.records(Committee, {"zone_id": zone.id})) if zone else None,
                           db.get(Firm, project.firm_id) if project and project.firm_id else None, entered(db, Compound, {"id": compound_id}))
        blocks = tuple(make(context) for make in _BLOCKS if make is not _reported or compound.reported)
        blocks = (summary.of_compound(blocks, context.today), *blocks)
        subtitle = " · ".join(t for t in (town.name if town else None, compound.address, compound.code) if t)
        return Profile(compound_id, compound.name, subtitle, compound.lon, compound.lat, zone.id if zone else None, blocks,
                       "Compound", (compound_id,))


def zone_of_compound(db: Database, compound_id: str, town_code: str | None) -> Any:
    """The zone in force that contains a compound, or None."""
    where = {"town_code": town_code} if town_code else {}
    return next((z for z in db.records(Zone, where) if compound_id in z.compound_ids), None)


def _newest(records: list[Any]) -> Any:
    return max(records, key=lambda r: r.valid_from, default=None)


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return f"{value:,}"
    return str(value)


def _yes(value: bool | None) -> Label | None:
    return None if value is None else Label("是", "Yes") if value else Label("否", "No")


def _word(value: Any) -> Label | None:
    return label_of(value) if value is not None else None


def _identity(c: _Context) -> Block:
    juwei = next(iter(c.db.records(ResidentialCommittee, {"code": c.compound.juwei_code})), None) if c.compound.juwei_code else None
    aliases = "、".join(c.compound.aliases) if c.compound.aliases else None
    return Block("identity", Label("基本信息", "Identity"), c.entered, (
        Item(Label("小区编码", "Code"), c.compound.code), Item(Label("地址", "Address"), c.compound.address),
        Item(Label("别名", "Aliases"), aliases), Item(Label("街镇", "Town"), c.town.name if c.town else None),
        Item(Label("居委会", "Residential committee"), juwei.name if juwei else c.compound.juwei_code)),
        entered=True, drill=c.row)


def _zone(c: _Context) -> Block:
    label = Label("物业管理区域", "Management zone")
    if c.zone is None:
        return Block("zone", label, None, (Item(Label("区域名称", "Zone"), None),))
    z = c.zone
    items = [Item(Label("区域名称", "Zone"), z.name), Item(Label("区域编码", "Zone code"), z.code),
             Item(Label("核定单号", "Approval no."), z.approval_no), Item(Label("核定日期", "Approved"), _text(z.approval_date)),
             Item(Label("状态", "Status"), _word(z.status)), Item(Label("管理模式", "Mode"), _word(z.management_mode)),
             Item(Label("所含小区", "Compounds"), str(len(z.compound_ids)), "个",
                  Drill("Compound", {"id": list(z.compound_ids)}, label, len(z.compound_ids))),
             Item(Label("专有面积", "Exclusive area"), _text(z.total_exclusive_area_m2), "㎡"),
             Item(Label("业主人数", "Owner heads"), _text(z.owner_heads), "户")]
    if z.management_mode is ManagementMode.FALLBACK:
        missing = missing_duties(z.fallback_duties, c.today)
        items.append(Item(Label("托底四保已落实", "Fallback duties covered"), f"{len(DUTIES) - len(missing)}/{len(DUTIES)}", None,
                          None, "bad" if missing else "ok"))
    return Block("zone", label, str(z.valid_from), tuple(items), drill=source(Zone, {"id": z.id}, 1))


def _housing(c: _Context) -> Block:
    h, n = c.compound, c.db.count(Building, {"compound_id": c.compound.id})
    drill = Drill("Building", {"compound_id": h.id}, Label("幢", "Buildings"), n) if n else None
    return Block("housing", Label("房屋", "Housing"), c.entered, (
        Item(Label("房屋类型", "Type"), _word(h.housing_type)), Item(Label("高度类别", "Height"), _word(h.height_type)),
        Item(Label("建成年份", "Built"), str(h.built_year) if h.built_year else None, "年"),
        Item(Label("户数", "Households"), _text(h.households), "户"), Item(Label("幢数", "Buildings"), _text(h.buildings), "幢"),
        Item(Label("有台账的幢", "Buildings on record"), _text(n), "幢", drill),
        Item(Label("建筑面积", "Floor area"), _text(h.floor_area_m2), "㎡"), Item(Label("电梯", "Lifts"), _text(h.lifts), "台"),
        Item(Label("出入口", "Gates"), _text(h.gates), "个"), Item(Label("停车位", "Parking"), _text(h.parking), "个"),
        Item(Label("充电口", "E-bike ports"), _text(h.ebike_ports), "个"), Item(Label("封闭小区", "Enclosed"), _yes(h.is_enclosed))),
        entered=True, drill=c.row)


def _service(c: _Context) -> Block:
    label = Label("物业服务与合同", "Service and contract")
    firm, k = c.firm, c.contract
    items = [Item(Label("物业服务企业", "Firm"), firm.name if firm else None, firm=firm.id if firm else None),
             Item(Label("项目经理", "Project manager"), mask_name(c.project.manager_name) if c.project else None)]
    if k:
        left = (k.end - c.today).days if k.end else None
        state: State | None = None if left is None else "bad" if left < 0 else "warn" if left <= 90 else "ok"
        items += [Item(Label("合同类型", "Contract"), _word(k.kind)), Item(Label("计费方式", "Billing"), _word(k.billing)),
                  Item(Label("合同终止日", "Contract ends"), _text(k.end), None, None, state),
                  Item(Label("距终止", "Days left"), _text(left), "天", None, state),
                  Item(Label("备案日期", "Filed"), _text(k.filed_at), None, None, None if k.filed_at else "warn")]
    return Block("service", label, str(k.valid_from) if k else None, tuple(items), drill=c.contracts)


def _fee(c: _Context) -> Block:
    k = c.contract
    fee = k.fee_cny_m2_month if k else None
    items = [Item(Label("物业费", "Fee"), _text(fee.normalize()) if fee is not None else None, "元/㎡·月"),
             Item(Label("收缴率", "Collection rate"),
                  f"{k.collection_rate * 100:.2f}" if k and k.collection_rate is not None else None, "%"),
             Item(Label("约定调价条款", "Adjustment clause"), _yes(k.adjust_clause) if k else None)]
    zones, peers = _peer_fees(c)
    if len(peers) >= MIN_CELL:
        items.append(Item(Label("同街镇同类型中位数", "Median of the town's same type"), f"{statistics.median(peers):.2f}", "元/㎡·月"))
        compared = Label("参与比较的合同", "Contracts compared")
        items.append(Item(compared, str(len(peers)), "份", Drill("Contract", {"zone_id": zones, "fee_cny_m2_month": ["known"]}, compared, len(peers))))
    else:
        items.append(Item(Label("同街镇同类型中位数", "Median of the town's same type"), Label("样本不足5份，不显示", "fewer than 5, not shown")))
    return Block("fee", Label("收费", "Fee"), str(k.valid_from) if k else None, tuple(items), drill=c.contracts)


def _peer_fees(c: _Context) -> tuple[list[str], list[Decimal]]:
    """Zones of the town with the same housing type and a market contract, and the fees that are known of them."""
    if c.zone is None or c.zone.housing_type is None:
        return [], []
    zones = [r[0] for r in c.db.rows(Zone, ("id",), {"town_code": c.zone.town_code, "housing_type": c.zone.housing_type.value,
                                                      "management_mode": "MARKET"})]
    fees = c.db.rows(Contract, ("fee_cny_m2_month",), {"zone_id": zones}) if zones else []
    return zones, [f[0] for f in fees if f[0] is not None]


def _committee(c: _Context) -> Block:
    label = Label("业主委员会", "Owners' committee")
    found = c.committee
    if found is None:
        return Block("committee", label, None, (Item(Label("状态", "Status"), None),))
    status = status_on(found.status, found.term_end, c.today)
    state: State | None = {CommitteeStatus.IN_TERM: "ok", CommitteeStatus.DUE_SOON: "warn", CommitteeStatus.IN_REELECTION: "warn",
                           CommitteeStatus.OVERDUE: "bad", CommitteeStatus.SUSPENDED: "bad",
                           CommitteeStatus.SHOULD_FORM: "bad"}.get(status)  # type: ignore[assignment]
    items = [Item(Label("状态", "Status"), _word(status), None, None, state),
             Item(Label("届次", "Term"), _text(found.term_no), "届"), Item(Label("任期止", "Term ends"), _text(found.term_end))]
    if found.term_end:
        items += [Item(Label("换届报告应于", "Report due"), _text(report_due(found.term_end))),
                  Item(Label("距届满", "Days left"), _text((found.term_end - c.today).days), "天", None, state)]
    items.append(Item(Label("委员", "Members"), _text(found.members), "人"))
    return Block("committee", label, str(found.valid_from), tuple(items), drill=source(Committee, {"id": found.id}, 1))


def _complaints(c: _Context) -> Block:
    label = Label("近12个月投诉", "Complaints, 12 months")
    rows = c.db.rows(Complaint, ("received_at", "source_category", "valid"), {"compound_id": c.compound.id, "received_at": year_to(c.now)})
    valid = [r for r in rows if r[2] is not False]
    every = {"compound_id": c.compound.id, "received_at": ["between", *c.year]}
    mine = every | {"valid": ["not", False]}
    counted = Label("有效投诉", "Valid complaints")
    area = c.compound.floor_area_m2
    rate = f"{len(valid) / (float(area) / 100_000):.1f}" if area else None
    items = [Item(Label("投诉总数", "Complaints"), _text(len(rows)), "件", Drill("Complaint", every, label, len(rows))),
             Item(Label("有效投诉", "Valid"), _text(len(valid)), "件", Drill("Complaint", mine, counted, len(valid)), "bad" if len(valid) >= 31 else None),
             Item(Label("有效投诉率", "Valid per 100,000 ㎡"), rate, "件/10万㎡"), *_change(c, valid)]
    for name, count in sorted(Counter(r[1] for r in valid).items(), key=lambda kv: (-kv[1], kv[0] or ""))[:3]:
        words = Label(name or "类别未填报", name or "no category reported")
        items.append(Item(Label(f"· {words.zh}", f"· {words.en}"), _text(count), "件", Drill("Complaint", mine | {"source_category": name}, words, count)))
    return Block("complaints", label, day_of(max((r[0] for r in rows), default=None)) or str(c.today), tuple(items), *monthly(c.db, c.now, (c.compound.id,)))


def _change(c: _Context, valid: list[tuple[Any, ...]]) -> list[Item]:
    """Valid complaints beside those of the year before, and the last half year beside the half before it."""
    half = c.now - timedelta(days=182)
    late = sum(r[0] > half for r in valid)
    label = Label("近半年 / 前半年", "Last half year / half before")
    found = [Item(label, f"{late} / {len(valid) - late}", "件", Drill("Complaint", {"compound_id": c.compound.id, "received_at": ["between", *c.year],
                                                                                 "valid": ["not", False]}, label, len(valid)))]
    before = c.db.rows(Complaint, ("valid",), {"compound_id": c.compound.id, "received_at": Between(c.now - 2 * YEAR, c.now - YEAR)})
    if not before and not c.db.rows(Complaint, ("id",), {"received_at": Between(None, c.now - YEAR)}, limit=1):
        return [*found, Item(Label("较上年", "Beside the year before"), None)]  # nobody kept complaints then
    n = sum(r[0] is not False for r in before)
    change = len(valid) - n
    words = f"{change:+,} 件（{100 * change / n:+.0f} %）" if n else f"{change:+,} 件"
    return [*found, Item(Label("较上年", "Beside the year before"), Label(words, words.replace(" 件", "").replace("（", " (").replace("）", ")")), None, None,
                         "bad" if change > 0 else "ok")]


def _orders(c: _Context) -> Block:
    label = Label("30分钟响应", "30-minute response")
    if c.zone is None:
        return Block("orders", label, None, (Item(Label("响应率", "Rate"), None),))
    rows = c.db.rows(WorkOrder, ("accepted_at", "responded_at", "cancelled_at", "duplicate_of", "id"), {"zone_id": c.zone.id, "accepted_at": year_to(c.now)})
    return Block("orders", label, day_of(max((r[0] for r in rows), default=None)) or str(c.today),
                 order_items(rows, c.now, Label("响应率（本区域）", "Rate (this zone)"), {"zone_id": c.zone.id, "accepted_at": ["between", *c.year]}))


def _alerts(c: _Context) -> Block:
    label = Label("感知告警", "Sensor alerts")
    if c.zone is None:
        return Block("alerts", label, None, (Item(Label("未关闭告警", "Open alerts"), None),))
    rows = c.db.rows(Alert, ("severity", "status", "last_at"), {"zone_id": c.zone.id})
    open_rows = [r for r in rows if r[1] in OPEN_ALERTS]
    items = [Item(Label("未关闭告警", "Open alerts"), _text(len(open_rows)), "条",
                  Drill("Alert", {"zone_id": c.zone.id, "status": OPEN_ALERTS}, label, len(open_rows)), "bad" if open_rows else "ok")]
    items += [Item(Label(f"· {s.value} {label_of(s).zh}", f"· {s.value} {label_of(s).en}"), _text(n), "条",
                   Drill("Alert", {"zone_id": c.zone.id, "status": OPEN_ALERTS, "severity": s.value}, label_of(s), n))
              for s in Severity if (n := sum(r[0] == s.value for r in open_rows))]
    items.append(Item(Label("全部告警", "All alerts"), _text(len(rows)), "条", Drill("Alert", {"zone_id": c.zone.id}, label, len(rows))))
    return Block("alerts", label, day_of(max((r[2] for r in rows), default=None)) or str(c.today), tuple(items))


def _devices(c: _Context) -> Block:
    label = Label("感知设备", "Devices")
    rows = c.db.rows(Device, ("scene", "is_online", "last_seen_at"), {"compound_id": c.compound.id})
    items = [Item(label_of(s), f"{sum(r[1] is True for r in own)}/{len(own)}", "在线",
                  Drill("Device", {"compound_id": c.compound.id, "scene": s.value}, label_of(s), len(own)),
                  None if all(r[1] for r in own) else "warn")
             for s in Scene if (own := [r for r in rows if r[0] == s.value])]
    return Block("devices", label, day_of(max((r[2] for r in rows if r[2]), default=None)) or str(c.today),
                 tuple(items) or (Item(Label("设备", "Devices"), "0", "台"),))


def _repair_fund(c: _Context) -> Block:
    where = {"compound_id": c.compound.id}
    rows = c.db.rows(Building, ("repair_fund_balance_cny", "repair_fund_first_cny", "id"), where)
    known = [r for r in rows if r[0] is not None and r[1]]
    low = [r[2] for r in known if r[0] * 10 < r[1] * 3]
    label, below = Label("维修资金（按幢）", "Repair fund (by building)"), Label("余额低于首期30%的幢", "Below 30 % of the first")
    share = 100 * sum(r[0] for r in known) / sum(r[1] for r in known) if known else None
    return Block("repair_fund", label, entered_by_batch(c.db, Building, where) or (c.entered if rows else None), (
        Item(Label("有资金台账的幢", "Buildings with books"), f"{len(known)}/{len(rows)}" if rows else None, "幢", source(Building, where, len(rows))),
        Item(Label("余额占首期", "Balance of the first"), f"{share:.1f}" if share is not None else None, "%", None,
             None if share is None else "bad" if share < 30 else "ok"),
        Item(below, _text(len(low)) if known else None, "幢", Drill("Building", {"id": low}, below, len(low)) if low else None,
             None if not known else "bad" if low else "ok")), entered=True)


def _facilities(c: _Context) -> Block:
    label = Label("共用设施", "Shared facilities")
    if c.zone is None:
        return Block("facilities", label, None, (Item(Label("共用设施", "Facilities"), None),))
    found = [r[0] for r in c.db.rows(SharedFacility, ("id", "serving_zone_ids")) if c.zone.id in r[1]]
    return Block("facilities", label, (entered(c.db, SharedFacility, {"id": found}) if found else None) or c.entered,
                 (Item(Label("与邻区共用", "Shared with neighbours"), _text(len(found)), "处", source(SharedFacility, {"id": found}, len(found))),), entered=True)


def _reported(c: _Context) -> Block:
    items = tuple(Item(Label(str(k), str(k)), None if v in (None, "") else str(v)) for k, v in (c.compound.reported or {}).items())
    return Block("reported", Label("原表所载", "As the source reports"), c.entered, items, entered=True, drill=c.row)


def _town(c: _Context) -> Block:
    """Complaints of the compound beside those of its town."""
    label = Label("同街镇比较", "Beside the town")
    if c.town is None:
        return Block("town", label, None, (Item(Label("街镇", "Town"), None),))
    loads = loads_of_compounds(c.db, c.now, {"town_code": c.town.code})
    own = loads[c.compound.id].rate
    rates = {i: r for i, load in loads.items() if i != c.compound.id and (r := load.rate) is not None}
    found = standing(own, rates.values())
    items = [Item(Label("街镇内小区", "Compounds of the town"), str(len(loads)), "个",
                  Drill("Compound", {"town_code": c.town.code}, Label(c.town.name, c.town.name), len(loads)))]
    if found is None:
        items.append(Item(Label("有效投诉率比较", "Complaint rate"), None if own is None else Label("不足5个，不比较", "fewer than 5, not compared")))
    else:
        worse, words = [i for i, r in rates.items() if r > (own or 0)], Label("比本小区高的", "Compounds above")
        items += [Item(Label("本小区有效投诉率", "This compound"), f"{own:.1f}", RATE_UNIT, None, "bad" if (own or 0) > found.five[3] else None),
                  Item(Label("街镇中位数", "Median of the town"), f"{found.five[2]:.1f}", RATE_UNIT,
                       Drill("Compound", {"town_code": c.town.code, "floor_area_m2": ["known"]}, Label(c.town.name, c.town.name), found.peers + 1)),
                  Item(words, f"{len(worse)}/{len(rates)}", "个", source(Compound, {"id": worse}, len(worse)))]
    return Block("town", label, str(c.today), tuple(items), standing=found)


def _photos(_c: _Context) -> Block:
    """No record of attachments is kept yet: said as it is."""
    return Block("photos", Label("照片与附件", "Photos and attachments"), None,
                 (Item(Label("照片", "Photos"), Label("本工作区尚不登记附件", "attachments are not kept in this workspace yet")),))


def _history(c: _Context) -> Block:
    """Every version of zone, project, contract and committee with the days on which it held."""
    label = Label("历史", "History")
    if c.zone is None:
        return Block("history", label, None, (Item(Label("版本", "Versions"), None),))
    sources: tuple[tuple[type[Any], dict[str, Any], Label], ...] = (
        (Zone, {"id": c.zone.id}, Label("物业管理区域", "Zone")), (ServiceProject, {"zone_id": c.zone.id}, Label("服务项目", "Project")),
        (Contract, {"zone_id": c.zone.id}, Label("服务合同", "Contract")), (Committee, {"zone_id": c.zone.id}, Label("业委会", "Committee")))
    items: list[Item] = []
    for record, where, words in sources:
        for version in c.db.versions(record, where):
            until = (str(version.valid_to), str(version.valid_to)) if version.valid_to else ("今", "now")
            title = Label(f"{words.zh} {version.valid_from} 至 {until[0]}", f"{words.en} {version.valid_from} to {until[1]}")
            items.append(Item(title, _version(c.db, version), day=str(version.valid_from)))
    newest = max((v.valid_from for v in c.db.versions(Zone, {"id": c.zone.id})), default=None)
    return Block("history", label, _text(newest), tuple(items))


def _version(db: Database, version: Any) -> Label | str | None:
    match version:
        case Zone():
            mode = label_of(version.management_mode) if version.management_mode else Label("模式未填报", "mode not reported")
            return Label(f"{version.name} · {mode.zh}", f"{version.name} · {mode.en}")
        case ServiceProject():
            firm = db.get(Firm, version.firm_id) if version.firm_id else None
            return firm.name if firm else None
        case Contract():
            fee = version.fee_cny_m2_month
            words = f"{fee.normalize()}" if fee is not None else None
            return Label(f"{words or '未填报'} 元/㎡·月 · 至 {version.end or '未填报'}", f"{words or 'fee not reported'} CNY/㎡·month · to {version.end or 'not reported'}")
        case _:
            return label_of(version.status)


_BLOCKS = (_identity, _zone, _housing, _service, _fee, _committee, governance.party, _complaints, _town, _orders, _alerts, _devices,
           governance.inspection, _repair_fund, governance.disclosure, _facilities, governance.consolidation, _photos, _history, _reported)
