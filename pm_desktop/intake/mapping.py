"""Which column of a file fills which field, from the declarations of the entities; and what a file is a list of."""

from __future__ import annotations

from pm_desktop.base.label import Label
from pm_desktop.domain.entity import EntityInfo, FieldInfo, entity_of

ENTITY = {"towns": "Town", "juwei": "ResidentialCommittee", "compounds": "Compound", "zones": "Zone", "firms": "Firm",
          "contracts": "Contract", "committees": "Committee", "complaints": "Complaint", "orders": "WorkOrder", "teams": "EmergencyTeam",
          "devices": "Device", "barriers": "Barrier", "facilities": "SharedFacility"}
# columns that name the thing another field refers to
JOINS = {"zone": ("zone", "zone_code", "zone_name", "物业管理区域", "区域", "区域名称", "小区", "小区名称"), "firm": ("firm", "firm_uscc", "物业服务企业", "企业", "物业公司"),
         "town": ("subdistrict", "town", "town_code", "街镇", "街镇代码", "所属街镇")}
_JOINED = {"zone": Label("物业管理区域", "Zone"), "firm": Label("物业服务企业", "Firm"), "town": Label("街镇", "Town")}
# column names by which a kind gives itself away, the most telling first
SIGNS: tuple[tuple[str, tuple[tuple[str, ...], ...]], ...] = (
    ("orders", (("accepted_at", "受理时间"), ("responded_at", "响应时间"))), ("complaints", (("工单编号", "order_no", "留言编号"), ("诉求类别", "诉求内容", "受理时间", "留言时间"))),
    ("devices", (("device_id", "sensor_id", "设备编号"),)), ("facilities", (("facility_type",), ("serving_zones",))),
    ("barriers", (("barrier_type",),)), ("zones", (("zone_code",), ("management_mode", "total_exclusive_area_m2", "owner_heads"))),
    ("towns", (("code12",), ("name",))), ("juwei", (("village_code", "juwei_code"), ("village_name", "居委会"))),
    ("contracts", (("合同编号",),)), ("committees", (("term_end", "任期止"),)), ("teams", (("队伍编码", "level", "层级"), ("hotline", "值班电话"))),
    ("firms", (("uscc", "统一社会信用代码"),)),
    ("compounds", (("name", "小区", "小区名称", "名称"), ("households", "户数", "build_year", "建成年份", "address", "地址", "小区编码"))))


def normal(name: str) -> str:
    """Column name as it is compared."""
    return name.strip().lower().replace(" ", "")


def guess(columns: list[str]) -> str | None:
    """Kind of a file by its columns; None if nothing gives it away."""
    have = {normal(c) for c in columns}
    return next((kind for kind, signs in SIGNS if all(any(normal(s) in have for s in group) for group in signs)), None)


def column_fields(columns: list[str], kind: str) -> dict[int, FieldInfo]:
    """Field of each column by position: its name, its labels, its aliases; each field once, the first column wins."""
    info = entity_of(ENTITY[kind])
    known = _names(info)
    out: dict[int, FieldInfo] = {}
    for position, column in enumerate(columns):
        found = known.get(normal(column))
        if found is not None and found not in out.values():
            out[position] = found
    return out


def _names(info: EntityInfo) -> dict[str, FieldInfo]:
    known: dict[str, FieldInfo] = {}
    fields = [f for f in info.fields if f.name != "id" and f.kind not in ("ref", "geometry")]
    for field in fields:
        known[normal(field.name)] = field
    for field in fields:
        for name in (field.label.zh, field.label.en, *field.aliases):
            known.setdefault(normal(name), field)
    return known


def joins(columns: list[str]) -> dict[str, list[int]]:
    """Columns that name a zone, a firm, a town, the most telling first."""
    have = [normal(c) for c in columns]
    return {what: [have.index(normal(n)) for n in names if normal(n) in have] for what, names in JOINS.items()}


def labels(columns: list[str], kind: str) -> dict[str, Label]:
    """Words of what each column fills or refers to, for the preview."""
    joined = {columns[at]: _JOINED[what] for what, places in joins(columns).items() for at in places}
    return joined | {columns[i]: f.label for i, f in column_fields(columns, kind).items()}


def field_label(kind: str, name: str) -> Label | None:
    """Words of a field that a problem names; None for a column that only the file knows."""
    own = next((f.label for f in entity_of(ENTITY[kind]).fields if f.name == name), None)
    return own or next((_JOINED[what] for what, names in JOINS.items() if name in names), None)
