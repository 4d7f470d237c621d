"""What the window asks the render processes for: a scene, its tiles, the names of a view."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

TILE_PX = 512


@dataclass(frozen=True, slots=True)
class Scene:
    """What is drawn: bases and layers (pack path, opacity) from bottom to top, theme, language, device ratio.

    ``marked`` are features to outline over everything, where they are many: pack path and int32 indices. Where heat lies
    between the layers, ``under`` of them are painted on the ground plane and the others, with the marks, on a plane that is
    clear where they are not; None paints all on the ground.
    """

    generation: int
    bases: tuple[str, ...]
    layers: tuple[tuple[str, float], ...]
    theme: str
    lang: str
    ratio: float
    marked: tuple[str, bytes] | None = None
    under: int | None = None


@dataclass(frozen=True, slots=True)
class TileRequest:
    """One tile: four times its zoom (quarter steps), column and row of the world's tiles of that zoom, plane (1: over the heat)."""

    quarter: int
    column: int
    row: int
    plane: int = 0

    @property
    def zoom(self) -> float:
        """Zoom of the tile."""
        return self.quarter / 4


@dataclass(frozen=True, slots=True)
class LabelRequest:
    """Names of a view: its zoom and the world box they may be anchored in."""

    serial: int
    zoom: float
    box: tuple[int, int, int, int]


def pack_key(path: str) -> tuple[str, int, int]:
    """What tells one version of a file from the next."""
    stat = Path(path).stat()
    return path, stat.st_mtime_ns, stat.st_size
