"""Writes large synthetic ``.osm.pbf`` files quickly: towns of one kind on a country-size grid, each of known contents.

pyosmium's writer takes about ten minutes for a gigabyte, so the blocks are encoded here with numpy (format:
https://wiki.openstreetmap.org/wiki/PBF_Format). Every coordinate is random, so that compression cannot shrink the
file to nothing, and towns that lie side by side stand far apart in the file, as in real extracts.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pm_desktop.streets.wire import bytes_field, bytes_head, encode, number_field, zigzag

# one town: a jittered grid of streets and rings of four corners, of which the last two are a lake and its island
COLUMNS, ROWS, RINGS = 40, 50, 1500
NODES = COLUMNS * ROWS + 4 * RINGS
ROADS = COLUMNS + ROWS
BUILDINGS = RINGS - 2
PITCH_DEG = 0.05
SIZE_DEG = 0.045
CENTRE = (121.7, 31.1)
BYTES_PER_TOWN = 71_600
# ids from here on take five bytes as a varint, which keeps the records of a block equally long; at a gigabyte they
# spread, as OSM's own, to 13 thousand millions, on which the memory of a set of ids may depend
FIRST_ID = 1 << 28
ID_STEP = 1 << 20
_STRINGS = ["", "highway", "residential", "name", "building", "yes", "building:levels", "type", "multipolygon", "natural", "water", "outer", "inner",
            "place", "town", "primary", "oneway", *(str(n) for n in range(1, 35))]
_LEVELS = _STRINGS.index("1")


@dataclass(frozen=True, slots=True)
class Country:
    """What was written: ``cells`` (n, 2) are the column and row of each town on the grid whose corner is ``origin``."""

    file: Path
    origin: tuple[float, float]
    cells: NDArray[np.int64]

    @property
    def towns(self) -> int:
        """Number of towns."""
        return len(self.cells)

    def box(self, columns: int, rows: int, east: int = 0, north: int = 0) -> tuple[float, float, float, float]:
        """West, south, east, north of ``columns`` × ``rows`` whole cells in the middle, moved by some cells."""
        column, row = (self.cells.max(0) // 2 - np.array([columns, rows]) // 2 + [east, north]).tolist()
        gap = (PITCH_DEG - SIZE_DEG) / 2
        west, south = self.origin[0] + column * PITCH_DEG - gap, self.origin[1] + row * PITCH_DEG - gap
        return round(west, 6), round(south, 6), round(west + columns * PITCH_DEG, 6), round(south + rows * PITCH_DEG, 6)

    def towns_in(self, box: tuple[float, float, float, float]) -> int:
        """Number of towns in a box that cuts through none."""
        west, south = (self.origin + self.cells * PITCH_DEG).T
        return int(((west >= box[0]) & (south >= box[1]) & (west + SIZE_DEG <= box[2]) & (south + SIZE_DEG <= box[3])).sum())


def write_country(file: Path, size_bytes: int, seed: int = 1) -> Country:
    """Write about ``size_bytes`` (a few per cent either way), sorted by kind and id as PBF files are."""
    towns = max(4, round(size_bytes / BYTES_PER_TOWN))
    side = math.ceil(math.sqrt(towns))
    rng = np.random.default_rng(seed)
    cells = np.stack(np.divmod(rng.permutation(side * side)[:towns], side), axis=1)
    country = Country(file, (CENTRE[0] - side * PITCH_DEG / 2, CENTRE[1] - side * PITCH_DEG / 2), cells)
    with open(file, "wb") as out:
        out.write(_blob(b"OSMHeader", bytes_field(4, b"OsmSchema-V0.6") + bytes_field(4, b"DenseNodes") + bytes_field(5, b"Sort.Type_then_ID")))
        out.writelines(_node_blocks(country, rng))
        out.writelines(_way_blocks(country, rng))
        out.write(_relations(country))
    return country


def _node_blocks(country: Country, rng: np.random.Generator) -> Iterator[bytes]:
    column, row = np.divmod(np.arange(COLUMNS * ROWS), ROWS)
    for town, cell in enumerate(country.cells.tolist()):
        jitter = rng.integers(0, 2_000, (COLUMNS * ROWS, 2))
        streets = np.stack([column * 11_000, row * 8_800], axis=1) + jitter
        corner = rng.integers(0, 430_000, (RINGS, 2))
        side = rng.integers(500, 4_000, (RINGS, 2))
        corner[-2:], side[-2:] = [[1_000, 1_000], [3_000, 3_000]], [[9_000, 9_000], [2_000, 2_000]]
        rings = corner[:, None] + side[:, None] * np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
        xy = np.concatenate([streets, rings.reshape(-1, 2)])
        ids = np.ones(NODES, np.int64)
        ids[0] = FIRST_ID + town * ID_STEP
        delta = np.diff(xy, axis=0, prepend=0)
        tags = bytes([_STRINGS.index("place"), _STRINGS.index("town"), 3, len(_STRINGS), 0]) + b"\0" * (NODES - 1)
        # version and time of each node, as extracts have them
        info = bytes_field(1, b"\1" * NODES) + bytes_field(2, encode(zigzag(np.diff(rng.integers(1_200_000_000, 1_700_000_000, NODES), prepend=0))))
        dense = bytes_field(1, encode(zigzag(ids))) + bytes_field(5, info) + bytes_field(8, encode(zigzag(delta[:, 1]))) + bytes_field(9, encode(zigzag(delta[:, 0]))) + bytes_field(10, tags)
        lon, lat = (round((o + c * PITCH_DEG) * 1e9) for o, c in zip(country.origin, cell, strict=True))
        yield _blob(b"OSMData", _table([*_STRINGS, f"镇{town}"]) + bytes_field(2, bytes_field(2, dense)) + number_field(19, lat) + number_field(20, lon))


def _way_blocks(country: Country, rng: np.random.Generator) -> Iterator[bytes]:
    names = ["梅园", "兰苑", "竹里", "长桥", "世纪", "浦明", "张杨", "崂山"]
    for town in range(country.towns):
        first_way, first_node = _first_way(town), FIRST_ID + town * ID_STEP
        # the strings of the street names begin at 128, so that each takes two bytes
        strings = [*_STRINGS, *[""] * (128 - len(_STRINGS)), *(f"{names[int(k)]}{town}-{n}路" for n, k in enumerate(rng.integers(0, len(names), ROADS)))]
        named = np.frombuffer(encode(np.arange(128, 128 + ROADS, dtype=np.uint64)), np.uint8).reshape(-1, 2)
        road = bytes([1, 3]), bytes([2])
        down = _ways(np.arange(COLUMNS) + first_way, np.arange(COLUMNS) * ROWS + first_node, [1] * (ROWS - 1), road, named[:COLUMNS])
        across = _ways(np.arange(ROWS) + first_way + COLUMNS, np.arange(ROWS) + first_node, [ROWS] * (COLUMNS - 1), road, named[COLUMNS:])
        ring_way = first_way + ROADS + np.arange(RINGS)
        ring_node = first_node + COLUMNS * ROWS + 4 * np.arange(RINGS)
        levels = rng.integers(_LEVELS, _LEVELS + 34, (BUILDINGS, 1)).astype(np.uint8)
        built = _ways(ring_way[:-2], ring_node[:-2], [1, 1, 1, -3], (bytes([4, 6]), bytes([5])), levels)
        lake = _ways(ring_way[-2:], ring_node[-2:], [1, 1, 1, -3], (b"", b""), np.zeros((2, 0), np.uint8))
        yield _blob(b"OSMData", _table(strings) + bytes_field(2, down + across + built + lake))


def _first_way(town: int) -> int:
    return FIRST_ID + town * (1 << 17)


def _ways(ids: NDArray[np.int64], first: NDArray[np.int64], steps: list[int], tags: tuple[bytes, bytes], value: NDArray[np.uint8]) -> bytes:
    """Equally long way records: keys, the first value and, a row each, the bytes of the last value; refs by steps."""
    keys, fixed = tags
    n = len(ids)

    def same(data: bytes) -> NDArray[np.uint8]:
        return np.tile(np.frombuffer(data, np.uint8), (n, 1))

    def five(values: NDArray[np.uint64]) -> NDArray[np.uint8]:
        return np.frombuffer(encode(values), np.uint8).reshape(n, 5)

    rest = encode(zigzag(np.array(steps)))
    parts = [same(b"\x08"), five(ids.astype(np.uint64))]
    if keys:
        parts += [same(bytes_field(2, keys) + bytes_head(3, len(fixed) + value.shape[1]) + fixed), value]
    parts += [same(bytes_head(8, 5 + len(rest))), five(zigzag(first)), same(rest)]
    body = np.concatenate(parts, axis=1)
    return np.concatenate([same(bytes_head(3, body.shape[1])), body], axis=1).tobytes()


def _relations(country: Country) -> bytes:
    out = []
    for begin in range(0, country.towns, 4_000):
        group = b""
        for town in range(begin, min(begin + 4_000, country.towns)):
            lake = _first_way(town) + ROADS + BUILDINGS
            members = encode(zigzag(np.array([lake, 1])))
            group += bytes_field(4, number_field(1, FIRST_ID + town) + bytes_field(2, bytes([7, 9])) + bytes_field(3, bytes([8, 10])) + bytes_field(8, bytes([11, 12]))
                            + bytes_field(9, members) + bytes_field(10, bytes([1, 1])))
        out.append(_blob(b"OSMData", _table(_STRINGS) + bytes_field(2, group)))
    return b"".join(out)


def _table(strings: list[str]) -> bytes:
    return bytes_field(1, b"".join(bytes_field(1, s.encode()) for s in strings))


def _blob(kind: bytes, data: bytes) -> bytes:
    body = number_field(2, len(data)) + bytes_field(3, zlib.compress(data, 1))
    head = bytes_field(1, kind) + number_field(3, len(body))
    return struct.pack(">I", len(head)) + head + body


