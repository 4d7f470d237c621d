"""A thousand random plans against a second reckoning of DOMAIN §4.6, written apart from the program with its figures spelled out."""

from __future__ import annotations

import random
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction as F
from math import ceil
from typing import Any

import pytest

from pm_desktop.domain.consolidation import economics
from pm_desktop.domain.consolidation.exact import rounded
from pm_desktop.domain.consolidation.facts import ROLES, Facility, Member, Obstacle, Pair, Plan, Posts, rule_sheet
from pm_desktop.domain.consolidation.gates import gates
from pm_desktop.domain.consolidation.score import score
from pm_desktop.domain.enums import BarrierType, CommitteeStatus, FacilityType, ManagementMode, MergerKind

DAY = date(2026, 3, 31)
PRICES = {"guard": 5000, "cleaner": 4200, "repair": 6500, "manager": 9000, "service": 5500}
BARRIER_POINTS = {"SECONDARY": 3, "LOCAL": 7, "WALL": 10, "EXPRESSWAY": 0, "ARTERIAL": 0, "RIVER": 0, "RAIL": 0}
DIVIDES = {"EXPRESSWAY", "ARTERIAL", "RIVER", "RAIL"}
Zone = dict[str, Any]


def quantized(value: F, places: int) -> Decimal:
    with localcontext() as context:
        context.prec = 80
        return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


# -- random plans, many of their figures on a bound ---------------------------------------------------------------------


def random_zone(r: random.Random, lacks: float) -> Zone:
    def maybe(value: Any) -> Any:
        return None if r.random() < lacks else value

    return {"town": maybe(r.choice(["T1"] * 9 + ["T2"])), "juwei": maybe(r.choice(["J1", "J1", "J2", "J3"])), "mode": maybe(r.choice(["MARKET", "MARKET", "MARKET", "FALLBACK", "SELF"])),
            "area": maybe(r.choice([Decimal(20_000), Decimal("19999.99"), Decimal(50_000), Decimal(100_000), Decimal(150_000), Decimal(r.randint(1, 9_000_000)) / 100])),
            "homes": maybe(r.choice([199, 200, 1_000, 1_500, r.randint(1, 1_800)])), "fee": maybe(r.choice([Decimal("1.00"), Decimal("1.10"), Decimal("1.2000"), Decimal(r.randint(1, 40_000)) / 10_000])),
            "rate": maybe(Decimal(r.randint(0, 10_000)) / 10_000), "firm": r.choice(["甲", "乙", "丙", None]),
            "staff": {role: maybe(Decimal(r.randint(0, 16)) / 2) for role in ROLES}, "gates": maybe(r.randint(0, 5)),
            "committee": maybe(r.choice(["IN_TERM"] * 6 + ["IN_REELECTION", "EARLY_REELECTION", "OVERDUE", "NOT_DUE", "CUSTODY"])), "term_end": maybe(date(2026, r.randint(3, 12), r.randint(1, 28))),
            "contract_end": maybe(r.choice([date(2027, 3, 31), date(2027, 4, 1), date(2025, 1, 1)])), "early_end": r.choice([None, False, True]),
            "fund": maybe(F(r.randint(28, 32), 100)), "lawsuit": maybe(r.random() < 0.2), "books": maybe(r.random() < 0.8), "outline": maybe(r.random() < 0.95)}


