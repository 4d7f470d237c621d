"""A tally from an owner roll and a ballot list: one head per owner and zone, a co-owned unit is one head."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from pm_desktop.base.errors import InputRefused
from pm_desktop.domain.ballots import FAULTS, Ballot, Fault, Unit, count_ballots
from pm_desktop.domain.enums import BallotChoice
from pm_desktop.domain.votes import Count

CLOSE = datetime(2026, 3, 31, 9, tzinfo=UTC)
YES, NO, ABSTAIN = BallotChoice.YES, BallotChoice.NO, BallotChoice.ABSTAIN


def unit(code: str, area_dm2: int | None, *owners: str, zone: str = "Z") -> Unit:
    return Unit(code, zone, area_dm2, frozenset(owners))


def ballot(number: str, code: str, owner: str, choice: BallotChoice = YES, days_before: float = 1) -> Ballot:
    return Ballot(number, code, owner, choice, CLOSE - timedelta(days=days_before))


ROLL = [unit("101", 5_010, "a"), unit("102", 6_025, "a"), unit("201", 7_000, "b", "c"), unit("202", 8_001, "b"), unit("301", 9_999, "b", "c")]


def test_heads_are_owners_not_units_and_not_persons() -> None:
    # a (two flats), the couple b + c (two flats), b alone: three heads in five units of three persons
    poll = count_ballots(ROLL, [], CLOSE)
    assert poll.tallies["Z"].heads == Count(3, 0, 0)
    assert poll.tallies["Z"].area_dm2 == Count(36_035, 0, 0)
    assert poll.listed == ()


def test_areas_count_by_ballot_and_a_head_once() -> None:
    poll = count_ballots(ROLL, [ballot("1", "101", "a"), ballot("2", "102", "a"), ballot("3", "201", "c"), ballot("4", "202", "b", NO)], CLOSE)
    assert poll.tallies["Z"].area_dm2 == Count(36_035, 26_036, 18_035)
    assert poll.tallies["Z"].heads == Count(3, 3, 2)
    assert poll.listed == ()


def test_late_and_second_ballots_and_strangers_are_listed_and_not_counted() -> None:
    last = ballot("in time", "101", "a", YES, 0)
    listed = [ballot("other unit", "202", "c", days_before=9), ballot("stranger", "202", "x", days_before=8), ballot("no unit", "999", "a", days_before=7),
              ballot("second of the couple", "201", "c", YES, 2), ballot("late", "202", "b", YES, -1e-6)]
    ballots = [listed[4], last, listed[3], listed[2], listed[1], listed[0], ballot("first of the couple", "201", "b", NO, 3)]
    poll = count_ballots(ROLL, ballots, CLOSE)
    assert [(b.number, f) for b, f in poll.listed] == list(zip([b.number for b in listed],
           [Fault.NOT_OF_UNIT, Fault.UNKNOWN_OWNER, Fault.UNKNOWN_UNIT, Fault.DUPLICATE, Fault.LATE], strict=True))
    assert poll.tallies["Z"].area_dm2 == Count(36_035, 12_010, 5_010)
    assert poll.tallies["Z"].heads == Count(3, 2, 1)
    assert set(FAULTS) == set(Fault)


def test_an_owner_who_contradicts_himself_takes_part_and_does_not_agree() -> None:
    poll = count_ballots(ROLL, [ballot("1", "101", "a", YES), ballot("2", "102", "a", ABSTAIN)], CLOSE)
    assert poll.tallies["Z"].area_dm2 == Count(36_035, 11_035, 5_010)
    assert poll.tallies["Z"].heads == Count(3, 1, 0)
    assert [(b.number, f) for b, f in poll.listed] == [("1", Fault.CONTRADICTORY), ("2", Fault.CONTRADICTORY)]


def test_one_owner_is_a_head_in_each_of_his_zones() -> None:
    poll = count_ballots([unit("101", 100, "a", zone="Y"), unit("102", 300, "a"), unit("103", 50, "a")], [ballot("1", "101", "a"), ballot("2", "103", "a", NO)], CLOSE)
    assert (poll.tallies["Y"].heads, poll.tallies["Z"].heads) == (Count(1, 1, 1), Count(1, 1, 0))
    assert (poll.tallies["Y"].area_dm2, poll.tallies["Z"].area_dm2) == (Count(100, 100, 100), Count(350, 50, 0))
    assert poll.listed == ()


def test_an_unknown_area_or_owner_leaves_the_sum_unknown() -> None:
    poll = count_ballots([unit("101", None, "a"), unit("102", 300, "b")], [ballot("1", "102", "b")], CLOSE)
    assert poll.tallies["Z"].area_dm2 == Count(None, 300, 300) and poll.tallies["Z"].heads == Count(2, 1, 1)
    poll = count_ballots([unit("101", None, "a"), unit("102", 300, "b")], [ballot("1", "101", "a", NO)], CLOSE)
    assert poll.tallies["Z"].area_dm2 == Count(None, None, 0)
    poll = count_ballots([unit("101", 200), unit("102", 300, "b")], [ballot("1", "101", "b")], CLOSE)
    assert poll.tallies["Z"].heads == Count(None, 0, 0) and [f for _, f in poll.listed] == [Fault.NOT_OF_UNIT]


@pytest.mark.parametrize(("roll", "code"), [([unit("101", 100, "a"), unit("101", 100, "b")], "unit_twice"), ([unit("101", 0, "a")], "unit_area_wrong"),
                                            ([unit("101", -5, "a")], "unit_area_wrong")])
def test_a_roll_that_cannot_be_is_refused(roll: list[Unit], code: str) -> None:
    with pytest.raises(InputRefused) as refused:
        count_ballots(roll, [], CLOSE)
    assert refused.value.code == code


def test_a_town_of_rolls_agrees_with_counting_by_hand() -> None:
    """Random rolls and ballots against a count that walks units one by one."""
    rng = random.Random(69)
    for _ in range(200):
        people = [f"p{i}" for i in range(rng.randint(1, 9))]
        roll = [unit(f"u{i}", rng.randint(1, 20_000), *rng.sample(people, rng.randint(1, min(3, len(people)))), zone=rng.choice("YZ")) for i in range(rng.randint(1, 15))]
        ballots = [ballot(str(i), rng.choice([*(u.code for u in roll), "none"]), rng.choice([*people, "x"]), rng.choice([YES, YES, NO, ABSTAIN]), rng.uniform(-1, 9))
                   for i in range(rng.randint(0, 30))]
        poll = count_ballots(roll, ballots, CLOSE)
        said: dict[str, BallotChoice] = {}
        for b in sorted(ballots, key=lambda b: b.received_at):
            if b.received_at <= CLOSE and any(u.code == b.unit and b.owner in u.owners for u in roll):
                said.setdefault(b.unit, b.choice)
        for zone in {u.zone for u in roll}:
            mine = [u for u in roll if u.zone == zone]
            heads: dict[frozenset[str], list[BallotChoice]] = {u.owners: [] for u in mine}
            for u in mine:
                heads[u.owners] += [said[u.code]] if u.code in said else []
            assert poll.tallies[zone].heads == Count(len(heads), sum(bool(c) for c in heads.values()), sum(bool(c) and set(c) == {YES} for c in heads.values()))
            areas = [u.area_dm2 or 0 for u in mine], [u.area_dm2 or 0 for u in mine if u.code in said], [u.area_dm2 or 0 for u in mine if said.get(u.code) is YES]
            assert poll.tallies[zone].area_dm2 == Count(*(sum(a) for a in areas))
        kinds = Counter(f for _, f in poll.listed)
        assert len(ballots) == len(said) + sum(n for fault, n in kinds.items() if fault is not Fault.CONTRADICTORY)
