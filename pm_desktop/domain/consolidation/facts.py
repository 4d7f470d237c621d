"""What is known of a plan: its member zones and how they lie to each other. None is unknown, never 0."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from pm_desktop.base.label import Label
from pm_desktop.domain.dated import rule_on
from pm_desktop.domain.enums import BarrierType, CommitteeStatus, FacilityType, ManagementMode, MergerKind

ROLES = ("guard", "cleaner", "repair", "manager", "service")
NAMED = 5
Rule = dict[str, Any]


def rule_sheet(day: date) -> Rule:
    """The rule sheet of mergers in force on ``day``."""
    return rule_on("consolidation", day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A zone as the plan sees it; ``name`` is its own within the plan; towns are told apart by code and called by name.

    ``staff`` are full-time equivalents by role, ``gates`` those of its compounds, ``repair_fund_share`` what is left of the first amount (0–1);
    ``outline_valid`` is None where there is no outline.
    """

    name: str
    town: str | None = None
    town_name: str | None = None
    juwei: str | None = None
    mode: ManagementMode | None = None
    area_m2: Decimal | None = None
    households: int | None = None
    fee_cny_m2_month: Decimal | None = None
    collection_rate: Decimal | None = None
    firm: str | None = None
    staff: Mapping[str, Decimal | None] = field(default_factory=dict)
    gates: int | None = None
    committee: CommitteeStatus | None = None
    term_end: date | None = None
    contract_end: date | None = None
    early_end: bool | None = None
    repair_fund_share: Fraction | None = None
    lawsuit: bool | None = None
    books_handed: bool | None = None
    outline_valid: bool | None = None


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A barrier that lies between two members."""

    kind: BarrierType
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Pair:
    """Two members near each other (places in the list of members), the gap between them, what lies in it, and by how much they overlap
    (share of the smaller one)."""

    a: int
    b: int
    gap_m: float
    obstacles: tuple[Obstacle, ...] = ()
    overlap: float = 0.0


@dataclass(frozen=True, slots=True)
class Facility:
    """A facility recorded for at least one member; ``serves`` are places in the list of members."""

    kind: FacilityType
    serves: frozenset[int]
    evidence: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Members and how they lie.

    Parameters
    ----------
    kind : MergerKind
    members : tuple of Member
    pairs : tuple of Pair
        Members that count as neighbours; None where an outline is missing.
    ratios : tuple of float or None
        Shared boundary ÷ perimeter of each member.
    facilities : tuple of Facility or None
        None where no facility of any member is on record.
    barriers_known : bool
        Whether barriers are on record at all.
    hub_m : float or None
        Least distance within which one member has all others (straight, between points inside them); None where not measured.
    signed_across_towns : bool or None
        Both towns and the district have signed.
    """

    kind: MergerKind
    members: tuple[Member, ...]
    pairs: tuple[Pair, ...] = ()
    ratios: tuple[float | None, ...] = ()
    facilities: tuple[Facility, ...] | None = None
    barriers_known: bool = True
    hub_m: float | None = None
    signed_across_towns: bool | None = None


@dataclass(frozen=True, slots=True)
class Posts:
    """Guarded posts after the merger."""

    day_24h: int
    day_12h: int


def known_sum(values: Any) -> Fraction | None:
    """Sum; None as soon as one of them is unknown."""
    total = Fraction(0)
    for value in values:
        if value is None:
            return None
        total += Fraction(value)
    return total


def area_of(members: tuple[Member, ...]) -> Fraction | None:
    """Exclusive area of all members, ㎡."""
    return known_sum(m.area_m2 for m in members)


def households_of(members: tuple[Member, ...]) -> int | None:
    """Households of all members."""
    total = known_sum(m.households for m in members)
    return None if total is None else int(total)


def shared_types(plan: Plan) -> list[FacilityType]:
    """Types of facilities that at least two members use."""
    shared = {f.kind for f in plan.facilities or () if len(f.serves) > 1}
    return [t for t in FacilityType if t in shared]


def named(names: list[str]) -> Label:
    """The first of some names, and how many there are."""
    shown = names[:NAMED]
    more = len(names) - len(shown)
    return Label("、".join(shown) + (f" 等 {len(names)} 个" if more else ""), ", ".join(shown) + (f" and {more} more" if more else ""))
