"""重复投诉: complaints about one thing at one place again within some days (DOMAIN §4.3 A; the caller is not kept)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple


class Filed(NamedTuple):
    """What of a complaint tells whether it is a repeat."""

    id: str
    compound_id: str | None
    building_id: str | None
    category: str | None
    source_category: str | None
    received_at: datetime
    repeat_of: str | None


@dataclass(frozen=True, slots=True)
class Repeat:
    """Complaints of one category at one place, the oldest first."""

    category: str
    complaints: tuple[Filed, ...]

    @property
    def words(self) -> str:
        """Category as the newest of them was received."""
        return self.complaints[-1].source_category or self.category


def repeats(filed: Iterable[Filed], least: Mapping[str, int]) -> dict[str, tuple[Repeat, ...]]:
    """Repeats by place, the largest first: the building where it is known, else the compound.

    ``least`` says how many of one category make a repeat at a ``building`` and at a ``compound``; a complaint that its
    source calls a repeat makes one whatever their number. What has neither place nor category cannot be one.
    """
    groups: defaultdict[tuple[str, str, str], list[Filed]] = defaultdict(list)
    for each in filed:
        place, kind = (each.building_id, "building") if each.building_id else (each.compound_id, "compound")
        category = each.category or each.source_category
        if place and category:
            groups[place, kind, category].append(each)
    found: defaultdict[str, list[Repeat]] = defaultdict(list)
    for (place, kind, category), rows in groups.items():
        if len(rows) >= least[kind] or any(r.repeat_of for r in rows):
            found[place].append(Repeat(category, tuple(sorted(rows, key=lambda r: (r.received_at, r.id)))))
    return {place: tuple(sorted(each, key=lambda r: (-len(r.complaints), r.category))) for place, each in found.items()}
