"""Votes in two dimensions: US-3 to the last digit, a slow reference in fractions, and 还差几票 against trying everything."""

from __future__ import annotations

import json
import random
from datetime import date
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pm_desktop.base import paths
from pm_desktop.domain.enums import CommitteeStatus, VoteMatter, VoteResult, VoteThreshold
from pm_desktop.domain.votelocks import voting_lock
from pm_desktop.domain.votes import Bar, Count, Impossible, Tally, combined, judge, percent, shortfall, threshold_of, vote_rule

DAY = date(2026, 3, 18)
HALF, THREE_QUARTER = vote_rule(VoteThreshold.HALF, DAY), vote_rule(VoteThreshold.THREE_QUARTER, DAY)


def tally(area: tuple[int, int, int], heads: tuple[int, int, int]) -> Tally:
    """Areas in whole ㎡."""
    return Tally(Count(*(100 * a for a in area)), Count(*heads))


# US-3: totals of the zone, then who took part and who agreed; result, conditions that fail, shares as shown
STORY = [
    ("一村", (62000, 48360, 31434), (820, 640, 410), HALF, "PASS", (), ("78.00", "78.05", "65.00", "64.06")),
    ("二村 243", (55000, 37000, 20000), (730, 487, 243), HALF, "FAIL", ("heads_yes",), ("67.27", "66.71", "54.05", "49.90")),
    ("二村 244", (55000, 37000, 20000), (730, 487, 244), HALF, "PASS", (), ("67.27", "66.71", "54.05", "50.10")),
    ("公寓", (18600, 12400, 6201), (198, 132, 67), HALF, "PASS", (), ("66.67", "66.67", "50.01", "50.76")),
    ("自管楼", (3900, 2600, 1400), (48, 32, 17), HALF, "PASS", (), ("66.67", "66.67", "53.85", "53.13")),
    ("一村 41,333", (62000, 41333, 30000), (820, 547, 400), HALF, "FAIL", ("area_part",), ("66.67", "66.71", "72.58", "73.13")),
    ("一村 3/4", (62000, 48360, 36270), (820, 640, 480), THREE_QUARTER, "PASS", (), ("78.00", "78.05", "75.00", "75.00")),
    ("一村 3/4 less one", (62000, 48360, 36269), (820, 640, 480), THREE_QUARTER, "FAIL", ("area_yes",), ("78.00", "78.05", "75.00", "75.00")),
]


@pytest.mark.parametrize(("area", "heads", "rule", "result", "failed", "shares"), [row[1:] for row in STORY], ids=[row[0] for row in STORY])
def test_the_story_to_the_last_digit(area, heads, rule, result, failed, shares) -> None:  # type: ignore[no-untyped-def]
    verdict = judge(tally(area, heads), rule)
    assert (verdict.result, verdict.failed) == (result, failed)
    assert tuple(c.pct for c in verdict.conditions) == shares


def test_two_thirds_are_reached_by_the_last_hundredth() -> None:
    heads = Count(820, 547, 400)
    for part_dm2, result in ((4_133_333, "FAIL"), (4_133_334, "PASS")):
        assert judge(Tally(Count(6_200_000, part_dm2, 3_000_000), heads), HALF).result == result
    lack = shortfall(Count(6_200_000, 4_133_300, 3_000_000), HALF)
    assert lack is not None and (lack.least, lack.joining, lack.fresh, lack.left) == (34, 34, 34, 2_066_700)  # 0.34 ㎡


def test_one_household_is_lacking_in_the_second_village() -> None:
    lack = shortfall(Count(730, 487, 243), HALF)
    assert lack is not None
    assert (lack.least, lack.joining, lack.left) == (1, 0, 243)
    # if nobody who took part changes: 244 of 488 is no more than half, 245 of 489 is
    assert lack.fresh == 2


