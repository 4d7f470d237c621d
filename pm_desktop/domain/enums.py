"""Enumerations of DOMAIN §2–§4. Values are what the store and files hold; `LABELS` are the words for people."""

from __future__ import annotations

from enum import StrEnum

from pm_desktop.base.label import Label


class TownKind(StrEnum):
    """街道, 镇 or a functional area that is coded but no 街镇 (DOMAIN §3.1)."""

    SUBDISTRICT = "SUBDISTRICT"
    TOWN = "TOWN"
    FUNCTIONAL = "FUNCTIONAL"


class HousingType(StrEnum):
    """房屋类型 (DOMAIN §2.8)."""

    COMMERCIAL = "COMMERCIAL"
    SOLD_PUBLIC = "SOLD_PUBLIC"
    RELOCATION = "RELOCATION"
    DIRECT_PUBLIC = "DIRECT_PUBLIC"
    SELF_MANAGED = "SELF_MANAGED"
    SHARED_OWNERSHIP = "SHARED_OWNERSHIP"
    RENTAL = "RENTAL"
    OLD_LANE = "OLD_LANE"
    MIXED = "MIXED"


class HeightType(StrEnum):
    """房屋高度类别 (DOMAIN §2.8)."""

    MULTI = "MULTI"
    MID_RISE = "MID_RISE"
    HIGH_RISE = "HIGH_RISE"
    VILLA = "VILLA"


class ManagementMode(StrEnum):
    """管理模式 (DOMAIN §2.8)."""

    MARKET = "MARKET"
    FALLBACK = "FALLBACK"
    INTERIM = "INTERIM"
    SELF = "SELF"
    NONE = "NONE"


class ZoneStatus(StrEnum):
    """物业管理区域状态 (DOMAIN §4.2)."""

    UNASSIGNED = "UNASSIGNED"
    APPROVED = "APPROVED"
    ADJUSTING = "ADJUSTING"
    MERGED = "MERGED"
    CANCELLED = "CANCELLED"


class CommitteeStatus(StrEnum):
    """业委会状态 (DOMAIN §2.3)."""

    NOT_DUE = "NOT_DUE"
    SHOULD_FORM = "SHOULD_FORM"
    PREPARING = "PREPARING"
    IN_TERM = "IN_TERM"
    DUE_SOON = "DUE_SOON"
    IN_REELECTION = "IN_REELECTION"
    OVERDUE = "OVERDUE"
    EARLY_REELECTION = "EARLY_REELECTION"
    SUSPENDED = "SUSPENDED"
    CANCELLED = "CANCELLED"
    OWNERS_DIRECT = "OWNERS_DIRECT"
    CUSTODY = "CUSTODY"


class VoteThreshold(StrEnum):
    """表决门槛 (DOMAIN §2.2): 双过半数, 双四分之三."""

    HALF = "HALF"
    THREE_QUARTER = "THREE_QUARTER"


class VoteMatter(StrEnum):
    """表决事项 (DOMAIN §2.2)."""

    ADJUST_ZONE = "ADJUST_ZONE"
    SELECT_FIRM = "SELECT_FIRM"
    ADJUST_FEE = "ADJUST_FEE"
    SET_RULES = "SET_RULES"
    ELECT_COMMITTEE = "ELECT_COMMITTEE"
    USE_FUND = "USE_FUND"
    RAISE_FUND = "RAISE_FUND"
    REBUILD = "REBUILD"
    CHANGE_COMMON = "CHANGE_COMMON"


class VoteResult(StrEnum):
    """表决结果; INCOMPLETE where something is 未填报, INVALID where the figures cannot be."""

    PASS = "PASS"
    FAIL = "FAIL"
    INCOMPLETE = "INCOMPLETE"
    INVALID = "INVALID"


class BallotChoice(StrEnum):
    """表决意见."""

    YES = "YES"
    NO = "NO"
    ABSTAIN = "ABSTAIN"


class PartyOrg(StrEnum):
    """党组织形式: 党支部, 党的工作小组, 独立, 联合, 无 (K-08, K-11)."""

    BRANCH = "BRANCH"
    WORK_GROUP = "WORK_GROUP"
    OWN = "OWN"
    JOINT = "JOINT"
    NONE = "NONE"


class ContractKind(StrEnum):
    """合同类型: 前期, 业主大会, 临时, 托管 (DOMAIN §4.2)."""

    EARLY = "EARLY"
    OWNERS = "OWNERS"
    INTERIM = "INTERIM"
    CUSTODY = "CUSTODY"


