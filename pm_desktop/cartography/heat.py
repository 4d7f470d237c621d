"""Heat of complaints: counts of any days, categories and sources in one subtraction, smoothed, in a scale that stays.

Points lie in cells of a quarter of the kernel's radius. A prefix table holds, for every few days, how many points of the
chosen kinds each occupied cell had up to that day; a span of days is one row less another, and the points of the days
in between added or taken away. numpy alone: the process that does this is small, and a print can do it too.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pm_desktop.base.arraypack import ArrayPack
from pm_desktop.base.mercator import WORLD, metres_per_unit, to_lonlat, zoom_of
from pm_desktop.layers.style import HeatStyle, heat_radius_m, style_from_json

CELLS_A_RADIUS = 4
SIGMA_CELLS = CELLS_A_RADIUS / 2  # the radius is two standard deviations
TAPS = round(3 * SIGMA_CELLS)
PREFIX_BYTES = 64 << 20
MAX_CELLS = 4_000_000
LEVELS_KEPT = 2
SHADES = 4096
DAYS_OF_UNIT = 30.0


@dataclass(frozen=True, slots=True)
class HeatFilter:
    """What is counted: days ``first`` ≤ day < ``end`` since 1970 (None: the pack's newest twelve months), indices of
    categories and sources (None: all), a fixed kernel radius in metres (None: by zoom).

    ``least`` leaves out squares of the kernel's radius that hold fewer points: for pictures that leave the office, on which
    nobody may be recognised by a single complaint.
    """

    first: int | None = None
    end: int | None = None
    categories: tuple[int, ...] | None = None
    sources: tuple[int, ...] | None = None
    radius_m: float | None = None
    least: int = 0


@dataclass(frozen=True, slots=True)
class HeatRequest:
    """A picture: world place of its corner, world units a cell of it, its size; top of the scale (None: the picture's own)."""

    serial: int
    pack: str
    chosen: HeatFilter
    x0: float
    y0: float
    unit: float
    width: int
    height: int
    zoom: float
    top: float | None


@dataclass(frozen=True, slots=True)
class HeatCount:
    """Rows of the filter: on the map and without a place; ``top`` is where the colour scale ends. ``shown`` is without those
    that `HeatFilter.least` leaves out."""

    shown: int
    unlocated: int
    top: float


class HeatGrid:
    """Points of one pack in cells of one size.

    ``counts`` are those of the occupied cells, ordered by row, then column.
    """

    def __init__(self, pack: HeatPack, radius_m: float) -> None:
        self.pack, self.radius_m = pack, radius_m
        xy = pack.arrays["h/xy"]
        self.cell = radius_m / CELLS_A_RADIUS / metres_per_unit(pack.latitude)
        self.x0, self.y0, self.columns, self.rows = 0.0, 0.0, 1, 1
        if len(xy):
            low, high = xy.min(0), xy.max(0)
            while (high[0] - low[0]) / self.cell * ((high[1] - low[1]) / self.cell) > MAX_CELLS:
                self.cell *= 2  # a stray point far away must not cost memory
            self.x0, self.y0 = (float(v // self.cell * self.cell) for v in low)
            self.columns, self.rows = (int((high[k] - (self.x0, self.y0)[k]) // self.cell) + 1 for k in (0, 1))
        flat = np.empty(len(xy), np.int32)
        for start in range(0, len(xy), 1 << 20):  # in pieces: ten million points must not be copied whole
            part = xy[start:start + (1 << 20)].astype(np.float64)
            flat[start:start + len(part)] = ((part[:, 1] - self.y0) // self.cell) * self.columns + (part[:, 0] - self.x0) // self.cell
        self.occupied = np.flatnonzero(np.bincount(flat, minlength=1))
        number = np.zeros(self.columns * self.rows, np.int32)
        number[self.occupied] = np.arange(len(self.occupied), dtype=np.int32)
        self.of_point = number[flat]
        self._kinds: bytes | None = None
        self._cells = self.of_point
        self._day_start = pack.day_start
        self._prefix: NDArray[np.int32] | None = None
        self._step = 1

    def counts(self, first: int, end: int, kinds: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Points of the days ``first`` ≤ day < ``end`` (days of the pack) of the kinds chosen, in each occupied cell."""
        if end <= first:
            return np.zeros(len(self.occupied), np.int64)
        if self._prefix is None or self._kinds != kinds.tobytes():
            points = slice(int(self.pack.day_start[first]), int(self.pack.day_start[end]))
            cells = self.of_point[points]
            if not kinds.all():
                cells = cells[kinds[self.pack.arrays["h/kind"][points]]]
            return np.bincount(cells, minlength=len(self.occupied))
        return self._upto(end) - self._upto(first)

    def crowded(self, counts: NDArray[Any], least: int) -> NDArray[Any]:
        """The same counts, 0 in squares of the radius that hold fewer than ``least`` points together."""
        row, column = np.divmod(self.occupied, self.columns)
        square = row // CELLS_A_RADIUS * (self.columns // CELLS_A_RADIUS + 1) + column // CELLS_A_RADIUS
        _, number = np.unique(square, return_inverse=True)
        together = np.bincount(number, counts, minlength=1)
        return np.where(together[number] >= least, counts, 0)

    def _upto(self, day: int) -> NDArray[np.int64]:
        """Points before ``day``: the nearest row of the prefix table, and the points between."""
        assert self._prefix is not None
        row = min((day + self._step // 2) // self._step, len(self._prefix) - 1)
        here, there = int(self._day_start[day]), int(self._day_start[min(row * self._step, len(self._day_start) - 1)])
        found: NDArray[np.int64] = self._prefix[row]
        if here == there:
            return found
        between = np.bincount(self._cells[min(here, there):max(here, there)], minlength=len(self.occupied))
        return found + between if here > there else found - between

    def prepare(self, kinds: NDArray[np.bool_]) -> None:
        """Make the prefix table of the kinds chosen; `counts` is right without it, and slower."""
        if self._kinds == kinds.tobytes() and self._prefix is not None:
            return
        days, cells = len(self.pack.day_start) - 1, max(len(self.occupied), 1)
        self._prefix, self._cells, self._day_start = None, self.of_point, self.pack.day_start
        if not kinds.all():
            keep = kinds[self.pack.arrays["h/kind"]]
            self._cells = self.of_point[keep]
            self._day_start = np.concatenate([[0], np.cumsum(keep)])[self.pack.day_start]
        self._step = max(1, -(-days // max(1, PREFIX_BYTES // 4 // cells - 1)))
        table = np.zeros((-(-days // self._step) + 1, len(self.occupied)), np.int32)
        for row in range(1, len(table)):
            low, high = (int(self._day_start[min(k * self._step, days)]) for k in (row - 1, row))
            table[row] = table[row - 1] + np.bincount(self._cells[low:high], minlength=len(self.occupied))
        self._prefix, self._kinds = table, kinds.tobytes()

    def forget(self) -> None:
        """Give the prefix table back."""
        self._prefix, self._kinds, self._cells, self._day_start = None, None, self.of_point, self.pack.day_start

    def density(self, counts: NDArray[Any], x0: float, y0: float, unit: float, width: int, height: int) -> NDArray[np.float32]:
        """Smoothed points a cell at the middles of a picture's cells; it sums to the points that lie well inside."""
        column, row = (np.float64(v) for v in ((x0 + unit / 2 - self.x0) / self.cell - 0.5, (y0 + unit / 2 - self.y0) / self.cell - 0.5))
        step = unit / self.cell
        c0, r0 = int(np.floor(column)), int(np.floor(row))
        nx, ny = int(width * step) + 3, int(height * step) + 3
        raw = self._window(counts, c0 - TAPS, r0 - TAPS, nx + 2 * TAPS, ny + 2 * TAPS)
        smooth = _blur(_blur(raw).T).T[:ny, :nx]
        across = _between(np.ascontiguousarray(smooth.T), column - c0 + step * np.arange(width))
        return _between(np.ascontiguousarray(across.T), row - r0 + step * np.arange(height))

    def _window(self, counts: NDArray[Any], column: int, row: int, nx: int, ny: int) -> NDArray[np.float32]:
        """Counts as a picture of cells, the first of them at (column, row)."""
        low, high = np.searchsorted(self.occupied, (max(row, 0) * self.columns, max(row + ny, 0) * self.columns))
        cells = self.occupied[low:high]
        x, y = cells % self.columns - column, cells // self.columns - row
        inside = (x >= 0) & (x < nx)
        raw = np.zeros((ny, nx), np.float32)
        raw[y[inside], x[inside]] = counts[low:high][inside]
        return raw


class HeatPack:
    """Heat points of a layer pack, by day, with the grids that were made of them."""

    def __init__(self, path: Path | str | ArrayPack) -> None:
        self.arrays = path if isinstance(path, ArrayPack) else ArrayPack(path)
        self.meta = self.arrays.meta["heat"]
        style = style_from_json(self.arrays.meta["style"])
        assert isinstance(style, HeatStyle)
        self.style = style
        self.first_day, self.days = int(self.meta["first_day"]), int(self.meta["days"])
        self.latitude = float(self.meta["latitude"])
        steps = np.arange(self.first_day, self.first_day + self.days + 1)
        self.day_start = np.searchsorted(self.arrays["h/day"], steps)
        self.lost_start = np.searchsorted(self.arrays["h/lost_day"], steps)
        self._grids: OrderedDict[float, HeatGrid] = OrderedDict()

    def span(self, chosen: HeatFilter) -> tuple[int, int]:
        """Days of a filter as days of the pack."""
        end = self.first_day + self.days if chosen.end is None else chosen.end
        first = end - 365 if chosen.first is None else chosen.first
        low, high = (min(max(day - self.first_day, 0), self.days) for day in (first, end))
        return low, max(low, high)

    def kinds(self, chosen: HeatFilter) -> NDArray[np.bool_]:
        """Which kinds (category times sources plus source) a filter lets through."""
        categories, sources = len(self.meta["categories"]), len(self.meta["sources"])
        keep = np.ones((categories, sources), bool)
        if chosen.categories is not None:
            keep[np.setdiff1d(np.arange(categories), chosen.categories)] = False
        if chosen.sources is not None:
            keep[:, np.setdiff1d(np.arange(sources), chosen.sources)] = False
        return keep.ravel()

    def grid(self, radius_m: float) -> HeatGrid:
        """Cells for a radius, the last ones kept."""
        found = self._grids.pop(radius_m, None) or HeatGrid(self, radius_m)
        for other in self._grids.values():
            other.forget()  # a table is as large as a view's tiles, and only the radius in use is played
        self._grids[radius_m] = found
        while len(self._grids) > LEVELS_KEPT:
            self._grids.popitem(last=False)
        return found

    def radius_at(self, chosen: HeatFilter, zoom: float) -> float:
        """Kernel radius of a filter at a zoom."""
        return chosen.radius_m or heat_radius_m(self.style, zoom)

    def unlocated(self, chosen: HeatFilter) -> int:
        """Rows of the filter that have no place."""
        first, end = self.span(chosen)
        lost = self.arrays["h/lost_kind"][int(self.lost_start[first]):int(self.lost_start[end])]
        return int(self.kinds(chosen)[lost].sum())


def paint_heat(pack: HeatPack, request: HeatRequest, out: NDArray[np.uint32]) -> HeatCount:
    """Write a picture into ``out`` (premultiplied ARGB, (height, width)) and say what was counted.

    The value is points per km² and 30 days, so that a week and a year are read off one scale.
    """
    grid = pack.grid(pack.radius_at(request.chosen, request.zoom))
    first, end = pack.span(request.chosen)
    counts = grid.counts(first, end, pack.kinds(request.chosen))
    if request.chosen.least > 1:
        counts = grid.crowded(counts, request.chosen.least)
    smooth = grid.density(counts, request.x0, request.y0, request.unit, request.width, request.height)
    middle = float(to_lonlat(np.array([request.x0, min(max(request.y0 + request.height * request.unit / 2, 0), WORLD)]))[1])
    # ground size of a cell here: a Mercator cell is larger in the south of the view than in the north
    per_value = 1.0 / ((grid.cell * metres_per_unit(middle)) ** 2 / 1e6) / (max(end - first, 1) / DAYS_OF_UNIT)
    top = request.top if request.top is not None else max(float(smooth.max(initial=0.0)) * per_value, 1e-3)
    np.multiply(smooth, np.float32((SHADES - 1) * per_value / top), out=smooth)
    np.minimum(smooth, np.float32(SHADES - 1), out=smooth)
    shades(pack.style.ramp).take(smooth.astype(np.uint16), out=out, mode="clip")
    return HeatCount(int(counts.sum()), pack.unlocated(request.chosen), top)


def prepare(pack: HeatPack, request: HeatRequest) -> None:
    """Make ready for the next request with the same kinds and radius: what time play asks for."""
    pack.grid(pack.radius_at(request.chosen, request.zoom)).prepare(pack.kinds(request.chosen))


def heat_image_request(pack_path: str, chosen: HeatFilter, frame: Any, step: int, top: float | None, ratio: float) -> HeatRequest:
    """Request of a picture that covers a `Frame`, one cell for ``step`` device pixels."""
    return HeatRequest(0, pack_path, chosen, frame.x0, frame.y0, frame.unit * step, -(-frame.width // step), -(-frame.height // step),
                       zoom_of(frame.unit * ratio), top)


@lru_cache(maxsize=8)
def shades(ramp: tuple[str, ...]) -> NDArray[np.uint32]:
    """Premultiplied ARGB of a value from 0 to the top, in `SHADES` steps; the ramp runs with the square root of the value."""
    stops = np.array([[int(c[i:i + 2], 16) for i in (1, 3, 5)] for c in ramp], float)
    place = np.sqrt(np.linspace(0, 1, SHADES)) * (len(ramp) - 1)
    rgb = np.stack([np.interp(place, np.arange(len(ramp)), stops[:, k]) for k in range(3)], axis=1)
    alpha = np.clip(place / (len(ramp) - 1) * 3.2, 0, 0.72)
    red, green, blue = (np.rint(rgb[:, k] * alpha).astype(np.uint32) for k in range(3))
    shade = np.rint(alpha * 255).astype(np.uint32)
    found: NDArray[np.uint32] = ((shade << 24) | (red << 16) | (green << 8) | blue).astype(np.uint32)
    return found


_KERNEL = np.exp(-0.5 * (np.arange(TAPS + 1) / SIGMA_CELLS) ** 2).astype(np.float32)
_KERNEL /= _KERNEL[0] + 2 * _KERNEL[1:].sum()


def _blur(raw: NDArray[np.float32]) -> NDArray[np.float32]:
    """Gaussian along the first axis; the result is shorter by `TAPS` at both ends."""
    raw = np.ascontiguousarray(raw)
    n = len(raw) - 2 * TAPS
    out = raw[TAPS:TAPS + n] * _KERNEL[0]
    pair = np.empty_like(out)
    for k in range(1, TAPS + 1):
        np.add(raw[TAPS - k:TAPS - k + n], raw[TAPS + k:TAPS + k + n], out=pair)
        np.multiply(pair, _KERNEL[k], out=pair)
        np.add(out, pair, out=out)
    return out


def _between(values: NDArray[np.float32], at: NDArray[np.float64]) -> NDArray[np.float32]:
    """Rows of ``values`` at fractional places, straight between neighbours."""
    low = np.clip(np.floor(at).astype(np.int64), 0, len(values) - 2)
    part = np.clip(at - low, 0, 1).astype(np.float32)[:, None]
    below, above = values[low], values[low + 1]
    above -= below
    above *= part
    above += below
    return above
