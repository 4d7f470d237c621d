"""The nine score lines of a plan (DOMAIN §4.6): each rounded half up to a tenth, then added."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from pm_desktop.base.label import Label
from pm_desktop.domain.consolidation.economics import Saving, fee_gap
from pm_desktop.domain.consolidation.exact import rounded
from pm_desktop.domain.consolidation.facts import Member, Plan, Rule, area_of, households_of, shared_types
from pm_desktop.domain.enums import ManagementMode

ONE = Fraction(1)


@dataclass(frozen=True, slots=True)
class Score:
    """Points by line in the order of the rule, their sum, and the grade."""

    lines: dict[str, Decimal]
    total: Decimal
    grade: Label


def score(plan: Plan, saved: Saving, rule: Rule) -> Score:
    """Score of a plan."""
    sheet = rule["score"]
    exact = {name: line(plan, saved, sheet[name]) for name, line in LINES.items()}
    lines = {name: rounded(points, 1) for name, points in exact.items()}
    total = sum(lines.values(), Decimal(0))
    grade = next(g for g in sheet["grades"] if total >= g["least"])
    return Score(lines, total, Label(grade["zh"], grade["en"]))


def _boundary(plan: Plan, _saved: Saving, sheet: Rule) -> Fraction:
    """An unknown outline shares nothing that is known."""
    if not plan.ratios:
        return Fraction(0)
    mean = sum((Fraction(r or 0) for r in plan.ratios), Fraction(0)) / len(plan.ratios)
    return sheet["points"] * min(ONE, mean / Fraction(sheet["full_at"]))


def _barrier(plan: Plan, _saved: Saving, sheet: Rule) -> Fraction:
    """The worst pair counts."""
    found = [sheet[o.kind.value] for pair in plan.pairs for o in pair.obstacles]
    return Fraction(min([sheet["nothing"], *found]))


def _facilities(plan: Plan, _saved: Saving, sheet: Rule) -> Fraction:
    return Fraction(sheet["points_per_type"] * min(sheet["most_types"], len(shared_types(plan))))


def is_small(m: Member, sheet: Rule) -> bool:
    """小小区: few households or little area, as far as is known."""
    return (m.households is not None and m.households < sheet["small_households"]) or (m.area_m2 is not None and m.area_m2 < sheet["small_area_m2"])


def _scale(plan: Plan, _saved: Saving, sheet: Rule) -> Fraction:
    small = sum(is_small(m, sheet) for m in plan.members)
    points = sheet["small_points"] if plan.members and Fraction(small, len(plan.members)) >= Fraction(sheet["small_share"]) else 0
    area, households = area_of(plan.members), households_of(plan.members)
    if area is not None and households is not None and sheet["merged_least_area_m2"] <= area <= sheet["merged_most_area_m2"]:
        points += sheet["merged_points"] if households <= sheet["merged_most_households"] else 0
    return Fraction(points)


def _fee_gap(plan: Plan, _saved: Saving, sheet: Rule) -> Fraction:
    """No market fee on record: a gap has no value and brings no points."""
    gap = fee_gap(plan.members)
    if gap is None:
        return Fraction(0)
    return Fraction(next((points for most, points in sheet["steps"] if gap <= Fraction(most)), sheet["beyond"]))


def _firm_overlap(plan: Plan, _saved: Saving, sheet: Rule) -> Fraction:
    """Areas without a firm count in the denominator only; no share without the areas of all."""
    area = area_of(plan.members)
    if not area:
        return Fraction(0)
    held: defaultdict[str, Fraction] = defaultdict(Fraction)
    for m in plan.members:
        if m.firm is not None:
            held[m.firm] += Fraction(m.area_m2 or 0)
    return sheet["points"] * sum(((own / area) ** 2 for own in held.values()), Fraction(0))


def _fallback(plan: Plan, _saved: Saving, sheet: Rule) -> Fraction:
    taken = tuple(m for m in plan.members if m.mode is ManagementMode.FALLBACK)
    area, own = area_of(plan.members), area_of(taken)
    share = own / area if area and own is not None else Fraction(0)
    return sheet["points"] + sheet["share_points"] * min(ONE, share / Fraction(sheet["full_at"])) if taken else Fraction(0)


def _juwei(plan: Plan, _saved: Saving, sheet: Rule) -> Fraction:
    """A member whose 居委 is unknown counts as one more: the lowest that it can be."""
    count = len({m.juwei for m in plan.members if m.juwei}) + sum(m.juwei is None for m in plan.members)
    return Fraction(sheet["points"][count - 1] if 1 <= count <= len(sheet["points"]) else sheet["more"])


def _savings(_plan: Plan, saved: Saving, sheet: Rule) -> Fraction:
    return sheet["points"] * max(Fraction(0), min(ONE, (saved.share or Fraction(0)) / Fraction(sheet["full_at"])))


Line = Callable[[Plan, Saving, Rule], Fraction]
LINES: dict[str, Line] = {"boundary": _boundary, "barrier": _barrier, "facilities": _facilities, "scale": _scale, "fee_gap": _fee_gap,
                          "firm_overlap": _firm_overlap, "fallback": _fallback, "juwei": _juwei, "savings": _savings}
