"""Street lattice: an uneven grid, bent by smooth waves, dense in towns and coarse between them.

Lines of constant i or j are streets. Blocks are rectangles of one or several cells in lattice coordinates, so that lots,
lanes and houses are laid out in a block's own coordinates and still follow its bent streets.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from pm_desktop.sample.geography import CORE, PARKS, Geography, to_plane, town_seeds
from pm_desktop.streets.classes import RoadClass

SUPER = 8
COUNTRY = 8  # step of a super cell outside the district: one block, arterial roads only
TURN = np.radians(-17.0)
CREEK_I, CREEK_J = (40, 20), (48, 28)  # every how many lines, which one: these lines are creeks instead of streets
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# How a quarter of 4 × 4 cells falls into blocks: equal letters are one block. Turned and mirrored at random.
_PLANS = ("ABCD/EFGH/IJKL/MNOP", "AABC/AABD/EFGG/HFII", "ABBC/DBBC/EEFG/HIFG", "AABB/CDEE/CDFG/HIFG", "ABCC/ADDE/FDDE/FGHH",
          "AAAB/CDEB/CFFF/GGHI", "AABB/AABB/CDEF/GGEF", "ABBB/ACCD/EEFD/GHFI", "ABCD/ABEF/GHEI/JJKL", "AABC/DDBC/EFGH/EIJH")
# Metres that a lot keeps free of the middle of the street beside it, by class of the street; between lots; beside a creek
_SETBACK = {RoadClass.ARTERIAL: 25.0, RoadClass.SECONDARY: 17.0, RoadClass.LOCAL: 11.0}
_BETWEEN_LOTS, _CREEK_BANK = 4.0, 17.0


@dataclass(frozen=True, slots=True)
class Lattice:
    """Nodes (nu, nv, 2) in plane metres, which are on dry ground and within the district, and the step of each super cell."""

    node: Floats
    on_land: NDArray[np.bool_]
    in_district: NDArray[np.bool_]
    step: Ints


@dataclass(frozen=True, slots=True)
class Streets:
    """Street edges between neighbouring nodes: ends as flat node numbers, class, lattice line, direction of the line."""

    a: Ints
    b: Ints
    cls: NDArray[np.uint8]
    line: Ints
    along: Ints


@dataclass(frozen=True, slots=True)
class Blocks:
    """Blocks, or lots of a block, in lattice coordinates.

    ``low`` (n, 2) is the first corner and ``size`` (n, 2) the cells along i and j, halves where a block is shared by two
    lots; ``setback`` (n, 4) are metres to keep free at v = 0, u = 1, v = 1, u = 0; ``gate_v`` is 0 or 1: the side on
    which the lanes meet the street; ``wet`` marks blocks across a river, canal or lake.
    """

    node: Floats
    low: Floats
    size: Floats
    step: Ints
    setback: Floats
    gate_v: Ints
    centre: Floats
    density: Floats
    wet: NDArray[np.bool_]
    in_district: NDArray[np.bool_]

    def at(self, members: Ints, u: Any, v: Any) -> Floats:
        """Plane points at block coordinates ``u``, ``v`` (0–1), whose first axis runs over ``members``."""
        u, v = np.broadcast_arrays(np.asarray(u, float), np.asarray(v, float))
        shape = (len(members),) + (1,) * (max(u.ndim, 1) - 1)
        i = self.low[members, 0].reshape(shape) + u * self.size[members, 0].reshape(shape)
        j = self.low[members, 1].reshape(shape) + v * self.size[members, 1].reshape(shape)
        return between(self.node, i, j)

    def lot(self, members: Ints, u: Any, v: Any) -> Floats:
        """The same in the coordinates of the lot, which leaves the setbacks free."""
        u, v = np.broadcast_arrays(np.asarray(u, float), np.asarray(v, float))
        shape = (len(members),) + (1,) * (max(u.ndim, 1) - 1)
        south, east, north, west = (share.reshape(shape) for share in self.shares(members))
        return self.at(members, west + u * (1 - west - east), south + v * (1 - south - north))

    def shares(self, members: Ints) -> tuple[Floats, Floats, Floats, Floats]:
        """Setbacks as shares of the block at v = 0, u = 1, v = 1, u = 0."""
        half = np.full(len(members), 0.5)
        wide = np.hypot(*(self.at(members, half * 2, half) - self.at(members, half * 0, half)).T)
        deep = np.hypot(*(self.at(members, half, half * 2) - self.at(members, half, half * 0)).T)
        south, east, north, west = self.setback[members].T
        return south / deep, east / wide, north / deep, west / wide

    def gate(self, members: Ints) -> tuple[Floats, Floats]:
        """Block coordinates of the gate: a vertex of the street edge at the block's first cell."""
        return np.where(self.size[members, 0] < 1, 0.25, 0.5) / self.size[members, 0], self.gate_v[members].astype(float)


