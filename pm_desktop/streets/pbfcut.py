"""Cuts a piece out of a large ``.osm.pbf`` in memory that grows with the piece, not with the file.

A gigabyte holds a hundred million nodes: one Python call for each takes half an hour, and libosmium's sets of ids take
1.6 GB because the ids of one city are spread over all of OSM's. Here each block is decoded with numpy, sorted arrays
hold the ids of the piece, and ways and relations are copied as the bytes that they are.
Format: https://wiki.openstreetmap.org/wiki/PBF_Format
"""

from __future__ import annotations

import shutil
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from pm_desktop.base.jobs import JobContext
from pm_desktop.streets.wire import bytes_field, decode, encode, fields, number_field, unzigzag, zigzag

Box = tuple[float, float, float, float]
Ids = NDArray[np.int64]
NODES, DENSE, WAYS, RELATIONS = 1, 2, 3, 4
CUT_SHARE = 0.5
MAX_BLOCK = 64 * 2**20
# of building a pack, from and until where the walk, the ways, relations and nodes take it
_SHARE = {NODES: (0.0, 0.28), WAYS: (0.28, 0.45), RELATIONS: (0.45, 0.46), DENSE: (0.46, CUT_SHARE)}
_AREA_TYPES = (b"multipolygon", b"boundary")


def cut_pbf(ctx: JobContext, pbf: Path, box: Box, out: Path) -> None:
    """Write ``out``: ways with a node inside ``box``, whole; the multipolygons they belong to, whole; nodes inside and of the ways.

    Parameters
    ----------
    box : tuple of float
        West, south, east, north in degrees.

    Raises
    ------
    UncommonPacking
        The file is whole, but packed in a way that no common writer uses.
    ValueError
        The file is damaged.
    """
    try:
        _cut(ctx, pbf, box, out)
    except (KeyError, IndexError, struct.error, zlib.error) as error:
        raise ValueError(f"a block is damaged: {error}") from error


class UncommonPacking(ValueError):
    """Blocks or nodes are packed in a way that is not read here."""


def _cut(ctx: JobContext, pbf: Path, box: Box, out: Path) -> None:
    with open(pbf, "rb") as stream:
        source = _File(ctx, stream, pbf.stat().st_size)
        inside = _nodes_inside(source, box)
        with open(out.with_suffix(".ways"), "w+b") as ways:
            kept, needed = _copy_ways(source, ways, lambda ids, refs, first: np.logical_or.reduceat(_among(inside, refs), first))
            relations, missing = _relations(source, kept)
            if len(missing):
                # all anew, not the missing ones behind the others: readers want ways in the order of their ids
                ways.seek(0)
                ways.truncate()
                every = np.union1d(kept, missing)
                _, needed = _copy_ways(source, ways, lambda ids, refs, first: _among(every, ids), every)
            with open(out, "wb") as target:
                target.write(_blob(b"OSMHeader", bytes_field(4, b"OsmSchema-V0.6") + bytes_field(4, b"DenseNodes")))
                _copy_nodes(source, target, np.union1d(inside, needed))
                ways.seek(0)
                shutil.copyfileobj(ways, target)
                target.writelines(relations)
    out.with_suffix(".ways").unlink()


@dataclass(slots=True)
class _Block:
    strings: bytes = b""
    scale: bytes = b""
    granularity: int = 100
    lat_offset: int = 0
    lon_offset: int = 0
    groups: list[tuple[int, memoryview]] = field(default_factory=list)