def random_case(seed: int) -> dict[str, Any]:
    r = random.Random(seed)
    lacks = r.choice([0.0, 0.0, 0.02, 0.3])
    zones = [random_zone(r, lacks) for _ in range(r.choice([1, 2, 2, 3, 4, 5, 7]))]
    n = len(zones)
    if n == 2 and r.random() < 0.5:  # two equal zones whose fees lie exactly on a step of the gap
        apart = r.choice(["0.05", "0.10", "0.15", "0.25"])
        for z, fee in zip(zones, (1 - Decimal(apart), 1 + Decimal(apart)), strict=True):
            z |= {"mode": "MARKET", "area": Decimal(30_000), "fee": fee}
    pairs = [{"a": a, "b": b, "gap": r.random() * 30, "barriers": r.choices(list(BARRIER_POINTS), [3, 3, 2, 1, 1, 1, 1], k=r.choice([0, 0, 0, 1, 2])),
              "overlap": r.choice([0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.009999, 0.01])} for a in range(n) for b in range(a + 1, n) if r.random() < 0.6]
    facilities = [{"kind": r.choice(list(FacilityType)), "serves": r.sample(range(n), min(n, r.choice([1, 2, 2, 3]))), "evidence": r.random() < 0.8} for _ in range(r.choice([0, 1, 3, 8]))]
    return {"kind": r.choice(list(MergerKind)), "zones": zones, "pairs": pairs, "ratios": [None if z["outline"] is None else r.choice([0.0, 0.125, 0.25, r.random()]) for z in zones],
            "facilities": facilities or None, "barriers_known": r.random() < 0.9, "signed": r.choice([None, None, True, False]), "posts": r.choice([None, (2, 2), (0, 1), (3, 0)]), "voting": r.random() < 0.3,
            "hub": r.choice([None, 900.0, 1_100.0])}


def plan_of(case: dict[str, Any]) -> Plan:
    members = tuple(Member(name=f"区{n}", town=z["town"], juwei=z["juwei"], mode=None if z["mode"] is None else ManagementMode(z["mode"]), area_m2=z["area"], households=z["homes"],
                           fee_cny_m2_month=z["fee"], collection_rate=z["rate"], firm=z["firm"], staff=z["staff"], gates=z["gates"],
                           committee=None if z["committee"] is None else CommitteeStatus(z["committee"]), term_end=z["term_end"], contract_end=z["contract_end"], early_end=z["early_end"],
                           repair_fund_share=z["fund"], lawsuit=z["lawsuit"], books_handed=z["books"], outline_valid=z["outline"]) for n, z in enumerate(case["zones"]))
    return Plan(kind=case["kind"], members=members, pairs=tuple(Pair(p["a"], p["b"], p["gap"], tuple(Obstacle(BarrierType(k)) for k in p["barriers"]), p["overlap"]) for p in case["pairs"]),
                ratios=tuple(case["ratios"]), facilities=None if case["facilities"] is None else tuple(Facility(f["kind"], frozenset(f["serves"]), f["evidence"]) for f in case["facilities"]),
                barriers_known=case["barriers_known"], hub_m=case["hub"], signed_across_towns=case["signed"])


# -- the second reckoning -----------------------------------------------------------------------------------------------


def total(values: list[Any]) -> F | None:
    return None if any(v is None for v in values) else F(sum(F(v) for v in values))


def by_norm(homes: int | None, area: F | None, gate_count: int, posts: tuple[int, int] | None) -> dict[str, F | None]:
    if posts is None and homes is not None:
        posts = (ceil(F(homes) / 1000), max(0, gate_count - 1))
    return {"guard": None if posts is None else F(ceil(posts[0] * 3 + posts[1] * F(3, 2))), "cleaner": None if area is None else F(ceil(area / 20_000)),
            "repair": None if area is None else F(max(2, ceil(area / 50_000))), "manager": F(1), "service": None if homes is None else F(ceil(F(homes) / 1000))}


def cost(staff: dict[str, F | None]) -> F | None:
    return total([None if staff[role] is None else staff[role] * PRICES[role] for role in ROLES])  # type: ignore[operator]