def test_what_is_unknown_is_never_counted_as_nothing() -> None:
    full = Count(730, 487, 244)
    for unknown in (Count(None, 487, 244), Count(730, None, 244), Count(730, 487, None), Count(None, None, None)):
        for both in (Tally(full, unknown), Tally(unknown, full)):
            verdict = judge(both, HALF)
            assert verdict.result is VoteResult.INCOMPLETE
            assert any(c.met is None and c.pct is None for c in verdict.conditions)
        assert shortfall(unknown, HALF) is None
    # a condition that fails is named although another is not known
    assert judge(Tally(Count(900, 500, 400), Count(None, 5, 4)), HALF).failed == ("area_part",)


@pytest.mark.parametrize(("figures", "which", "code"), [
    ((10, 11, 5), "part", "part_exceeds_total"), ((10, 8, 9), "yes", "yes_exceeds_part"), ((10, None, 11), "yes", "yes_exceeds_total"),
    ((-1, 0, 0), "total", "negative"), ((10, -1, 0), "part", "negative"), ((10, 8, -1), "yes", "negative"), ((0, 0, 0), "total", "total_zero")])
def test_impossible_figures_are_named(figures: tuple[int | None, ...], which: str, code: str) -> None:
    with pytest.raises(Impossible) as refused:
        Count(*figures)
    assert (refused.value.which, refused.value.code) == (which, code)
    assert refused.value.message.zh and refused.value.message.en


def test_nobody_took_part() -> None:
    """Three quarters of nothing are not reached, though 0 × 4 ≥ 0 × 3."""
    for rule in (HALF, THREE_QUARTER):
        verdict = judge(tally((900, 0, 0), (9, 0, 0)), rule)
        assert verdict.result is VoteResult.FAIL and len(verdict.failed) == 4
        assert [c.pct for c in verdict.conditions] == ["0.00", "0.00", None, None]
        lack = shortfall(Count(9, 0, 0), rule)
        assert lack is not None and (lack.least, lack.joining, lack.fresh, lack.left) == (6, 6, 6, 9)


def test_ballots_given_can_put_a_vote_out_of_reach() -> None:
    # 90 of 100 took part and 40 agreed: the ten others make it 50 of 100, no more than half
    lack = shortfall(Count(100, 90, 40), HALF)
    assert lack is not None and (lack.least, lack.fresh, lack.left) == (6, None, 10)
    lack = shortfall(Count(100, 90, 41), HALF)
    assert lack is not None and (lack.least, lack.fresh) == (5, 9)  # 50 of 99
    everybody = shortfall(Count(100, 100, 74), THREE_QUARTER)
    assert everybody is not None and (everybody.least, everybody.fresh, everybody.left) == (1, None, 0)


def passes_slowly(figures: tuple[int, int, int, int, int, int], threshold: str) -> bool:
    """The law in fractions, written without looking at the program."""
    area_total, heads_total, area_part, heads_part, area_yes, heads_yes = figures
    if Fraction(area_part, area_total) < Fraction(2, 3) or Fraction(heads_part, heads_total) < Fraction(2, 3):
        return False
    of_area, of_heads = Fraction(area_yes, area_part), Fraction(heads_yes, heads_part)
    if threshold == "HALF":
        return of_area > Fraction(1, 2) and of_heads > Fraction(1, 2)
    return of_area >= Fraction(3, 4) and of_heads >= Fraction(3, 4)


def near(rng: random.Random, limit: Fraction, of: int) -> int:
    """A whole amount of ``of`` at, just below or just above a limit, or anywhere."""
    at = int(limit * of) + rng.choice((-1, 0, 1, 1, 1, 1))
    return min(max(at, 0), of) if rng.random() < 0.9 else rng.randint(0, of)


def test_a_thousand_random_votes_agree_with_the_slow_reference() -> None:
    rng = random.Random(278)
    seen = {True: 0, False: 0}
    for _ in range(1000):
        threshold = rng.choice(list(VoteThreshold))
        limit = Fraction(1, 2) if threshold is VoteThreshold.HALF else Fraction(3, 4)
        sides = []
        for largest in (20_000_000, 3_000):
            total = rng.randint(1, largest)
            part = near(rng, Fraction(2, 3), total)
            sides.append((total, part, near(rng, limit, part)))
        area, heads = sides
        expected = passes_slowly((area[0], heads[0], area[1], heads[1], area[2], heads[2]), threshold)
        verdict = judge(Tally(Count(*area), Count(*heads)), vote_rule(threshold, DAY))
        assert verdict.result is (VoteResult.PASS if expected else VoteResult.FAIL), (area, heads, threshold)
        assert bool(verdict.failed) is not expected
        seen[expected] += 1
    assert min(seen.values()) > 100, seen


