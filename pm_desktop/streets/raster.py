"""An agency's raster tiles as the base: MBTiles (SQLite) and PMTiles."""

from __future__ import annotations

import gzip
import logging
import mmap
import sqlite3
import struct
import zlib
from collections import OrderedDict
from pathlib import Path
from typing import Any, Self

from pm_desktop.base.errors import InputRefused, Where
from pm_desktop.base.label import Label

log = logging.getLogger(__name__)
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"RIFF")
_KINDS = ("PNG", "JPEG", "WEBP")
_DIRECTORIES = 64
# what SQLite, zlib and the PMTiles reader raise on damaged files
_DAMAGE = (sqlite3.Error, OSError, ValueError, KeyError, IndexError, TypeError, AttributeError, EOFError, OverflowError, struct.error, zlib.error)


class RasterBase:
    """Raster tiles by (z, x, y), y counted from the north; 256 px tiles, so their zoom is one more than the map's.

    Attributes
    ----------
    bounds : list of float or None
        West, south, east, north in degrees; None where the file does not say.

    Raises
    ------
    InputRefused
        Not a tile archive, damaged, or its tiles are no pictures (vector tiles).
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._sqlite: sqlite3.Connection | None = None
        self._reader: Any = None
        self._map: mmap.mmap | None = None
        self._header: Any = None
        self._directories: OrderedDict[int, list[Any]] = OrderedDict()
        try:
            if self.path.suffix == ".mbtiles":
                self._open_mbtiles()
            else:
                self._open_pmtiles()
        except _DAMAGE as error:
            self.close()
            raise InputRefused("raster_unreadable", Label("瓦片文件无法读取", f"the tiles cannot be read: {error}"),
                               Label("请检查文件是否完整的栅格 MBTiles/PMTiles", "check that the file is a whole raster MBTiles or PMTiles"),
                               Where(file=str(path))) from error

    def _open_mbtiles(self) -> None:
        self._sqlite = sqlite3.connect(f"{self.path.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False)
        facts = dict(self._sqlite.execute("SELECT name, value FROM metadata"))
        # asked for apart, SQLite finds both in the index instead of reading every row
        low, high = self._sqlite.execute("SELECT (SELECT min(zoom_level) FROM tiles), (SELECT max(zoom_level) FROM tiles)").fetchone()
        self.min_zoom, self.max_zoom = int(low), int(high)
        self.bounds = [float(v) for v in facts["bounds"].split(",")] if facts.get("bounds") else None
        self.attribution = str(facts.get("attribution", ""))
        first = self._sqlite.execute("SELECT tile_data FROM tiles LIMIT 1").fetchone()
        self._check_picture(first[0])
        pages, page = (self._sqlite.execute(f"PRAGMA {what}").fetchone()[0] for what in ("page_count", "page_size"))
        if self.path.stat().st_size < pages * page:
            raise ValueError("the file is cut short")

    def _open_pmtiles(self) -> None:
        from pmtiles.reader import Reader
        from pmtiles.tile import MagicNumberNotFound, SpecVersionUnsupported

        with open(self.path, "rb") as stream:
            self._map = mapped = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ)
        self._reader = Reader(lambda offset, length: mapped[offset:offset + length])
        try:
            header = self._header = self._reader.header()
        except (MagicNumberNotFound, SpecVersionUnsupported) as error:
            raise ValueError(f"no PMTiles 3 file: {type(error).__name__}") from error
        if header["tile_data_offset"] + header["tile_data_length"] > self.path.stat().st_size:
            raise ValueError("the file is cut short")
        if header["tile_type"].name not in _KINDS:
            raise ValueError(f"tiles are no pictures: {header['tile_type'].name}")
        self.min_zoom, self.max_zoom = int(header["min_zoom"]), int(header["max_zoom"])
        self.bounds = [header[k] / 1e7 for k in ("min_lon_e7", "min_lat_e7", "max_lon_e7", "max_lat_e7")]
        self.attribution = str(self._reader.metadata().get("attribution", ""))
        self._directory(header["root_offset"], header["root_length"])

    def _directory(self, offset: int, length: int) -> list[Any]:
        """Directory of a PMTiles file; the last ones used are kept, since reading one takes longer than painting a tile."""
        from pmtiles.tile import deserialize_directory

        if offset in self._directories:
            self._directories.move_to_end(offset)
        else:
            self._directories[offset] = deserialize_directory(self._reader.get_bytes(offset, length))
            if len(self._directories) > _DIRECTORIES:
                self._directories.popitem(last=False)
        return self._directories[offset]

    def _pmtile(self, z: int, x: int, y: int) -> bytes | None:
        from pmtiles.tile import find_tile, zxy_to_tileid

        number, header = zxy_to_tileid(z, x, y), self._header
        offset, length = header["root_offset"], header["root_length"]
        for _ in range(4):  # as deep as the format allows
            entry = find_tile(self._directory(offset, length), number)
            if entry is None:
                return None
            if entry.run_length:
                data = bytes(self._reader.get_bytes(header["tile_data_offset"] + entry.offset, entry.length))
                return gzip.decompress(data) if header["tile_compression"].name == "GZIP" else data
            offset, length = header["leaf_directory_offset"] + entry.offset, entry.length
        return None

    @staticmethod
    def _check_picture(data: bytes) -> None:
        if not bytes(data[:4]).startswith(_PICTURES):
            raise ValueError("tiles are no pictures")

    def tile(self, z: int, x: int, y: int) -> bytes | None:
        """Picture of a tile, or None where there is none or the file is damaged there."""
        if not (self.min_zoom <= z <= self.max_zoom and 0 <= x < 2**z and 0 <= y < 2**z):
            return None
        try:
            if self._sqlite is None:
                return self._pmtile(z, x, y)
            # MBTiles count rows from the south
            row = self._sqlite.execute("SELECT tile_data FROM tiles WHERE zoom_level=? AND tile_column=? AND tile_row=?", (z, x, 2**z - 1 - y)).fetchone()
            return bytes(row[0]) if row else None
        except _DAMAGE as error:
            log.warning("%s: tile %d/%d/%d cannot be read: %s", self.path.name, z, x, y, error)
            return None

    def close(self) -> None:
        """Let go of the file."""
        if self._sqlite is not None:
            self._sqlite.close()
        if self._map is not None:
            self._map.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()
