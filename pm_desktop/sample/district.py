"""The planned district: land, lattice, blocks, uses, houses, towns, all before any register is written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from pm_desktop.sample.geography import Geography, TownSeed, make_geography, town_seeds
from pm_desktop.sample.landuse import Houses, LandUse, choose_use, make_houses
from pm_desktop.sample.lattice import Blocks, Lattice, Streets, make_blocks, make_lattice, make_streets, seeds_plane

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
    streets = make_streets(lattice, rng)
    blocks = make_blocks(lattice, geography)
    towns = town_seeds()
    block_town = nearest(blocks.centre, seeds_plane())
    land = choose_use(blocks, rng, max(20, round(COMPOUNDS * min(scale, 1.0))))
    houses = make_houses(blocks, land, rng)
    outline = _town_outlines(lattice, geography)
    return District(seed, scale, geography, lattice, streets, blocks, land, houses, towns, outline, block_town)


def nearest(points: NDArray[np.float64], seeds: NDArray[np.float64]) -> NDArray[np.int64]:
    """Number of the nearest seed of each point."""
    best: NDArray[np.int64] = ((points[:, None] - seeds[None]) ** 2).sum(-1).argmin(1)
    return best


def _town_outlines(lattice: Lattice, geography: Geography) -> NDArray[Any]:
    """Outlines of the towns: the lattice cells nearest to each inside point, so that borders follow streets."""
    node = lattice.node
    cells = np.stack([node[:-1, :-1], node[1:, :-1], node[1:, 1:], node[:-1, 1:]], 2).reshape(-1, 4, 2)
    quads = shapely.polygons(cells)
    shapely.prepare(geography.land)
    near = shapely.intersects(geography.land, quads)
    owner = nearest(cells[near].mean(1), seeds_plane())
    quads = quads[near]
    outlines = [shapely.intersection(shapely.coverage_union_all(quads[owner == k]), geography.land)
                for k in range(len(town_seeds()))]
    return np.array(outlines, dtype=object)
