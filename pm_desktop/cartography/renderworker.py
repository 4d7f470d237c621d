"""The render process: paints tiles into shared memory and places names; one request at a time, newest wins outside."""

from __future__ import annotations

import multiprocessing as mp
import os
import signal
import sys
import threading
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path
from typing import Any

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


def serve(pipe: Connection, memory_name: str) -> None:
    """Main function of a render process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "nice"):
        os.nice(5)  # the frames of the window come before the tiles that they wait for
    if not sys.platform.startswith("win"):
        # the worker only paints into memory; on Windows the default plugin is the one that finds system fonts
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["QT_SCALE_FACTOR"] = "1"
    parent = mp.parent_process()
    if parent is not None:
        threading.Thread(target=lambda: (wait([parent.sentinel]), os._exit(0)), daemon=True).start()
    from PySide6.QtGui import QGuiApplication

    from pm_desktop.cartography.fonts import install_fonts

    application = QGuiApplication(sys.argv[:1])
    install_fonts()
    memory = SharedMemory(memory_name)
    try:
        pipe.send(("ready",))
        _loop(pipe, memory)
    except (EOFError, OSError, KeyboardInterrupt):
        pass  # the window is gone or closed the pipe: nothing left to paint for
    finally:
        memory.close()
        del application


def _loop(pipe: Connection, memory: SharedMemory) -> None:
    from pm_desktop.cartography.scenepainter import ScenePainter

    painter: ScenePainter | None = None
    while True:
        message: Any = pipe.recv()
        match message:
            case Scene() as scene:
                painter = ScenePainter(scene, painter)
            case TileRequest() as request if painter is not None:
                assert memory.buf is not None
                size = painter.tile(request, memory.buf)
                pipe.send(("tile", painter.scene.generation, request, size))
            case LabelRequest() as request if painter is not None:
                placements, fresh = painter.labels(request)
                pipe.send(("labels", painter.sprites.epoch, request.serial, placements, fresh))
            case None:
                return


def pack_key(path: str) -> tuple[str, int, int]:
    """What tells one version of a file from the next."""
    stat = Path(path).stat()
    return path, stat.st_mtime_ns, stat.st_size
