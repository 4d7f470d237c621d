"""Distances along the streets of a pack (docs/architecture.md, ``graph/*``)."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from pm_desktop.base.mercator import to_lonlat, to_world
from pm_desktop.streets.classes import RoadClass
from pm_desktop.streets.pack import StreetPack


class StreetGraph:
    """Junctions and the pieces of road between them, with one-way streets kept.

    Attributes
    ----------
    node_xy : int32, shape (k, 2)
        Junctions in world units.
    weights : scipy.sparse.csr_array, shape (k, k)
        Metres from the row's junction to the column's.
    """

    def __init__(self, node_xy: NDArray[np.int32], edge: NDArray[np.int32], length_m: NDArray[np.float32], oneway: NDArray[np.int8]) -> None:
        self.node_xy = node_xy
        self.weights = _weights(len(node_xy), edge, length_m, oneway)
        self._tree: Any = None

    @classmethod
    def open(cls, pack: Path | str | StreetPack, *, without: frozenset[RoadClass] = frozenset()) -> Self:
        """Graph of a street pack.

        Parameters
        ----------
        without : frozenset of RoadClass
            Classes that cannot be used, e.g. paths for a vehicle.

        Raises
        ------
        InputRefused
            The file is no street pack or is damaged.
        """
        arrays = (pack if isinstance(pack, StreetPack) else StreetPack(pack)).arrays
        usable = ~np.isin(arrays["graph/cls"], [int(c) for c in without])
        return cls(np.asarray(arrays["graph/node_xy"]), arrays["graph/edge"][usable], arrays["graph/length_m"][usable], arrays["graph/oneway"][usable])

    def nearest(self, lon: float, lat: float, limit_m: float = 500.0) -> tuple[int, float] | None:
        """Junction nearest to a position as the crow flies, and its distance in metres; None beyond the limit.

        Parameters
        ----------
        lon, lat : float
            Degrees, CGCS2000.
        limit_m : float
            Metres.
        """
        if not len(self.node_xy):
            return None
        if self._tree is None:
            from scipy.spatial import cKDTree

            self._tree = cKDTree(self.node_xy)
        _, node = self._tree.query(to_world(lon, lat))
        gap = self._crow_m(int(node), lon, lat)
        return (int(node), gap) if gap <= limit_m else None

    def _crow_m(self, node: int, lon: float, lat: float) -> float:
        from pyproj import Geod

        x, y = to_lonlat(self.node_xy[node])
        return float(Geod(ellps="GRS80").inv(lon, lat, x, y)[2])

    def distances_m(self, lon: float, lat: float, limit_m: float, *, towards: bool = False, snap_m: float = 500.0) -> NDArray[np.float64]:
        """Shortest way along the streets from a position to every junction.

        Parameters
        ----------
        lon, lat : float
            Degrees, CGCS2000.
        limit_m : float
            Metres along the streets; what lies farther is not searched.
        towards : bool
            From every junction to the position instead, as for a vehicle that is sent there.
        snap_m : float
            Metres that the position may lie away from its junction.

        Returns
        -------
        ndarray of float64, shape (k,)
            Metres; infinite beyond the limit, without a way, or where no junction is near. The gap between the position
            and its junction is included.
        """
        out = np.full(len(self.node_xy), np.inf)
        found = self.nearest(lon, lat, snap_m)
        if found is None or found[1] > limit_m:
            return out
        from scipy.sparse.csgraph import dijkstra

        node, gap = found
        weights = self.weights.T.tocsr() if towards else self.weights
        along: NDArray[np.float64] = dijkstra(weights, indices=node, limit=limit_m - gap)
        return along + gap

    def nodes_within(self, lon: float, lat: float, limit_m: float) -> NDArray[np.int64]:
        """Junctions that can be reached from a position (degrees) within ``limit_m`` metres along the streets."""
        return np.flatnonzero(np.isfinite(self.distances_m(lon, lat, limit_m)))


def _weights(n: int, edge: NDArray[np.int32], length_m: NDArray[np.float32], oneway: NDArray[np.int8]) -> Any:
    """Directed metres; of parallel roads the shortest, which a sparse matrix would otherwise add up."""
    from scipy.sparse import csr_array

    along, against = oneway >= 0, oneway <= 0
    begin = np.concatenate([edge[along, 0], edge[against, 1]])
    end = np.concatenate([edge[along, 1], edge[against, 0]])
    # a length of zero would mean "no edge" in a sparse matrix
    metres = np.maximum(np.concatenate([length_m[along], length_m[against]]).astype(np.float64), 1e-6)
    order = np.lexsort((metres, end, begin))
    begin, end, metres = begin[order], end[order], metres[order]
    first = np.ones(len(begin), bool)
    first[1:] = (begin[1:] != begin[:-1]) | (end[1:] != end[:-1])
    return csr_array((metres[first], (begin[first], end[first])), shape=(n, n))