def between(node: Floats, i: Any, j: Any) -> Floats:
    """Plane points at lattice coordinates, linear within each cell."""
    i, j = np.broadcast_arrays(np.asarray(i, float), np.asarray(j, float))
    i0 = np.minimum(np.floor(i), node.shape[0] - 2).astype(np.int64)
    j0 = np.minimum(np.floor(j), node.shape[1] - 2).astype(np.int64)
    u, v = (i - i0)[..., None], (j - j0)[..., None]
    out: Floats = (node[i0, j0] * (1 - u) * (1 - v) + node[i0 + 1, j0] * u * (1 - v)
                   + node[i0 + 1, j0 + 1] * u * v + node[i0, j0 + 1] * (1 - u) * v)
    return out


def density_at(xy: Floats, seeds: Floats) -> Floats:
    """How urban a place is, 0–1: the core, falling off outward, and a lump at each town's centre."""
    from_core = np.hypot(*(xy - to_plane(np.array(CORE))).T)
    value = np.exp(-((from_core / 11_500) ** 2)) * 1.15
    for seed, width in zip(seeds, np.linspace(1_900, 2_500, len(seeds)), strict=True):
        value = np.maximum(value, 0.95 * np.exp(-(((xy - seed) ** 2).sum(1)) / (2 * width**2)))
    return np.clip(value, 0, 1)


def seeds_plane() -> Floats:
    """Inside points of the towns in plane metres."""
    return to_plane(np.array([(s.lon, s.lat) for s in town_seeds()]))


