"""One row of a file → the records it makes, by kind; faults are raised, warnings noted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

from pm_desktop.base import paths
from pm_desktop.base.label import Label
from pm_desktop.domain.entity import entity_of
from pm_desktop.domain.enums import BarrierType, FacilityType, OrderStatus, Scene, TeamLevel, TownKind
from pm_desktop.domain.masking import mask_text
from pm_desktop.domain.records import (
    Barrier,
    Committee,
    Complaint,
    Compound,
    Contract,
    Device,
    EmergencyTeam,
    Firm,
    ResidentialCommittee,
    ServiceProject,
    SharedFacility,
    Town,
    WorkOrder,
    Zone,
)
from pm_desktop.domain.response import LIMIT
from pm_desktop.intake.lookup import Lookup
from pm_desktop.intake.values import RowFault
from pm_desktop.storage.transaction import new_id


@dataclass(slots=True)
class RowIn:
    """A row as read: values by field name, texts of the join columns, other columns, position, WKB in CGCS2000."""

    values: dict[str, Any]
    zone: str | None
    firm: str | None
    town: str | None
    firm_code: str | None
    rest: dict[str, str]
    lon: float | None
    lat: float | None
    geom: bytes | None


@dataclass(slots=True)
class RowOut:
    """Records of a row, whether it has a place, and what was noted."""

    records: list[Any]
    key: str
    located: bool = True
    queued: bool = False
    uncategorised: bool = False
    masked: bool = False
    notes: list[tuple[str, str, Label]] = field(default_factory=list)


def content_key(*parts: Any) -> str:
    """Key of a row that has no code of its own: a hash of what it says."""
    return hashlib.blake2b(json.dumps(parts, ensure_ascii=False, default=str).encode(), digest_size=8).hexdigest()


def need(row: RowIn, name: str, entity: str) -> Any:
    """A value that must be there.

    Raises
    ------
    RowFault
        It is not.
    """
    value = row.values.get(name)
    if value is None:
        label = entity_of(entity).field(name).label
        raise RowFault(name, "value_missing", Label(f"缺少“{label.zh}”", f"{label.en} is missing"))
    return value


def _of(record: type[Any], row: RowIn, **more: Any) -> Any:
    known = {f.name for f in entity_of(record).fields}
    values = {k: v for k, v in row.values.items() if k in known and v is not None}
    return record(**(values | {"id": new_id()} | more))


@cache
def _table(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((paths.resources_dir() / "intake" / name).read_text("utf-8"))
    return loaded


def town(row: RowIn, look: Lookup) -> RowOut:
    """街镇."""
    name, code = need(row, "name", "Town"), need(row, "code", "Town")
    kind = row.values.get("kind") or (TownKind.SUBDISTRICT if name.endswith("街道") else TownKind.TOWN if name.endswith("镇") else TownKind.FUNCTIONAL)
    return RowOut([_of(Town, row, kind=kind, geom=row.geom, lon=row.lon, lat=row.lat)], code, row.geom is not None or row.lon is not None)


def juwei(row: RowIn, look: Lookup) -> RowOut:
    """居委会."""
    code = need(row, "code", "ResidentialCommittee")
    need(row, "name", "ResidentialCommittee")
    town_code = row.values.get("town_code")
    if town_code and len(town_code) == 9:
        town_code += "000"
    return RowOut([_of(ResidentialCommittee, row, town_code=town_code, geom=row.geom)], code, row.geom is not None)


def compound(row: RowIn, look: Lookup) -> RowOut:
    """小区; what the source says besides is kept in ``reported``."""
    name = need(row, "name", "Compound")
    here = row.values.get("_town_here")
    named = look.town(row.town) if row.town else row.values.get("town_code")
    out = RowOut([], "", row.lon is not None or row.geom is not None)
    if named and here != named and look.town_codes and row.lon is not None:
        out.notes.append(("subdistrict", "town_differs", Label(f"“{name}”的位置在另一街镇，不在所填的“{row.town}”",
                                                              f"{name!r} does not lie in {row.town!r} that the row names")))
    place = (None if row.lon is None else round(row.lon, 6), None if row.lat is None else round(row.lat, 6))
    code = row.values.get("code") or f"XQ-{content_key(name, row.town, place)}"
    out.key = (None if row.values.get("code") else look.namesake(name, row.lon, row.lat)) or code
    out.records = [_of(Compound, row, code=code, town_code=here or named, lon=row.lon, lat=row.lat, geom=row.geom, reported=row.rest or None)]
    return out


def zone(row: RowIn, look: Lookup) -> RowOut:
    """物业管理区域 with the compound, firm, project and contract that the row describes."""
    name, code = need(row, "name", "Zone"), need(row, "code", "Zone")
    home = Compound(id=new_id(), code=f"XQ-{code}", name=name, town_code=row.values.get("town_code"), juwei_code=row.values.get("juwei_code"),
                    built_year=row.values.get("built_year"), housing_type=row.values.get("housing_type"),
                    households=row.values.get("owner_heads"), lon=row.lon, lat=row.lat, geom=row.geom)
    made = _of(Zone, row, compound_ids=(home.id,), geom=row.geom, management_mode=row.values.get("management_mode"),
               valid_from=row.values.get("valid_from") or row.values.get("approval_date") or date(1900, 1, 1))
    out = RowOut([home, made], code, row.geom is not None)
    fee, rate = row.rest.get("fee_cny_m2_month"), row.rest.get("collection_rate")
    staff = {f"{k}_fte": row.rest.get(k) for k in ("guard", "cleaner", "greener", "repair", "manager", "service")}
    firm = _firm(row, look, out)
    if firm or fee or any(v not in (None, "") for v in staff.values()):
        project, contract = _service(code, made.id, firm, fee, rate, staff, made.valid_from)
        out.records += [project, contract] if firm or fee else [project]
    return out


def _firm(row: RowIn, look: Lookup, out: RowOut) -> str | None:
    if not row.firm and not row.firm_code:
        return None
    for key in (row.firm_code, row.firm):
        if key and key in look.firm_by_key:
            return look.firm_by_key[key]
    identifier = new_id()
    code = row.firm_code or f"QY-{content_key(row.firm)}"
    out.records.append(Firm(id=identifier, code=code, uscc=row.firm_code or None, name=row.firm or code))
    if row.firm_code:
        _check_uscc(row.firm_code, out)
    look.firm_by_key.update({k: identifier for k in (row.firm, row.firm_code) if k})
    return identifier


def _check_uscc(code: str, out: RowOut) -> None:
    from stdnum.cn import uscc

    if not uscc.is_valid(code):
        out.notes.append(("uscc", "uscc_checksum", Label(f"统一社会信用代码“{code}”校验位不符", f"credit code {code!r} fails its checksum")))


def _service(code: str, zone_id: str, firm: str | None, fee: str | None, rate: str | None, staff: dict[str, str | None],
             start: date) -> list[Any]:
    from pm_desktop.intake.values import parse

    project_info, contract_info = entity_of(ServiceProject), entity_of(Contract)
    numbers = {k: parse(project_info.field(k), v) for k, v in staff.items() if v not in (None, "")}
    project = ServiceProject(id=new_id(), code=f"XM-{code}", zone_id=zone_id, firm_id=firm, valid_from=start, **numbers)
    contract = Contract(id=new_id(), code=f"HT-{code}", project_id=project.id, zone_id=zone_id, firm_id=firm, valid_from=start,
                        fee_cny_m2_month=parse(contract_info.field("fee_cny_m2_month"), fee),
                        collection_rate=parse(contract_info.field("collection_rate"), rate))
    return [project, contract]


def firm(row: RowIn, look: Lookup) -> RowOut:
    """物业服务企业."""
    name = need(row, "name", "Firm")
    code = row.values.get("code") or row.values.get("uscc") or f"QY-{content_key(name)}"
    out = RowOut([_of(Firm, row, code=code)], code)
    if row.values.get("uscc"):
        _check_uscc(row.values["uscc"], out)
    return out


def contract(row: RowIn, look: Lookup) -> RowOut:
    """物业服务合同."""
    zone_id = look.zone(row.zone)
    firm_id = look.firm_by_key.get(row.firm_code or "") or look.firm_by_key.get(row.firm or "")
    code = row.values.get("code") or f"HT-{content_key(zone_id, row.firm, row.values.get('start'))}"
    start = row.values.get("start") or date(1900, 1, 1)
    return RowOut([_of(Contract, row, code=code, zone_id=zone_id, firm_id=firm_id, valid_from=row.values.get("valid_from") or start)], code)


def committee(row: RowIn, look: Lookup) -> RowOut:
    """业委会."""
    need(row, "status", "Committee")
    zone_id = look.zone(row.zone)
    code = row.values.get("code") or f"YW-{content_key(zone_id, row.values.get('term_no'))}"
    start = row.values.get("valid_from") or row.values.get("term_start") or date(1900, 1, 1)
    return RowOut([_of(Committee, row, code=code, zone_id=zone_id, valid_from=start)], code)


def complaint(row: RowIn, look: Lookup) -> RowOut:
    """投诉工单: masked at the door, located by its address, its category mapped."""
    code = need(row, "code", "Complaint")
    received = need(row, "received_at", "Complaint")
    if received > datetime.now(UTC).replace(microsecond=0) and (received - datetime.now(UTC)).days > 366:
        raise RowFault("received_at", "time_future", Label("受理时间在一年以后", "received more than a year ahead"))
    compound_id, zone_id, rest = look.address(row.values.get("address") or row.zone)
    content, masked = mask_text(row.values.get("content") or "")
    address, masked_address = mask_text(row.values.get("address") or "")
    table = _table("categories.json")
    words = row.values.get("source_category")
    category = table["codes"].get((words or "").strip())
    number = "".join(c for c in rest[:6].partition("号")[0] if c.isdigit()) if "号" in rest[:6] else ""
    building = look.building_at.get((compound_id or "", number), (None, None, None))
    lon, lat = row.lon, row.lat
    if lon is None:
        lon, lat = building[1:] if building[1] is not None else look.compound_place.get(compound_id or "", (None, None))
    found = compound_id is not None or zone_id is not None or row.lon is not None
    made = _of(Complaint, row, code=code, received_at=received, category=category or table["other"], compound_id=compound_id, zone_id=zone_id,
               building_id=building[0], content=content or None, address=address or None, lon=lon, lat=lat,
               source=row.values.get("source") or "12345")
    return RowOut([made], code, found, not found, category is None, masked or masked_address)


def order(row: RowIn, look: Lookup) -> RowOut:
    """报修工单 of before: stored at its final state; late or unanswered ones carry the sticky mark (DOMAIN §0)."""
    code, accepted = need(row, "code", "WorkOrder"), need(row, "accepted_at", "WorkOrder")
    zone_id = look.zone(row.zone)
    responded, cancelled, duplicate = (row.values.get(k) for k in ("responded_at", "cancelled_at", "duplicate_of"))
    if responded is not None and responded < accepted:
        raise RowFault("responded_at", "time_order", Label("响应时间早于受理时间", "responded before it was accepted"))
    counts = not duplicate and not (cancelled is not None and cancelled - accepted < LIMIT)
    late = counts and (responded is None or responded - accepted > LIMIT)
    status = (OrderStatus.DUPLICATE if duplicate else OrderStatus.CANCELLED_BY_CALLER if cancelled else
              OrderStatus.CLOSED if row.values.get("closed_at") else OrderStatus.RESPONDED if responded else OrderStatus.ACCEPTED)
    place = next((look.compound_place[c] for c, z in look.zone_of_compound.items() if z == zone_id and c in look.compound_place), (None, None))
    made = _of(WorkOrder, row, code=code, zone_id=zone_id, breached=late, imported=True, status=status, kind=row.values.get("kind"),
               lon=row.lon if row.lon is not None else place[0], lat=row.lat if row.lat is not None else place[1])
    return RowOut([made], code)


def team(row: RowIn, look: Lookup) -> RowOut:
    """应急队伍."""
    name = need(row, "name", "EmergencyTeam")
    code = row.values.get("code") or f"YJ-{content_key(name, row.lon, row.lat)}"
    zone_id = look.zone(row.zone) if row.zone else None
    made = _of(EmergencyTeam, row, code=code, level=row.values.get("level") or TeamLevel.L1, zone_id=zone_id, lon=row.lon, lat=row.lat)
    return RowOut([made], code, row.lon is not None)


def device(row: RowIn, look: Lookup) -> RowOut:
    """感知设备: its key is source, kind and id; kinds outside the five scenes are OTHER."""
    code = need(row, "code", "Device")
    kind = " ".join(v for v in (row.rest.get("sensor_type_name"), row.values.get("kind")) if v and not str(v).isdigit()) or str(row.values.get("kind") or "")
    scene = row.values.get("scene") or next((Scene(s) for s, words in _table("scenes.json").items() if any(w.lower() in kind.lower() for w in words)),
                                            Scene.OTHER)
    zone_id = look.zone(row.zone) if row.zone else None
    compound_id = next((c for c, z in look.zone_of_compound.items() if z == zone_id), None) if zone_id else look.address(row.values.get("address"))[0]
    online = row.values.get("is_online")
    if online is None and row.rest.get("status", "") in ("0", "1", "0.0", "1.0"):
        online = row.rest["status"].startswith("1")
    made = _of(Device, row, kind=str(row.values.get("kind") or kind), scene=scene, zone_id=zone_id, compound_id=compound_id, is_online=online,
               source=row.values.get("source") or "", lon=row.lon, lat=row.lat)
    return RowOut([made], f"{made.source}|{made.kind}|{code}", row.lon is not None)


def barrier(row: RowIn, look: Lookup) -> RowOut:
    """阻隔."""
    kind = row.values.get("barrier_type") or BarrierType(need(row, "barrier_type", "Barrier"))
    if row.geom is None:
        raise RowFault("geometry", "geometry_missing", Label("阻隔没有图形", "a barrier without geometry"))
    code = row.values.get("code") or f"ZG-{content_key(row.values.get('name'), kind, row.geom.hex())}"
    return RowOut([_of(Barrier, row, code=code, geom=row.geom)], code)


def facility(row: RowIn, look: Lookup) -> RowOut:
    """共用设施 with the zones that it serves."""
    kind = row.values.get("facility_type") or FacilityType(need(row, "facility_type", "SharedFacility"))
    zones = tuple(look.zone(name, "serving_zones") for name in row.values.get("serving_zone_ids") or ())
    if not zones:
        raise RowFault("serving_zones", "zone_missing", Label("没有填服务的区域", "no served zones are given"))
    code = row.values.get("code") or f"GY-{content_key(kind, sorted(zones))}"
    return RowOut([_of(SharedFacility, row, code=code, serving_zone_ids=zones, lon=row.lon, lat=row.lat)], code)


Maker = Callable[[RowIn, Lookup], RowOut]
MAKERS: dict[str, Maker] = {"towns": town, "juwei": juwei, "compounds": compound, "zones": zone, "firms": firm, "contracts": contract,
                            "committees": committee, "complaints": complaint, "orders": order, "teams": team, "devices": device,
                            "barriers": barrier, "facilities": facility}
