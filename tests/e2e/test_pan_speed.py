"""The map follows the hand while a large file comes in (DESIGN: the window's process does no heavy work)."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from benchmarks.hand import pan
from pm_desktop.base.jobs import JobContext
from pm_desktop.base.settings import Settings
from pm_desktop.intake.importer import import_file
from pm_desktop.ui.main_window import MainWindow
from pm_desktop.ui.session import Session
from pm_desktop.workspace.new import new_workspace
from tests.helpers.complaints import write_complaints
from tests.helpers.counts import SOAK, count

ROWS = count(60_000, 1_000_000)
P95_MS = 20.0
LONGEST_GAP_MS = 100.0


@pytest.mark.alone
@pytest.mark.timeout(1800)
def test_panning_stays_smooth_while_a_large_file_comes_in(qtbot: QtBot, tiny_sample: str, tmp_path: Path) -> None:
    location = str(tmp_path / "w")
    if SOAK:
        new_workspace(JobContext(), location, sample=True)
    else:
        shutil.copytree(tiny_sample, location)
    file = tmp_path / "complaints.csv"
    write_complaints(file, location, ROWS)
    session = Session(location)
    window = MainWindow(session, Settings())
    qtbot.addWidget(window)
    window.resize(1920, 1080)
    window.show()
    qtbot.waitUntil(window.is_settled, timeout=120_000)
    ended: list[Any] = []
    session.run("import", import_file, location, str(file), "complaints", done=ended.append, failed=ended.append, long=True)
    measured = pan(window.canvas, lambda: not ended)
    window.close()
    session.close()
    assert ended[0]["stored"] == ROWS, ended
    report = {"rows": ROWS, "frames": len(measured.frames), "p95_ms": round(measured.p95(), 2), "longest_gap_ms": round(measured.longest_gap(), 1)}
    print(report)
    assert measured.p95() <= P95_MS, report
    assert measured.longest_gap() <= LONGEST_GAP_MS, report
