"""Votes of owners, counted exactly in two dimensions: area and heads (民法典第二百七十八条; 规定第十、十八、六十九条; US-3).

Everything is whole: heads, and areas in dm², hundredths of a ㎡. A share is compared by cross-multiplication, never as a
rounded per cent: 41,333.00 of 62,000 ㎡ reads 66.67 % and is less than two thirds.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache

from pm_desktop.base.label import Label
from pm_desktop.domain.dated import rule_on
from pm_desktop.domain.enums import VoteMatter, VoteResult, VoteThreshold

RULE = "vote_thresholds"
DM2_PER_M2 = 100


class Impossible(ValueError):
    """Figures that no vote can have; names the one of ``total``, ``part`` and ``yes`` that is at fault."""

    def __init__(self, which: str, code: str, message: Label) -> None:
        super().__init__(f"{which}: {code}")
        self.which, self.code, self.message = which, code, message


@dataclass(frozen=True, slots=True)
class Count:
    """One dimension of a vote: what there is, what of it took part, what of that agreed. None is 未填报, never 0.

    Raises
    ------
    Impossible
        Less than nothing, nothing to vote at all, or a part larger than its whole.
    """

    total: int | None
    part: int | None
    yes: int | None

    def __post_init__(self) -> None:
        for which in ("total", "part", "yes"):
            value = getattr(self, which)
            if value is not None and value < 0:
                raise Impossible(which, "negative", Label("不能小于 0", "cannot be less than 0"))
        if self.total == 0:
            raise Impossible("total", "total_zero", Label("总数为 0，无从表决；不知道请留空", "a total of 0 cannot vote; leave it empty if it is not known"))
        if _exceeds(self.part, self.total):
            raise Impossible("part", "part_exceeds_total", Label("参与多于总数", "more took part than there are"))
        if _exceeds(self.yes, self.part):
            raise Impossible("yes", "yes_exceeds_part", Label("同意多于参与", "more agreed than took part"))
        if _exceeds(self.yes, self.total):
            raise Impossible("yes", "yes_exceeds_total", Label("同意多于总数", "more agreed than there are"))


def _exceeds(small: int | None, large: int | None) -> bool:
    return small is not None and large is not None and small > large


@dataclass(frozen=True, slots=True)
class Tally:
    """A vote of one zone in both dimensions."""

    area_dm2: Count
    heads: Count


@dataclass(frozen=True, slots=True)
class Bar:
    """A share between 0 and 1 that has to be reached (``inclusive``: 以上) or exceeded (过)."""

    share: Fraction
    inclusive: bool

    def met(self, amount: int, of: int) -> bool:
        """Whether ``amount`` of ``of`` gets over the bar; nothing of nothing does not."""
        over = amount * self.share.denominator - of * self.share.numerator
        return of > 0 and (over >= 0 if self.inclusive else over > 0)

    def least(self, of: int) -> int:
        """The smallest whole amount of ``of`` that gets over the bar."""
        return self._whole(of * self.share.numerator, self.share.denominator)

    def least_joining(self, amount: int, of: int) -> int:
        """The smallest whole number that, added to ``amount`` and to ``of`` alike, gets over the bar.

        (amount + x) / (of + x) grows with x, so (amount + x)·d ≥ (of + x)·n is solved for x.
        """
        n, d = self.share.numerator, self.share.denominator
        return max(self._whole(of * n - amount * d, d - n), 0)

    def _whole(self, over: int, under: int) -> int:
        return -(-over // under) if self.inclusive else over // under + 1


@dataclass(frozen=True, slots=True)
class VoteRule:
    """The two bars of a threshold as they held on a day, and where they are written."""

    participation: Bar
    consent: Bar
    basis: str


@cache
def vote_rule(threshold: VoteThreshold, day: date) -> VoteRule:
    """Bars of ``threshold`` on ``day``."""
    rule = rule_on(RULE, day)
    participation, consent = (Bar(Fraction(b["share"]), b["inclusive"]) for b in (rule["participation"], rule["consent"][threshold]))
    return VoteRule(participation, consent, rule["basis"])


def threshold_of(matter: VoteMatter, day: date) -> VoteThreshold:
    """Threshold that a matter had to get over on ``day``; for parts of one building it counts among that building's owners."""
    return VoteThreshold(rule_on(RULE, day)["matters"][matter])


