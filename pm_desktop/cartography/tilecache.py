"""Painted tiles in the window's memory, limited by bytes; the least recently drawn go first, overviews last."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from PySide6.QtGui import QImage

from pm_desktop.cartography.requests import TILE_PX, TileRequest

LEAST_BYTES, MOST_BYTES = 72 * 2**20, 256 * 2**20
VIEWS = 2  # so many views with the ring around them
PINNED_ZOOM = 10.0


def tile_format(plane: int) -> QImage.Format:
    """Pixels of the tiles of a plane: the ground is solid, what lies over the heat is clear where nothing is."""
    return QImage.Format.Format_ARGB32_Premultiplied if plane else QImage.Format.Format_RGB32


@dataclass(slots=True)
class Tile:
    """A painted tile and the generation of the scene it shows."""

    image: QImage
    generation: int


class TileCache:
    """Tiles by request."""

    def __init__(self, limit_bytes: int = LEAST_BYTES) -> None:
        self._tiles: OrderedDict[TileRequest, Tile] = OrderedDict()
        self._bytes = 0
        self.limit = limit_bytes
        self.in_view: frozenset[TileRequest] = frozenset()  # never given up, whatever the limit: nobody would ask for them again

    def hold(self, width: float, height: float) -> None:
        """Keep as much as a view of so many device pixels needs, twice: at 1080p 72 MB, at 4K 120."""
        ring = (width + 2 * TILE_PX) * (height + 2 * TILE_PX) * 4
        self.limit = int(min(max(VIEWS * ring, LEAST_BYTES), MOST_BYTES))
        if self._bytes > self.limit:
            self._shrink()

    def put(self, request: TileRequest, tile: Tile) -> None:
        """Keep a tile, dropping old ones over the limit.

        Of two processes one may still be painting an older scene: what it sends late does not replace the newer tile.
        """
        old = self._tiles.get(request)
        if old is not None and old.generation > tile.generation:
            return
        self._tiles.pop(request, None)
        if old is not None:
            self._bytes -= old.image.sizeInBytes()
        self._tiles[request] = tile
        self._bytes += tile.image.sizeInBytes()
        if self._bytes > self.limit:
            self._shrink()

    def _shrink(self) -> None:
        for pinned_too in (False, True):
            for request in list(self._tiles):
                if self._bytes <= self.limit:
                    return
                if request not in self.in_view and (pinned_too or request.zoom > PINNED_ZOOM):
                    self._bytes -= self._tiles.pop(request).image.sizeInBytes()

    def get(self, request: TileRequest) -> Tile | None:
        """A tile, noted as used."""
        tile = self._tiles.get(request)
        if tile is not None:
            self._tiles.move_to_end(request)
        return tile

    def is_current(self, request: TileRequest, generation: int) -> bool:
        """Whether a tile shows the scene of ``generation``."""
        tile = self._tiles.get(request)
        return tile is not None and tile.generation == generation

    def quarters(self) -> set[int]:
        """Zooms (four times) of which there is any tile."""
        return {request.quarter for request in self._tiles}

    @property
    def bytes_used(self) -> int:
        """Memory of all tiles."""
        return self._bytes

    def clear(self) -> None:
        """Forget everything."""
        self._tiles.clear()
        self._bytes = 0
