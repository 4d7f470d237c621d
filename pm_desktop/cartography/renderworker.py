"""The render process: paints tiles into shared memory and places names; one request at a time, newest wins outside."""

from __future__ import annotations

import multiprocessing as mp
import os
import signal
import sys
import threading
from multiprocessing.connection import Connection, wait
from multiprocessing.shared_memory import SharedMemory
from typing import Any

from pm_desktop.cartography.requests import LabelRequest, Scene, TileRequest


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
