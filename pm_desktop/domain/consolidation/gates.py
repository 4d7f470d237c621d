"""The ten gates of a plan (DOMAIN §0, §4.6), each with its reason and its basis.

What is not on record makes a gate INCOMPLETE where it could block, and WARN where it could only warn: a vote is never let through on
a guess, and never held up by a gate that could not hold it up.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from pm_desktop.base.label import Label
from pm_desktop.domain.committee import months_before, status_on
from pm_desktop.domain.consolidation.exact import rounded
from pm_desktop.domain.consolidation.facts import (
    NAMED,
    Member,
    Pair,
    Plan,
    Rule,
    area_of,
    households_of,
    named,
    shared_types,
)
from pm_desktop.domain.enums import GateResult, MergerKind, VoteMatter, label_of
from pm_desktop.domain.votelocks import VotingLock, voting_lock

PASS, WARN, BLOCK, INCOMPLETE = GateResult


@dataclass(frozen=True, slots=True)
class Gate:
    """One gate: G1 … G10, its result, why, and by what rule."""

    id: str
    result: GateResult
    reason: Label
    basis: Label


@dataclass(frozen=True, slots=True)
class Case:
    """A plan before its gates: the rule of one gate, the day, and whether the plan is about to enter the vote."""

    plan: Plan
    rule: Rule
    day: date
    entering_vote: bool

    @property
    def legal(self) -> bool:
        """Whether the legal zones themselves become one."""
        return self.plan.kind is MergerKind.ZONE_MERGE

    @property
    def members(self) -> tuple[Member, ...]:
        """Members of the plan."""
        return self.plan.members

    def fails(self) -> GateResult:
        """Result of what the law forbids a zone merger and only questions in joined management."""
        return BLOCK if self.legal else WARN

    def unknown(self) -> GateResult:
        """Result of what is not on record, at a gate that blocks a zone merger only."""
        return INCOMPLETE if self.legal else WARN


Verdict = tuple[GateResult, Label]


def gates(plan: Plan, rule: Rule, day: date, *, entering_vote: bool = False) -> list[Gate]:
    """The gates of ``plan`` on ``day``."""
    found = []
    for identifier, check in CHECKS.items():
        sheet = rule["gates"][identifier]
        result, reason = check(Case(plan, sheet, day, entering_vote))
        found.append(Gate(identifier, result, reason, Label(sheet["basis"]["zh"], sheet["basis"]["en"])))
    return found


def figure(value: Fraction | float | int, places: int = 0) -> str:
    """A number as a reason shows it."""
    return f"{rounded(Fraction(value), places):,}"


def _names(members: Sequence[Member]) -> Label:
    return named([m.name for m in members])


def _members(case: Case) -> Verdict:
    """G1: enough zones, outlines valid, hardly any overlap."""
    count, least, most = len(case.members), case.rule["members"], Fraction(case.rule["overlap_share"])
    if count < least:
        return BLOCK, Label(f"只有 {count} 个区域，至少需要 {least} 个", f"{count} zone, at least {least} are needed")
    wrong = [m for m in case.members if m.outline_valid is False]
    if wrong:
        who = _names(wrong)
        return BLOCK, Label(f"边界图形无效：{who.zh}", f"the outline is not valid: {who.en}")
    worst = max(case.plan.pairs, key=lambda p: p.overlap, default=None)
    if worst is not None and Fraction(worst.overlap) >= most:
        a, b = _ends(case.plan, worst)
        share = figure(Fraction(worst.overlap) * 100, 2)
        return BLOCK, Label(f"{a}与{b}重叠 {share} %，须小于 {figure(most * 100)} %", f"{a} and {b} overlap by {share} %, less than {figure(most * 100)} % is allowed")
    missing = [m for m in case.members if m.outline_valid is None]
    if missing:
        who = _names(missing)
        return INCOMPLETE, Label(f"没有边界图形：{who.zh}", f"no outline on record: {who.en}")
    return PASS, Label(f"{count} 个区域，边界有效，无明显重叠", f"{count} zones, outlines valid, no overlap to speak of")


def _ends(plan: Plan, pair: Pair) -> tuple[str, str]:
    return plan.members[pair.a].name, plan.members[pair.b].name


def _towns(case: Case) -> Verdict:
    """G2: one 街镇, or signed by both and the district."""
    towns = {m.town: m.town_name or m.town for m in case.members if m.town}
    if len(towns) > 1:
        listed = named(list(towns.values()))
        if case.plan.signed_across_towns:
            return WARN, Label(f"跨街镇（{listed.zh}），双方街镇与区房管已会签", f"across towns ({listed.en}), signed by both towns and the district")
        return case.fails(), Label(f"跨街镇：{listed.zh}", f"across towns: {listed.en}")
    missing = [m for m in case.members if not m.town]
    if missing:
        who = _names(missing)
        return case.unknown(), Label(f"街镇未填报：{who.zh}", f"the town is not on record: {who.en}")
    only = "、".join(towns.values())
    return PASS, Label(f"同属{only}", f"all in {only}")


def clusters(count: int, pairs: Sequence[Pair]) -> list[list[int]]:
    """Groups of members that neighbours join, each in order, by their first member."""
    group = list(range(count))

    def top(i: int) -> int:
        while group[i] != i:
            group[i] = group[group[i]]
            i = group[i]
        return i

    for pair in pairs:
        a, b = sorted((top(pair.a), top(pair.b)))
        group[b] = a
    found: dict[int, list[int]] = {}
    for i in range(count):
        found.setdefault(top(i), []).append(i)
    return list(found.values())


def _joined(case: Case) -> Verdict:
    """G3: neighbours join all members."""
    missing = [m for m in case.members if m.outline_valid is None]
    if missing:
        who = _names(missing)
        return case.unknown(), Label(f"没有边界图形，无法判断是否相连：{who.zh}", f"no outline, so it cannot be told whether they join: {who.en}")
    parts = clusters(len(case.members), case.plan.pairs)
    if len(parts) <= 1:
        widest = max((p.gap_m for p in case.plan.pairs), default=0.0)
        return PASS, Label(f"各区域相连，相邻间距最大 {figure(widest, 1)} m", f"all zones are joined, the widest gap of neighbours is {figure(widest, 1)} m")
    away = named([case.members[i].name for part in parts[1:] for i in part])
    hub = case.plan.hub_m
    if case.legal or hub is None:
        return case.fails(), Label(f"分成 {len(parts)} 片，不相连：{away.zh}", f"in {len(parts)} parts, not joined: {away.en}")
    limit = case.rule["hub_straight_m"]
    side = ("在", "within") if hub <= limit else ("超出", "beyond")
    return WARN, Label(f"分成 {len(parts)} 片，不相连：{away.zh}；各区域到中心区域直线 {figure(hub)} m，{side[0]} {limit:,} m 之{'内' if hub <= limit else '外'}（出入口位置未填报，以区域内点代）",
                       f"in {len(parts)} parts, not joined: {away.en}; {figure(hub)} m straight to the middle zone, {side[1]} {limit:,} m (by points inside the zones: gates have no position on record)")


def _barriers(case: Case) -> Verdict:
    """G4: nothing that divides lies between two members."""
    blocking, walls = _between(case, "blocking"), _between(case, "wall")
    if blocking:
        zh, en = "；".join(w.zh for w in blocking[:NAMED]), "; ".join(w.en for w in blocking[:NAMED])
        return case.fails(), Label(zh, en)
    if not case.plan.barriers_known or any(m.outline_valid is None for m in case.members):
        return case.unknown(), Label("阻隔或边界图形未登记，无法判断其间有无阻隔", "barriers or outlines are not on record, so it cannot be told what lies between")
    if walls:
        zh, en = "；".join(w.zh for w in walls[:NAMED]), "; ".join(w.en for w in walls[:NAMED])
        return WARN, Label(f"{zh}；拆墙需 3/4 表决复核", f"{en}; taking a wall down needs a three-quarters vote, to be reviewed")
    if len(clusters(len(case.members), case.plan.pairs)) > 1:
        return PASS, Label("相邻区域之间没有快速路、主干路、河道、轨道；不相连的区域之间未查", "no expressway, arterial road, river or rail between neighbours; between zones that do not join nothing was looked for")
    return PASS, Label("相邻区域之间没有快速路、主干路、河道、轨道", "no expressway, arterial road, river or rail between neighbours")


def _between(case: Case, what: str) -> list[Label]:
    found = []
    for pair in case.plan.pairs:
        for obstacle in pair.obstacles:
            if obstacle.kind.value in case.rule[what]:
                a, b = _ends(case.plan, pair)
                kind, name = label_of(obstacle.kind), f"“{obstacle.name}”" if obstacle.name else ""
                found.append(Label(f"{a}与{b}之间隔有{kind.zh}{name}", f"{kind.en} {name} lies between {a} and {b}".replace("  ", " ")))
    return found


def _facilities(case: Case) -> Verdict:
    """G5: evidence that facilities are shared."""
    if not case.legal:
        return PASS, Label("管理归并不要求共用设施", "joined management needs no shared facility")
    plan = case.plan
    if plan.facilities is None:
        return INCOMPLETE, Label("共用设施未登记（测算前提）", "no shared facility is on record (an assumption of the estimate)")
    shared = [f for f in plan.facilities if len(f.serves) > 1]
    if len([f for f in shared if f.evidence]) >= case.rule["facilities"]:
        kinds = [label_of(t) for t in shared_types(plan)]
        return PASS, Label(f"共用：{'、'.join(k.zh for k in kinds)}", f"shared: {', '.join(k.en for k in kinds)}")
    if shared:
        return INCOMPLETE, Label("有共用设施，但佐证未填报", "facilities are shared, but their evidence is not on record")
    return BLOCK, Label("没有两个以上区域共用的设施", "no facility that two of the zones share")


def _committees(case: Case) -> Verdict:
    """G6: no member's committee is being re-elected (the lock of `votelocks`)."""
    matter = VoteMatter.ADJUST_ZONE if case.legal else VoteMatter.SELECT_FIRM
    locks = {m.name: _lock(matter, m, case.day) for m in case.members}
    for locked, result in ((True, BLOCK if case.entering_vote else WARN), (None, INCOMPLETE)):
        held = [name for name, lock in locks.items() if lock.locked is locked]
        if held:
            who, why = named(held), locks[held[0]].reason
            return result, Label(f"{who.zh}：{why.zh}", f"{who.en}: {why.en}")
    return PASS, Label("没有业委会在换届改选", "no committee is in re-election")


