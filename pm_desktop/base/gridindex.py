"""Grid index of bounding boxes, small enough to stand in an array pack and to be read by memory map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Grid:
    """Uniform grid in world units: origin, cell size and number of cells in each direction."""

    x0: int
    y0: int
    cell: int
    nx: int
    ny: int

    def as_json(self) -> dict[str, int]:
        """Form in which a pack's ``meta["grids"]`` keeps it."""
        return {"x0": self.x0, "y0": self.y0, "cell": self.cell, "nx": self.nx, "ny": self.ny}


def build_grid(bbox: NDArray[np.int32], cell: int) -> tuple[Grid, Ints, NDArray[np.int32]]:
    """Index boxes.

    Parameters
    ----------
    bbox : int32, shape (n, 4)
        x0, y0, x1, y1 in world units, inclusive.
    cell : int
        Wanted cell size in world units; it grows where the grid would pass a million cells.

    Returns
    -------
    grid, start, item
        ``item[start[c]:start[c + 1]]`` are the boxes that meet cell ``c = row * nx + column``.
    """
    if len(bbox) == 0:
        return Grid(0, 0, cell, 0, 0), np.zeros(1, np.int64), np.zeros(0, np.int32)
    box = bbox.astype(np.int64)
    x0, y0 = int(box[:, 0].min()), int(box[:, 1].min())
    while ((int(box[:, 2].max()) - x0) // cell + 1) * ((int(box[:, 3].max()) - y0) // cell + 1) > 1_000_000:
        cell *= 2
    low = (box[:, :2] - (x0, y0)) // cell
    high = (box[:, 2:] - (x0, y0)) // cell
    nx, ny = int(high[:, 0].max()) + 1, int(high[:, 1].max()) + 1
    width = high[:, 0] - low[:, 0] + 1
    times = width * (high[:, 1] - low[:, 1] + 1)
    item = np.repeat(np.arange(len(box), dtype=np.int32), times)
    k = np.arange(len(item)) - np.repeat(np.cumsum(times) - times, times)
    cells = (low[item, 1] + k // width[item]) * nx + low[item, 0] + k % width[item]
    order = np.argsort(cells, kind="stable")
    start = np.zeros(nx * ny + 1, np.int64)
    np.cumsum(np.bincount(cells, minlength=nx * ny), out=start[1:])
    return Grid(x0, y0, cell, nx, ny), start, item[order]


def query_grid(grid: Grid, start: NDArray[Any], item: NDArray[Any], box: tuple[int, int, int, int]) -> NDArray[np.int32]:
    """Candidates whose cells meet ``box`` (x0, y0, x1, y1), each once and in order; test their boxes exactly."""
    if grid.nx == 0:
        return np.zeros(0, np.int32)
    c0 = max((box[0] - grid.x0) // grid.cell, 0)
    c1 = min((box[2] - grid.x0) // grid.cell, grid.nx - 1)
    r0 = max((box[1] - grid.y0) // grid.cell, 0)
    r1 = min((box[3] - grid.y0) // grid.cell, grid.ny - 1)
    if c1 < c0 or r1 < r0:
        return np.zeros(0, np.int32)
    found = [item[start[r * grid.nx + c0]:start[r * grid.nx + c1 + 1]] for r in range(r0, r1 + 1)]
    if c0 == c1 and r0 == r1:
        return found[0]  # a cell names each box once, in order
    return np.unique(np.concatenate(found))


def boxes_meet(bbox: NDArray[Any], box: tuple[int, int, int, int]) -> NDArray[np.bool_]:
    """Which boxes, (n, 4), meet ``box``."""
    result: NDArray[np.bool_] = ((bbox[:, 0] <= box[2]) & (bbox[:, 2] >= box[0])
                                 & (bbox[:, 1] <= box[3]) & (bbox[:, 3] >= box[1]))
    return result
