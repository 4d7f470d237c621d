"""What a profile is made of: blocks of lines, each block with its date; every count opens its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pm_desktop.base.label import Label

State = Literal["ok", "warn", "bad"]


@dataclass(frozen=True, slots=True)
class Drill:
    """Rows behind a number: entity, conditions, what they are, and how many."""

    entity: str
    where: Mapping[str, Any]
    title: Label
    count: int


@dataclass(frozen=True, slots=True)
class Item:
    """One line: ``value`` None is unknown (未填报); words come in both languages; ``firm`` is whose profile it opens,
    ``day`` the day (ISO) that it lets the window show."""

    label: Label
    value: str | Label | None
    unit: str | None = None
    drill: Drill | None = None
    state: State | None = None
    firm: str | None = None
    day: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """A figure beside those of its peers: smallest, lower quartile, median, upper quartile, largest, and its own."""

    own: float
    five: tuple[float, float, float, float, float]
    peers: int
    unit: str


@dataclass(frozen=True, slots=True)
class Block:
    """A group of lines with the date of the facts behind it and, where it has them, a monthly trend (with the same
    months of the year before) and the standing among peers.

    ``entered`` says that the date is the day on which a register took the facts in, not one that the facts tell;
    ``drill`` opens the records that the whole block is read from.
    """

    key: str
    label: Label
    as_of: str | None
    items: tuple[Item, ...]
    trend: tuple[int, ...] = ()
    trend_before: tuple[int, ...] = ()
    standing: Standing | None = None
    entered: bool = False
    drill: Drill | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """Everything known of one compound or firm; ``compound_id`` is its id, ``places`` the compounds that it is about."""

    compound_id: str
    title: str
    subtitle: str
    lon: float | None
    lat: float | None
    zone_id: str | None
    blocks: tuple[Block, ...]
    kind: Literal["Compound", "Firm"] = "Compound"
    places: tuple[str, ...] = ()
    box: tuple[float, float, float, float] | None = None
