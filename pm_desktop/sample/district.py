"""The planned district: land, lattice, blocks, uses, houses, towns, all before any register is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from pm_desktop.sample.geography import Geography, TownSeed, make_geography, town_seeds
from pm_desktop.sample.highways import Highway, draw_highways
from pm_desktop.sample.landuse import Houses, LandUse, choose_use, make_houses
from pm_desktop.sample.lattice import SUPER, Blocks, Lattice, Streets, make_blocks, make_lattice, seeds_plane

COMPOUNDS = 3_000
DEFAULT_SEED = 20221014


@dataclass(slots=True)
class District:
    """Everything drawn; plane metres."""

    seed: int
    scale: float
    geography: Geography
    lattice: Lattice
    streets: Streets
    creeks: list[Any]
    parks: list[Any]
    highways: list[Highway]
    blocks: Blocks
    land: LandUse
    houses: Houses
    towns: tuple[TownSeed, ...]
    town_outline: NDArray[Any]
    block_town: NDArray[np.int64]

    @property
    def compound_town(self) -> NDArray[np.int64]:
        """Town number of each compound."""
        return self.block_town[self.land.compound_block]


def plan_district(scale: float = 1.0, seed: int = DEFAULT_SEED) -> District:
    """Draw a district.

    Parameters
    ----------
    scale : float
        1 is the whole district with about 3,000 compounds; below 1 only a part around the core (for tests), at
        least one town.
    seed : int
        The same seed gives the same district.
    """
    rng = np.random.default_rng(seed)
    geography = make_geography(rng)
    radius = None if scale >= 1 else 1_800 + 21_000 * np.sqrt(scale)
    lattice = make_lattice(geography, rng, radius)
    blocks, streets, creeks, parks = make_blocks(lattice, geography, rng)
    highways = draw_highways(geography, rng)
    towns = town_seeds()
    leaf = _town_cells(lattice)
    block_town = leaf[tuple(np.floor(blocks.low + blocks.size / 2).astype(np.int64).T)]
    broad = shapely.buffer(shapely.MultiLineString([h.xy for h in highways]), 34)
    land = choose_use(blocks, rng, max(20, round(COMPOUNDS * min(scale, 1.0))), broad)
    houses = make_houses(blocks, land, rng)
    outline = _town_outlines(lattice, leaf, geography)
    return District(seed, scale, geography, lattice, streets, creeks, parks, highways, blocks, land, houses, towns, outline, block_town)


def _town_cells(lattice: Lattice) -> NDArray[np.int64]:
    """Town of every cell: the lattice halved again and again along main streets until each part has one inside point."""
    shape = np.array(lattice.node.shape[:2]) - 1
    seeds = seeds_plane()
    flat = lattice.node.reshape(-1, 2)
    place = np.stack(np.unravel_index([int(((flat - s) ** 2).sum(1).argmin()) for s in seeds], lattice.node.shape[:2]), 1)
    leaf = np.zeros(shape, np.int64)
    todo = [(np.zeros(2, np.int64), shape, np.arange(len(seeds)))]
    while todo:
        low, high, members = todo.pop()
        if len(members) == 1:
            leaf[low[0]:high[0], low[1]:high[1]] = members[0]
            continue
        axis, line = _cut(place[members])
        upper, lower = high.copy(), low.copy()
        upper[axis] = lower[axis] = line
        first = place[members, axis] < line
        todo += [(low, upper, members[first]), (lower, high, members[~first])]
    return leaf


def _cut(place: NDArray[np.int64]) -> tuple[int, int]:
    """Axis and line that part the points: near the middle of them, in a wide gap, on an important street if one lies there."""
    best: tuple[float, int, int] = (-1.0, 0, 0)
    for axis in (0, 1):
        order = np.sort(place[:, axis])
        for k in range(1, len(order)):
            low, high = int(order[k - 1]) + 1, int(order[k]) - 1
            if high < low:
                continue
            share = min(k, len(order) - k) / len(order)
            worth = (high - low + 1) * (0.15 + share) * (1 + (order[-1] - order[0]) / 60)
            if worth > best[0]:
                lines = np.arange(low, high + 1)
                rank = (lines % 2 == 0) + (lines % 4 == 0) * 2 + (lines % SUPER == 0) * 2 - np.abs(lines - (low + high) / 2) / (high - low + 1)
                best = (worth, axis, int(lines[rank.argmax()]))
    return best[1], best[2]


def _town_outlines(lattice: Lattice, leaf: NDArray[np.int64], geography: Geography) -> NDArray[Any]:
    """Outlines of the towns: the streets around their cells, and the border of the land."""
    outlines = []
    for k in range(len(town_seeds())):
        cells = np.argwhere(leaf == k)
        (i0, j0), (i1, j1) = cells.min(0), cells.max(0) + 1
        border = np.concatenate([lattice.node[i0:i1, j0], lattice.node[i1, j0:j1], lattice.node[i1:i0:-1, j1], lattice.node[i0, j1:j0:-1]])
        outlines.append(shapely.intersection(shapely.make_valid(shapely.Polygon(border)), geography.land))
    return np.array(outlines, dtype=object)