def make_lattice(geography: Geography, rng: np.random.Generator, radius_m: float | None) -> Lattice:
    """Lay the lattice over the district and what lies around it, or over the part within ``radius_m`` of the core."""
    reach = 44_000.0
    spacing_u, spacing_v = _spacing(rng, 480, 190), _spacing(rng, 410, 214)
    u = np.cumsum(spacing_u) - reach
    v = np.cumsum(spacing_v) - reach
    grid = np.stack(np.meshgrid(u, v, indexing="ij"), -1)
    turn = np.array([[np.cos(TURN), -np.sin(TURN)], [np.sin(TURN), np.cos(TURN)]])
    node = grid @ turn.T
    node += _waves(grid, rng) + rng.normal(0, 3, node.shape)
    flat = node.reshape(-1, 2)
    shape = node.shape[:2]
    in_district = shapely.contains_xy(geography.land, flat[:, 0], flat[:, 1])
    on_land = in_district | shapely.contains_xy(geography.around, flat[:, 0], flat[:, 1])
    on_land &= ~shapely.contains_xy(shapely.buffer(geography.lake, 60), flat[:, 0], flat[:, 1])
    if radius_m is not None:
        on_land &= np.hypot(*(flat - to_plane(np.array(CORE)) - (2_500, -1_500)).T) < radius_m
    in_district, on_land = (in_district & on_land).reshape(shape), on_land.reshape(shape)
    nu, nv = node.shape[0] // SUPER, node.shape[1] // SUPER
    half = slice(SUPER // 2, None, SUPER)
    middle = node[half, half][:nu, :nv].reshape(-1, 2)
    urban = density_at(middle, seeds_plane()) + rng.normal(0, 0.05, len(middle))
    home = in_district[half, half][:nu, :nv].ravel()
    rural = np.where(home, 4, COUNTRY)
    step = np.where(urban > 0.36, 1, np.where(urban > 0.13, 2, rural)).reshape(nu, nv)
    return Lattice(node, on_land, in_district, step)


def _spacing(rng: np.random.Generator, n: int, mean: float) -> Floats:
    """Widths of n rows of cells, narrow and wide ones mixed as streets of different ages are."""
    drawn = mean * rng.choice([0.68, 0.9, 1.05, 1.42], n, p=[0.25, 0.3, 0.25, 0.2]) * rng.uniform(0.9, 1.1, n)
    return drawn * (mean * n / drawn.sum())


def _waves(grid: Floats, rng: np.random.Generator) -> Floats:
    """Smooth displacement, metres: long waves turn whole quarters, shorter ones bend single streets."""
    out = np.zeros_like(grid)
    for length, height in ((26_000, 900), (15_000, 430), (9_000, 330), (5_200, 130), (2_900, 52), (1_500, 16)):
        for axis in (0, 1):
            angle, phase = rng.uniform(0, np.pi), rng.uniform(0, 2 * np.pi)
            k = 2 * np.pi / length
            out[..., axis] += height * np.sin(k * (grid[..., 0] * np.cos(angle) + grid[..., 1] * np.sin(angle)) + phase)
    return out


def _plans() -> list[Ints]:
    """Every plan of `_PLANS` in its eight positions, as rectangles (k, 4) of i, j, cells along i, cells along j."""
    out = []
    for plan in _PLANS:
        letters = np.array([list(row) for row in plan.split("/")])
        for turned in (np.rot90(letters, k) for k in range(4)):
            for grid in (turned, turned[::-1]):
                cells = [np.argwhere(grid == letter) for letter in np.unique(grid)]
                out.append(np.array([(*c.min(0), *(c.max(0) - c.min(0) + 1)) for c in cells]))
    return out


def _divide(lattice: Lattice, rng: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    """Rectangles (n, 4) of cells, their steps, and for every cell the number of its rectangle."""
    plans = _plans()
    rect, step = [], []
    for unit, span in ((1, 4), (2, 8)):
        si, sj = np.nonzero(lattice.step == unit)
        many = SUPER // span
        low = (np.stack([si, sj], 1)[:, None, None] * SUPER
               + np.stack(np.meshgrid(range(many), range(many), indexing="ij"), -1) * span).reshape(-1, 2)
        choice = rng.integers(0, len(plans), len(low))
        creek = _on_creek(low[:, 0] + span // 2, CREEK_I) | _on_creek(low[:, 1] + span // 2, CREEK_J)
        choice[creek & (unit == 2)] = 0  # no block across the creek
        for k, plan in enumerate(plans):
            at = low[choice == k]
            rect.append((np.concatenate([at, np.zeros_like(at)], 1)[:, None] + plan[None] * unit).reshape(-1, 4))
            step.append(np.full(len(at) * len(plan), unit))
    for unit in (4, COUNTRY):
        si, sj = np.nonzero(lattice.step == unit)
        for di in range(0, SUPER, unit):
            for dj in range(0, SUPER, unit):
                rect.append(np.stack([si * SUPER + di, sj * SUPER + dj, np.full(len(si), unit), np.full(len(si), unit)], 1))
                step.append(np.full(len(si), unit))
    rects, steps = np.concatenate(rect), np.concatenate(step)
    owner = np.full((lattice.step.shape[0] * SUPER, lattice.step.shape[1] * SUPER), -1)
    for number, (i, j, ni, nj) in enumerate(rects.tolist()):
        owner[i:i + ni, j:j + nj] = number
    return rects, steps, owner


def _on_creek(line: Ints, creek: tuple[int, int]) -> NDArray[np.bool_]:
    return line % creek[0] == creek[1]


def make_blocks(lattice: Lattice, geography: Geography, rng: np.random.Generator) -> tuple[Blocks, Streets, list[Any], list[Any]]:
    """Blocks between the streets, the streets, the creeks (lines) and the large parks (polygons)."""
    rect, step, owner = _divide(lattice, rng)
    corner = [np.minimum(rect[:, :2] + rect[:, 2:] * (a, b), np.array(lattice.node.shape[:2]) - 1) for a, b in ((0, 0), (1, 0), (1, 1), (0, 1))]
    dry = np.logical_and.reduce([lattice.on_land[c[:, 0], c[:, 1]] for c in corner])
    centre = between(lattice.node, *(rect[:, :2] + rect[:, 2:] / 2).T)
    parks, taken = _parks(lattice, rect, centre, dry, owner)
    streets, creeks = _streets(lattice, owner, rng)
    keep = np.flatnonzero(dry & ~taken)
    home = np.logical_and.reduce([lattice.in_district[c[:, 0], c[:, 1]] for c in corner])
    low, size, which, gap = _lots(rect[keep].astype(float), step[keep], rng)
    setback = np.where(gap, _BETWEEN_LOTS, _setbacks(low, size, step[keep][which]) + rng.uniform(0, 5, (len(low), 4)))
    gate_v = (gap[:, 0] | _on_creek(low[:, 1].astype(np.int64), CREEK_J)).astype(np.int64)
    centre = between(lattice.node, *(low + size / 2).T)
    blocks = Blocks(lattice.node, low, size, step[keep][which], setback, gate_v, centre, density_at(centre, seeds_plane()),
                    np.zeros(len(low), bool), home[keep][which])
    water = shapely.buffer(shapely.union_all([geography.canals, geography.lake, geography.river]), 14)
    shapely.prepare(water)
    every = np.arange(len(low))
    ring = [(u, v) for u, v in ((0, 0), (0.5, 0), (1, 0), (1, 0.5), (1, 1), (0.5, 1), (0, 1), (0, 0.5))]
    outline = np.stack([blocks.at(every, np.full(len(low), float(u)), np.full(len(low), float(v))) for u, v in ring], 1)
    blocks.wet[:] = shapely.intersects(water, shapely.polygons(outline))
    return blocks, streets, creeks, parks


def _lots(rect: Floats, step: Ints, rng: np.random.Generator) -> tuple[Floats, Floats, Ints, NDArray[np.bool_]]:
    """Some blocks shared by two lots: low, size, number of the block, and which sides are only a wall to the other lot."""
    low, size = rect[:, :2], rect[:, 2:]
    r = rng.random(len(rect))
    small = (step == 1) & (size.max(1) <= 2)
    cut_u, cut_v = small & (r < 0.17), small & (r >= 0.17) & (r < 0.34)
    whole = ~(cut_u | cut_v)
    parts: list[tuple[Floats, Floats, Ints, NDArray[np.bool_]]] = [
        (low[whole], size[whole], np.flatnonzero(whole), np.zeros((whole.sum(), 4), bool))]
    for cut, axis, sides in ((cut_u, 0, (1, 3)), (cut_v, 1, (2, 0))):
        half = size[cut] * np.where(np.arange(2) == axis, 0.5, 1.0)
        for second in (0, 1):
            gap = np.zeros((cut.sum(), 4), bool)
            gap[:, sides[second]] = True
            parts.append((low[cut] + second * (size[cut] - half), half, np.flatnonzero(cut), gap))
    a, b, c, d = (np.concatenate(p) for p in zip(*parts, strict=True))
    return a, b, c, d


def _line_class(line: Ints, step: Ints) -> Ints:
    """Class of the street on a lattice line."""
    return np.where(line % (2 * SUPER) == 0, RoadClass.ARTERIAL,
                    np.where((line % SUPER == 0) | ((line % 4 == 0) & (step == 1)), RoadClass.SECONDARY, RoadClass.LOCAL))


def _setbacks(low: Floats, size: Floats, step: Ints) -> Floats:
    free = np.zeros(8)
    free[list(_SETBACK)] = list(_SETBACK.values())
    lines = [low[:, 1], low[:, 0] + size[:, 0], low[:, 1] + size[:, 1], low[:, 0]]
    out = [np.where(_on_creek(line.astype(np.int64), creek), _CREEK_BANK, free[_line_class(line.astype(np.int64), step)])
           for line, creek in zip(lines, (CREEK_J, CREEK_I, CREEK_J, CREEK_I), strict=True)]
    return np.stack(out, 1)


def _streets(lattice: Lattice, owner: Ints, rng: np.random.Generator) -> tuple[Streets, list[Any]]:
    """Edges on dry ground between cells of different blocks; on some lines they are the pieces of a creek."""
    nu, nv = owner.shape
    parts: list[list[NDArray[Any]]] = []
    creeks: list[Any] = []
    for along in (0, 1):
        i, j = np.meshgrid(np.arange(1, nu - 1), np.arange(1, nv - 1), indexing="ij")
        i, j = np.asarray(i).reshape(-1), np.asarray(j).reshape(-1)  # type: ignore[assignment]
        line, run = (j, i) if along == 0 else (i, j)
        step = lattice.step[i // SUPER, j // SUPER]
        keep = owner[i, j] != (owner[i, j - 1] if along == 0 else owner[i - 1, j])
        ni, nj = i + (along == 0), j + (along == 1)
        keep &= lattice.on_land[i, j] & lattice.on_land[ni, nj]
        keep &= (step != COUNTRY) | (line % (2 * SUPER) == 0)
        wet = _on_creek(line, CREEK_J if along == 0 else CREEK_I) & lattice.in_district[i, j]
        creeks += [np.stack([lattice.node[a, b], lattice.node[c, d]]) for a, b, c, d in
                   np.stack([i, j, ni, nj], 1)[keep & wet].tolist()]
        keep &= ~wet & ~((line % SUPER != 0) & (rng.random(len(i)) < 0.04))
        cls = _line_class(line, step)
        width = lattice.node.shape[1]
        parts.append([(i * width + j)[keep], (ni * width + nj)[keep], cls[keep], (line * 1_000 + run // 24)[keep],
                      np.full(keep.sum(), along)])
    a, b, cls, line, along_ = (np.concatenate(p) for p in zip(*parts, strict=True))
    lines = list(shapely.get_parts(shapely.line_merge(shapely.multilinestrings(creeks)))) if creeks else []
    return Streets(a, b, cls.astype(np.uint8), line, along_), lines


def _parks(lattice: Lattice, rect: Ints, centre: Floats, dry: NDArray[np.bool_], owner: Ints) -> tuple[list[Any], NDArray[np.bool_]]:
    """Large parks: whole blocks around given places become one green; no street crosses them."""
    taken = np.zeros(len(rect), bool)
    parks = []
    for k, (lon, lat, radius) in enumerate(PARKS):
        distance = np.hypot(*((centre - to_plane(np.array((lon, lat)))) / (1.15, 0.85)).T)
        members = np.flatnonzero(dry & ~taken & (distance < radius) & (rect[:, 2:].max(1) <= 4))
        taken[members] = True
        cells = []
        for i, j, ni, nj in rect[members].tolist():
            owner[i:i + ni, j:j + nj] = -2 - k
            border = [(i + t, j) for t in range(ni)] + [(i + ni, j + t) for t in range(nj)]
            border += [(i + ni - t, j + nj) for t in range(ni)] + [(i, j + nj - t) for t in range(nj)]
            cells.append(shapely.Polygon([lattice.node[p] for p in border]))
        if cells:
            whole = max(shapely.get_parts(shapely.union_all(cells)), key=shapely.area)
            parks.append(shapely.buffer(shapely.buffer(shapely.Polygon(whole.exterior), -34), 18))
    return parks, taken
