"""How the zones of a plan lie to each other, in metres of the local projection (DOMAIN §0, "Plan geometry").

Neighbours are members whose outlines are at most ``gap_m`` apart. What lies between two of them is looked for in their gap corridor: the
hull of the parts of each within ``corridor_m`` of the other, less the members.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pm_desktop.base import crs
from pm_desktop.domain.consolidation.facts import Obstacle, Pair
from pm_desktop.domain.enums import BarrierType

Rule = dict[str, Any]


@dataclass(frozen=True, slots=True)
class BarrierShape:
    """A barrier in metres; a line is as wide as its ``width_m``."""

    what: Obstacle
    shape: Any


def outline(wkb: bytes | None) -> Any:
    """Outline of a zone in metres; None where there is none."""
    import shapely

    shape = shapely.from_wkb(wkb) if wkb else None
    return None if shape is None or shape.is_empty or "Polygon" not in shape.geom_type else shapely.transform(shape, crs.to_local)


def repaired(shape: Any) -> Any:
    """The areas of an outline that crosses itself, so that it can be measured; a valid one as it is."""
    import shapely

    if shape is None or shape.is_valid:
        return shape
    areas = [p for p in shapely.get_parts(shapely.make_valid(shape)) if "Polygon" in p.geom_type]
    return shapely.union_all(areas) if areas else None


def barrier_shape(kind: BarrierType, name: str | None, width_m: float | None, wkb: bytes, rule: Rule) -> BarrierShape | None:
    """A barrier in metres: areas as they are, lines widened; None where nothing is drawn."""
    import shapely

    local = shapely.transform(shapely.from_wkb(wkb), crs.to_local)
    width = width_m or rule["line_width_m"][kind.value]
    parts = [repaired(p) if "Polygon" in p.geom_type else p.buffer(width / 2, quad_segs=rule["segments_per_quarter"]) for p in shapely.get_parts(local)]
    parts = [p for p in parts if p is not None and not p.is_empty]
    return BarrierShape(Obstacle(kind, name), shapely.union_all(parts)) if parts else None


class Layout:
    """Outlines of the members of a plan, measured.

    Parameters
    ----------
    outlines : sequence of geometry or None
        In metres; None where a member has no outline.
    rule : mapping
        Part ``geometry`` of the rule sheet.
    """

    def __init__(self, outlines: Sequence[Any], rule: Rule) -> None:
        import shapely

        self._rule = rule
        self._outlines: NDArray[Any] = np.empty(len(outlines), dtype=object)
        self._outlines[:] = outlines
        self._tree = shapely.STRtree(self._outlines)
        a, b = self._tree.query(self._outlines, predicate="dwithin", distance=rule["gap_m"])
        order = np.lexsort((b, a))
        near = [(i, j) for i, j in zip(a[order].tolist(), b[order].tolist(), strict=True) if i < j]
        self.neighbours: list[tuple[int, int]] = near
        self._around: dict[int, Any] = {}

    @cached_property
    def _beside(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {i: [] for i in range(len(self._outlines))}
        for a, b in self.neighbours:
            found[a].append(b)
            found[b].append(a)
        return found

    def gap_m(self, a: int, b: int) -> float:
        """Distance of two outlines."""
        import shapely

        return float(shapely.distance(self._outlines[a], self._outlines[b]))

    def overlap(self, a: int, b: int) -> float:
        """Common area as a share of the smaller one."""
        import shapely

        one, other = self._outlines[a], self._outlines[b]
        smaller = min(one.area, other.area)
        return float(shapely.area(shapely.intersection(one, other)) / smaller) if smaller else 0.0

    def shared_ratio(self, i: int) -> float | None:
        """Length of the boundary of member ``i`` within ``shared_m`` of the others ÷ its perimeter; None without an outline.

        Members further off than the neighbours reach no part of it, so only these are joined and widened.
        """
        import shapely

        own = self._outlines[i]
        if own is None:
            return None
        beside = self._beside[i]
        if not beside:
            return 0.0
        others = shapely.buffer(shapely.union_all(self._outlines[beside]), self._rule["shared_m"], quad_segs=self._rule["segments_per_quarter"])
        edge = shapely.boundary(own)
        return float(shapely.length(shapely.intersection(edge, others)) / shapely.length(edge))

    def _widened(self, i: int) -> Any:
        if i not in self._around:
            import shapely

            self._around[i] = shapely.buffer(self._outlines[i], self._rule["corridor_m"], quad_segs=self._rule["segments_per_quarter"])
        return self._around[i]

    def corridor(self, a: int, b: int) -> Any:
        """Gap corridor of two neighbours."""
        import shapely

        one, other = self._outlines[a], self._outlines[b]
        facing = shapely.union(shapely.intersection(one, self._widened(b)), shapely.intersection(other, self._widened(a)))
        hull = shapely.convex_hull(facing)
        inside = self._outlines[np.sort(self._tree.query(hull, predicate="intersects"))]
        return shapely.difference(hull, shapely.union_all(inside))

    def pairs(self, barriers: Sequence[BarrierShape]) -> tuple[Pair, ...]:
        """Neighbours with the gap between them and the barriers that cover more than ``barrier_m2`` of their corridor."""
        import shapely

        tree = shapely.STRtree([b.shape for b in barriers])
        found = []
        for a, b in self.neighbours:
            gap = self.corridor(a, b)
            near = np.sort(tree.query(gap, predicate="intersects")).tolist() if not gap.is_empty else []
            between = tuple(barriers[k].what for k in near if shapely.area(shapely.intersection(barriers[k].shape, gap)) > self._rule["barrier_m2"])
            found.append(Pair(a, b, self.gap_m(a, b), between, self.overlap(a, b)))
        return tuple(found)

    def hub_m(self) -> float | None:
        """Least distance within which one member has all others, between points inside them; None where an outline is missing."""
        import shapely

        if len(self._outlines) == 0 or any(o is None for o in self._outlines):
            return None
        at = shapely.get_coordinates(shapely.point_on_surface(self._outlines))
        return float(min(np.hypot(*(at - here).T).max() for here in at))
