"""A tally built from an owner roll and a ballot list (DOMAIN §0 'Votes', §2.2).

Who is a head. One owner counts once in a zone, however many units he has; a unit of several owners counts once, not once
for each of them (最高人民法院《建筑物区分所有权司法解释》第九条). So the head is *the set of owners of a unit*: two flats of one person are one
head, two flats of one couple are one head, and a couple's flat beside a flat of one of them makes two.

A ballot speaks for one unit and brings that unit's area. A head takes part with the first of its units that a ballot counts
for, and agrees only if all its ballots that count do: contradictory ballots of one owner are listed, and are not consent.
Owners are known by a hashed id only.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pm_desktop.base.errors import InputRefused, Where
from pm_desktop.base.label import Label
from pm_desktop.domain.enums import BallotChoice
from pm_desktop.domain.votes import Count, Tally


@dataclass(frozen=True, slots=True)
class Unit:
    """专有部分: a unit of the roll with everybody who owns it. An unknown area is None, unknown owners are none."""

    code: str
    zone: str
    area_dm2: int | None
    owners: frozenset[str]


@dataclass(frozen=True, slots=True)
class Ballot:
    """表决票: what one person said for one unit, and when it came in."""

    number: str
    unit: str
    owner: str
    choice: BallotChoice
    received_at: datetime


class Fault(StrEnum):
    """Why a ballot is listed. All but CONTRADICTORY keep it from being counted."""

    LATE = "LATE"
    DUPLICATE = "DUPLICATE"
    UNKNOWN_UNIT = "UNKNOWN_UNIT"
    UNKNOWN_OWNER = "UNKNOWN_OWNER"
    NOT_OF_UNIT = "NOT_OF_UNIT"
    CONTRADICTORY = "CONTRADICTORY"


FAULTS = {
    Fault.LATE: Label("截止后收到，未计入", "came in after the close, not counted"),
    Fault.DUPLICATE: Label("该专有部分已有先收到的表决票，未计入", "an earlier ballot of this unit counts, not counted"),
    Fault.UNKNOWN_UNIT: Label("业主清册中没有该专有部分，未计入", "the roll has no such unit, not counted"),
    Fault.UNKNOWN_OWNER: Label("业主清册中没有此人，未计入", "the roll has no such person, not counted"),
    Fault.NOT_OF_UNIT: Label("此人不是该专有部分的业主，未计入", "this person does not own the unit, not counted"),
    Fault.CONTRADICTORY: Label("同一业主各专有部分意见不一：面积按票计，人数只计参与、不计同意",
                               "ballots of one owner disagree: areas count as cast, the head takes part and does not agree"),
}


@dataclass(frozen=True, slots=True)
class Poll:
    """Tallies by zone, and the ballots that are listed with the reason, in the order in which they came in."""

    tallies: dict[str, Tally]
    listed: tuple[tuple[Ballot, Fault], ...]


def count_ballots(units: Iterable[Unit], ballots: Iterable[Ballot], closes_at: datetime) -> Poll:
    """Tally of every zone of the roll from the ballots received by ``closes_at``, that moment included.

    Raises
    ------
    InputRefused
        The roll holds a unit twice, or one without area: what there is to vote cannot be told.
    """
    roll = _by_code(units)
    counted, listed = _counted(roll, ballots, closes_at)
    zones: defaultdict[str, list[Unit]] = defaultdict(list)
    for unit in roll.values():
        zones[unit.zone].append(unit)
    split = _contradictory(roll, counted)
    listed += [(ballot, Fault.CONTRADICTORY) for code, ballot in counted.items() if _head(roll[code]) in split]
    return Poll({zone: _tally(every, counted, split) for zone, every in zones.items()}, tuple(sorted(listed, key=lambda row: row[0].received_at)))


def _by_code(units: Iterable[Unit]) -> dict[str, Unit]:
    roll: dict[str, Unit] = {}
    for unit in units:
        if unit.code in roll:
            raise InputRefused("unit_twice", Label(f"业主清册中“{unit.code}”出现两次", f"the roll holds unit {unit.code!r} twice"),
                               Label("请把同一专有部分的共有人并成一行", "put the co-owners of a unit into one row"), Where(field="unit"))
        if unit.area_dm2 is not None and unit.area_dm2 <= 0:
            raise InputRefused("unit_area_wrong", Label(f"业主清册中“{unit.code}”的面积不大于 0", f"unit {unit.code!r} of the roll has no area above 0"),
                               Label("请改正；不知道请留空", "correct it, or leave it empty if it is not known"), Where(field="area"))
        roll[unit.code] = unit
    return roll


def _counted(roll: dict[str, Unit], ballots: Iterable[Ballot], closes_at: datetime) -> tuple[dict[str, Ballot], list[tuple[Ballot, Fault]]]:
    """The ballot that counts for each unit, and those that do not count."""
    people = {owner for unit in roll.values() for owner in unit.owners}
    counted: dict[str, Ballot] = {}
    listed: list[tuple[Ballot, Fault]] = []
    for ballot in sorted(ballots, key=lambda b: b.received_at):
        unit = roll.get(ballot.unit)
        if unit is None:
            listed.append((ballot, Fault.UNKNOWN_UNIT))
        elif ballot.owner not in unit.owners:
            listed.append((ballot, Fault.NOT_OF_UNIT if ballot.owner in people else Fault.UNKNOWN_OWNER))
        elif ballot.received_at > closes_at:
            listed.append((ballot, Fault.LATE))
        elif unit.code in counted:
            listed.append((ballot, Fault.DUPLICATE))
        else:
            counted[unit.code] = ballot
    return counted, listed


def _head(unit: Unit) -> tuple[str, frozenset[str]]:
    return unit.zone, unit.owners


def _contradictory(roll: dict[str, Unit], counted: dict[str, Ballot]) -> set[tuple[str, frozenset[str]]]:
    """Heads whose ballots do not all say the same."""
    said: defaultdict[tuple[str, frozenset[str]], set[BallotChoice]] = defaultdict(set)
    for code, ballot in counted.items():
        said[_head(roll[code])].add(ballot.choice)
    return {head for head, choices in said.items() if len(choices) > 1}


def _tally(units: Sequence[Unit], counted: dict[str, Ballot], split: set[tuple[str, frozenset[str]]]) -> Tally:
    part = [u for u in units if u.code in counted]
    yes = [u for u in part if counted[u.code].choice is BallotChoice.YES]
    heads_known = all(u.owners for u in units)
    return Tally(Count(_area(units), _area(part), _area(yes)),
                 Count(len({_head(u) for u in units}) if heads_known else None, len({_head(u) for u in part}), len({_head(u) for u in yes} - split)))


def _area(units: Sequence[Unit]) -> int | None:
    """Sum of areas; unknown as soon as one is."""
    known = [u.area_dm2 for u in units if u.area_dm2 is not None]
    return sum(known) if len(known) == len(units) else None
