"""Street lattice: an uneven grid, bent by smooth waves, dense in towns and coarse between them.

Lines of constant i or j are streets; every block is a quadrilateral of lattice nodes, so that lots and houses can be
laid out in the block's own coordinates.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from pm_desktop.sample.geography import CORE, Geography, to_plane, town_seeds
from pm_desktop.streets.classes import RoadClass

SUPER = 8
TURN = np.radians(-17.0)
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Lattice:
    """Nodes (nu, nv, 2) in plane metres, which of them are on land, and the step of each super cell (1, 2, 4)."""

    node: Floats
    on_land: NDArray[np.bool_]
    step: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Streets:
    """Street edges between neighbouring nodes: ends as flat node numbers, class, lattice line, direction of the line."""

    a: NDArray[np.int64]
    b: NDArray[np.int64]
    cls: NDArray[np.uint8]
    line: NDArray[np.int64]
    along: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Blocks:
    """Quadrilateral blocks: corners (n, 4, 2) counter-clockwise, centre, number of cells a side, urban density 0–1."""

    corner: Floats
    centre: Floats
    step: NDArray[np.int64]
    density: Floats
    gate: Floats


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
    """Lay the lattice over the land, or over the part within ``radius_m`` of the core."""
    reach = 44_000.0
    spacing_u, spacing_v = rng.uniform(145, 232, 480), rng.uniform(165, 262, 410)
    u = np.cumsum(spacing_u) - reach
    v = np.cumsum(spacing_v) - reach
    grid = np.stack(np.meshgrid(u, v, indexing="ij"), -1)
    turn = np.array([[np.cos(TURN), -np.sin(TURN)], [np.sin(TURN), np.cos(TURN)]])
    node = grid @ turn.T
    node += _waves(grid, rng) + rng.normal(0, 7, node.shape)
    flat = node.reshape(-1, 2)
    on_land = shapely.contains_xy(geography.land, flat[:, 0], flat[:, 1])
    on_land &= ~shapely.contains_xy(shapely.buffer(geography.lake, 60), flat[:, 0], flat[:, 1])
    if radius_m is not None:
        on_land &= np.hypot(*(flat - to_plane(np.array(CORE)) - (2_500, -1_500)).T) < radius_m
    nu, nv = node.shape[0] // SUPER, node.shape[1] // SUPER
    middle = node[SUPER // 2::SUPER, SUPER // 2::SUPER][:nu, :nv].reshape(-1, 2)
    urban = density_at(middle, seeds_plane()) + rng.normal(0, 0.05, len(middle))
    step = np.where(urban > 0.36, 1, np.where(urban > 0.13, 2, 4)).reshape(nu, nv)
    return Lattice(node, on_land.reshape(node.shape[:2]), step)


def _waves(grid: Floats, rng: np.random.Generator) -> Floats:
    """Smooth displacement, metres: long waves turn whole quarters, shorter ones bend single streets."""
    out = np.zeros_like(grid)
    for length, height in ((26_000, 950), (15_000, 420), (9_000, 190), (5_200, 70), (2_900, 24)):
        for axis in (0, 1):
            angle, phase = rng.uniform(0, np.pi), rng.uniform(0, 2 * np.pi)
            k = 2 * np.pi / length
            out[..., axis] += height * np.sin(k * (grid[..., 0] * np.cos(angle) + grid[..., 1] * np.sin(angle)) + phase)
    return out


def make_streets(lattice: Lattice, rng: np.random.Generator) -> Streets:
    """Street edges on land."""
    nu, nv = (lattice.step.shape[0] * SUPER, lattice.step.shape[1] * SUPER)
    parts: list[list[NDArray[Any]]] = []
    for along in (0, 1):
        i, j = np.meshgrid(np.arange(nu - (along == 0)), np.arange(nv - (along == 1)), indexing="ij")
        i, j = np.asarray(i).reshape(-1), np.asarray(j).reshape(-1)  # type: ignore[assignment]
        line, run = (j, i) if along == 0 else (i, j)
        step = lattice.step[i // SUPER, j // SUPER]
        keep = line % step == 0
        ni, nj = i + (along == 0), j + (along == 1)
        keep &= lattice.on_land[i, j] & lattice.on_land[ni, nj]
        minor = line % SUPER != 0
        keep &= ~(minor & (rng.random(len(i)) < 0.05))
        cls = np.where(line % (2 * SUPER) == 0, RoadClass.ARTERIAL,
                       np.where((line % SUPER == 0) | ((line % 4 == 0) & (step == 1)), RoadClass.SECONDARY, RoadClass.LOCAL))
        width = lattice.node.shape[1]
        parts.append([(i * width + j)[keep], (ni * width + nj)[keep], cls[keep], (line * 1_000 + run // 24)[keep],
                      np.full(keep.sum(), along)])
    a, b, cls, line, along_ = (np.concatenate(p) for p in zip(*parts, strict=True))
    return Streets(a, b, cls.astype(np.uint8), line, along_)


def make_blocks(lattice: Lattice, geography: Geography) -> Blocks:
    """Blocks between the streets, all corners on land, none across a canal."""
    found: list[tuple[Any, Any, Any]] = []
    for step in (1, 2, 4):
        si, sj = np.nonzero(lattice.step == step)
        k = np.arange(0, SUPER, step)
        di, dj = (m.ravel() for m in np.meshgrid(k, k, indexing="ij"))
        i = (si[:, None] * SUPER + di).ravel()
        j = (sj[:, None] * SUPER + dj).ravel()
        inside = (i + step < lattice.node.shape[0]) & (j + step < lattice.node.shape[1])
        i, j = i[inside], j[inside]
        corners = [(i, j), (i + step, j), (i + step, j + step), (i, j + step)]
        land = np.logical_and.reduce([lattice.on_land[c] for c in corners])
        corner = np.stack([lattice.node[c] for c in corners], 1)[land]
        first, second = lattice.node[i, j][land], lattice.node[i + 1, j][land]
        found.append((corner, np.full(len(corner), step), (first + second) / 2))
    corner = np.concatenate([f[0] for f in found])
    steps = np.concatenate([f[1] for f in found])
    gate = np.concatenate([f[2] for f in found])
    quads = shapely.polygons(corner)
    water = shapely.buffer(shapely.union_all([geography.canals, geography.lake, geography.river]), 14)
    shapely.prepare(water)
    dry = ~shapely.intersects(water, quads)
    centre = corner[dry].mean(1)
    return Blocks(corner[dry], centre, steps[dry], density_at(centre, seeds_plane()), gate[dry])


def bilinear(corner: Floats, u: Any, v: Any) -> Floats:
    """Points at block coordinates ``u``, ``v`` (0–1) of quadrilaterals ``corner`` (…, 4, 2)."""
    u, v = np.asarray(u)[..., None], np.asarray(v)[..., None]
    out: Floats = (corner[..., 0, :] * (1 - u) * (1 - v) + corner[..., 1, :] * u * (1 - v)
                   + corner[..., 2, :] * u * v + corner[..., 3, :] * (1 - u) * v)
    return out