@dataclass(slots=True)
class _File:
    """The file, and after the first walk where its blocks of each kind stand."""

    ctx: JobContext
    stream: BinaryIO
    size: int
    at: dict[int, list[tuple[int, int]]] = field(default_factory=lambda: {NODES: [], DENSE: [], WAYS: [], RELATIONS: []})
    # lowest and highest id of the block that begins at a byte; ids rise through a file, so most blocks need no second look
    span: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)

    def walk(self) -> Iterator[tuple[int, _Block]]:
        """Every block of the file and the byte where it begins; notes where blocks of each kind stand."""
        while True:
            self.ctx.progress(_SHARE[NODES][1] * self.stream.tell() / self.size, "streets.read")
            head = self.stream.read(4)
            if not head:
                return
            kind, size = _blob_head(self._exactly(struct.unpack(">I", head.rjust(4, b"\xff"))[0]))
            begin = self.stream.tell()
            data = self._exactly(size)
            if kind == b"OSMData":
                block = _block(data)
                for group, _ in block.groups:
                    if (begin, size) not in self.at.get(group, [])[-1:]:
                        self.at.setdefault(group, []).append((begin, size))
                yield begin, block

    def of(self, kind: int, wanted: Ids | None = None) -> Iterator[tuple[int, _Block]]:
        """Blocks of one kind again, only those that may hold one of the ``wanted`` ids (sorted)."""
        since, until = _SHARE[kind]
        for done, (begin, size) in enumerate(self.at[kind]):
            low, high = self.span.get((kind, begin), (0, 2**62))
            if wanted is not None and np.searchsorted(wanted, low) == np.searchsorted(wanted, high, "right"):
                continue
            self.ctx.progress(since + (until - since) * done / len(self.at[kind]), "streets.read")
            self.stream.seek(begin)
            yield begin, _block(self._exactly(size))

    def _exactly(self, size: int) -> bytes:
        data = self.stream.read(size) if size <= MAX_BLOCK else b""
        if len(data) != size:
            raise ValueError("the file is cut short")
        return data


def _blob_head(data: bytes) -> tuple[bytes, int]:
    found = dict(fields(data))
    return bytes(found[1]), int(found[3])


def _block(blob: bytes) -> _Block:
    found = dict(fields(blob))
    if 1 in found:
        data = bytes(found[1])
    elif 3 in found:
        unpacker = zlib.decompressobj()
        data = unpacker.decompress(found[3], MAX_BLOCK)
        if not unpacker.eof:
            raise ValueError("a block is cut short or abnormally large")
    else:
        raise UncommonPacking("its blocks are packed neither plainly nor with zlib")
    block = _Block()
    for number, value in fields(data):
        if number == 1:
            block.strings = bytes_field(1, value)
        elif number == 2 and len(value):
            block.groups.append((value[0] >> 3, value))
        elif number in (17, 19, 20):
            block.scale += number_field(number, value)
            signed = value - 2**64 if value >= 2**63 else value
            setattr(block, {17: "granularity", 19: "lat_offset", 20: "lon_offset"}[number], signed)
    return block


def _blob(kind: bytes, data: bytes) -> bytes:
    body = number_field(2, len(data)) + bytes_field(3, zlib.compress(data, 1))
    head = bytes_field(1, kind) + number_field(3, len(body))
    return struct.pack(">I", len(head)) + head + body


def _among(wanted: Ids, ids: Ids) -> NDArray[np.bool_]:
    """Which of ``ids`` are among the sorted ``wanted``."""
    if not len(wanted):
        return np.zeros(len(ids), bool)
    found: NDArray[np.bool_] = wanted[np.minimum(np.searchsorted(wanted, ids), len(wanted) - 1)] == ids
    return found


def _sorted(pieces: list[Ids]) -> Ids:
    return np.unique(np.concatenate(pieces)) if pieces else np.zeros(0, np.int64)


# -- nodes ---------------------------------------------------------------------------------------------------------------


def _dense(group: memoryview) -> Iterator[tuple[Ids, Ids, Ids, NDArray[np.uint64]]]:
    """Ids, latitudes, longitudes (unscaled) and tag numbers of each run of nodes."""
    for number, message in fields(group):
        if number != DENSE:
            raise UncommonPacking("its nodes are not packed densely")
        found = dict(fields(message))
        ids, lat, lon = (np.cumsum(unzigzag(decode(found.get(n, b""))[0])) for n in (1, 8, 9))
        if not len(ids) == len(lat) == len(lon):
            raise ValueError("nodes without positions")
        yield ids, lat, lon, decode(found.get(10, b""))[0]


