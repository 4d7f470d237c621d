"""Every test has its own writable folder, and leaves no thread, process or unexpected warning behind."""

from __future__ import annotations

import logging
import multiprocessing
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from pm_desktop.base import paths
from tests.helpers.postgres import Server

SHARED = Path(__file__).resolve().parents[1].parent / "shared"


@pytest.fixture(autouse=True)
def basedir(tmp_path: Path) -> Iterator[Path]:
    """Every writable path of the program lies in the test's own folder."""
    folder = tmp_path / "base"
    paths.set_basedir(folder)
    yield folder


@pytest.fixture(autouse=True)
def no_noise(caplog: pytest.LogCaptureFixture, request: pytest.FixtureRequest) -> Iterator[None]:
    """A warning or error in the log fails the test unless it is marked ``noisy``."""
    yield
    if request.node.get_closest_marker("noisy"):
        return
    loud = [r for r in caplog.get_records("call") if r.levelno >= logging.WARNING and r.name.startswith("pm_desktop")]
    assert not loud, [r.getMessage() for r in loud]


@pytest.fixture(autouse=True)
def no_leaks() -> Iterator[None]:
    """Threads and child processes that a test began have ended when it ends."""
    before = set(threading.enumerate())
    yield
    limit = time.monotonic() + 5
    while time.monotonic() < limit:
        threads = [t for t in threading.enumerate() if t not in before and t.is_alive() and not t.name.startswith(("Dummy", "pytest_timeout"))]
        children = multiprocessing.active_children()
        if not threads and not children:
            return
        threading.Event().wait(0.02)
    raise AssertionError(f"left behind: {threads} {children}")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server of this test process."""
    server = Server()
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a fresh workspace can be made: once on SQLite, once on PostgreSQL."""
    if request.param == "sqlite":
        return str(tmp_path / "workspace")
    server: Server = request.getfixturevalue("postgres")
    return server.url()


@pytest.fixture(scope="session")
def tiny_sample(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A small sample workspace, made once a test process; for reading only."""
    from pm_desktop.base.jobs import JobContext
    from pm_desktop.workspace.new import new_workspace

    folder = tmp_path_factory.mktemp("sample")
    paths.set_basedir(folder / "base")
    new_workspace(JobContext(), str(folder / "W"), sample=True, scale=0.03)
    return str(folder / "W")