class Billing(StrEnum):
    """计费方式: 包干制, 酬金制 (K-22)."""

    LUMP = "LUMP"
    REMUNERATION = "REMUNERATION"


class ContractStatus(StrEnum):
    """合同状态."""

    DRAFT = "DRAFT"
    IN_FORCE = "IN_FORCE"
    EXPIRED = "EXPIRED"
    TERMINATED = "TERMINATED"


class ComplaintStatus(StrEnum):
    """投诉工单状态 (state machine A of DOMAIN §4.3)."""

    RECEIVED = "RECEIVED"
    LOCATED = "LOCATED"
    VALIDATED = "VALIDATED"
    DISPATCHED = "DISPATCHED"
    CONTACTED = "CONTACTED"
    HANDLING = "HANDLING"
    REPLIED = "REPLIED"
    CLOSED_SAT = "CLOSED_SAT"
    CLOSED_UNSAT = "CLOSED_UNSAT"
    REOPENED = "REOPENED"
    RETURNED = "RETURNED"
    SUSPENDED = "SUSPENDED"
    MERGED = "MERGED"
    INVALID = "INVALID"


class OrderKind(StrEnum):
    """报修类别: 急修, 一般, 公共 (DOMAIN §4.2)."""

    URGENT = "URGENT"
    ORDINARY = "ORDINARY"
    COMMON = "COMMON"


class OrderStatus(StrEnum):
    """报修工单状态 (state machine B of DOMAIN §4.3)."""

    ACCEPTED = "ACCEPTED"
    DISPATCHED = "DISPATCHED"
    RESPONDED = "RESPONDED"
    ON_SITE = "ON_SITE"
    FIXING = "FIXING"
    FIXED = "FIXED"
    VERIFIED = "VERIFIED"
    CLOSED = "CLOSED"
    CANCELLED_BY_CALLER = "CANCELLED_BY_CALLER"
    DUPLICATE = "DUPLICATE"


class TeamLevel(StrEnum):
    """应急队伍层级: L1 小区/项目, L2 街镇, L3 区 (DOMAIN §0)."""

    L1 = "L1"
    L2 = "L2"
    L3 = "L3"


class Scene(StrEnum):
    """智能感知场景 (K-27); kinds outside the five scenes are OTHER."""

    LIFT = "LIFT"
    FIRE = "FIRE"
    TANK = "TANK"
    EBIKE = "EBIKE"
    FLOOD = "FLOOD"
    OTHER = "OTHER"


class Severity(StrEnum):
    """告警级别: S1 特急(红) … S4 提示(蓝) (DOMAIN §0)."""

    S1 = "S1"
    S2 = "S2"
    S3 = "S3"
    S4 = "S4"


class AlertStatus(StrEnum):
    """告警状态 (state machine C of DOMAIN §4.3)."""

    RAISED = "RAISED"
    ACKED = "ACKED"
    VERIFYING = "VERIFYING"
    CONFIRMED = "CONFIRMED"
    FALSE_ALARM = "FALSE_ALARM"
    DISPATCHED = "DISPATCHED"
    RESOLVED = "RESOLVED"
    CLOSED = "CLOSED"


class BarrierType(StrEnum):
    """阻隔类型 (DOMAIN §4.2)."""

    EXPRESSWAY = "EXPRESSWAY"
    ARTERIAL = "ARTERIAL"
    SECONDARY = "SECONDARY"
    LOCAL = "LOCAL"
    RIVER = "RIVER"
    RAIL = "RAIL"
    WALL = "WALL"


class FacilityType(StrEnum):
    """共用设施类型 (DOMAIN §4.2)."""

    ENTRANCE = "ENTRANCE"
    ROAD = "ROAD"
    GREEN = "GREEN"
    MGMT_ROOM = "MGMT_ROOM"
    MONITOR_ROOM = "MONITOR_ROOM"
    PUMP_ROOM = "PUMP_ROOM"
    FIRE = "FIRE"
    EBIKE_SHED = "EBIKE_SHED"
    PARKING = "PARKING"


class MergerKind(StrEnum):
    """归并方式: 区域合并 makes one legal zone, 管理归并 leaves the zones and joins their management (DOMAIN, second of the seven things)."""

    ZONE_MERGE = "ZONE_MERGE"
    MGMT_MERGE = "MGMT_MERGE"


