"""Merger plans by hand: the figures of US-1 and US-2, every bound of the score, and each answer of each gate."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from pm_desktop.domain.consolidation import economics
from pm_desktop.domain.consolidation.exact import rounded, rounded_up
from pm_desktop.domain.consolidation.facts import ROLES, Facility, Member, Obstacle, Pair, Plan, Posts, named, rule_sheet
from pm_desktop.domain.consolidation.gates import Gate, clusters, gates
from pm_desktop.domain.consolidation.score import Score, score
from pm_desktop.domain.enums import BarrierType, CommitteeStatus, FacilityType, ManagementMode, MergerKind

DAY = date(2026, 3, 1)
RULE = rule_sheet(DAY)
POSTS = Posts(2, 2)


def member(name: str, area: Any, households: int | None, fee: str | None, rate: str | None, firm: str | None, staff: tuple[int, ...],
           mode: ManagementMode | None = ManagementMode.MARKET, **more: Any) -> Member:
    known = {"town": "310115104000", "juwei": "310115104002", "committee": CommitteeStatus.IN_TERM, "term_end": date(2028, 1, 1), "contract_end": date(2026, 12, 31),
             "repair_fund_share": Fraction(1, 2), "lawsuit": False, "books_handed": True, "outline_valid": True}
    return Member(name=name, mode=mode, area_m2=None if area is None else Decimal(area), households=households, fee_cny_m2_month=None if fee is None else Decimal(fee),
                  collection_rate=None if rate is None else Decimal(rate), firm=firm, staff=dict(zip(ROLES, map(Decimal, staff), strict=False)), **(known | more))


def us1(kind: MergerKind = MergerKind.ZONE_MERGE, **more: Any) -> Plan:
    """The plan of US-1 and US-2."""
    members = (member("一村", 62_000, 820, "1.15", "0.90", "甲", (6, 3, 2, 1, 1)), member("二村", 55_000, 730, "1.10", "0.88", "甲", (5, 3, 1, 1, 1)),
               member("公寓", 18_600, 198, "1.35", "0.93", "乙", (2, 1, 1, 1, 0)), member("自管楼", 3_900, 48, "0.30", "0.40", None, (0, 0, 0, 0, 0), ManagementMode.FALLBACK))
    known = {"pairs": (Pair(0, 1, 12.0, (Obstacle(BarrierType.LOCAL, "支路"),)), Pair(0, 2, 2.0), Pair(0, 3, 2.0), Pair(2, 3, 4.0)),
             "ratios": (0.5266, 0.2694, 0.5406, 0.7368),
             "facilities": tuple(Facility(k, frozenset(s), True) for k, s in ((FacilityType.ENTRANCE, (0, 1)), (FacilityType.ROAD, (0, 2)), (FacilityType.MONITOR_ROOM, (0, 2)),
                                                                            (FacilityType.EBIKE_SHED, (0, 3))))}
    return Plan(kind=kind, members=members, **(known | more))


def with_members(plan: Plan, **changes: Any) -> Plan:
    """The plan with fields of every member changed."""
    return replace(plan, members=tuple(replace(m, **changes) for m in plan.members))


def scored(plan: Plan, posts: Posts | None = POSTS) -> Score:
    return score(plan, economics.saving(plan, posts, RULE), RULE)


def gate(plan: Plan, identifier: str, *, entering_vote: bool = False) -> Gate:
    return next(g for g in gates(plan, RULE, DAY, entering_vote=entering_vote) if g.id == identifier)


# -- US-1, US-2 ---------------------------------------------------------------------------------------------------------


def test_the_fees_of_four_zones() -> None:
    paid = economics.fees(us1().members)
    assert (paid.billing, paid.collected) == (158_080, Fraction("141230.30"))
    assert paid.weighted is not None and paid.share is not None and paid.gap is not None
    assert (str(rounded(paid.weighted, 4)), str(rounded(paid.share * 100, 2)), str(rounded(paid.gap * 100, 2))) == ("1.1332", "89.34", "21.60")


def test_staff_saving_and_balance() -> None:
    plan = us1()
    saved = economics.saving(plan, POSTS, RULE)
    assert list(saved.before.values()) == [13, 7, 4, 3, 2] and list(saved.after.values()) == [9, 7, 3, 1, 2]
    assert (saved.before_cny, saved.after_cny, saved.cny) == (158_400, 113_900, 44_500)
    assert saved.share is not None and str(rounded(saved.share * 100, 2)) == "28.09"
    collected = economics.fees(plan.members).collected
    assert [rounded(v, 2) for v in (economics.less(collected, saved.before_cny), economics.less(collected, saved.after_cny)) if v is not None] == [Decimal("-17169.70"), Decimal("27330.30")]


def test_the_nine_lines() -> None:
    found = scored(us1())
    assert {k: str(v) for k, v in found.lines.items()} == {"boundary": "15.0", "barrier": "7.0", "facilities": "8.0", "scale": "10.0", "fee_gap": "8.0", "firm_overlap": "7.2",
                                                           "fallback": "5.5", "juwei": "5.0", "savings": "15.0"}
    assert (found.total, found.grade.zh) == (Decimal("80.7"), "推荐")


def test_one_fee_for_all() -> None:
    u = economics.unified(us1(), Decimal("1.15"), Fraction(113_900))
    assert (u.billing, u.collected, u.balance) == (160_425, Fraction("141516.70"), Fraction("27616.70"))
    assert (u.more, u.same, u.less, u.unknown) == (778, 820, 198, 0)
    assert u.break_even == Decimal("0.9256")  # 113,900 ÷ 123,058 ㎡ that pay = 0.925580…
    just, below = (economics.unified(us1(), fee, Fraction(113_900)).balance for fee in (u.break_even, u.break_even - Decimal("0.0001")))
    assert just is not None and below is not None and just >= 0 > below


def test_an_unknown_fee_is_neither_nothing_nor_a_rise() -> None:
    plan = us1()
    plan = replace(plan, members=(replace(plan.members[0], fee_cny_m2_month=None), *plan.members[1:]))
    paid = economics.fees(plan.members)
    assert (paid.billing, paid.collected, paid.weighted, paid.share) == (None,) * 4
    assert economics.unified(plan, Decimal("1.15"), None).unknown == 820


# -- bounds -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("value", "places", "text"), [("0.05", 1, "0.1"), ("-0.05", 1, "-0.1"), ("0.049999", 1, "0.0"), ("2.675", 2, "2.68"), ("-17169.705", 2, "-17169.71"), ("10", 0, "10")])
def test_half_up(value: str, places: int, text: str) -> None:
    assert f"{rounded(Fraction(value), places):f}" == text
    assert rounded_up(Fraction("0.92550001"), 4) == Decimal("0.9256") and rounded_up(Fraction("0.9255"), 4) == Decimal("0.9255")


@pytest.mark.parametrize(("lowest", "highest", "points"), [("1.00", "1.00", 15), ("0.95", "1.05", 15), ("0.9499", "1.0501", 12), ("0.90", "1.10", 12), ("0.85", "1.15", 8), ("0.8499", "1.1501", 4),
                                                           ("0.75", "1.25", 4), ("0.7499", "1.2501", 0)])
def test_bounds_of_the_fee_gap_are_inside(lowest: str, highest: str, points: int) -> None:
    pair = tuple(member(n, 10_000, 100, fee, "1", "甲", (1, 1, 1, 1, 1)) for n, fee in (("a", lowest), ("b", highest)))
    assert scored(Plan(kind=MergerKind.ZONE_MERGE, members=pair)).lines["fee_gap"] == points


def test_a_fallback_zone_takes_no_part_in_the_fee_gap() -> None:
    plan = us1()
    everyone = with_members(plan, mode=ManagementMode.MARKET)
    gap = economics.fee_gap(everyone.members)
    assert gap is not None and rounded(gap * 100, 2) == Decimal("92.66") and scored(everyone).lines["fee_gap"] == 0
    nobody = with_members(plan, mode=None)
    assert economics.fee_gap(nobody.members) is None and scored(nobody).lines["fee_gap"] == 0


@pytest.mark.parametrize(("kinds", "points"), [((), 10), ((BarrierType.WALL,), 10), ((BarrierType.LOCAL, BarrierType.WALL), 7), ((BarrierType.SECONDARY, BarrierType.LOCAL), 3),
                                               ((BarrierType.RIVER,), 0), ((BarrierType.RAIL, BarrierType.LOCAL), 0), ((BarrierType.EXPRESSWAY,), 0), ((BarrierType.ARTERIAL,), 0)])
def test_the_worst_pair_is_the_barrier(kinds: tuple[BarrierType, ...], points: int) -> None:
    plan = us1(pairs=(Pair(0, 1, 1.0), *(Pair(1, 2, 1.0, (Obstacle(k),)) for k in kinds)))
    assert scored(plan).lines["barrier"] == points


@pytest.mark.parametrize(("sizes", "points"), [(((199, 90_000), (3_000, 90_000)), 5), (((200, 19_999), (200, 30_001)), 10), (((200, 20_000), (200, 30_000)), 5), (((100, 20_000), (100, 29_999)), 5),
                                               (((1_500, 100_000), (1_500, 100_000)), 5), (((1_500, 100_000), (1_501, 100_000)), 0), (((1_500, 100_000), (1_500, 100_001)), 0),
                                               (((None, 90_000), (None, 90_000)), 0), (((150, None), (None, None)), 5)])
def test_small_members_and_the_merged_size(sizes: tuple[tuple[Any, Any], ...], points: int) -> None:
    pair = tuple(member(str(n), area, homes, "1", "1", "甲", (1, 1, 1, 1, 1)) for n, (homes, area) in enumerate(sizes))
    assert scored(Plan(kind=MergerKind.ZONE_MERGE, members=pair)).lines["scale"] == points


@pytest.mark.parametrize(("codes", "points"), [(("a", "a", "a"), 5), (("a", "b", "a"), 3), (("a", "b", "c"), 0), (("a", "a", None), 3), ((None, None, None), 0)])
def test_residential_committees(codes: tuple[str | None, ...], points: int) -> None:
    members = tuple(member(str(n), 10_000, 100, "1", "1", "甲", (1, 1, 1, 1, 1), juwei=code) for n, code in enumerate(codes))
    assert scored(Plan(kind=MergerKind.ZONE_MERGE, members=members)).lines["juwei"] == points


def test_five_types_of_facilities_are_enough_and_one_zone_shares_nothing() -> None:
    shared = tuple(Facility(k, frozenset((0, 1)), True) for k in list(FacilityType)[:7])
    assert scored(us1(facilities=shared)).lines["facilities"] == 10
    assert scored(us1(facilities=(*shared[:1] * 3, Facility(FacilityType.PARKING, frozenset((2,)), True)))).lines["facilities"] == 2


def test_shares_that_reach_the_full_points() -> None:
    assert scored(us1(ratios=(0.25,) * 4)).lines["boundary"] == 15 and scored(us1(ratios=(0.125,) * 4)).lines["boundary"] == Decimal("7.5")
    assert scored(us1(ratios=(None, 0.25, None, 0.25))).lines["boundary"] == Decimal("7.5")
    pair = (member("a", 70, 1, "1", "1", "甲", (9, 9, 9, 9, 9)), member("b", 30, 1, "1", "1", None, (0, 0, 0, 0, 0), ManagementMode.FALLBACK))
    found = scored(Plan(kind=MergerKind.ZONE_MERGE, members=pair), Posts(0, 0))
    assert (found.lines["fallback"], found.lines["firm_overlap"]) == (10, Decimal("4.9"))


def test_a_merger_that_costs_more_saves_no_points() -> None:
    found = scored(us1(), Posts(20, 20))
    assert found.lines["savings"] == 0 and found.total == Decimal("65.7") and found.grade.zh == "可行"


# -- staff by the norm --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("households", "gates_", "posts"), [(1, 1, (1, 0)), (1_000, 3, (1, 2)), (1_001, None, (2, 0)), (3_000, 0, (3, 0))])
def test_posts_of_the_norm(households: int, gates_: int | None, posts: tuple[int, int]) -> None:
    assert economics.default_posts(households, gates_, RULE) == Posts(*posts)
    assert economics.default_posts(None, gates_, RULE) is None


def test_staff_that_is_not_on_record_follows_the_norm_and_is_marked() -> None:
    plan = us1()
    bare = replace(plan, members=(replace(plan.members[0], staff={}, gates=2), *plan.members[1:]))
    saved = economics.saving(bare, POSTS, RULE)
    # 820 户, 62,000 ㎡, two gates: ceil(1×3 + 1×1.5) guards, 4 cleaners, 2 repair, 1 manager, 1 service instead of 6, 3, 2, 1, 1
    assert list(saved.before.values()) == [12, 8, 4, 3, 2]
    told = [p.zh for p in economics.premises(bare, POSTS)]
    assert any("一村" in p and "定额" in p for p in told) and economics.premises(plan, POSTS) == []
    half = replace(plan.members[0], staff={"guard": Decimal("6.5")})
    assert economics.staff_of(half, RULE) == {"guard": Fraction("6.5"), "cleaner": 4, "repair": 2, "manager": 1, "service": 1}


def test_without_households_there_is_no_saving() -> None:
    plan = with_members(us1(), households=None, staff={})
    saved = economics.saving(plan, None, RULE)
    assert (saved.cny, saved.share, saved.posts) == (None, None, None) and scored(plan, None).lines["savings"] == 0


# -- gates --------------------------------------------------------------------------------------------------------------


def test_a_plan_that_lacks_nothing_passes_but_for_the_norm_that_is_not_entered() -> None:
    assert {g.id: g.result.value for g in gates(us1(), RULE, DAY)} == {f"G{n}": "WARN" if n == 9 else "PASS" for n in range(1, 11)}
    for g in gates(us1(), RULE, DAY):
        assert g.reason.zh and g.reason.en and g.basis.zh and g.basis.en


CASES: list[tuple[str, dict[str, Any], dict[str, Any], str, str, str]] = [
    # gate, of the plan, of every member, result of a zone merger, of joined management, named in the reason
    ("G1", {"pairs": (Pair(0, 1, 0.0, (), 0.01),)}, {}, "BLOCK", "BLOCK", "一村"),
    ("G1", {"pairs": (Pair(0, 1, 0.0, (), 0.0099),)}, {}, "PASS", "PASS", "4"),
    ("G1", {}, {"outline_valid": False}, "BLOCK", "BLOCK", "自管楼"),
    ("G1", {}, {"outline_valid": None}, "INCOMPLETE", "INCOMPLETE", "公寓"),
    ("G2", {}, {"town": None}, "INCOMPLETE", "WARN", "一村"),
    ("G3", {"pairs": (Pair(0, 1, 12.0), Pair(2, 3, 4.0))}, {}, "BLOCK", "WARN", "公寓"),
    ("G3", {"pairs": (Pair(0, 1, 12.0), Pair(2, 3, 4.0)), "hub_m": 1000.0}, {}, "BLOCK", "WARN", "2 片"),
    ("G3", {}, {"outline_valid": None}, "INCOMPLETE", "WARN", "二村"),
    ("G4", {"pairs": (Pair(0, 1, 26.0, (Obstacle(BarrierType.RIVER, "示例河"),)),)}, {}, "BLOCK", "WARN", "示例河"),
    ("G4", {"pairs": (Pair(0, 1, 1.0, (Obstacle(BarrierType.RAIL),)),)}, {}, "BLOCK", "WARN", "轨道"),
    ("G4", {"pairs": (Pair(0, 1, 1.0, (Obstacle(BarrierType.WALL),)),)}, {}, "WARN", "WARN", "3/4"),
    ("G4", {"pairs": (Pair(0, 1, 1.0, (Obstacle(BarrierType.SECONDARY),)),)}, {}, "PASS", "PASS", "没有"),
    ("G4", {"barriers_known": False}, {}, "INCOMPLETE", "WARN", "未登记"),
    ("G5", {"facilities": None}, {}, "INCOMPLETE", "PASS", "测算前提|不要求"),
    ("G5", {"facilities": (Facility(FacilityType.ROAD, frozenset((1,)), True),)}, {}, "BLOCK", "PASS", "没有|不要求"),
    ("G5", {"facilities": (Facility(FacilityType.ROAD, frozenset((1, 2)), False),)}, {}, "INCOMPLETE", "PASS", "佐证|不要求"),
    ("G6", {}, {"committee": None}, "INCOMPLETE", "INCOMPLETE", "未填报"),
    ("G6", {}, {"committee": CommitteeStatus.IN_REELECTION}, "WARN", "WARN", "第二十八条"),
    ("G6", {}, {"term_end": date(2026, 2, 28)}, "INCOMPLETE", "INCOMPLETE", "待核"),
    ("G6", {}, {"committee": CommitteeStatus.EARLY_REELECTION}, "WARN", "WARN", "第二十八条"),
    ("G7", {}, {"contract_end": date(2027, 3, 1)}, "PASS", "PASS", "2027-03-01"),
    ("G7", {}, {"contract_end": date(2027, 3, 2)}, "WARN", "WARN", "一村"),
    ("G7", {}, {"contract_end": date(2027, 3, 2), "early_end": True}, "PASS", "PASS", "解除"),
    ("G7", {}, {"contract_end": None}, "WARN", "WARN", "未填报"),
    ("G8", {}, {"households": 750}, "PASS", "PASS", "139,500"),
    ("G8", {}, {"households": 751}, "BLOCK", "PASS", "3,004|未超"),
    ("G8", {}, {"area_m2": Decimal(75_000)}, "PASS", "PASS", "300,000"),
    ("G8", {}, {"area_m2": Decimal("75000.01")}, "BLOCK", "PASS", "300,000"),
    ("G8", {}, {"area_m2": Decimal(125_000)}, "BLOCK", "PASS", "500,000"),
    ("G8", {}, {"area_m2": Decimal("125000.01")}, "BLOCK", "WARN", "上限"),
    ("G8", {}, {"area_m2": None}, "INCOMPLETE", "WARN", "未填报"),
    ("G10", {}, {"repair_fund_share": Fraction(3, 10)}, "PASS", "PASS", "充足"),
    ("G10", {}, {"repair_fund_share": Fraction(2999, 10_000)}, "WARN", "WARN", "一村"),
    ("G10", {}, {"lawsuit": True}, "WARN", "WARN", "诉讼"),
    ("G10", {}, {"books_handed": None}, "WARN", "WARN", "未填报")]


@pytest.mark.parametrize(("identifier", "of_plan", "of_members", "zone", "joined", "said"), CASES, ids=[f"{c[0]}-{n}" for n, c in enumerate(CASES)])
def test_each_answer_of_each_gate(identifier: str, of_plan: dict[str, Any], of_members: dict[str, Any], zone: str, joined: str, said: str) -> None:
    words = said.split("|")
    for kind, expected, word in ((MergerKind.ZONE_MERGE, zone, words[0]), (MergerKind.MGMT_MERGE, joined, words[-1])):
        found = gate(with_members(us1(kind, **of_plan), **of_members), identifier)
        assert found.result.value == expected, (kind, found)
        assert word in found.reason.zh, found.reason


def test_a_committee_in_re_election_bars_the_vote() -> None:
    plan = us1()
    plan = replace(plan, members=(plan.members[0], replace(plan.members[1], committee=CommitteeStatus.IN_REELECTION, term_end=date(2026, 1, 1)), *plan.members[2:]))
    found = gate(plan, "G6", entering_vote=True)
    assert found.result.value == "BLOCK" and "二村" in found.reason.zh and "一村" not in found.reason.zh and "第二十八条" in found.basis.zh


def test_two_towns_need_three_signatures() -> None:
    plan = us1()
    plan = replace(plan, members=(replace(plan.members[0], town="310115105000", town_name="北蔡镇"), *plan.members[1:]))
    assert gate(plan, "G2").result.value == "BLOCK" and "北蔡镇、310115104000" in gate(plan, "G2").reason.zh
    assert gate(replace(plan, signed_across_towns=True), "G2").result.value == "WARN"
    assert gate(replace(plan, kind=MergerKind.MGMT_MERGE), "G2").result.value == "WARN"


def test_one_zone_is_no_merger() -> None:
    alone = us1()
    alone = replace(alone, members=alone.members[:1], pairs=(), ratios=(0.0,), facilities=None)
    assert gate(alone, "G1").result.value == "BLOCK" and gate(alone, "G3").result.value == "PASS"


def test_the_managers_load_when_its_norm_is_entered() -> None:
    rule = {**RULE, "gates": {**RULE["gates"], "G9": {**RULE["gates"]["G9"], "pm_max_zones": 3, "pm_max_area_m2": 200_000}}}
    for kind, expected in ((MergerKind.ZONE_MERGE, "PASS"), (MergerKind.MGMT_MERGE, "WARN")):
        assert gates(us1(kind), rule, DAY)[8].result.value == expected
    assert gates(with_members(us1(), area_m2=None), rule, DAY)[8].result.value == "WARN"


def test_clusters_and_long_lists() -> None:
    assert clusters(5, [Pair(3, 4, 1.0), Pair(0, 2, 1.0), Pair(2, 4, 1.0)]) == [[0, 2, 3, 4], [1]]
    assert clusters(0, []) == []
    assert named([str(n) for n in range(7)]).zh == "0、1、2、3、4 等 7 个"


def test_every_figure_of_the_rule_sheet_has_its_basis() -> None:
    assert RULE["basis"] and all(RULE[part]["basis"] for part in ("geometry", "score", "staffing"))
    assert list(RULE["gates"]) == [f"G{n}" for n in range(1, 11)] and all(g["basis"]["zh"] and g["basis"]["en"] for g in RULE["gates"].values())
    assert {t.value for t in BarrierType} == set(RULE["geometry"]["line_width_m"]) == set(RULE["score"]["barrier"]) - {"nothing"}
    assert [g["least"] for g in RULE["score"]["grades"]] == [75, 60, 0] and set(RULE["staffing"]["unit_cost_cny_month"]) == set(ROLES)
    most = [15, 10, RULE["score"]["facilities"]["points_per_type"] * RULE["score"]["facilities"]["most_types"], 10, 15, 10, 10, 5, 15]
    assert sum(most) == 100