def money(case: dict[str, Any]) -> dict[str, F | None]:
    zones = case["zones"]
    before: dict[str, list[F | None]] = {role: [] for role in ROLES}
    for z in zones:
        norm = by_norm(z["homes"], None if z["area"] is None else F(z["area"]), z["gates"] or 0, None)
        for role in ROLES:
            before[role].append(norm[role] if z["staff"][role] is None else F(z["staff"][role]))
    homes = total([z["homes"] for z in zones])
    after = by_norm(None if homes is None else int(homes), total([z["area"] for z in zones]), sum(z["gates"] or 0 for z in zones), case["posts"])
    was, will = cost({role: total(own) for role, own in before.items()}), cost(after)
    billed = total([None if z["area"] is None or z["fee"] is None else F(z["area"]) * F(z["fee"]) for z in zones])
    collected = total([None if None in (z["area"], z["fee"], z["rate"]) else F(z["area"]) * F(z["fee"]) * F(z["rate"]) for z in zones])
    return {"before": was, "after": will, "billing": billed, "collected": collected, "share": None if was is None or will is None or was == 0 else (was - will) / was, "gap": market_gap(zones)}


def market_gap(zones: list[Zone]) -> F | None:
    paid = [(F(z["fee"]), F(z["area"])) for z in zones if z["mode"] == "MARKET" and z["fee"] is not None and z["area"] is not None]
    if not paid:
        return None
    mean = F(sum(fee * area for fee, area in paid)) / sum(area for _, area in paid)
    return (max(fee for fee, _ in paid) - min(fee for fee, _ in paid)) / mean


def lines(case: dict[str, Any], figures: dict[str, F | None]) -> dict[str, Decimal]:
    zones, area, homes = case["zones"], total([z["area"] for z in case["zones"]]), total([z["homes"] for z in case["zones"]])
    mean = F(sum(F(v or 0) for v in case["ratios"])) / len(zones)
    kinds = {f["kind"] for f in case["facilities"] or [] if len(f["serves"]) >= 2}
    small = [z for z in zones if (z["homes"] is not None and z["homes"] < 200) or (z["area"] is not None and z["area"] < 20_000)]
    gap, saved = figures["gap"], figures["share"]
    points = {"boundary": 15 * min(F(1), mean * 4), "barrier": F(min([10, *(BARRIER_POINTS[k] for p in case["pairs"] for k in p["barriers"])])), "facilities": F(2 * min(5, len(kinds))),
              "scale": F((5 if 2 * len(small) >= len(zones) else 0) + (5 if area is not None and homes is not None and 50_000 <= area <= 200_000 and homes <= 3_000 else 0)),
              "fee_gap": F(0 if gap is None else 15 if gap <= F(10, 100) else 12 if gap <= F(20, 100) else 8 if gap <= F(30, 100) else 4 if gap <= F(50, 100) else 0)}
    points["firm_overlap"] = F(0) if area is None else F(10 * sum((F(sum(F(z["area"]) for z in zones if z["firm"] == firm)) / area) ** 2 for firm in {z["firm"] for z in zones if z["firm"]}))
    taken = [z for z in zones if z["mode"] == "FALLBACK"]
    share = F(0) if area is None else F(sum(F(z["area"]) for z in taken)) / area
    points["fallback"] = F(0) if not taken else 5 + 5 * min(F(1), share * 10 / 3)
    offices = len({z["juwei"] for z in zones if z["juwei"] is not None}) + len([z for z in zones if z["juwei"] is None])
    points["juwei"] = F({1: 5, 2: 3}.get(offices, 0))
    points["savings"] = F(0) if saved is None or saved < 0 else 15 * min(F(1), saved * 4)
    return {name: quantized(value, 1) for name, value in points.items()}


def joined(n: int, pairs: list[dict[str, Any]]) -> bool:
    reached, edge = {0}, [0]
    while edge:
        here = edge.pop()
        for p in pairs:
            for one, other in ((p["a"], p["b"]), (p["b"], p["a"])):
                if one == here and other not in reached:
                    reached.add(other)
                    edge.append(other)
    return len(reached) == n


