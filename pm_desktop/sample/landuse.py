"""What stands on each block: compounds with their houses and lanes, villages, works, shops, schools, parks, fields."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from pm_desktop.domain.enums import HeightType, HousingType
from pm_desktop.sample.lattice import COUNTRY, Blocks, Floats, Ints


class Use(IntEnum):
    """Use of a block."""

    COMPOUND = 0
    VILLAGE = 1
    WORKS = 2
    SHOPS = 3
    SCHOOL = 4
    PARK = 5
    FIELD = 6
    VERGE = 7  # green beside water and expressways
    QUARTER = 8  # dwellings outside the district: houses, but no compound on record


HOUSING = tuple(HousingType)
HEIGHTS = tuple(HeightType)
# share of housing and height among compounds: city core and edge
_TYPE_WEIGHT = np.array([40, 30, 14, 1.5, 1.5, 2.5, 3, 2, 5.5])


@dataclass(slots=True)
class Lots:
    """What one corner of every lot lacks, as shares of its sides: cut off, or a notch where ``notched``."""

    wide: Floats
    deep: Floats
    corner: Ints
    notched: NDArray[np.bool_]


@dataclass(slots=True)
class LandUse:
    """Use and outline of every lot and, per compound, its lot, housing type, height and year."""

    use: NDArray[np.int64]
    compound_block: NDArray[np.int64]
    housing: NDArray[np.int64]
    height: NDArray[np.int64]
    year: NDArray[np.int64]
    lots: Lots


@dataclass(slots=True)
class Houses:
    """Buildings as quadrilaterals (n, 4, 2) with floors, their block, and their compound (-1: none)."""

    corner: Floats
    floors: NDArray[np.int64]
    block: NDArray[np.int64]
    compound: NDArray[np.int64]


def choose_use(blocks: Blocks, rng: np.random.Generator, compounds: int, highways: Any) -> LandUse:
    """Deal out the uses: ``compounds`` of the most urban lots become compounds (fewer where there is no room).

    Lots that ``highways`` (one geometry) or water run through stay green.
    """
    n = len(blocks.step)
    score = blocks.density + rng.normal(0, 0.17, n)
    shapely.prepare(highways)
    every = np.arange(n)
    lots = outline(blocks, every, Lots(np.zeros(n), np.zeros(n), np.zeros(n, np.int64), np.zeros(n, bool)))
    crossed = blocks.wet | shapely.intersects(highways, shapely.polygons(lots))
    area = np.abs(shapely.area(shapely.polygons(lots)))
    fit = np.flatnonzero((blocks.density > 0.10) & (blocks.step < 4) & ~crossed & blocks.in_district & (area > 6_000) & (area < 170_000))
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
    use[~blocks.in_district & (blocks.step < 4) & (rng.random(n) < 0.45)] = Use.QUARTER
    use[blocks.step == COUNTRY] = Use.FIELD
    use[crossed] = np.where(blocks.step[crossed] < 4, Use.VERGE, Use.FIELD)
    use[chosen] = Use.COMPOUND
    chosen = np.sort(chosen)
    housing = rng.choice(len(HOUSING), len(chosen), p=_TYPE_WEIGHT / _TYPE_WEIGHT.sum())
    return LandUse(use, chosen, housing, _heights(housing, blocks.density[chosen], rng), _years(housing, rng), _shapes(use, rng))


def _shapes(use: Ints, rng: np.random.Generator) -> Lots:
    """Outline of every lot: corners cut as streets need it; some lots leave one corner to a neighbour."""
    n = len(use)
    notched = np.isin(use, (Use.COMPOUND, Use.SHOPS, Use.SCHOOL, Use.QUARTER)) & (rng.random(n) < 0.3)
    wide = np.where(notched, rng.uniform(0.22, 0.42, n), rng.uniform(0.03, 0.10, n))
    deep = np.where(notched, rng.uniform(0.22, 0.42, n), rng.uniform(0.03, 0.10, n))
    return Lots(wide, deep, rng.integers(0, 4, n), notched)


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
    "VERGE": [((1, 1, 0.06, 0.04, 0.4), (1, 1))],
}


def make_houses(blocks: Blocks, land: LandUse, rng: np.random.Generator) -> Houses:
    """Houses of every block, laid out along the block."""
    kind = np.array([Use(u).name for u in range(len(Use))])[land.use].astype("U9")
    kind[blocks.step == COUNTRY] = ""
    kind[land.compound_block] = np.array([h.value for h in HEIGHTS])[land.height]
    quarter = kind == "QUARTER"
    kind[quarter] = rng.choice(["MULTI", "MID_RISE", "HIGH_RISE"], int(quarter.sum()), p=[0.6, 0.15, 0.25])
    compound_of = np.full(len(land.use), -1)
    compound_of[land.compound_block] = np.arange(len(land.compound_block))
    variant = rng.integers(0, 12, len(kind))
    quads, floors, owners = [], [], []
    for name, patterns in _PATTERNS.items():
        for index, (shape, (low, high)) in enumerate(patterns):
            members = np.flatnonzero((kind == name) & (variant % len(patterns) == index))
            if len(members) == 0:
                continue
            quad, owner = _place(blocks, land.lots, members, layout(*shape), name, rng)
            quads.append(quad)
            owners.append(owner)
            per_block = rng.integers(low, high + 1, len(kind))
            floors.append(np.clip(per_block[owner] + rng.integers(-1, 2, len(owner)) * (high > 8), 1, None))
    owner = np.concatenate(owners)
    order = np.argsort(owner, kind="stable")
    return Houses(np.concatenate(quads)[order], np.concatenate(floors)[order], owner[order], compound_of[owner[order]])


def _place(blocks: Blocks, lots: Lots, members: Ints, plan: Floats, name: str, rng: np.random.Generator) -> tuple[Floats, Ints]:
    """Quadrilaterals of ``plan`` on each lot of ``members``, once a cell of its block; what its outline leaves out is left out."""
    quads, owners = [], []
    unit = {1: 1, 2: 1 if name in _FINE else 2, 4: 2 if name in ("VILLAGE", "WORKS", "SHOPS") else 4, COUNTRY: COUNTRY}
    per_cell = np.array([unit[int(s)] for s in blocks.step[members]])
    cells = np.maximum(blocks.size[members] / per_cell[:, None], 0.5)
    for wide, deep in np.unique(cells, axis=0):
        found = members[(cells == (wide, deep)).all(1)]
        tiled = np.concatenate([plan + np.array([a, b, a, b]) for a in range(int(np.ceil(wide))) for b in range(int(np.ceil(deep)))])
        tiled = tiled[(tiled[:, 2] <= wide + 0.02) & (tiled[:, 3] <= deep + 0.02)] / (wide, deep, wide, deep)
        if len(tiled) == 0:
            continue
        jitter = rng.normal(0, 0.006, (len(found), len(tiled), 2)) / (wide, deep)
        keep = rng.random((len(found), len(tiled))) > (0.5 if name == "VILLAGE" else 0.28 if name == "FIELD" else 0.06)
        # the plans leave a margin of their own, which the setbacks of the lot already give in part
        u0, v0, u1, v1 = (0.5 + (tiled[None, :, k] - 0.5) * 1.08 + jitter[..., k % 2] for k in range(4))
        keep &= ~_left_out(lots, found, u0, v0, u1, v1)
        quad = np.stack([blocks.lot(found, u, v) for u, v in ((u0, v0), (u1, v0), (u1, v1), (u0, v1))], 2)
        quads.append(quad[keep])
        owners.append(np.broadcast_to(found[:, None], keep.shape)[keep])
    return (np.concatenate(quads), np.concatenate(owners)) if quads else (np.zeros((0, 4, 2)), np.zeros(0, np.int64))


_FINE = ("MULTI", "MID_RISE", "HIGH_RISE", "VILLA", "VILLAGE", "SCHOOL")


def _left_out(lots: Lots, members: Ints, u0: Floats, v0: Floats, u1: Floats, v1: Floats) -> NDArray[np.bool_]:
    """Which houses stand in the corner that their lot lacks."""
    corner, wide, deep = (a[members][:, None] for a in (lots.corner, lots.wide, lots.deep))
    far_u, far_v = (corner == 1) | (corner == 2), corner >= 2
    out: NDArray[np.bool_] = (np.where(far_u, u1 > 0.97 - wide, u0 < 0.03 + wide)
                              & np.where(far_v, v1 > 0.97 - deep, v0 < 0.03 + deep) & lots.notched[members][:, None])
    return out


def outline(blocks: Blocks, members: Ints, lots: Lots) -> Floats:
    """Outlines (n, 13, 2) of lots, anticlockwise in the lot's own coordinates; points may coincide."""
    wide, deep, notched = lots.wide[members], lots.deep[members], lots.notched[members]
    inner = np.where(notched, 1.0, 0.5)
    one, zero = np.ones(len(members)), np.zeros(len(members))
    points = [(zero, zero), (one / 4, zero), (one / 2, zero), (one * 3 / 4, zero), (one, zero), (one, one / 3), (one, 1 - deep),
              (1 - wide * inner, 1 - deep * inner), (1 - wide, one), (one / 2, one), (one / 4, one), (zero, one), (zero, one / 2)]
    flip_u = np.isin(lots.corner[members], (0, 3))
    flip_v = lots.corner[members] < 2
    placed = [blocks.lot(members, np.where(flip_u, 1 - u, u), np.where(flip_v, 1 - v, v)) for u, v in points]
    return np.stack(placed, 1)
