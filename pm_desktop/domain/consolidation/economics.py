"""Fees, staff, saving and balance of a plan (DOMAIN §4.6), and what one fee for all would mean. Monthly, never audited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from pm_desktop.base.label import Label
from pm_desktop.domain.consolidation.exact import ceiling, rounded_up
from pm_desktop.domain.consolidation.facts import (
    ROLES,
    Member,
    Plan,
    Posts,
    Rule,
    area_of,
    households_of,
    known_sum,
    named,
)
from pm_desktop.domain.enums import ManagementMode

Staff = dict[str, Fraction | None]
NOTICE = Label("测算，非审计数据", "An estimate, not audited figures")


@dataclass(frozen=True, slots=True)
class Fees:
    """Billing and collection a month (元), fee weighted by area, share collected; ``gap`` is (max − min) ÷ mean over market members."""

    billing: Fraction | None
    collected: Fraction | None
    weighted: Fraction | None
    share: Fraction | None
    gap: Fraction | None


def fees(members: tuple[Member, ...]) -> Fees:
    """Fees of the members as they are; unknown as soon as a figure of one member is."""
    area = area_of(members)
    billing = known_sum(_billed(m) for m in members)
    collected = known_sum(_collected(m) for m in members)
    return Fees(billing, collected, billing / area if billing is not None and area else None,
                collected / billing if collected is not None and billing else None, fee_gap(members))


def _billed(m: Member) -> Fraction | None:
    return None if m.area_m2 is None or m.fee_cny_m2_month is None else Fraction(m.area_m2) * Fraction(m.fee_cny_m2_month)


def _collected(m: Member) -> Fraction | None:
    billed = _billed(m)
    return None if billed is None or m.collection_rate is None else billed * Fraction(m.collection_rate)


def market(members: tuple[Member, ...]) -> list[Member]:
    """Members that a firm serves on the market."""
    return [m for m in members if m.mode is ManagementMode.MARKET]


def fee_gap(members: tuple[Member, ...]) -> Fraction | None:
    """(highest − lowest) ÷ area-weighted mean of the fees of market members; None without one whose fee and area are known."""
    known = [(Fraction(m.fee_cny_m2_month), Fraction(m.area_m2)) for m in market(members) if m.fee_cny_m2_month is not None and m.area_m2]
    total = sum((fee * area for fee, area in known), Fraction(0))
    if not total:
        return None
    prices = [fee for fee, _ in known]
    return (max(prices) - min(prices)) * sum((area for _, area in known), Fraction(0)) / total


# -- staff --------------------------------------------------------------------------------------------------------------


def default_posts(households: int | None, gates: int | None, rule: Rule) -> Posts | None:
    """Posts by the norm; None where the households are unknown. An unknown number of gates counts as one gate."""
    norm = rule["staffing"]
    if households is None:
        return None
    return Posts(ceiling(Fraction(households, norm["post_24h_households"])), max(0, (gates or 0) - norm["gates_without_post"]))


def norm_staff(posts: Posts | None, area: Fraction | None, households: int | None, rule: Rule) -> Staff:
    """Staff that the norm gives one service project."""
    norm = rule["staffing"]
    guards = None if posts is None else ceiling(posts.day_24h * Fraction(norm["guards_per_post_24h"]) + posts.day_12h * Fraction(norm["guards_per_post_12h"]))
    return {"guard": None if guards is None else Fraction(guards),
            "cleaner": None if area is None else Fraction(ceiling(area / norm["cleaner_area_m2"])),
            "repair": None if area is None else Fraction(max(norm["repair_least"], ceiling(area / norm["repair_area_m2"]))),
            "manager": Fraction(norm["managers"]),
            "service": None if households is None else Fraction(ceiling(Fraction(households, norm["service_households"])))}


def staff_of(m: Member, rule: Rule) -> Staff:
    """Recorded staff of a zone; roles that are not recorded by the norm."""
    recorded = {role: m.staff.get(role) for role in ROLES}
    if all(v is not None for v in recorded.values()):
        return {role: Fraction(v) for role, v in recorded.items() if v is not None}
    norm = norm_staff(default_posts(m.households, m.gates, rule), None if m.area_m2 is None else Fraction(m.area_m2), m.households, rule)
    return {role: norm[role] if v is None else Fraction(v) for role, v in recorded.items()}


def monthly_cost(staff: Mapping[str, Fraction | None], rule: Rule) -> Fraction | None:
    """Cost of staff a month, 元."""
    prices = rule["staffing"]["unit_cost_cny_month"]
    return known_sum(None if n is None else n * Fraction(prices[role]) for role, n in staff.items())


@dataclass(frozen=True, slots=True)
class Saving:
    """Staff and cost a month before and after the merger."""

    before: Staff
    after: Staff
    before_cny: Fraction | None
    after_cny: Fraction | None
    posts: Posts | None

    @property
    def cny(self) -> Fraction | None:
        """What the merger saves a month; negative if it costs more."""
        return None if self.before_cny is None or self.after_cny is None else self.before_cny - self.after_cny

    @property
    def share(self) -> Fraction | None:
        """The saving as a share of the cost before; None without a cost."""
        return None if self.cny is None or not self.before_cny else self.cny / self.before_cny


def saving(plan: Plan, posts: Posts | None, rule: Rule) -> Saving:
    """Staff before (as recorded) and after (by the norm, with ``posts`` or those of the norm)."""
    own = [staff_of(m, rule) for m in plan.members]
    before: Staff = {role: known_sum(s[role] for s in own) for role in ROLES}
    posts = posts or default_posts(households_of(plan.members), _gates(plan.members), rule)
    after = norm_staff(posts, area_of(plan.members), households_of(plan.members), rule)
    return Saving(before, after, monthly_cost(before, rule), monthly_cost(after, rule), posts)


def _gates(members: tuple[Member, ...]) -> int | None:
    known = [m.gates for m in members if m.gates is not None]
    return sum(known) if known else None


def less(a: Fraction | None, b: Fraction | None) -> Fraction | None:
    """Difference of two sums that may be unknown."""
    return None if a is None or b is None else a - b


# -- one fee for all ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Unified:
    """What one fee for all members means: collection and balance a month, households that pay more, the same, less; the fee that just covers the cost."""

    fee: Decimal
    billing: Fraction | None
    collected: Fraction | None
    balance: Fraction | None
    more: int
    same: int
    less: int
    unknown: int
    break_even: Decimal | None


def unified(plan: Plan, fee: Decimal, cost_cny: Fraction | None) -> Unified:
    """One ``fee`` for all members, each with the collection rate of today, against a cost of ``cost_cny`` a month.

    ``unknown`` counts the households whose fee of today is not on record; the break-even fee has four places, as fees have.
    """
    area = area_of(plan.members)
    paying = known_sum(None if m.area_m2 is None or m.collection_rate is None else Fraction(m.area_m2) * Fraction(m.collection_rate) for m in plan.members)
    collected = None if paying is None else paying * Fraction(fee)
    counts = {"more": 0, "same": 0, "less": 0, "unknown": 0}
    for m in plan.members:
        today = m.fee_cny_m2_month
        change = "unknown" if today is None else "more" if fee > today else "less" if fee < today else "same"
        counts[change] += m.households or 0
    even = None if cost_cny is None or not paying else rounded_up(cost_cny / paying, 4)
    return Unified(fee, None if area is None else area * Fraction(fee), collected, less(collected, cost_cny), **counts, break_even=even)


# -- what is assumed ----------------------------------------------------------------------------------------------------


def premises(plan: Plan, posts: Posts | None) -> list[Label]:
    """测算前提: what had to be assumed because it is not on record."""
    found: list[Label] = []

    def note(names: list[str], zh: str, en: str) -> None:
        if names:
            who = named(names)
            found.append(Label(f"{who.zh}：{zh}", f"{who.en}: {en}"))

    members = plan.members
    note([m.name for m in members if any(m.staff.get(r) is None for r in ROLES)], "人员配置未填报，合并前按定额测算", "staffing is not on record, its cost before follows the norm")
    note([m.name for m in members if m.area_m2 is None], "面积未填报", "the area is not on record")
    note([m.name for m in members if m.households is None], "业主户数未填报", "the households are not on record")
    note([m.name for m in members if m.fee_cny_m2_month is None or m.collection_rate is None], "物业费或收缴率未填报", "fee or collection rate is not on record")
    note([m.name for m in members if m.juwei is None], "居委未填报，各按另一个居委计", "the residential committee is not on record, each counts as one more")
    if posts is None:
        note([m.name for m in members if m.gates is None], "出入口数未填报，岗位未计其出入口", "the gates are not on record and have no post")
    if plan.facilities is None:
        found.append(Label("共用设施未登记，该项按 0 分", "no shared facility is on record: no points for it"))
    if not plan.barriers_known:
        found.append(Label("阻隔未登记，该项按无阻隔计", "no barrier is on record: counted as none"))
    note([m.name for m, ratio in zip(members, plan.ratios, strict=True) if ratio is None], "无边界图形，共边按 0 计", "no outline is on record, its shared boundary counts as 0")
    return found
