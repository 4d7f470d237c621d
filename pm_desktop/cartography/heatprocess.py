"""The heat process and the window's side of it: newest request wins, pictures come through shared memory."""

from __future__ import annotations

import contextlib
import logging
import multiprocessing as mp
import os
import signal
import threading
from multiprocessing.connection import Connection, wait
from multiprocessing.shared_memory import SharedMemory
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QImage

from pm_desktop.cartography.heat import HeatCount, HeatRequest

log = logging.getLogger(__name__)
_spawn = mp.get_context("spawn")
MAX_PICTURE = 4096 * 2304  # cells; memory that is never written costs nothing
MAX_DEATHS = 4


def serve_heat(pipe: Connection, memory_name: str) -> None:
    """Main function of the heat process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = mp.parent_process()
    if parent is not None:
        threading.Thread(target=lambda: (wait([parent.sentinel]), os._exit(0)), daemon=True).start()
    memory = SharedMemory(memory_name)
    with contextlib.suppress(EOFError, OSError, KeyboardInterrupt):  # the window is gone: nothing left to count for
        _loop(pipe, memory)
    memory.close()


def _loop(pipe: Connection, memory: SharedMemory) -> None:
    import numpy as np

    from pm_desktop.cartography.heat import HeatPack, paint_heat, prepare

    opened: dict[str, HeatPack] = {}
    while True:
        request: HeatRequest | None = pipe.recv()
        if request is None:
            return
        if request.pack not in opened:
            opened = {request.pack: HeatPack(request.pack)}
        picture = np.frombuffer(memory.buf, np.uint32, request.width * request.height).reshape(request.height, request.width)  # type: ignore[arg-type]
        counted = paint_heat(opened[request.pack], request, picture)
        del picture
        pipe.send((request.serial, counted))
        prepare(opened[request.pack], request)  # after the answer: the next one of a time play is a subtraction


class HeatService(QObject):
    """Asks the heat process for pictures; starts it when first asked.

    Signals
    -------
    painted(HeatRequest, QImage, HeatCount)
    """

    painted = Signal(object, object, object)
    _message = Signal(int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._process: Any = None
        self._pipe: Connection | None = None
        self._memory: SharedMemory | None = None
        self._thread: threading.Thread | None = None
        self._life = 0
        self._wanted: HeatRequest | None = None
        self._asked: HeatRequest | None = None
        self._closed = False
        self._message.connect(self._on_message, Qt.ConnectionType.QueuedConnection)

    @property
    def idle(self) -> bool:
        """Whether nothing is wanted or being painted."""
        return self._wanted is None and self._asked is None

    @property
    def pid(self) -> int | None:
        """Process id, None before the first request."""
        return self._process.pid if self._process is not None else None

    def want(self, request: HeatRequest | None) -> None:
        """Ask for a picture; what was asked for before and not begun is forgotten."""
        self._wanted = request
        if self._closed or self._life > MAX_DEATHS:
            self._wanted = None
        elif request is not None and self._process is None:
            self._start()
        self._feed()

    def _start(self) -> None:
        self._life += 1
        self._memory = self._memory or SharedMemory(create=True, size=MAX_PICTURE * 4)
        self._pipe, child = _spawn.Pipe()
        self._process = _spawn.Process(target=serve_heat, args=(child, self._memory.name), name="heat", daemon=True)
        self._process.start()
        child.close()
        self._thread = threading.Thread(target=self._listen, args=(self._pipe, self._life), name="heat", daemon=True)
        self._thread.start()

    def _listen(self, pipe: Connection, life: int) -> None:
        """Block on the pipe; hand each message to the window's thread."""
        while True:
            try:
                message = pipe.recv()
            except (EOFError, OSError):
                message = None
            with contextlib.suppress(RuntimeError):  # the window may be gone already
                self._message.emit(life, message)
            if message is None:
                return

    def _feed(self) -> None:
        if self._asked is not None or self._wanted is None or self._pipe is None:
            return
        self._asked, self._wanted = self._wanted, None
        with contextlib.suppress(OSError, ValueError):  # its end is told by the listening thread
            self._pipe.send(self._asked)

    def _on_message(self, life: int, message: Any) -> None:
        if self._closed or life != self._life:
            return
        asked, self._asked = self._asked, None
        if message is None:
            log.warning("the heat process ended and is started again" if life < MAX_DEATHS else "the heat process keeps ending; heat stays as it is")
            self._end()
            self.want((self._wanted or asked) if life < MAX_DEATHS else None)
            return
        _serial, counted = message
        assert asked is not None and self._memory is not None and self._memory.buf is not None
        image = QImage(self._memory.buf, asked.width, asked.height, asked.width * 4, QImage.Format.Format_ARGB32_Premultiplied).copy()
        self._feed()
        self.painted.emit(asked, image, counted)

    def _end(self) -> None:
        if self._process is None:
            return
        assert self._pipe is not None and self._thread is not None
        with contextlib.suppress(OSError, ValueError):
            self._pipe.send(None)
        self._process.join(0.5)
        if self._process.is_alive():
            self._process.kill()
            self._process.join(2)
        self._thread.join(2)
        self._pipe.close()
        self._process.close()
        self._process = self._pipe = self._thread = None

    def close(self) -> None:
        """End the process and give the memory back."""
        self._closed = True
        self._wanted = None
        self._end()
        if self._memory is not None:
            self._memory.close()
            with contextlib.suppress(FileNotFoundError):
                self._memory.unlink()
            self._memory = None


__all__ = ["HeatCount", "HeatService", "serve_heat"]
