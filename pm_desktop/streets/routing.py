"""The routing graph of a street pack: junctions, the pieces of road between them, their lengths and directions."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pm_desktop.base.mercator import to_world
from pm_desktop.streets.classes import RoadFlag
from pm_desktop.streets.source import LineSet


def build_graph(roads: LineSet) -> dict[str, NDArray[Any]]:
    """Graph arrays of a pack.

    A vertex is a node where a road begins or ends or where two roads share it; roads on bridges and in tunnels meet
    others only at such shared vertices, as in OSM.

    Returns
    -------
    dict
        ``node_xy`` int32 (k, 2) world; ``edge`` int32 (e, 2); ``length_m`` float32 geodesic; ``cls`` uint8;
        ``oneway`` int8 (0 both ways, 1 along the edge, -1 against it).
    """
    n = len(roads.cls)
    if n == 0:
        return {"node_xy": np.zeros((0, 2), np.int32), "edge": np.zeros((0, 2), np.int32),
                "length_m": np.zeros(0, np.float32), "cls": np.zeros(0, np.uint8), "oneway": np.zeros(0, np.int8)}
    world = to_world(roads.xy[:, 0], roads.xy[:, 1])
    key = world[:, 0].astype(np.int64) << 32 | world[:, 1]
    _, vertex, uses = np.unique(key, return_inverse=True, return_counts=True)
    is_node = uses[vertex] > 1
    is_node[roads.part[:-1]] = True
    is_node[roads.part[1:] - 1] = True
    nodes = np.unique(vertex[is_node])
    number = np.full(len(uses), -1, np.int64)
    number[nodes] = np.arange(len(nodes))
    first_of = np.zeros(len(uses), np.int64)
    first_of[vertex[::-1]] = np.arange(len(vertex))[::-1]
    return _edges(roads, vertex, is_node, number) | {"node_xy": world[first_of[nodes]]}


def _edges(roads: LineSet, vertex: NDArray[np.int64], is_node: NDArray[np.bool_],
           number: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
    owner = np.repeat(np.arange(len(roads.cls)), np.diff(roads.part))
    at = np.flatnonzero(is_node)
    same = owner[at[:-1]] == owner[at[1:]]
    begin, end = at[:-1][same], at[1:][same]
    along = np.concatenate([[0.0], np.cumsum(_steps(roads.xy, owner))])
    road = owner[begin]
    flags = roads.flags[road] if len(roads.flags) else np.zeros(len(road), np.uint8)
    oneway = np.where(flags & RoadFlag.ONEWAY, 1, np.where(flags & RoadFlag.ONEWAY_REVERSE, -1, 0))
    return {"edge": np.stack([number[vertex[begin]], number[vertex[end]]], axis=1).astype(np.int32),
            "length_m": (along[end] - along[begin]).astype(np.float32), "cls": roads.cls[road].astype(np.uint8),
            "oneway": oneway.astype(np.int8)}


def _steps(xy: NDArray[np.float64], owner: NDArray[np.int64]) -> NDArray[np.float64]:
    """Geodesic length of each step between consecutive vertices, metres; 0 between two roads."""
    from pyproj import Geod

    inside = owner[:-1] == owner[1:]
    steps = np.zeros(len(inside))
    a, b = xy[:-1][inside], xy[1:][inside]
    steps[inside] = Geod(ellps="GRS80").inv(a[:, 0], a[:, 1], b[:, 0], b[:, 1])[2]
    return steps
