"""Class breaks of numbers: quantiles, natural breaks (Fisher–Jenks, exact), equal steps, and those that a person typed.

A break is the upper bound of its class, itself included; the last class has none. Numbers are rounded to the digits that
people read before they are classed, so that a legend's ranges "12.3–18.0" never overlap and a table says the same.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from pm_desktop.base.label import Label

Method = Literal["quantile", "natural", "equal", "fixed"]
METHODS: tuple[Method, ...] = get_args(Method)
MIN_CLASSES, MAX_CLASSES = 3, 7
Breaks = tuple[float, ...]
_SPLIT = re.compile(r"[,，、;；\s]+")


def rounded(values: Any, digits: int) -> NDArray[np.int64]:
    """Numbers as whole steps of their last shown digit."""
    return np.rint(np.asarray(values, float) * 10.0**digits).astype(np.int64)


def breaks_of(values: Any, method: Method, classes: int, digits: int) -> Breaks:
    """Breaks of known numbers; fewer than ``classes - 1`` where there are fewer distinct numbers."""
    steps = np.sort(rounded(values, digits))
    if len(steps) == 0:
        return ()
    match method:
        case "quantile":
            found = steps[[-(-len(steps) * k // classes) - 1 for k in range(1, classes)]]
        case "natural":
            found = _natural(steps, classes)
        case _:
            low, high = int(steps[0]), int(steps[-1])
            found = np.array([low + (high - low) * k // classes for k in range(1, classes)])
    return tuple(float(v) / 10.0**digits for v in np.unique(found[found < steps[-1]]).tolist())


def class_of(values: Any, breaks: Breaks, digits: int) -> NDArray[np.int64]:
    """Number of the class of each number, 0 the lowest."""
    return np.searchsorted(rounded(breaks, digits), rounded(values, digits), side="left")


def parse_breaks(text: str, digits: int) -> Breaks | None:
    """Breaks that a person typed: 2 to 6 ascending numbers; None if they are not."""
    try:
        typed = [float(part) for part in _SPLIT.split(text.strip()) if part]
    except ValueError:
        return None
    if not MIN_CLASSES - 1 <= len(typed) <= MAX_CLASSES - 1 or not np.isfinite(typed).all() or max(abs(v) for v in typed) > 1e12:
        return None
    steps = rounded(typed, digits)
    return tuple((steps / 10.0**digits).tolist()) if (np.diff(steps) > 0).all() else None


def range_labels(breaks: Breaks, digits: int, grouped: bool = True, low: float | None = None) -> tuple[Label, ...]:
    """Words of each class: "≤ 12.2", "12.3–18.0", "≥ 18.1"; the first is one number where ``low``, the lowest, is its bound."""
    if not breaks:
        return (Label("全部", "all"),)
    steps = rounded(breaks, digits).tolist()

    def said(step: int) -> str:
        text = f"{step / 10.0**digits:{',' if grouped else ''}.{digits}f}"
        return text.replace("-", "−")

    dash = " – " if steps[0] < 0 else "–"
    inner = [said(low + 1) if low + 1 == high else f"{said(low + 1)}{dash}{said(high)}" for low, high in pairwise(steps)]
    first = said(steps[0]) if low is not None and int(rounded(low, digits)) == steps[0] else f"≤ {said(steps[0])}"
    return tuple(Label(text, text) for text in (first, *inner, f"≥ {said(steps[-1] + 1)}"))


def _natural(steps: NDArray[np.int64], classes: int) -> NDArray[np.int64]:
    """Fisher's partition of sorted numbers into ``classes`` with the least sum of squares within them.

    Exact: over the distinct numbers with their counts, by dynamic programming. The best start of the last class never moves
    left as the end moves right, so each row is searched by halves: m·log m evaluations a class for m distinct numbers.
    """
    distinct, counts = np.unique(steps, return_counts=True)
    classes = min(classes, len(distinct))
    x = distinct - distinct.mean()
    n, s, q = (np.concatenate([[0.0], np.cumsum(counts * x**power)]) for power in (0, 1, 2))

    def within(first: NDArray[np.int64], last: int) -> NDArray[np.float64]:
        total = s[last + 1] - s[first]
        return np.asarray(q[last + 1] - q[first] - total * total / (n[last + 1] - n[first]))

    best = np.array([float(within(np.array([0]), j)[0]) for j in range(len(x))])
    starts: list[NDArray[np.int64]] = []
    for k in range(1, classes):
        row, start = np.full(len(x), np.inf), np.zeros(len(x), np.int64)
        work = [(k, len(x) - 1, k, len(x) - 1)]
        while work:
            low, high, left, right = work.pop()
            if low > high:
                continue
            middle = (low + high) // 2
            first = np.arange(max(k, left), min(middle, right) + 1)
            cost = best[first - 1] + within(first, middle)
            at = int(np.argmin(cost))
            row[middle], start[middle] = cost[at], first[at]
            work += [(low, middle - 1, left, int(first[at])), (middle + 1, high, int(first[at]), right)]
        best = row
        starts.append(start)
    ends, last = [], len(x) - 1
    for start in reversed(starts):
        last = int(start[last]) - 1
        ends.append(last)
    return np.asarray(distinct[ends[::-1]])
