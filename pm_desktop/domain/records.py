"""Records of DOMAIN §4.2 that the store keeps. Areas are ㎡, money 元, times UTC, geometry WKB in EPSG:4490.

Every entity has ``id`` (32 hex digits) and ``code`` (the name that people use). The store adds to each row
``created_at, created_by, updated_at, updated_by, row_version, source_batch_id, is_deleted`` and, for a geometry, its
bounding box. A field whose default is None may be unknown: unknown is shown as 未填报, never as 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pm_desktop.domain.entity import entity, field
from pm_desktop.domain.enums import (
    AlertStatus,
    BarrierType,
    BatchStatus,
    Billing,
    CommitteeStatus,
    ComplaintStatus,
    ContractKind,
    ContractStatus,
    DrawingColour,
    DrawingKind,
    FacilityType,
    HeightType,
    HousingType,
    ManagementMode,
    OrderKind,
    OrderStatus,
    PartyOrg,
    Scene,
    Severity,
    TeamLevel,
    TownKind,
    ZoneStatus,
)


def _id() -> Any:
    return field("标识", "Identifier", "text")


def _code(*aliases: str) -> Any:
    return field("编码", "Code", "text", indexed=True, aliases=aliases)


def _ref(zh: str, en: str, entity_name: str, **more: Any) -> Any:
    return field(zh, en, "ref", default=None, ref=entity_name, indexed=True, **more)


@entity("街镇", "Town", table="town", data_class="public")
@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """街道 or 镇; ``code`` is the 12-digit statistical code (DOMAIN §3.1)."""

    id: str = _id()
    code: str = _code("code12", "街镇代码", "行政区划代码")
    name: str = field("名称", "Name", "text", indexed=True, aliases=("街镇", "subdistrict", "town"))
    kind: TownKind = field("类别", "Kind", "enum", enum=TownKind)
    juwei_count: int | None = field("居委会数", "Residential committees", "int", default=None)
    cunwei_count: int | None = field("村委会数", "Village committees", "int", default=None)
    lon: float | None = field("标注经度", "Label longitude", "float", default=None, unit="°", aliases=("lon_wgs84",))
    lat: float | None = field("标注纬度", "Label latitude", "float", default=None, unit="°", aliases=("lat_wgs84",))
    geom: bytes | None = field("范围", "Outline", "geometry", default=None)


@entity("居委会", "Residential committee", table="residential_committee", data_class="public")
@dataclass(frozen=True, slots=True, kw_only=True)
class ResidentialCommittee:
    """居委会 or 村委会."""

    id: str = _id()
    code: str = _code("village_code", "juwei_code", "居委代码")
    name: str = field("名称", "Name", "text", indexed=True, aliases=("village_name", "居委会", "居委"))
    town_code: str | None = field("街镇代码", "Town code", "text", default=None, indexed=True, aliases=("street_code",))
    geom: bytes | None = field("范围", "Outline", "geometry", default=None)


@entity("小区", "Compound", table="compound", data_class="public")
@dataclass(frozen=True, slots=True, kw_only=True)
class Compound:
    """小区: the residential compound that people know by name (DOMAIN, first of the seven things)."""

    id: str = _id()
    code: str = _code("compound_code", "小区编码")
    name: str = field("名称", "Name", "text", indexed=True, aliases=("小区", "小区名称", "小区名", "xiaoqu"))
    aliases: tuple[str, ...] | None = field("别名", "Aliases", "json", default=None)
    address: str | None = field("地址", "Address", "text", default=None, aliases=("坐落", "小区地址"))
    town_code: str | None = field("街镇代码", "Town code", "text", default=None, indexed=True)
    juwei_code: str | None = field("居委代码", "Residential committee code", "text", default=None, indexed=True)
    built_year: int | None = field("建成年份", "Year built", "int", default=None,
                                   aliases=("build_year", "建成年代", "竣工年份"))
    housing_type: HousingType | None = field("房屋类型", "Housing type", "enum", default=None, enum=HousingType)
    height_type: HeightType | None = field("高度类别", "Height", "enum", default=None, enum=HeightType)
    is_enclosed: bool | None = field("封闭小区", "Enclosed", "bool", default=None)
    is_old: bool | None = field("老旧小区", "Old compound", "bool", default=None)
    households: int | None = field("户数", "Households", "int", default=None, unit="户", aliases=("总户数",))
    buildings: int | None = field("幢数", "Buildings", "int", default=None, unit="幢", aliases=("楼栋数", "楼幢数"))
    lifts: int | None = field("电梯数", "Lifts", "int", default=None, unit="台")
    gates: int | None = field("出入口数", "Gates", "int", default=None, unit="个")
    floor_area_m2: Decimal | None = field("建筑面积", "Floor area", "decimal", default=None, unit="㎡",
                                          aliases=("floor_area",))
    parking: int | None = field("停车位", "Parking spaces", "int", default=None, unit="个", aliases=("车位数",))
    ebike_ports: int | None = field("充电口", "E-bike ports", "int", default=None, unit="个")
    lon: float | None = field("经度", "Longitude", "float", default=None, unit="°", aliases=("lng", "lng_wgs84"))
    lat: float | None = field("纬度", "Latitude", "float", default=None, unit="°", aliases=("lat_wgs84",))
    geom: bytes | None = field("范围", "Outline", "geometry", default=None)
    reported: dict[str, Any] | None = field("原表所载", "As reported by the source", "json", default=None)


@entity("幢", "Building", table="building", data_class="public")
@dataclass(frozen=True, slots=True, kw_only=True)
class Building:
    """幢: repair funds are kept by building (《上海市住宅物业管理规定》第六十六条)."""

    id: str = _id()
    code: str = _code("楼栋编码")
    compound_id: str | None = _ref("小区", "Compound", "Compound")
    no: str | None = field("楼号", "Building no.", "text", default=None, aliases=("幢号", "楼栋"))
    floors: int | None = field("层数", "Floors", "int", default=None, unit="层")
    units: int | None = field("套数", "Units", "int", default=None, unit="套")
    exclusive_area_m2: Decimal | None = field("专有面积", "Exclusive area", "decimal", default=None, unit="㎡")
    built_year: int | None = field("建成年份", "Year built", "int", default=None)
    has_lift: bool | None = field("有电梯", "Has lift", "bool", default=None)
    repair_fund_balance_cny: Decimal | None = field("维修资金余额", "Repair fund balance", "decimal", default=None,
                                                    unit="元")
    repair_fund_first_cny: Decimal | None = field("首期维修资金", "First repair fund", "decimal", default=None,
                                                  unit="元")
    lon: float | None = field("经度", "Longitude", "float", default=None, unit="°")
    lat: float | None = field("纬度", "Latitude", "float", default=None, unit="°")
    geom: bytes | None = field("轮廓", "Footprint", "geometry", default=None)


@entity("物业管理区域", "Management zone", table="zone", history=True, data_class="public")
@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """物业管理区域: the legal unit, 核定 by the district housing authority (第八、九、十三条)."""

    id: str = _id()
    code: str = _code("zone_code", "区域编码")
    name: str = field("名称", "Name", "text", indexed=True, aliases=("区域名称", "zone"))
    town_code: str | None = field("街镇代码", "Town code", "text", default=None, indexed=True)
    juwei_code: str | None = field("居委代码", "Residential committee code", "text", default=None, indexed=True)
    approval_no: str | None = field("核定单号", "Approval no.", "text", default=None, clause="第九条")
    approval_date: date | None = field("核定日期", "Approval date", "date", default=None)
    status: ZoneStatus = field("状态", "Status", "enum", enum=ZoneStatus, default=ZoneStatus.APPROVED)
    management_mode: ManagementMode | None = field("管理模式", "Management mode", "enum", default=None,
                                                   enum=ManagementMode)
    housing_type: HousingType | None = field("房屋类型", "Housing type", "enum", default=None, enum=HousingType)
    built_year: int | None = field("建成年份", "Year built", "int", default=None)
    total_exclusive_area_m2: Decimal | None = field("专有部分总面积", "Total exclusive area", "decimal", default=None,
                                                    unit="㎡", aliases=("总面积", "面积"))
    owner_heads: int | None = field("业主人数", "Owner heads", "int", default=None, unit="户", aliases=("户数",))
    compound_ids: tuple[str, ...] = field("所含小区", "Compounds", "json", default=())
    predecessor_ids: tuple[str, ...] = field("前身区域", "Predecessors", "json", default=())
    successor_id: str | None = _ref("后继区域", "Successor", "Zone")
    fallback_duties: dict[str, Any] | None = field("托底四保", "Fallback duties", "json", default=None, clause="三(三)")
    geom: bytes | None = field("范围", "Outline", "geometry", default=None)
    valid_from: date = field("生效日", "Valid from", "date", default=date(1900, 1, 1))
    valid_to: date | None = field("失效日", "Valid to", "date", default=None)


@entity("物业服务企业", "Firm", table="firm", data_class="public")
@dataclass(frozen=True, slots=True, kw_only=True)
class Firm:
    """物业服务企业; ``code`` is the 统一社会信用代码 where it is known, else a code of the office."""

    id: str = _id()
    code: str = _code("firm_code")
    uscc: str | None = field("统一社会信用代码", "Credit code", "text", default=None, indexed=True, aliases=("firm_uscc",))
    name: str = field("名称", "Name", "text", indexed=True, aliases=("firm", "企业", "物业公司", "property_company"))
    short_name: str | None = field("简称", "Short name", "text", default=None)
    reg_district: str | None = field("注册区", "Registered in", "text", default=None)
    party_org: PartyOrg | None = field("党组织", "Party organisation", "enum", default=None, enum=PartyOrg, clause="K-11")
    contact_name: str | None = field("联系人", "Contact", "text", default=None, sensitive=True)
    contact_phone: str | None = field("联系电话", "Telephone", "text", default=None, sensitive=True)


@entity("物业服务项目", "Service project", table="service_project", history=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceProject:
    """物业服务项目 = firm × zone × contract; staffing in full-time equivalents."""

    id: str = _id()
    code: str = _code("项目编码")
    zone_id: str | None = _ref("物业管理区域", "Zone", "Zone")
    firm_id: str | None = _ref("物业服务企业", "Firm", "Firm")
    manager_name: str | None = field("项目经理", "Project manager", "text", default=None, sensitive=True)
    guard_fte: Decimal | None = field("保安", "Guards", "decimal", default=None, digits=1, unit="人", aliases=("guard",))
    cleaner_fte: Decimal | None = field("保洁", "Cleaners", "decimal", default=None, digits=1, unit="人",
                                        aliases=("cleaner",))
    greener_fte: Decimal | None = field("保绿", "Greeners", "decimal", default=None, digits=1, unit="人",
                                        aliases=("greener",))
    repair_fte: Decimal | None = field("保修", "Repair", "decimal", default=None, digits=1, unit="人", aliases=("repair",))
    manager_fte: Decimal | None = field("管理", "Managers", "decimal", default=None, digits=1, unit="人",
                                        aliases=("manager",))
    service_fte: Decimal | None = field("客服", "Service desk", "decimal", default=None, digits=1, unit="人",
                                        aliases=("service",))
    posts_24h: int | None = field("24小时岗", "24-hour posts", "int", default=None)
    posts_12h: int | None = field("12小时岗", "12-hour posts", "int", default=None)
    started: date | None = field("进驻日期", "Started", "date", default=None)
    ended: date | None = field("退出日期", "Ended", "date", default=None)
    valid_from: date = field("生效日", "Valid from", "date", default=date(1900, 1, 1))
    valid_to: date | None = field("失效日", "Valid to", "date", default=None)


@entity("物业服务合同", "Service contract", table="contract", history=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """物业服务合同; fee in 元/㎡·月, collection rate 0–1."""

    id: str = _id()
    code: str = _code("合同编号")
    project_id: str | None = _ref("项目", "Project", "ServiceProject")
    zone_id: str | None = _ref("物业管理区域", "Zone", "Zone")
    firm_id: str | None = _ref("物业服务企业", "Firm", "Firm")
    kind: ContractKind | None = field("合同类型", "Kind", "enum", default=None, enum=ContractKind)
    billing: Billing | None = field("计费方式", "Billing", "enum", default=None, enum=Billing, clause="K-22")
    service_level: int | None = field("服务等级", "Service level", "int", default=None)
    fee_cny_m2_month: Decimal | None = field("物业费", "Fee", "decimal", default=None, digits=4, unit="元/㎡·月",
                                             aliases=("fee", "收费标准"))
    fees: dict[str, Any] | None = field("分类收费", "Fees by height", "json", default=None)
    collection_rate: Decimal | None = field("收缴率", "Collection rate", "decimal", default=None, digits=4)
    adjust_clause: bool | None = field("约定调价条款", "Price adjustment clause", "bool", default=None, clause="K-23")
    start: date | None = field("起始日", "Start", "date", default=None)
    end: date | None = field("终止日", "End", "date", default=None)
    filed_at: date | None = field("备案日", "Filed", "date", default=None, clause="第四十四条")
    status: ContractStatus = field("状态", "Status", "enum", enum=ContractStatus, default=ContractStatus.IN_FORCE)
    valid_from: date = field("生效日", "Valid from", "date", default=date(1900, 1, 1))
    valid_to: date | None = field("失效日", "Valid to", "date", default=None)


@entity("业主委员会", "Owners' committee", table="committee", history=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class Committee:
    """业委会 of one zone (DOMAIN §2.3)."""

    id: str = _id()
    code: str = _code("业委会编码")
    zone_id: str | None = _ref("物业管理区域", "Zone", "Zone")
    status: CommitteeStatus = field("状态", "Status", "enum", enum=CommitteeStatus)
    term_no: int | None = field("届次", "Term", "int", default=None, unit="届")
    term_start: date | None = field("任期起", "Term start", "date", default=None)
    term_end: date | None = field("任期止", "Term end", "date", default=None, clause="第二十八条")
    members: int | None = field("委员人数", "Members", "int", default=None, unit="人")
    party_eligible: bool | None = field("符合建党组织条件", "Party eligible", "bool", default=None, clause="K-08")
    party_reason: str | None = field("不符合原因", "Reason", "text", default=None)
    party_org: PartyOrg | None = field("党组织", "Party organisation", "enum", default=None, enum=PartyOrg, clause="K-08")
    valid_from: date = field("生效日", "Valid from", "date", default=date(1900, 1, 1))
    valid_to: date | None = field("失效日", "Valid to", "date", default=None)


@entity("投诉工单", "Complaint", table="complaint", volume=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """投诉工单 (12345 and other sources); ``code`` is the order number, phones and plates are masked at the door."""

    id: str = _id()
    code: str = _code("order_no", "工单编号", "留言编号")
    source: str = field("来源", "Source", "text", default="12345")
    category: str | None = field("诉求类别码", "Category", "text", default=None, indexed=True)
    source_category: str | None = field("诉求类别", "Category as received", "text", default=None)
    zone_id: str | None = _ref("物业管理区域", "Zone", "Zone")
    compound_id: str | None = _ref("小区", "Compound", "Compound")
    building_id: str | None = _ref("幢", "Building", "Building")
    address: str | None = field("地址", "Address", "text", default=None, aliases=("诉求地址",))
    content: str | None = field("诉求内容", "Content", "text", default=None, aliases=("留言详情",))
    received_at: datetime = field("受理时间", "Received", "time", indexed=True, aliases=("留言时间",))
    due_at: datetime | None = field("办结期限", "Due", "time", default=None)
    closed_at: datetime | None = field("办结时间", "Closed", "time", default=None)
    valid: bool | None = field("有效", "Valid", "bool", default=None)
    valid_reason: str | None = field("认定理由", "Reason", "text", default=None)
    satisfaction: int | None = field("满意度", "Satisfaction", "int", default=None)
    repeat_of: str | None = field("重复于", "Repeat of", "text", default=None)
    status: ComplaintStatus = field("状态", "Status", "enum", enum=ComplaintStatus, default=ComplaintStatus.RECEIVED)
    lon: float | None = field("经度", "Longitude", "float", default=None, unit="°")
    lat: float | None = field("纬度", "Latitude", "float", default=None, unit="°")


@entity("报修工单", "Repair order", table="work_order", volume=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOrder:
    """报修工单; ``breached`` is the sticky mark of the 30-minute rule (DOMAIN §0)."""

    id: str = _id()
    code: str = _code("order_no", "工单编号")
    kind: OrderKind | None = field("类别", "Kind", "enum", default=None, enum=OrderKind)
    zone_id: str | None = _ref("物业管理区域", "Zone", "Zone", aliases=("zone",))
    accepted_at: datetime = field("受理时间", "Accepted", "time", indexed=True)
    dispatched_at: datetime | None = field("派单时间", "Dispatched", "time", default=None)
    responded_at: datetime | None = field("响应时间", "Responded", "time", default=None)
    response_type: str | None = field("响应方式", "Response", "text", default=None)
    arrived_at: datetime | None = field("到场时间", "Arrived", "time", default=None)
    fixed_at: datetime | None = field("修复时间", "Fixed", "time", default=None)
    closed_at: datetime | None = field("关闭时间", "Closed", "time", default=None)
    cancelled_at: datetime | None = field("撤销时间", "Cancelled", "time", default=None)
    duplicate_of: str | None = field("重复于", "Duplicate of", "text", default=None)
    level: TeamLevel = field("处置层级", "Level", "enum", enum=TeamLevel, default=TeamLevel.L1)
    breached: bool = field("超时", "Breached", "bool", default=False)
    imported: bool = field("历史补录", "Imported history", "bool", default=False)
    status: OrderStatus = field("状态", "Status", "enum", enum=OrderStatus, default=OrderStatus.ACCEPTED)
    lon: float | None = field("经度", "Longitude", "float", default=None, unit="°")
    lat: float | None = field("纬度", "Latitude", "float", default=None, unit="°")


@entity("感知设备", "Device", table="device")
@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """感知设备; the key is (source, kind, code): device ids recur across kinds and sources."""

    id: str = _id()
    code: str = _code("device_id", "sensor_id", "设备编号")
    source: str = field("来源", "Source", "text", default="")
    kind: str = field("设备类型", "Device type", "text", default="", aliases=("sensor_type", "sensor_type_name"))
    scene: Scene = field("场景", "Scene", "enum", enum=Scene, default=Scene.OTHER)
    zone_id: str | None = _ref("物业管理区域", "Zone", "Zone", aliases=("zone",))
    compound_id: str | None = _ref("小区", "Compound", "Compound")
    address: str | None = field("安装位置", "Place", "text", default=None, aliases=("address",))
    installed_at: datetime | None = field("安装时间", "Installed", "time", default=None)
    last_seen_at: datetime | None = field("最近上线", "Last seen", "time", default=None, aliases=("updated_at",))
    is_online: bool | None = field("在线", "Online", "bool", default=None)
    lon: float | None = field("经度", "Longitude", "float", default=None, unit="°", aliases=("lng_wgs84",))
    lat: float | None = field("纬度", "Latitude", "float", default=None, unit="°", aliases=("lat_wgs84",))


@entity("感知读数", "Reading", table="sensor_event", volume=True)
@dataclass(frozen=True, slots=True, kw_only=True)
class SensorEvent:
    """One reading of a device (DOMAIN §3.4); ``code`` is the ``msg_id``, unique per reading."""

    id: str = _id()
    code: str = _code("msg_id")
    device_id: str | None = _ref("设备", "Device", "Device")
    metric: str = field("指标", "Metric", "text")
    value: float | None = field("数值", "Value", "float", default=None)
    value_text: str | None = field("文本值", "Text value", "text", default=None)
    unit: str | None = field("单位", "Unit", "text", default=None)
    ts: datetime = field("时间", "Time", "time", indexed=True)
    seq: int | None = field("序号", "Sequence", "int", default=None)
    quality: str | None = field("质量", "Quality", "text", default=None)
    lon: float | None = field("经度", "Longitude", "float", default=None, unit="°")
    lat: float | None = field("纬度", "Latitude", "float", default=None, unit="°")


@entity("告警", "Alert", table="alert")
@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """告警 (state machine C): severity follows the latest reading, ``highest`` never falls."""

    id: str = _id()
    code: str = _code("告警编号")
    device_id: str | None = _ref("设备", "Device", "Device")
    zone_id: str | None = _ref("物业管理区域", "Zone", "Zone")
    scene: Scene = field("场景", "Scene", "enum", enum=Scene)
    metric: str | None = field("指标", "Metric", "text", default=None)
    severity: Severity = field("级别", "Severity", "enum", enum=Severity)
    highest: Severity = field("最高级别", "Highest", "enum", enum=Severity)
    first: Severity = field("首次级别", "First", "enum", enum=Severity)
    status: AlertStatus = field("状态", "Status", "enum", enum=AlertStatus, default=AlertStatus.RAISED)
    count: int = field("次数", "Count", "int", default=1)
    first_at: datetime = field("首次时间", "First at", "time", indexed=True)
    last_at: datetime = field("最近时间", "Last at", "time")
    acked_at: datetime | None = field("接警时间", "Acknowledged", "time", default=None)
    resolved_at: datetime | None = field("恢复时间", "Resolved", "time", default=None)
    owner: str | None = field("接警人", "Owner", "text", default=None)
    comment: str | None = field("备注", "Comment", "text", default=None)
    lon: float | None = field("经度", "Longitude", "float", default=None, unit="°")
    lat: float | None = field("纬度", "Latitude", "float", default=None, unit="°")


@entity("应急队伍", "Emergency team", table="emergency_team")
@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyTeam:
    """应急维修队伍 of the three levels (四(二)2)."""

    id: str = _id()
    code: str = _code("队伍编码")
    name: str = field("名称", "Name", "text", indexed=True)
    level: TeamLevel = field("层级", "Level", "enum", enum=TeamLevel)
    town_code: str | None = field("街镇代码", "Town code", "text", default=None)
    zone_id: str | None = _ref("物业管理区域", "Zone", "Zone")
    hotline: str | None = field("值班电话", "Hotline", "text", default=None)
    lon: float | None = field("经度", "Longitude", "float", default=None, unit="°")
    lat: float | None = field("纬度", "Latitude", "float", default=None, unit="°")


@entity("阻隔", "Barrier", table="barrier", data_class="public")
@dataclass(frozen=True, slots=True, kw_only=True)
class Barrier:
    """Road, river, rail or wall that may lie between zones; a line is widened by ``width_m``."""

    id: str = _id()
    code: str = _code("阻隔编码")
    name: str | None = field("名称", "Name", "text", default=None)
    barrier_type: BarrierType = field("类型", "Type", "enum", enum=BarrierType)
    width_m: float | None = field("宽度", "Width", "float", default=None, unit="m")
    geom: bytes | None = field("范围", "Outline", "geometry", default=None)


@entity("共用设施", "Shared facility", table="shared_facility")
@dataclass(frozen=True, slots=True, kw_only=True)
class SharedFacility:
    """共用设施: evidence that zones belong together (第八条)."""

    id: str = _id()
    code: str = _code("设施编码")
    facility_type: FacilityType = field("类型", "Type", "enum", enum=FacilityType)
    serving_zone_ids: tuple[str, ...] = field("服务区域", "Serves zones", "json", default=(), aliases=("serving_zones",))
    evidence: str | None = field("佐证", "Evidence", "text", default=None)
    lon: float | None = field("经度", "Longitude", "float", default=None, unit="°")
    lat: float | None = field("纬度", "Latitude", "float", default=None, unit="°")


@entity("标绘", "Drawing", table="map_drawing")
@dataclass(frozen=True, slots=True, kw_only=True)
class MapDrawing:
    """标绘与注记: what somebody drew on the map and wrote beside it; everybody of the workspace sees it."""

    id: str = _id()
    code: str = _code("标绘编号")
    kind: DrawingKind = field("形状", "Shape", "enum", enum=DrawingKind)
    text: str | None = field("注记", "Note", "text", default=None)
    colour: DrawingColour = field("颜色", "Colour", "enum", enum=DrawingColour, default=DrawingColour.RED)
    author: str | None = field("作者", "Author", "text", default=None)
    drawn_at: datetime = field("绘制时间", "Drawn", "time", indexed=True)
    lon: float | None = field("经度", "Longitude", "float", default=None, unit="°")
    lat: float | None = field("纬度", "Latitude", "float", default=None, unit="°")
    geom: bytes | None = field("范围", "Outline", "geometry", default=None)


@entity("导入批次", "Import batch", table="import_batch")
@dataclass(frozen=True, slots=True, kw_only=True)
class ImportBatch:
    """One import: file, hash, counts as in CLI.md, problems by row; can be rolled back."""

    id: str = _id()
    code: str = _code("批次号")
    target: str = field("导入为", "Imported as", "text")
    file_name: str = field("文件", "File", "text")
    sha256: str = field("校验值", "SHA-256", "text", indexed=True)
    at: datetime = field("导入时间", "Imported", "time")
    report: dict[str, Any] = field("报告", "Report", "json")
    status: BatchStatus = field("状态", "Status", "enum", enum=BatchStatus, default=BatchStatus.STORED)


@entity("依据", "Rule basis", table="rule_basis", data_class="public")
@dataclass(frozen=True, slots=True, kw_only=True)
class RuleBasis:
    """依据: a law, rule or plan with the days on which it holds (the seventh of the seven things)."""

    id: str = _id()
    code: str = _code("依据编码")
    title: str = field("名称", "Title", "text")
    doc_no: str | None = field("文号", "Document no.", "text", default=None)
    issued: date | None = field("发布日期", "Issued", "date", default=None)
    in_force_from: date | None = field("施行日期", "In force from", "date", default=None)
    in_force_to: date | None = field("有效期至", "In force to", "date", default=None)
    note: str | None = field("说明", "Note", "text", default=None)
