"""Ground that was painted once: tiles of the street base alone, kept in files for as long as base, style and painter are the same.

Painting streets and houses is most of a tile's time, and they change once a year; layers change all day. A layer that is
switched on, a selection or the next start take the ground from here and paint only what lies over it. The files can be
deleted at any time, and a folder that is full or cannot be written only means that the ground is painted again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import zlib
from collections.abc import Sequence
from functools import cache
from itertools import count
from pathlib import Path

from pm_desktop.base import paths
from pm_desktop.cartography.requests import TileRequest, pack_key

log = logging.getLogger(__name__)

LIMIT_BYTES = 384 << 20  # of all bases and styles together: three views at 4K, a district's usual places at 1080p
SHRINK_EVERY = 32
_SUM_BYTES = 4
_writes = count()  # of this process, whatever scenes it has


class KeptGround:
    """Tiles of one set of bases in one style and device ratio. ``folder`` holds those of all."""

    def __init__(self, bases: Sequence[str], theme: str, ratio: float, folder: Path | None = None, limit_bytes: int = LIMIT_BYTES) -> None:
        self._all = folder or paths.cache_dir() / "ground"
        self._limit = limit_bytes
        self._folder: Path | None = None
        with contextlib.suppress(OSError):  # a base that is gone is not drawn, and there is nothing to keep
            sign = json.dumps([[pack_key(path) for path in bases], theme, ratio, _painter()])
            self._folder = self._all / hashlib.sha256(sign.encode()).hexdigest()[:24] if bases else None

    def load(self, request: TileRequest, memory: memoryview, size: int) -> bool:
        """Read a tile of ``size`` bytes into ``memory``; False where there is none or it is damaged."""
        if self._folder is None:
            return False
        path = self._folder / _name(request)
        try:
            with open(path, "rb", buffering=0) as file:
                if os.fstat(file.fileno()).st_size != size + _SUM_BYTES or file.readinto(memory[:size]) != size:
                    return False
                if file.read(_SUM_BYTES) != _sum(memory[:size]):
                    return False  # the machine went down while it was written
            os.utime(path)  # the longest unused go first
        except OSError:
            return False
        return True

    def keep(self, request: TileRequest, memory: memoryview, size: int) -> None:
        """Keep a tile that was just painted."""
        if self._folder is None:
            return
        part = self._folder / f"{_name(request)}.{os.getpid()}.part"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with open(part, "wb", buffering=0) as file:
                file.write(memory[:size])
                file.write(_sum(memory[:size]))
            os.replace(part, self._folder / _name(request))
        except OSError as error:
            log.info("ground is not kept: %s", error)
            with contextlib.suppress(OSError):
                part.unlink()
            self._folder = None
            return
        if next(_writes) % SHRINK_EVERY == 0:
            self._shrink()

    def _shrink(self) -> None:
        """Delete the longest unused files over the limit; another process may be doing the same."""
        files: list[tuple[float, int, Path]] = []
        for path in self._all.glob("*/*"):
            with contextlib.suppress(OSError):
                stat = path.stat()
                files.append((stat.st_mtime, stat.st_size, path))
        over = sum(size for _, size, _ in files) - self._limit
        for _, size, path in sorted(files):
            if over <= 0:
                return
            over -= size
            with contextlib.suppress(OSError):
                path.unlink()


def _name(request: TileRequest) -> str:
    return f"{request.quarter}-{request.column}-{request.row}"


def _sum(data: memoryview) -> bytes:
    return zlib.crc32(data).to_bytes(_SUM_BYTES, "little")


@cache
def _painter() -> int:
    """Newest change of what the ground is painted with."""
    return max(path.stat().st_mtime_ns for path in (*Path(__file__).parent.glob("*.py"), *paths.maps_dir().glob("*.json")))
