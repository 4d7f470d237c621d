"""Spatial scan statistic (Kulldorff 1997): where cases lie closer together than what is expected at their places explains.

Every place is the middle of growing circles that hold its nearest places. The circle with the largest likelihood ratio is
compared with the largest of districts in which the same number of cases falls at random in proportion to what is expected:
as the whole map is searched in each of them, one false find on the whole map has the probability ``alpha``. Further circles
that share no place with stronger ones are compared with the same largest values, which errs on the careful side. A place in
a circle that has no more cases than expected by itself is not called part of the cluster; p stays that of the circle.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

LEAST_DRAWS = 99
WORK = 100_000_000  # circles looked at in all draws; with hundreds of thousands of places there are fewer draws
SEED = 20221014  # the same data give the same answer


@dataclass(frozen=True, slots=True)
class Cluster:
    """Places of a circle that have too many cases, the cases there, how many were expected, and how likely chance does as well as the circle."""

    places: NDArray[np.int64]
    cases: int
    expected: float
    p: float

    @property
    def ratio(self) -> float:
        """Cases over expected ones."""
        return self.cases / self.expected


@dataclass(frozen=True, slots=True)
class Limits:
    """What a circle may hold and what it must exceed."""

    radius_m: float
    members: int
    alpha: float
    draws: int
    least_cases: int
    least_ratio: float


def scan(xy: NDArray[np.float64], cases: NDArray[np.int64], weight: NDArray[np.float64], limits: Limits) -> list[Cluster]:
    """Significant circles that share no place, the strongest first.

    Parameters
    ----------
    xy : float64, shape (n, 2)
        Places in metres.
    weight : float64, shape (n,)
        What cases are expected in proportion to; greater than 0.
    """
    total = int(cases.sum())
    if total == 0 or len(xy) < 2:
        return []
    near, inside = _circles(xy, limits)
    expected = weight / weight.sum() * total
    below = _sums(expected, near)
    count = _sums(cases, near)
    strength = _likelihood(count, below, inside, total)
    draws = max(LEAST_DRAWS, min(limits.draws, WORK // near.size))
    rng = np.random.default_rng(SEED)
    share = weight / weight.sum()
    chance = np.sort([_likelihood(_sums(rng.multinomial(total, share), near), below, inside, total).max() for _ in range(draws)])
    enough = (count >= limits.least_cases) & (count >= limits.least_ratio * below)
    p = (1 + draws - np.searchsorted(chance, strength, "left")) / (draws + 1)
    return _apart(near, np.where(enough & (p <= limits.alpha), strength, 0.0), cases, expected, p)


def _circles(xy: NDArray[np.float64], limits: Limits) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Places of the largest circle of each place, by distance, and which of them exist (n stands for none)."""
    from scipy.spatial import cKDTree

    far, near = cKDTree(xy).query(xy, k=min(limits.members, len(xy)), distance_upper_bound=limits.radius_m)
    inside = np.isfinite(far)
    # two places of one position: the circle's own middle stands first all the same
    own = np.arange(len(xy))
    first = np.argmax(near == own[:, None], axis=1)
    near[own, first], near[:, 0] = near[:, 0].copy(), own
    return near, inside


def _sums(values: NDArray[Any], near: NDArray[np.int64]) -> NDArray[Any]:
    """Sum over each circle."""
    return np.cumsum(np.append(values, 0)[near], axis=1)


def _likelihood(count: NDArray[Any], expected: NDArray[np.float64], inside: NDArray[np.bool_], total: int) -> NDArray[np.float64]:
    """Logarithm of Kulldorff's ratio of each circle; 0 where there are no more cases than expected."""
    out = np.zeros(count.shape)
    hot = inside & (count > expected)
    c, e = count[hot].astype(float), expected[hot]
    rest = total - c
    with np.errstate(divide="ignore", invalid="ignore"):
        outside = np.where(rest > 0, rest * np.log(rest / (total - e)), 0.0)
    out[hot] = c * np.log(c / e) + outside
    return out


def _apart(near: NDArray[np.int64], strength: NDArray[np.float64], cases: NDArray[Any], expected: NDArray[np.float64], p: NDArray[np.float64]) -> list[Cluster]:
    """Circles that share no place, the strongest first."""
    flat = strength.ravel()
    order = np.flatnonzero(flat > 0)
    order = order[np.argsort(-flat[order], kind="stable")]
    taken = np.zeros(len(near), bool)
    found = []
    for middle, last in zip(*np.divmod(order, near.shape[1]), strict=True):
        circle = near[middle, :last + 1]
        if not taken[circle].any():
            taken[circle] = True
            hot = circle[cases[circle] > expected[circle]]
            found.append(Cluster(hot, int(cases[hot].sum()), float(expected[hot].sum()), float(p[middle, last])))
    return found