@dataclass(frozen=True, slots=True)
class Condition:
    """One of the four that must all be met: ``area_part``, ``heads_part``, ``area_yes``, ``heads_yes``."""

    id: str
    amount: int | None
    of: int | None
    met: bool | None

    @property
    def pct(self) -> str | None:
        """Share in per cent to two places, for the eye only; the bar is judged on the whole numbers."""
        return percent(self.amount, self.of)


def percent(amount: int | None, of: int | None) -> str | None:
    """Per cent to two places, halves upward; None where either is unknown or there is nothing to divide by."""
    if amount is None or not of:
        return None
    hundredths = (2 * 10_000 * amount + of) // (2 * of)
    return f"{hundredths // 100}.{hundredths % 100:02d}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Result of a vote with its four conditions: participation in area and heads, then consent in area and heads."""

    result: VoteResult
    conditions: tuple[Condition, ...]

    @property
    def failed(self) -> tuple[str, ...]:
        """Conditions that are known not to be met."""
        return tuple(c.id for c in self.conditions if c.met is False)


def judge(tally: Tally, rule: VoteRule) -> Verdict:
    """Result of ``tally``: all four conditions, none of them outweighing another. What is not known is never counted as 0."""
    sides = (("area", tally.area_dm2), ("heads", tally.heads))
    conditions = (*(_condition(f"{name}_part", c.part, c.total, rule.participation) for name, c in sides),
                  *(_condition(f"{name}_yes", c.yes, c.part, rule.consent) for name, c in sides))
    met = [c.met for c in conditions]
    result = VoteResult.INCOMPLETE if None in met else VoteResult.PASS if all(met) else VoteResult.FAIL
    return Verdict(result, conditions)


def _condition(name: str, amount: int | None, of: int | None, bar: Bar) -> Condition:
    return Condition(name, amount, of, None if amount is None or of is None else bar.met(amount, of))


@dataclass(frozen=True, slots=True)
class Shortfall:
    """还差几票 in one dimension (heads, or dm² of area). All amounts are the least that will do.

    Attributes
    ----------
    least
        还差: how much has still to declare in favour, wherever it comes from: from owners who took part without agreeing,
        or from owners who have not taken part. Smallest over all mixtures of the two. 243 of 487 in favour: 1.
    joining
        How much of ``least`` has to come from owners who have not taken part, because participation itself falls short.
    fresh
        The same need if nobody who took part changes: only owners who have not taken part yet can help, and each of them
        raises participation and consent alike. 243 of 487: 2, since 244 of 488 is no more than half.
        None: no longer to be reached this way, even if everybody left agrees.
    left
        How much has not taken part yet.
    """

    least: int
    joining: int
    fresh: int | None
    left: int


def shortfall(count: Count, rule: VoteRule) -> Shortfall | None:
    """What one dimension lacks for the vote to pass; None where a figure is 未填报.

    Minimised is the amount in this dimension alone, on the assumption that all of it is in favour (a ballot against helps
    participation no more and consent less). Heads and area are minimised each for itself: both are needed, no set of
    owners can do with less of either, but the fewest owners need not bring the area, which depends on who they are.
    """
    if count.total is None or count.part is None or count.yes is None:
        return None
    joining = max(rule.participation.least(count.total) - count.part, 0)
    # more participants than needed never lower the consent that is needed, so `joining` of them is best
    least = max(rule.consent.least(count.part + joining) - count.yes, joining)
    fresh = max(rule.consent.least_joining(count.yes, count.part), joining)
    left = count.total - count.part
    return Shortfall(least, joining, fresh if fresh <= left else None, left)


def combined(tallies: Iterable[Tally]) -> Tally:
    """Several zones taken together, shown beside their own tallies (each zone has to pass by itself); unknown stays unknown."""
    every = list(tallies)
    return Tally(_summed(t.area_dm2 for t in every), _summed(t.heads for t in every))


def _summed(counts: Iterable[Count]) -> Count:
    every = list(counts)
    return Count(*(_sum(values) for values in ([c.total for c in every], [c.part for c in every], [c.yes for c in every])))


def _sum(values: list[int | None]) -> int | None:
    known = [v for v in values if v is not None]
    return sum(known) if len(known) == len(values) else None