def _nodes_inside(source: _File, box: Box) -> Ids:
    inside = []
    west, south, east, north = box
    for begin, block in source.walk():
        for kind, group in block.groups:
            if kind not in (NODES, DENSE):
                continue
            for ids, lat, lon, _ in _dense(group):
                x, y = (1e-9 * (offset + block.granularity * v) for offset, v in ((block.lon_offset, lon), (block.lat_offset, lat)))
                inside.append(ids[(x >= west) & (x <= east) & (y >= south) & (y <= north)])
                _note(source, DENSE, begin, ids)
    return _sorted(inside)


def _note(source: _File, kind: int, begin: int, ids: Ids) -> None:
    if len(ids):
        low, high = source.span.get((kind, begin), (2**62, -2**62))
        source.span[kind, begin] = min(low, int(ids.min())), max(high, int(ids.max()))


def _copy_nodes(source: _File, target: BinaryIO, wanted: Ids) -> None:
    for _, block in source.of(DENSE, wanted):
        runs = [run for kind, group in block.groups if kind == DENSE for run in (_chosen(wanted, *r) for r in _dense(group)) if run]
        if runs:
            target.write(_blob(b"OSMData", block.strings + bytes_field(2, b"".join(runs)) + block.scale))


def _chosen(wanted: Ids, ids: Ids, lat: Ids, lon: Ids, tags: NDArray[np.uint64]) -> bytes:
    """The dense run of the wanted nodes; empty where there is none."""
    keep = _among(wanted, ids)
    if not keep.any():
        return b""
    packed = b"".join(bytes_field(n, encode(zigzag(np.diff(v[keep], prepend=0)))) for n, v in ((1, ids), (8, lat), (9, lon)))
    if len(tags):
        owner = np.cumsum(tags == 0) - (tags == 0)  # a zero closes the tags of each node
        packed += bytes_field(10, encode(tags[keep[owner]]))
    return bytes_field(DENSE, packed)


# -- ways and relations --------------------------------------------------------------------------------------------------


class _Messages:
    """Equal messages of a group whose contents are numbers only: ways and relations."""

    def __init__(self, group: memoryview, kind: int) -> None:
        self.group = group
        self.values, self._byte = decode(group)
        # a byte in the midst of a number has no index: lengths of a damaged file may point there
        self._index = np.full(len(group) + 1, -1, np.int64)
        self._index[self._byte] = np.arange(len(self._byte))
        begin, body, at = [], [], 0
        while at < len(group):
            first = int(self._index[at])
            if first < 0 or group[at] != kind << 3 | 2:
                raise ValueError("a group of mixed contents")
            begin.append(at)
            body.append(first + 2)
            at = int(self._byte[first + 2]) + int(self.values[first + 1])
        self.begin = np.array([*begin, at], np.int64)
        if at != len(group) or (self._index[self.begin] < 0).any():
            raise ValueError("a message is cut short")
        self._first = np.array(body, np.int64)

    def spans(self, wanted: tuple[int, ...]) -> dict[int, tuple[Ids, Ids]]:
        """Of each wanted field the first and the end of its numbers in `values`, for every message."""
        end = self._index[self.begin[1:]]
        found = {number: (np.zeros(len(end), np.int64), np.zeros(len(end), np.int64)) for number in wanted}
        at, live = self._first.copy(), np.flatnonzero(self._first < end)
        while len(live):
            here = at[live]
            tag = self.values[here]
            following = here + 2
            packed = (tag & np.uint64(7)) == 2
            after = self._byte[following[packed]] + self.values[here[packed] + 1].astype(np.int64)
            following[packed] = self._index[np.minimum(after, len(self._index) - 1)]
            if (following <= here).any() or (following > end[live]).any() or (~packed & ((tag & np.uint64(7)) != 0)).any():
                raise ValueError("a message is cut short")
            for number, (first, last) in found.items():
                hit = (tag >> np.uint64(3)) == number
                first[live[hit]], last[live[hit]] = (here + 1 + packed)[hit], following[hit]
            at[live] = following
            live = live[following < end[live]]
        return found

    def bytes_of(self, keep: NDArray[np.bool_]) -> bytes:
        """The kept messages as they stand in the file."""
        return b"".join(self.group[self.begin[i]:self.begin[i + 1]] for i in np.flatnonzero(keep).tolist())


