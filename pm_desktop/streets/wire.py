"""Protocol-buffer wire format in numpy: as much of it as a ``.osm.pbf`` file needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray


def fields(message: memoryview | bytes) -> Iterator[tuple[int, Any]]:
    """Fields of a message in order: (number, int) or (number, memoryview).

    Raises
    ------
    ValueError
        Cut short, or with groups.
    """
    view, at = memoryview(message), 0
    while at < len(view):
        tag, at = _varint_at(view, at)
        kind = tag & 7
        if kind == 0:
            value, at = _varint_at(view, at)
            yield tag >> 3, value
            continue
        if kind == 2:
            size, at = _varint_at(view, at)
        else:
            size = {1: 8, 5: 4}.get(kind, -1)
        if size < 0 or at + size > len(view):
            raise ValueError("message is cut short")
        yield tag >> 3, view[at:at + size]
        at += size


def _varint_at(view: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(view) and shift < 70:
        byte = view[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7
    raise ValueError("number is cut short")


def number_field(number: int, value: int) -> bytes:
    """A field with a non-negative number."""
    return _varint(number << 3) + _varint(value)


def bytes_field(number: int, data: bytes | memoryview) -> bytes:
    """A field with bytes: text, message or packed numbers."""
    return bytes_head(number, len(data)) + data


def bytes_head(number: int, size: int) -> bytes:
    """What stands before the ``size`` bytes of a field."""
    return _varint(number << 3 | 2) + _varint(size)


def _varint(value: int) -> bytes:
    out = bytearray()
    while value >= 128:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def decode(data: memoryview | bytes) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Values of varints that follow one another, shape (n,), and the byte where each begins with the end, shape (n + 1,).

    Raises
    ------
    ValueError
        The last one is cut short, or one is longer than ten bytes.
    """
    raw = np.frombuffer(data, np.uint8)
    start = np.zeros(1, np.int64)
    if not len(raw):
        return np.zeros(0, np.uint64), start
    start = np.concatenate([start, np.flatnonzero(raw < 128) + 1])
    size = np.diff(start)
    if raw[-1] >= 128 or size.max() > 10:
        raise ValueError("number is cut short")
    values = (raw[start[:-1]] & 127).astype(np.uint64)
    for k in range(1, int(size.max())):
        longer = np.flatnonzero(size > k)
        values[longer] |= (raw[start[longer] + k] & 127).astype(np.uint64) << np.uint64(7 * k)
    return values, start


def encode(values: NDArray[np.uint64]) -> bytes:
    """Varints of the values, one after another."""
    groups = values[:, None] >> np.arange(0, 70, 7, dtype=np.uint64)
    groups[:, 9] = values >> np.uint64(63)
    used = groups > 0
    used[:, 0] = True
    more = np.zeros_like(used)
    more[:, :-1] = used[:, 1:]
    return bytes(((groups & np.uint64(127)).astype(np.uint8) | more.astype(np.uint8) << 7)[used].tobytes())


def zigzag(values: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Signed numbers as varints hold them."""
    return ((values << 1) ^ (values >> 63)).view(np.uint64)


def unzigzag(values: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Signed numbers of what varints hold."""
    signed: NDArray[np.int64] = (values >> np.uint64(1)).view(np.int64) ^ -(values & np.uint64(1)).view(np.int64)
    return signed