def verdicts(case: dict[str, Any]) -> list[str]:
    zones, pairs, legal = case["zones"], case["pairs"], case["kind"] is MergerKind.ZONE_MERGE
    bad, open_ = ("BLOCK", "INCOMPLETE") if legal else ("WARN", "WARN")
    outlines = [z["outline"] for z in zones]
    out = ["BLOCK" if len(zones) < 2 or False in outlines or any(p["overlap"] >= 0.01 for p in pairs) else "INCOMPLETE" if None in outlines else "PASS"]
    towns = {z["town"] for z in zones}
    out.append(("WARN" if case["signed"] else bad) if len(towns - {None}) > 1 else open_ if None in towns else "PASS")
    out.append(open_ if None in outlines else "PASS" if joined(len(zones), pairs) else bad)
    found = {k for p in pairs for k in p["barriers"]}
    out.append(bad if found & DIVIDES else open_ if not case["barriers_known"] or None in outlines else "WARN" if "WALL" in found else "PASS")
    used = [f for f in case["facilities"] or [] if len(f["serves"]) > 1]
    out.append("PASS" if not legal else "INCOMPLETE" if case["facilities"] is None else "PASS" if any(f["evidence"] for f in used) else "INCOMPLETE" if used else "BLOCK")
    states = [committee_state(z) for z in zones]
    out.append(("BLOCK" if case["voting"] else "WARN") if "locked" in states else "INCOMPLETE" if "open" in states else "PASS")
    out.append("PASS" if all(z["early_end"] or (z["contract_end"] is not None and z["contract_end"] <= date(2027, 3, 31)) for z in zones) else "WARN")
    area, homes = sum(F(z["area"] or 0) for z in zones), sum(z["homes"] or 0 for z in zones)
    too_big = (homes > 3_000 or area > 300_000) if legal else area > 500_000
    lacking = any(z["area"] is None or (legal and z["homes"] is None) for z in zones)
    out += [bad if too_big else open_ if lacking else "PASS", "WARN"]
    out.append("PASS" if all(z["fund"] is not None and z["fund"] >= F(3, 10) and z["lawsuit"] is False and z["books"] is True for z in zones) else "WARN")
    return out


def committee_state(z: Zone) -> str:
    if z["committee"] in ("IN_REELECTION", "EARLY_REELECTION"):
        return "locked"
    over = z["committee"] == "IN_TERM" and z["term_end"] is not None and z["term_end"] < DAY
    return "open" if z["committee"] in (None, "OVERDUE") or over else "free"


@pytest.mark.parametrize("hundred", range(10))
def test_plans_agree_with_a_second_reckoning(hundred: int) -> None:
    rule = rule_sheet(DAY)
    seen: set[str] = set()
    for seed in range(hundred * 100, hundred * 100 + 100):
        case = random_case(seed)
        plan, expected = plan_of(case), money(case)
        posts = None if case["posts"] is None else Posts(*case["posts"])
        saved, paid = economics.saving(plan, posts, rule), economics.fees(plan.members)
        assert {"before": saved.before_cny, "after": saved.after_cny, "billing": paid.billing, "collected": paid.collected, "share": saved.share, "gap": paid.gap} == expected, seed
        points, own = score(plan, saved, rule), lines(case, expected)
        assert points.lines == own, seed
        whole = sum(own.values())
        assert (points.total, points.grade.zh) == (whole, "推荐" if whole >= 75 else "可行" if whole >= 60 else "暂缓"), seed
        results = [g.result.value for g in gates(plan, rule, DAY, entering_vote=case["voting"])]
        assert results == verdicts(case), seed
        seen |= {f"G{n + 1} {v}" for n, v in enumerate(results)} | {points.grade.zh}
    assert len(seen) >= 27, sorted(seen)  # the plans reach nearly every answer there is


def test_rounding_agrees_with_decimal() -> None:
    r = random.Random(4)
    for _ in range(2_000):
        value = F(r.randint(-10**9, 10**9), r.choice([1, 2, 4, 5, 8, 20, 40, 200, 3, 7, 2_000]))
        places = r.choice([0, 1, 2, 4])
        assert rounded(value, places) == quantized(value, places), value
