"""Background work without Qt: module-level functions of frozen inputs, each run in a process of its own lane.

The window's process never does heavy work, not even in a thread (DESIGN §3.1), so a job runs in a spawned helper
process. Only its picklable result and small progress notes cross the pipe. A lane keeps one warm process and runs its
jobs one after another; different lanes run side by side. Cancelling asks first and ends the process after
``GRACE_S``: a job must therefore keep its outcome in one transaction or one atomic file replacement.
"""

from __future__ import annotations

import contextlib
import logging
import multiprocessing as mp
import os
import signal
import threading
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import Any

from pm_desktop.base.errors import OF_FILES, Cancelled, PmError, of_system

GRACE_S = 0.15
log = logging.getLogger(__name__)
_spawn = mp.get_context("spawn")


class JobContext:
    """What a running job may say and ask; the plain context of a foreground call says nothing."""

    def progress(self, fraction: float, note: str = "") -> None:
        """Report ``fraction`` of the work done, 0–1, and optionally a translation key of the step."""

    def check_cancelled(self) -> None:
        """Raise `Cancelled` if a person cancelled; call it at least every 100 ms."""


class _ProcessContext(JobContext):
    def __init__(self, pipe: Connection, cancel: Any) -> None:
        self._pipe, self._cancel = pipe, cancel

    def progress(self, fraction: float, note: str = "") -> None:
        self._pipe.send(("progress", fraction, note))
        self.check_cancelled()

    def check_cancelled(self) -> None:
        if self._cancel.is_set():
            raise Cancelled


@dataclass(eq=False, slots=True)
class Job:
    """A submitted piece of work; callbacks run in a thread of this module, never in the caller's.

    Attributes
    ----------
    on_progress, on_done, on_failed : callable
        Called with (fraction, note), (result,) and (exception,). Cancelling calls ``on_failed(Cancelled())``.
    """

    function: Callable[..., Any]
    args: tuple[Any, ...]
    name: str = ""
    on_progress: Callable[[float, str], None] | None = None
    on_done: Callable[[Any], None] | None = None
    on_failed: Callable[[BaseException], None] | None = None
    cancelled: threading.Event = field(default_factory=threading.Event)
    finished: threading.Event = field(default_factory=threading.Event)
    _lane: Lane | None = None

    def cancel(self) -> None:
        """Ask the job to stop; it has ended at most ``GRACE_S`` later."""
        self.cancelled.set()
        if self._lane:
            self._lane._cancel(self)


def _serve(pipe: Connection, cancel: Any) -> None:
    """Main function of a lane's process: run what comes through ``pipe`` until the parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = mp.parent_process()
    sentinel = [parent.sentinel] if parent else []
    if parent:
        threading.Thread(target=lambda: (wait(sentinel), os._exit(0)), daemon=True).start()
    while True:
        try:
            function, args = pipe.recv()
        except EOFError:
            return
        try:
            pipe.send(("done", function(_ProcessContext(pipe, cancel), *args)))
        except (Cancelled, PmError) as error:
            pipe.send(("failed", error, ""))
        except Exception as error:  # noqa: BLE001 - the boundary of the process: hand it to the caller with its trace
            if isinstance(error, OSError) and error.errno in OF_FILES:
                pipe.send(("failed", of_system(error), ""))
                continue
            pipe.send(("failed", RuntimeError(f"{type(error).__name__}: {error}"), traceback.format_exc()))


class Lane:
    """Runs jobs one after another in one warm spawned process.

    Parameters
    ----------
    name : str
        Shown in logs and process lists.
    newest_wins : bool
        A new job cancels those of the same ``name`` that wait or run.
    keep : bool
        Whether the process stays for the next job; one for rare jobs gives its memory back.
    """

    def __init__(self, name: str, newest_wins: bool = False, keep: bool = True) -> None:
        self.name, self.newest_wins, self.keep = name, newest_wins, keep
        self._queue: deque[Job] = deque()
        self._running: Job | None = None
        self._lock = threading.Condition()
        self._closed = False
        self._process: Any = None
        self._pipe: Connection | None = None
        self._cancel_flag = _spawn.Event()
        self._thread = threading.Thread(target=self._work, name=f"lane-{name}", daemon=True)
        self._thread.start()

    def submit(self, job: Job) -> Job:
        """Queue ``job`` and return it."""
        job._lane = self
        replaced = []
        with self._lock:
            if self.newest_wins:
                replaced = [j for j in (*self._queue, self._running) if j is not None and j.name == job.name]
            self._queue.append(job)
            self._lock.notify_all()
        for old in replaced:
            old.cancel()
        return job

    def warm(self) -> None:
        """Start the process before the first job needs it."""
        with self._lock:
            self._ensure_process()

    def close(self) -> None:
        """Cancel what runs and end process and thread."""
        with self._lock:
            self._closed = True
            waiting, self._queue = list(self._queue), deque()
            running = self._running
            self._lock.notify_all()
        for job in waiting:
            self._finish(job, job.on_failed, Cancelled())
        if running:
            running.cancel()
        self._thread.join(5)
        self._end_process()

    def _ensure_process(self) -> None:
        if self._process is None or not self._process.is_alive():
            self._end_process()
            self._cancel_flag = _spawn.Event()
            self._pipe, child = _spawn.Pipe()
            self._process = _spawn.Process(target=_serve, args=(child, self._cancel_flag), name=self.name, daemon=True)
            self._process.start()
            child.close()

    def _end_process(self) -> None:
        if self._pipe is not None:
            self._pipe.close()
            self._pipe = None
        if self._process is not None:
            self._process.join(0.2)
            if self._process.is_alive():
                self._process.kill()
                self._process.join(2)
            self._process.close()
            self._process = None

    def _cancel(self, job: Job) -> None:
        with self._lock:
            if job in self._queue:
                self._queue.remove(job)
            elif job is self._running:
                self._cancel_flag.set()
                process = self._process
                threading.Timer(GRACE_S, self._kill_if_stuck, (job, process)).start()
                return
            else:
                return
        self._finish(job, job.on_failed, Cancelled())

    def _kill_if_stuck(self, job: Job, process: Any) -> None:
        with contextlib.suppress(ValueError):
            if not job.finished.is_set() and process is not None and process.is_alive():
                process.kill()

    def _work(self) -> None:
        while True:
            with self._lock:
                while not self._queue and not self._closed:
                    self._lock.wait()
                if self._closed:
                    return
                job = self._running = self._queue.popleft()
                self._cancel_flag.clear()
                self._ensure_process()
                pipe = self._pipe
            assert pipe is not None
            self._run(job, pipe)
            with self._lock:
                self._running = None

    def _run(self, job: Job, pipe: Connection) -> None:
        try:
            pipe.send((job.function, job.args))
            while True:
                kind, *rest = pipe.recv()
                if kind == "progress":
                    if job.on_progress:
                        job.on_progress(*rest)
                elif kind == "done":
                    if not self.keep:
                        self._end_process()
                    return self._finish(job, job.on_done, rest[0])
                else:
                    error, trace = rest
                    if trace:
                        log.error("job %s failed:\n%s", job.name, trace)
                    return self._finish(job, job.on_failed, error)
        except (EOFError, OSError) as error:
            self._end_process()
            lost = Cancelled() if job.cancelled.is_set() else RuntimeError(f"process of {self.name} ended: {error}")
            return self._finish(job, job.on_failed, lost)

    def _finish(self, job: Job, callback: Callable[[Any], None] | None, value: Any) -> None:
        job.finished.set()
        if callback:
            callback(value)