class GateResult(StrEnum):
    """关口结论 (DOMAIN §0, §4.6)."""

    PASS = "PASS"
    WARN = "WARN"
    BLOCK = "BLOCK"
    INCOMPLETE = "INCOMPLETE"


class DrawingKind(StrEnum):
    """标绘形状."""

    POINT = "POINT"
    LINE = "LINE"
    AREA = "AREA"


class DrawingColour(StrEnum):
    """标绘颜色."""

    RED = "RED"
    ORANGE = "ORANGE"
    GREEN = "GREEN"
    BLUE = "BLUE"
    PURPLE = "PURPLE"
    GREY = "GREY"


class BatchStatus(StrEnum):
    """导入批次状态."""

    STORED = "STORED"
    ROLLED_BACK = "ROLLED_BACK"


def _words(enum: type[StrEnum], **words: str) -> dict[tuple[type[StrEnum], str], Label]:
    return {(enum, enum(value).value): Label(*text.split("|")) for value, text in words.items()}


# Keyed by type too: members of different enumerations with one value are equal strings.
LABELS: dict[tuple[type[StrEnum], str], Label] = {
    **_words(TownKind, SUBDISTRICT="街道|Subdistrict", TOWN="镇|Town", FUNCTIONAL="功能区|Functional area"),
    **_words(HousingType, COMMERCIAL="商品房|Commercial housing", SOLD_PUBLIC="售后公房|Sold public housing",
             RELOCATION="动迁安置房|Relocation housing", DIRECT_PUBLIC="直管公房|Directly managed public housing",
             SELF_MANAGED="自管房|Self-managed housing", SHARED_OWNERSHIP="共有产权房|Shared ownership",
             RENTAL="公租·人才房|Public rental", OLD_LANE="里弄|Lane houses", MIXED="混合|Mixed"),
    **_words(HeightType, MULTI="多层|Multi-storey", MID_RISE="小高层|Mid-rise", HIGH_RISE="高层|High-rise",
             VILLA="别墅|Villa"),
    **_words(ManagementMode, MARKET="市场化|Market", FALLBACK="托底|Fallback", INTERIM="临时|Interim",
             SELF="业主自管|Self-managed", NONE="无人管理|Unmanaged"),
    **_words(ZoneStatus, UNASSIGNED="未核定|Unassigned", APPROVED="已核定|Approved", ADJUSTING="调整中|Adjusting",
             MERGED="已合并|Merged", CANCELLED="已撤销|Cancelled"),
    **_words(CommitteeStatus, NOT_DUE="未达条件|Not due", SHOULD_FORM="应建未建|Should form",
             PREPARING="筹备中|Preparing", IN_TERM="任期内|In term", DUE_SOON="即将届满|Due soon",
             IN_REELECTION="换届中|In re-election", OVERDUE="超期未换届|Overdue",
             EARLY_REELECTION="提前换届|Early re-election", SUSPENDED="停摆|Suspended", CANCELLED="已注销|Cancelled",
             OWNERS_DIRECT="业主共同履职|Owners directly", CUSTODY="居委代行|Custody of the 居委"),
    **_words(VoteThreshold, HALF="过半数|More than half", THREE_QUARTER="四分之三以上|Three quarters"),
    **_words(VoteMatter, ADJUST_ZONE="调整物业管理区域|Adjusting the zone", SELECT_FIRM="选聘、解聘物业服务企业|Choosing or dismissing the firm",
             ADJUST_FEE="调整物业收费标准|Adjusting the fee", SET_RULES="制定或修改管理规约、议事规则|Management and procedure rules",
             ELECT_COMMITTEE="选举业主委员会|Electing the committee", USE_FUND="使用维修资金|Using the repair fund", RAISE_FUND="筹集维修资金|Raising the repair fund",
             REBUILD="改建、重建建筑物及其附属设施|Rebuilding", CHANGE_COMMON="改变共有部分用途或利用其经营|Changing the use of common parts"),
    **_words(VoteResult, PASS="通过|Passed", FAIL="未通过|Not passed", INCOMPLETE="未填报，不能判断|Not known", INVALID="数据有误|Impossible figures"),
    **_words(BallotChoice, YES="同意|In favour", NO="反对|Against", ABSTAIN="弃权|Abstained"),
    **_words(PartyOrg, BRANCH="党支部|Party branch", WORK_GROUP="党的工作小组|Party work group",
             OWN="独立党组织|Own party organisation", JOINT="联合党组织|Joint party organisation", NONE="无|None"),
    **_words(ContractKind, EARLY="前期物业合同|Early-stage", OWNERS="业主大会合同|Owners' assembly",
             INTERIM="临时物业合同|Interim", CUSTODY="托管合同|Custody"),
    **_words(Billing, LUMP="包干制|Lump sum", REMUNERATION="酬金制|Remuneration"),
    **_words(ContractStatus, DRAFT="草拟|Draft", IN_FORCE="履行中|In force", EXPIRED="已到期|Expired",
             TERMINATED="已解除|Terminated"),
    **_words(ComplaintStatus, RECEIVED="已受理|Received", LOCATED="已定位|Located", VALIDATED="已认定|Validated",
             DISPATCHED="已派单|Dispatched", CONTACTED="已先行联系|Contacted", HANDLING="办理中|Handling",
             REPLIED="已答复|Replied", CLOSED_SAT="办结满意|Closed, satisfied",
             CLOSED_UNSAT="办结不满意|Closed, unsatisfied", REOPENED="重新办理|Reopened", RETURNED="退单|Returned",
             SUSPENDED="延期|Suspended", MERGED="重复并单|Merged", INVALID="无效|Invalid"),
    **_words(OrderKind, URGENT="急修|Urgent", ORDINARY="一般|Ordinary", COMMON="公共|Common parts"),
    **_words(OrderStatus, ACCEPTED="已受理|Accepted", DISPATCHED="已派单|Dispatched", RESPONDED="已响应|Responded",
             ON_SITE="已到场|On site", FIXING="维修中|Fixing", FIXED="已修复|Fixed", VERIFIED="已回访|Verified",
             CLOSED="已关闭|Closed", CANCELLED_BY_CALLER="报修人撤销|Cancelled by caller", DUPLICATE="重复|Duplicate"),
    **_words(TeamLevel, L1="一级·小区|Level 1, compound", L2="二级·街镇|Level 2, town", L3="三级·区|Level 3, district"),
    **_words(Scene, LIFT="电梯|Lift", FIRE="消防|Fire", TANK="水箱|Water tank", EBIKE="非机动车充电|E-bike charging",
             FLOOD="积水|Flooding", OTHER="其他|Other"),
    **_words(Severity, S1="特急|Critical", S2="紧急|Urgent", S3="一般|Ordinary", S4="提示|Notice"),
    **_words(AlertStatus, RAISED="待接警|Raised", ACKED="已接警|Acknowledged", VERIFYING="核实中|Verifying",
             CONFIRMED="核实属实|Confirmed", FALSE_ALARM="误报|False alarm", DISPATCHED="已派单|Dispatched",
             RESOLVED="已恢复|Resolved", CLOSED="已关闭|Closed"),
    **_words(BarrierType, EXPRESSWAY="快速路|Expressway", ARTERIAL="主干路|Arterial road",
             SECONDARY="次干路|Secondary road", LOCAL="支路|Local road", RIVER="河道|River", RAIL="轨道|Rail",
             WALL="围墙|Wall"),
    **_words(FacilityType, ENTRANCE="出入口|Entrance", ROAD="道路|Road", GREEN="绿地|Green", MGMT_ROOM="管理用房|Management room",
             MONITOR_ROOM="监控室|Monitor room", PUMP_ROOM="泵房|Pump room", FIRE="消防设施|Fire system",
             EBIKE_SHED="非机动车棚|E-bike shed", PARKING="停车场|Parking"),
    **_words(MergerKind, ZONE_MERGE="区域合并|Zone merger", MGMT_MERGE="管理归并|Joined management"),
    **_words(GateResult, PASS="通过|Pass", WARN="提示|Warning", BLOCK="不得通过|Blocked", INCOMPLETE="资料不全|Incomplete"),
    **_words(DrawingKind, POINT="注记点|Point note", LINE="标绘线|Line", AREA="标绘面|Area"),
    **_words(DrawingColour, RED="红|Red", ORANGE="橙|Orange", GREEN="绿|Green", BLUE="蓝|Blue", PURPLE="紫|Purple", GREY="灰|Grey"),
    **_words(BatchStatus, STORED="已入库|Stored", ROLLED_BACK="已回滚|Rolled back"),
}


def label_of(value: StrEnum) -> Label:
    """Return the words of an enumeration value."""
    return LABELS[type(value), value.value]
