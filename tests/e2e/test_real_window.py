"""A real window on a real X server: it comes up, and ends in order when the system ends the session."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from pytestqt.qtbot import QtBot


@pytest.fixture
def display() -> Iterator[str]:
    """An X server of the test's own on a free number."""
    read, write = os.pipe()
    server = subprocess.Popen(["Xvfb", "-displayfd", str(write), "-screen", "0", "1920x1080x24", "-nolisten", "tcp"], pass_fds=[write],
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(write)
    with open(read, encoding="ascii") as said:
        number = said.readline().strip()
    assert number, "the X server did not start"
    yield f":{number}"
    server.terminate()
    server.wait(10)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_window_ends_in_order_when_the_session_ends(display: str, tiny_sample: str, tmp_path: Path, qtbot: QtBot, number: signal.Signals) -> None:
    base, log = tmp_path / "window", tmp_path / "window.log"
    with open(log, "wb") as out:
        window = subprocess.Popen([sys.executable, "-m", "pm_desktop", "--basedir", str(base), "open", tiny_sample], stdout=out, stderr=out,
                                  env={k: v for k, v in os.environ.items() if k != "QT_QPA_PLATFORM"} | {"DISPLAY": display})
    try:
        process = psutil.Process(window.pid)
        # render processes start before the window; the search index is kept once the window has asked for everything
        qtbot.waitUntil(lambda: any(base.glob("cache/*/search.kept")), timeout=60_000)
        qtbot.wait(500)
        helpers = process.children(recursive=True)
        window.send_signal(number)
        assert window.wait(30) == 0, log.read_text("utf-8")
    finally:
        window.kill()
        window.wait()
    _, alive = psutil.wait_procs(helpers, timeout=10)
    assert not alive
    assert log.read_text("utf-8") == ""
    assert not list(base.rglob("crash-*.txt"))