def one_side_passes(total: int, part: int, yes: int, threshold: str) -> bool:
    return passes_slowly((total, total, part, part, yes, yes), threshold)


counts = st.integers(1, 14).flatmap(lambda total: st.integers(0, total).flatmap(lambda part: st.tuples(st.just(total), st.just(part), st.integers(0, part))))


@given(counts, st.sampled_from(VoteThreshold))
def test_what_is_lacking_is_the_least_of_everything_that_could_be_tried(figures: tuple[int, int, int], threshold: VoteThreshold) -> None:
    """Every number of participants that change to yes, newcomers that agree and newcomers that do not."""
    total, part, yes = figures
    found = shortfall(Count(*figures), vote_rule(threshold, DAY))
    assert found is not None and found.left == total - part
    ways = [(changed + agreeing + others, agreeing + others)
            for changed, agreeing, others in product(range(part - yes + 1), range(total - part + 1), range(total - part + 1))
            if agreeing + others <= total - part and one_side_passes(total, part + agreeing + others, yes + changed + agreeing, threshold)]
    assert found.least == min(acts for acts, _ in ways)
    assert found.joining == min(joined for _, joined in ways)
    assert (found.least, found.joining) in ways
    fresh = [x for x in range(total - part + 1) if one_side_passes(total, part + x, yes + x, threshold)]
    assert found.fresh == min(fresh, default=None)


@given(st.integers(1, 10**10).flatmap(lambda t: st.integers(0, t).flatmap(lambda p: st.tuples(st.just(t), st.just(p), st.integers(0, p)))), st.sampled_from(VoteThreshold))
def test_one_less_is_not_enough_for_large_zones_too(figures: tuple[int, int, int], threshold: VoteThreshold) -> None:
    total, part, yes = figures
    found = shortfall(Count(*figures), vote_rule(threshold, DAY))
    assert found is not None and found.least >= found.joining >= 0
    assert one_side_passes(total, part + found.joining, yes + found.least, threshold)
    if found.least > found.joining:
        assert not one_side_passes(total, part + found.joining, yes + found.least - 1, threshold)
    if found.fresh is None:
        assert not one_side_passes(total, total, yes + total - part, threshold)
    else:
        assert one_side_passes(total, part + found.fresh, yes + found.fresh, threshold)
        assert found.fresh == 0 or not one_side_passes(total, part + found.fresh - 1, yes + found.fresh - 1, threshold)


owners = st.lists(st.tuples(st.integers(1, 9), st.sampled_from("YN-")), min_size=1, max_size=8)


@given(owners, st.sampled_from(VoteThreshold))
def test_no_set_of_owners_does_with_less_of_either_dimension(zone: list[tuple[int, str]], threshold: VoteThreshold) -> None:
    """A zone of owners with areas, who agreed, did not or have not voted: all sets of newcomers are tried."""
    def sides(said: list[str]) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
        area, heads = ([sum(w for (a, _), s in zip(zone, said, strict=True) if s in kinds for w in (a if dim else 1,)) for kinds in ("YN-", "YN", "Y")] for dim in (1, 0))
        return (area[0], area[1], area[2]), (heads[0], heads[1], heads[2])

    now = [said for _, said in zone]
    assume("-" in now)
    rule = vote_rule(threshold, DAY)
    lacks = [shortfall(Count(*side), rule) for side in sides(now)]
    out = [i for i, said in enumerate(now) if said == "-"]
    for chosen in product((False, True), repeat=len(out)):
        then = ["Y" if i in {o for o, c in zip(out, chosen, strict=True) if c} else said for i, said in enumerate(now)]
        area, heads = sides(then)
        if judge(Tally(Count(*area), Count(*heads)), rule).result is VoteResult.PASS:
            joined = (area[1] - sides(now)[0][1], heads[1] - sides(now)[1][1])
            for lack, amount in zip(lacks, joined, strict=True):
                assert lack is not None and lack.fresh is not None and amount >= lack.fresh