def _lock(matter: VoteMatter, m: Member, day: date) -> VotingLock:
    """By the status on record; where that leaves the vote free, also by what the calendar has made of it (a term that is over)."""
    lock = voting_lock(matter, m.committee, day)
    return lock if lock.locked is not False or m.committee is None else voting_lock(matter, status_on(m.committee, m.term_end, day), day)


def _contracts(case: Case) -> Verdict:
    """G7: contracts end soon, or their early end is agreed."""
    limit = months_before(case.day, -case.rule["months"])
    late = [m for m in case.members if not m.early_end and m.contract_end is not None and m.contract_end > limit]
    missing = [m for m in case.members if not m.early_end and m.contract_end is None]
    parts = [(late, f"合同在 {limit} 之后才到期，且未约定提前解除", f"the contract runs beyond {limit} and no early end is agreed"),
             (missing, "合同终止日未填报", "the end of the contract is not on record")]
    if late or missing:
        return WARN, Label("；".join(f"{zh}：{_names(who).zh}" for who, zh, _ in parts if who), "; ".join(f"{en}: {_names(who).en}" for who, _, en in parts if who))
    return PASS, Label(f"合同均在 {limit} 前到期或已约定提前解除", f"every contract ends by {limit} or its early end is agreed")


def _size(case: Case) -> Verdict:
    """G8: the merged whole is not too large."""
    sheet = case.rule[case.plan.kind.value]
    area, households = area_of(case.members), households_of(case.members)
    sizes: list[tuple[int | None, Fraction | int | None, Fraction | int, str, str]] = [
        (sheet.get("households"), households, sum(m.households or 0 for m in case.members), "户", " households"),
        (sheet.get("area_m2"), area, sum((Fraction(m.area_m2 or 0) for m in case.members), Fraction(0)), "㎡", " ㎡")]
    over = [(cap, least, zh, en) for cap, _, least, zh, en in sizes if cap is not None and least > cap]
    if over:
        return case.fails(), Label("；".join(f"合并后 {figure(n)} {zh}，上限 {cap:,} {zh}" for cap, n, zh, _ in over),
                                   "; ".join(f"{figure(n)}{en} after the merger, at most {cap:,}" for cap, n, _, en in over))
    if any(cap is not None and whole is None for cap, whole, *_ in sizes):
        return case.unknown(), Label("面积或户数未填报，无法判断规模", "area or households are not on record, so the size cannot be told")
    told = [(n, zh, en) for cap, n, _, zh, en in sizes if cap is not None and n is not None]
    return PASS, Label("、".join(f"{figure(n)} {zh}" for n, zh, _ in told) + "，未超上限", " and ".join(f"{figure(n)}{en}" for n, _, en in told) + ", within the limit")