def _flat(values: NDArray[np.uint64], span: tuple[Ids, Ids]) -> tuple[NDArray[np.uint64], Ids]:
    """Numbers of a packed field of all messages, and where those of each message begin, shape (n + 1,)."""
    count = span[1] - span[0]
    first = np.concatenate([[0], np.cumsum(count)])
    at = np.repeat(span[0] - first[:-1], count) + np.arange(first[-1])
    return values[at], first


def _summed(values: NDArray[np.uint64], span: tuple[Ids, Ids]) -> tuple[Ids, Ids]:
    """As `_flat`, of a field that holds differences."""
    flat, first = _flat(values, span)
    total = np.concatenate([[0], np.cumsum(unzigzag(flat))])
    return total[1:] - np.repeat(total[first[:-1]], np.diff(first)), first


def _copy_ways(source: _File, target: BinaryIO, choose: Callable[[Ids, Ids, Ids], NDArray[np.bool_]], wanted: Ids | None = None) -> tuple[Ids, Ids]:
    """Copy the chosen ways; returns their ids and the nodes they need, both sorted."""
    kept, needed = [], []
    for begin, block in source.of(WAYS, wanted):
        out = b""
        for kind, group in block.groups:
            if kind != WAYS:
                continue
            ways = _Messages(group, WAYS)
            spans = ways.spans((1, 8))
            ids = ways.values[spans[1][0]].view(np.int64)
            refs, first = _summed(ways.values, spans[8])
            _note(source, WAYS, begin, ids)
            filled = np.diff(first) > 0
            keep = np.zeros(len(ids), bool)
            if filled.any():
                keep[filled] = choose(ids[filled], refs, first[:-1][filled])
            if keep.any():
                kept.append(ids[keep])
                needed.append(np.unique(refs[np.repeat(keep, np.diff(first))]))
                out += ways.bytes_of(keep)
        if out:
            target.write(_blob(b"OSMData", block.strings + bytes_field(2, out) + block.scale))
    return _sorted(kept), _sorted(needed)


def _relations(source: _File, ways: Ids) -> tuple[list[bytes], Ids]:
    """Blocks of the area relations with one of the ways, and the ways that their multipolygons still lack (sorted)."""
    blobs, missing = [], []
    for _, block in source.of(RELATIONS):
        strings = [bytes(s) for _, s in fields(dict(fields(block.strings))[1])]
        out = b""
        for kind, group in block.groups:
            if kind != RELATIONS:
                continue
            relations = _Messages(group, RELATIONS)
            spans = relations.spans((2, 3, 9, 10))
            members, first = _summed(relations.values, spans[9])
            ways_only = _flat(relations.values, spans[10])[0] == 1
            hit = np.add.reduceat(np.append(_among(ways, members) & ways_only, False), first[:-1]) * (np.diff(first) > 0) > 0
            for i in np.flatnonzero(hit).tolist():
                keys, values = (relations.values[spans[n][0][i]:spans[n][1][i]].tolist() for n in (2, 3))
                what = next((strings[v] for k, v in zip(keys, values, strict=True) if strings[k] == b"type"), b"")
                hit[i] = what in _AREA_TYPES
                # a country's boundary would bring in every one of its ways
                if what == b"multipolygon":
                    own = slice(first[i], first[i + 1])
                    missing.append(members[own][ways_only[own]])
            out += relations.bytes_of(hit)
        if out:
            blobs.append(_blob(b"OSMData", block.strings + bytes_field(2, out)))
    lacking = _sorted(missing)
    return blobs, lacking[~_among(ways, lacking)]
