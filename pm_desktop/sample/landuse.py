"""What stands on each block: compounds with their houses and lanes, villages, works, shops, schools, parks, fields."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from pm_desktop.domain.enums import HeightType, HousingType
from pm_desktop.sample.lattice import Blocks, Floats, bilinear


class Use(IntEnum):
    """Use of a block."""

    COMPOUND = 0
    VILLAGE = 1
    WORKS = 2
    SHOPS = 3
    SCHOOL = 4
    PARK = 5
    FIELD = 6


HOUSING = tuple(HousingType)
HEIGHTS = tuple(HeightType)
# share of housing and height among compounds: city core and edge
_TYPE_WEIGHT = np.array([40, 30, 14, 1.5, 1.5, 2.5, 3, 2, 5.5])


@dataclass(slots=True)
class LandUse:
    """Use of every block and, per compound, its block, housing type, height and year."""

    use: NDArray[np.int64]
    compound_block: NDArray[np.int64]
    housing: NDArray[np.int64]
    height: NDArray[np.int64]
    year: NDArray[np.int64]


@dataclass(slots=True)
class Houses:
    """Buildings as quadrilaterals (n, 4, 2) with floors, their block, and their compound (-1: none)."""

    corner: Floats
    floors: NDArray[np.int64]
    block: NDArray[np.int64]
    compound: NDArray[np.int64]


def choose_use(blocks: Blocks, rng: np.random.Generator, compounds: int) -> LandUse:
    """Deal out the uses: ``compounds`` of the most urban blocks become compounds (fewer where there is no room)."""
    n = len(blocks.step)
    score = blocks.density + rng.normal(0, 0.17, n) - 0.25 * (blocks.step == 4)
    fit = np.flatnonzero((blocks.density > 0.10) & (blocks.step < 4))
    chosen = fit[np.argsort(-score[fit], kind="stable")][:compounds]
    use = np.full(n, Use.FIELD)
    r = rng.random(n)
    urban = blocks.density > 0.33
    use[urban] = np.select([r < 0.30, r < 0.62, r < 0.74, r < 0.83], [Use.SHOPS, Use.WORKS, Use.SCHOOL, Use.PARK],
                           Use.VILLAGE)[urban]
    mid = ~urban & (blocks.density > 0.07)
    use[mid] = np.select([r < 0.34, r < 0.62, r < 0.66, r < 0.70], [Use.VILLAGE, Use.WORKS, Use.SCHOOL, Use.PARK],
                         Use.FIELD)[mid]
    rural = ~urban & ~mid
    use[rural] = np.select([r < 0.38, r < 0.44], [Use.VILLAGE, Use.WORKS], Use.FIELD)[rural]
    use[chosen] = Use.COMPOUND
    chosen = np.sort(chosen)
    housing = rng.choice(len(HOUSING), len(chosen), p=_TYPE_WEIGHT / _TYPE_WEIGHT.sum())
    return LandUse(use, chosen, housing, _heights(housing, blocks.density[chosen], rng), _years(housing, rng))


def _heights(housing: NDArray[np.int64], density: Floats, rng: np.random.Generator) -> NDArray[np.int64]:
    r = rng.random(len(housing))
    old = np.isin(housing, [HOUSING.index(h) for h in (HousingType.SOLD_PUBLIC, HousingType.DIRECT_PUBLIC,
                                                       HousingType.SELF_MANAGED, HousingType.OLD_LANE)])
    tall = np.select([r < 0.30, r < 0.55, r < 0.93], [0, 1, 2], 3)
    return np.where(old, np.where(r < 0.85, 0, 2), np.where((tall == 3) & (density > 0.7), 2, tall))


def _years(housing: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    middle = np.array([2006, 1992, 2009, 1985, 1988, 2015, 2018, 1960, 1999])[housing]
    spread = np.array([6.5, 5, 5, 6, 5, 3, 2.5, 12, 7])[housing]
    return np.clip(np.rint(rng.normal(middle, spread)), 1930, 2024).astype(np.int64)


def layout(rows: int, columns: int, width: float, depth: float, margin: float) -> Floats:
    """Houses in block coordinates: (rows · columns, 4) of u0, v0, u1, v1."""
    u = margin + (np.arange(columns) + 0.5) * (1 - 2 * margin) / columns
    v = margin + (np.arange(rows) + 0.5) * (1 - 2 * margin) / rows
    uu, vv = (m.ravel() for m in np.meshgrid(u, v, indexing="ij"))
    return np.stack([uu - width / 2, vv - depth / 2, uu + width / 2, vv + depth / 2], 1)


# (rows, columns, width, depth, margin), floors from–to; several a kind, one is drawn for each block
_PATTERNS: dict[str, list[tuple[tuple[int, int, float, float, float], tuple[int, int]]]] = {
    "MULTI": [((8, 3, 0.22, 0.055, 0.12), (5, 6)), ((7, 4, 0.165, 0.06, 0.12), (6, 6)), ((9, 3, 0.225, 0.05, 0.11), (5, 7))],
    "MID_RISE": [((5, 4, 0.15, 0.075, 0.13), (9, 12)), ((6, 3, 0.19, 0.07, 0.13), (10, 12))],
    "HIGH_RISE": [((4, 3, 0.15, 0.10, 0.15), (17, 33)), ((3, 4, 0.12, 0.12, 0.15), (22, 34)), ((4, 4, 0.12, 0.085, 0.14), (14, 26))],
    "VILLA": [((8, 6, 0.075, 0.06, 0.10), (2, 3)), ((7, 7, 0.07, 0.065, 0.10), (2, 3))],
    "VILLAGE": [((6, 4, 0.075, 0.055, 0.16), (1, 3)), ((5, 5, 0.06, 0.06, 0.12), (2, 3)), ((4, 6, 0.055, 0.07, 0.2), (1, 3))],
    "WORKS": [((2, 3, 0.22, 0.30, 0.10), (1, 3)), ((3, 2, 0.34, 0.20, 0.10), (1, 2)), ((2, 2, 0.34, 0.32, 0.12), (1, 4))],
    "SHOPS": [((2, 4, 0.16, 0.26, 0.10), (2, 6)), ((3, 3, 0.21, 0.19, 0.11), (4, 22)), ((2, 2, 0.30, 0.30, 0.16), (18, 45))],
    "SCHOOL": [((4, 1, 0.55, 0.08, 0.14), (4, 5)), ((3, 2, 0.30, 0.10, 0.15), (3, 5))],
    "PARK": [((1, 1, 0.10, 0.08, 0.3), (1, 1))],
    "FIELD": [((1, 3, 0.05, 0.035, 0.16), (1, 2))],
}


def make_houses(blocks: Blocks, land: LandUse, rng: np.random.Generator) -> Houses:
    """Houses of every block, laid out along the block."""
    kind = np.array([Use(u).name for u in range(len(Use))])[land.use].astype("U9")
    kind[land.compound_block] = np.array([h.value for h in HEIGHTS])[land.height]
    compound_of = np.full(len(land.use), -1)
    compound_of[land.compound_block] = np.arange(len(land.compound_block))
    variant = rng.integers(0, 12, len(kind))
    quads, floors, owners = [], [], []
    for name, patterns in _PATTERNS.items():
        for index, (shape, (low, high)) in enumerate(patterns):
            members = np.flatnonzero((kind == name) & (variant % len(patterns) == index))
            if len(members) == 0:
                continue
            quad, owner = _place(blocks, members, layout(*shape), name, rng)
            quads.append(quad)
            owners.append(owner)
            per_block = rng.integers(low, high + 1, len(kind))
            floors.append(np.clip(per_block[owner] + rng.integers(-1, 2, len(owner)) * (high > 8), 1, None))
    owner = np.concatenate(owners)
    order = np.argsort(owner, kind="stable")
    return Houses(np.concatenate(quads)[order], np.concatenate(floors)[order], owner[order], compound_of[owner[order]])


def _place(blocks: Blocks, members: NDArray[np.int64], plan: Floats, name: str,
           rng: np.random.Generator) -> tuple[Floats, NDArray[np.int64]]:
    """Quadrilaterals of ``plan`` on each block of ``members``; larger blocks repeat the plan."""
    quads, owners = [], []
    for step in (1, 2, 4):
        found = members[blocks.step[members] == step]
        if len(found) == 0:
            continue
        repeat = {1: 1, 2: 2 if name not in ("PARK", "FIELD", "SHOPS", "WORKS") else 1, 4: 3 if name == "VILLAGE" else 1}[step]
        cells = [(a, b) for a in range(repeat) for b in range(repeat)]
        tiled = np.concatenate([(plan + np.array([a, b, a, b])) / repeat for a, b in cells])
        if name == "VILLAGE" and step == 4:
            tiled = tiled * (1.0, 0.55, 1.0, 0.55) + (0, 0.05, 0, 0.05)
        jitter = rng.normal(0, 0.007 / repeat, (len(found), len(tiled), 2))
        keep = rng.random((len(found), len(tiled))) > (0.28 if name in ("VILLAGE", "FIELD") else 0.07)
        u0, v0, u1, v1 = (tiled[None, :, k] + jitter[..., k % 2] for k in range(4))
        corner = blocks.corner[found][:, None]
        quad = np.stack([bilinear(corner, u, v) for u, v in ((u0, v0), (u1, v0), (u1, v1), (u0, v1))], 2)
        quads.append(quad[keep])
        owners.append(np.broadcast_to(found[:, None], keep.shape)[keep])
    return np.concatenate(quads), np.concatenate(owners)


def outline(blocks: Blocks, members: NDArray[np.int64], inset_m: float) -> Floats:
    """Lots (n, 4, 2): blocks shrunk by about ``inset_m`` on every side, so that streets stay free."""
    corner = blocks.corner[members]
    du = inset_m / np.hypot(*(corner[:, 1] - corner[:, 0]).T)
    dv = inset_m / np.hypot(*(corner[:, 3] - corner[:, 0]).T)
    return np.stack([bilinear(corner, u, v) for u, v in ((du, dv), (1 - du, dv), (1 - du, 1 - dv), (du, 1 - dv))], 1)
