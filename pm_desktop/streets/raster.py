"""An agency's raster tiles as the base: MBTiles (SQLite) and PMTiles."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any, Self

from pm_desktop.base.errors import InputRefused, Where
from pm_desktop.base.label import Label

_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"RIFF")


class RasterBase:
    """Raster tiles by (z, x, y), y counted from the north.

    Raises
    ------
    InputRefused
        Not a tile archive, damaged, or its tiles are no pictures (vector tiles).
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._sqlite: sqlite3.Connection | None = None
        self._reader: Any = None
        self._stream: Any = None
        try:
            if self.path.suffix == ".mbtiles":
                self._open_mbtiles()
            else:
                self._open_pmtiles()
        except (sqlite3.Error, OSError, ValueError, KeyError, IndexError, TypeError, AttributeError, EOFError) as error:
            self.close()
            raise InputRefused("raster_unreadable", Label("瓦片文件无法读取", f"the tiles cannot be read: {error}"),
                               Label("请检查文件是否完整的栅格 MBTiles/PMTiles", "check that the file is a whole raster MBTiles or PMTiles"),
                               Where(file=str(path))) from error

    def _open_mbtiles(self) -> None:
        self._sqlite = sqlite3.connect(f"{self.path.resolve().as_uri()}?mode=ro", uri=True, check_same_thread=False)
        facts = dict(self._sqlite.execute("SELECT name, value FROM metadata"))
        low, high = self._sqlite.execute("SELECT min(zoom_level), max(zoom_level) FROM tiles").fetchone()
        self.min_zoom, self.max_zoom = int(low), int(high)
        self.bounds = [float(v) for v in facts["bounds"].split(",")] if facts.get("bounds") else None
        self.attribution = str(facts.get("attribution", ""))
        first = self._sqlite.execute("SELECT tile_data FROM tiles LIMIT 1").fetchone()
        self._check_picture(first[0])

    def _open_pmtiles(self) -> None:
        from pmtiles.reader import MmapSource, Reader

        self._stream = open(self.path, "rb")  # noqa: SIM115 - held open as long as the base is
        self._reader = Reader(MmapSource(self._stream))
        header = self._reader.header()
        self.min_zoom, self.max_zoom = int(header["min_zoom"]), int(header["max_zoom"])
        self.bounds = [header[k] / 1e7 for k in ("min_lon_e7", "min_lat_e7", "max_lon_e7", "max_lat_e7")]
        self.attribution = str(self._reader.metadata().get("attribution", ""))
        if header["tile_type"].name in ("MVT", "UNKNOWN"):
            raise ValueError("vector tiles")

    @staticmethod
    def _check_picture(data: bytes) -> None:
        if not bytes(data[:4]).startswith(_PICTURES):
            raise ValueError("tiles are no pictures")

    def tile(self, z: int, x: int, y: int) -> bytes | None:
        """Picture of a tile, or None where there is none."""
        if self._sqlite is not None:
            row = self._sqlite.execute(
                "SELECT tile_data FROM tiles WHERE zoom_level=? AND tile_column=? AND tile_row=?",
                (z, x, 2**z - 1 - y)).fetchone()
            return bytes(row[0]) if row else None
        found: bytes | None = self._reader.get(z, x, y)
        return found

    def close(self) -> None:
        """Let go of the file."""
        if self._sqlite is not None:
            self._sqlite.close()
        if self._stream is not None:
            self._stream.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()
