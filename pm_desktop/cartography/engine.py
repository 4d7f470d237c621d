"""The window's side of the render processes: keeps them fed with the newest wishes, takes their tiles."""

from __future__ import annotations

import contextlib
import logging
import multiprocessing as mp
import threading
from collections.abc import Callable
from multiprocessing.shared_memory import SharedMemory
from typing import Any, Self

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QImage

from pm_desktop.cartography.renderworker import serve
from pm_desktop.cartography.requests import TILE_PX, LabelRequest, Scene, TileRequest
from pm_desktop.cartography.tilecache import Tile, TileCache, tile_format

log = logging.getLogger(__name__)
_spawn = mp.get_context("spawn")
MAX_RATIO = 4
MAX_DEATHS = 12
WORKERS = 2


class _Worker:
    """One render process with its pipe, its shared memory and the thread that listens to it."""

    def __init__(self, number: int) -> None:
        self.number = number
        self.busy = True  # until it says that it is ready
        self.scene: int | None = None
        side = TILE_PX * MAX_RATIO
        self.memory = SharedMemory(create=True, size=side * side * 4)
        self.pipe, child = _spawn.Pipe()
        self.process = _spawn.Process(target=serve, args=(child, self.memory.name), name=f"render-{number}", daemon=True)
        self.process.start()
        child.close()
        self.thread: threading.Thread | None = None

    def listen(self, number: int, heard: Callable[[int, Any], None]) -> Self:
        """Hand what the process says to ``heard(number, message)``; None when it is gone."""
        self.number = number
        self.thread = threading.Thread(target=self._listen, args=(heard,), name=f"render-{number}", daemon=True)
        self.thread.start()
        return self

    def _listen(self, heard: Callable[[int, Any], None]) -> None:
        """Block on the pipe; hand each message to the window's thread."""
        while True:
            try:
                message = self.pipe.recv()
            except (EOFError, OSError):
                with contextlib.suppress(RuntimeError):  # the engine may be gone already
                    heard(self.number, None)
                return
            with contextlib.suppress(RuntimeError):
                heard(self.number, message)

    def send(self, message: Any) -> bool:
        """Send to the process; False if it is gone."""
        try:
            self.pipe.send(message)
        except (OSError, ValueError):
            return False
        return True

    def close(self) -> None:
        """End process and thread and give the memory back."""
        self.send(None)
        self.process.join(0.5)
        if self.process.is_alive():
            self.process.kill()
            self.process.join(2)
        if self.thread is not None:
            self.thread.join(2)
        self.pipe.close()
        self.process.close()
        self.memory.close()
        with contextlib.suppress(FileNotFoundError):
            self.memory.unlink()


_early: list[_Worker] = []


def start_early(workers: int = WORKERS) -> None:
    """Start the render processes of the first map before the window is loaded: they load beside it."""
    _early.extend(_Worker(k) for k in range(workers))


def end_early() -> None:
    """End those that no map took."""
    while _early:
        _early.pop().close()


class RenderEngine(QObject):
    """Wishes in, tiles and names out.

    Signals
    -------
    tilePainted(TileRequest)
        A tile came into the cache.
    labelsPlaced(int, str, object, object)
        Serial of the request, epoch of the sprite numbers, placements (n, 5), fresh sprites.
    """

    tilePainted = Signal(object)
    labelsPlaced = Signal(int, str, object, object)
    _message = Signal(int, object)

    def __init__(self, cache: TileCache, workers: int | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.cache = cache
        self.scene: Scene | None = None
        self._wanted: list[TileRequest] = []
        self._beyond = 0  # how many of them lie outside the view, at the end of the list
        self._labels: LabelRequest | None = None
        self._in_flight: dict[int, tuple[int, TileRequest | LabelRequest]] = {}  # with the scene's generation
        self._closed = False
        self._deaths = 0
        self._message.connect(self._on_message, Qt.ConnectionType.QueuedConnection)
        count = workers if workers is not None else WORKERS
        self._workers = [(_early.pop() if _early else _Worker(k)).listen(k, self._message.emit) for k in range(count)]

    @property
    def pids(self) -> list[int]:
        """Process ids of the workers."""
        return [w.process.pid for w in self._workers if w.process.pid is not None]

    def set_scene(self, scene: Scene) -> None:
        """Draw another scene from now on."""
        self.scene = scene
        self._labels = None
        self._feed()

    def want_tiles(self, wanted: list[TileRequest], beyond: int = 0) -> None:
        """Ask for tiles, most urgent first, the last ``beyond`` outside the view; what was asked for before and not begun is forgotten."""
        self._wanted, self._beyond = wanted, beyond
        self._feed()

    def want_labels(self, request: LabelRequest) -> None:
        """Ask for the names of a view; the newest request wins."""
        self._labels = request
        self._feed()

    @property
    def idle(self) -> bool:
        """Whether nothing is asked for or being painted."""
        return not self._wanted and self._labels is None and not self._in_flight

    def _feed(self) -> None:
        if self.scene is None or self._closed:
            return
        for worker in self._workers:
            if worker.busy:
                continue
            job = self._next(worker)
            if job is None:
                continue
            if worker.scene != self.scene.generation:
                worker.send(self.scene)
                worker.scene = self.scene.generation
            worker.busy = True
            self._in_flight[worker.number] = (self.scene.generation, job)
            worker.send(job)

    def _next(self, worker: _Worker) -> TileRequest | LabelRequest | None:
        assert self.scene is not None
        # names come from the first worker only: it alone knows which sprites the window has. They wait for most tiles of the
        # view, and not for those around it: a picture without names is not complete
        tiles_first = len(self._wanted) - self._beyond > 2
        if worker.number == 0 and self._labels is not None and not tiles_first:
            request, self._labels = self._labels, None
            return request
        while self._wanted:
            tile = self._wanted.pop(0)
            # the same tile of an older scene may still be on its way: it has to be painted again
            if (self.scene.generation, tile) not in self._in_flight.values():
                return tile
        if worker.number == 0 and self._labels is not None:
            request, self._labels = self._labels, None
            return request
        return None

    def _on_message(self, number: int, message: Any) -> None:
        if self._closed:
            return
        worker = self._workers[number]
        if message is None:
            self._replace(number)
            return
        worker.busy = False
        self._in_flight.pop(number, None)
        match message:
            case ("tile", generation, request, side):
                assert worker.memory.buf is not None
                image = QImage(worker.memory.buf, side, side, side * 4, tile_format(request.plane)).copy()
                self.cache.put(request, Tile(image, generation))
                self._feed()
                self.tilePainted.emit(request)
                return
            case ("labels", epoch, serial, placements, fresh):
                self._feed()
                self.labelsPlaced.emit(serial, epoch, placements, fresh)
                return
        self._feed()

    def _replace(self, number: int) -> None:
        """Start another process where one died, and paint again what it was at.

        A request at which processes keep dying is given up, so that a broken pack cannot start one after another.
        """
        _, lost = self._in_flight.pop(number, (0, None))
        self._deaths += 1
        if self._deaths > MAX_DEATHS:
            log.error("render processes keep ending; the map stays as it is until the program is started again")
            self._wanted, self._labels = [], None
            return
        log.warning("render process %d ended and is started again", number)
        self._workers[number].close()
        self._workers[number] = _Worker(number).listen(number, self._message.emit)
        match lost:
            case TileRequest():
                self._wanted.insert(0, lost)
            case LabelRequest():
                self._labels = self._labels or lost

    def close(self) -> None:
        """End all processes."""
        self._closed = True
        for worker in self._workers:
            worker.close()
        self._workers = []