def _load(case: Case) -> Verdict:
    """G9: what one project manager would hold."""
    zones, area = 1 if case.legal else len(case.members), area_of(case.members)
    most_zones, most_area = case.rule["pm_max_zones"], case.rule["pm_max_area_m2"]
    if (most_zones is not None and zones > most_zones) or (most_area is not None and area is not None and area > most_area):
        return WARN, Label(f"项目经理将负责 {zones} 个区域、{'未填报' if area is None else figure(area)} ㎡，超过上限",
                           f"the manager would hold {zones} zones of {'unknown' if area is None else figure(area)} ㎡, beyond the norm")
    if most_zones is None or most_area is None:
        return WARN, Label("项目经理负荷上限未填报", "the norm of a manager's load is not entered")
    if area is None:
        return WARN, Label("面积未填报，无法判断项目经理负荷", "areas are not on record, so the manager's load cannot be told")
    return PASS, Label(f"项目经理负责 {zones} 个区域、{figure(area)} ㎡", f"the manager holds {zones} zones of {figure(area)} ㎡")


def _funds(case: Case) -> Verdict:
    """G10: repair funds, lawsuits, books."""
    least = Fraction(case.rule["repair_fund_share"])
    low = [m for m in case.members if m.repair_fund_share is not None and m.repair_fund_share < least]
    parts = [(low, f"维修资金不足首期 {figure(least * 100)} %", f"the repair fund is below {figure(least * 100)} % of its first amount"),
             ([m for m in case.members if m.lawsuit], "有未决诉讼", "a lawsuit is pending"),
             ([m for m in case.members if m.books_handed is False], "账册未移交", "books are not handed over"),
             ([m for m in case.members if m.repair_fund_share is None], "维修资金余额未填报", "the repair fund is not on record"),
             ([m for m in case.members if m.lawsuit is None or m.books_handed is None], "诉讼或账册移交情况未填报", "lawsuits or the handing over of books are not on record")]
    told = [(_names(who), zh, en) for who, zh, en in parts if who]
    if told:
        return WARN, Label("；".join(f"{zh}：{who.zh}" for who, zh, _ in told), "; ".join(f"{en}: {who.en}" for who, _, en in told))
    return PASS, Label("维修资金充足，无未决诉讼，账册已移交", "repair funds suffice, no lawsuit is pending, books are handed over")


CHECKS: dict[str, Callable[[Case], Verdict]] = {"G1": _members, "G2": _towns, "G3": _joined, "G4": _barriers, "G5": _facilities, "G6": _committees,
                                                "G7": _contracts, "G8": _size, "G9": _load, "G10": _funds}