def test_a_vote_that_passes_lacks_nothing() -> None:
    for _, area, heads, rule, result, _, _ in STORY:
        lacks = [shortfall(Count(*side), rule) for side in (area, heads)]
        assert (result == "PASS") is all(lack is not None and lack.least == 0 == lack.fresh for lack in lacks)


def test_zones_together_are_added_and_an_unknown_one_leaves_them_unknown() -> None:
    first, second = tally((62000, 48360, 31434), (820, 640, 410)), tally((55000, 37000, 20000), (730, 487, 243))
    both = combined([first, second])
    assert both == tally((117000, 85360, 51434), (1550, 1127, 653))
    assert judge(both, HALF).result is VoteResult.PASS  # though the second village alone does not
    assert combined([first, Tally(Count(None, 1, 1), Count(9, 1, 1))]).area_dm2 == Count(None, 4_836_001, 3_143_401)


def test_the_bars_are_data_with_a_basis_and_days() -> None:
    file = json.loads((paths.resources_dir() / "rules" / "vote_thresholds.json").read_text("utf-8"))
    assert "第二百七十八条" in file["basis"] and "第十八条" in file["basis"] and HALF.basis == file["basis"]
    assert all(v["valid_from"] <= "2021-01-01" and "valid_to" in v for v in file["versions"])
    assert HALF.participation == THREE_QUARTER.participation == Bar(Fraction(2, 3), True)
    assert (HALF.consent, THREE_QUARTER.consent) == (Bar(Fraction(1, 2), False), Bar(Fraction(3, 4), True))


def test_every_matter_has_its_threshold() -> None:
    higher = {VoteMatter.RAISE_FUND, VoteMatter.REBUILD, VoteMatter.CHANGE_COMMON}
    assert {m for m in VoteMatter if threshold_of(m, DAY) is VoteThreshold.THREE_QUARTER} == higher
    assert all(threshold_of(m, DAY) is VoteThreshold.HALF for m in set(VoteMatter) - higher)


def test_a_committee_in_re_election_locks_votes_and_the_clause_is_cited() -> None:
    free = {VoteMatter.ELECT_COMMITTEE, VoteMatter.SET_RULES}
    for matter in VoteMatter:
        for status in (CommitteeStatus.IN_REELECTION, CommitteeStatus.EARLY_REELECTION):
            lock = voting_lock(matter, status, DAY)
            assert lock.locked is (matter not in free)
            assert "第二十八条第四款" in lock.reason.zh and "28" in lock.reason.en and "第二十八条第四款" in lock.basis
        assert voting_lock(matter, CommitteeStatus.IN_TERM, DAY).locked is False
    merger = voting_lock(VoteMatter.ADJUST_ZONE, CommitteeStatus.IN_REELECTION, DAY)
    assert "第（四）项" in merger.reason.zh and "item 4" in merger.reason.en
    assert "第（一）项" in voting_lock(VoteMatter.SELECT_FIRM, CommitteeStatus.IN_REELECTION, DAY).reason.zh


def test_what_is_not_known_of_a_committee_does_not_free_a_vote() -> None:
    for status in (None, CommitteeStatus.OVERDUE):
        lock = voting_lock(VoteMatter.ADJUST_FEE, status, DAY)
        assert lock.locked is None and ("未填报" in lock.reason.zh) is (status is None)
        assert voting_lock(VoteMatter.ELECT_COMMITTEE, status, DAY).locked is False
    others = set(CommitteeStatus) - {CommitteeStatus.OVERDUE, CommitteeStatus.IN_REELECTION, CommitteeStatus.EARLY_REELECTION}
    assert all(voting_lock(VoteMatter.ADJUST_FEE, s, DAY).locked is False for s in others)


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_per_cents_round_halves_upward(amount: int, of: int) -> None:
    if of == 0:
        assert percent(amount, of) is None
    else:
        exact = Fraction(10_000 * amount, of)
        assert Fraction(percent(amount, of) or "") * 100 == int(exact + Fraction(1, 2))
