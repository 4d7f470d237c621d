"""Windows of one test process share what can be made again, as one person's windows do: each would start by building it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from pm_desktop.base import paths
from pm_desktop.base.settings import Settings
from pm_desktop.ui.main_window import MainWindow
from pm_desktop.ui.session import Session


@pytest.fixture(scope="session")
def kept_caches(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Layer packs, search index and overview of the workspaces that tests open."""
    return tmp_path_factory.mktemp("caches")


@pytest.fixture(autouse=True)
def shared_cache(kept_caches: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a test may find there is true of the same store only; everything else of it lies in the test's own folder."""
    monkeypatch.setattr(paths, "cache_dir", lambda: kept_caches)


@pytest.fixture(autouse=True)
def hands_off(qapp: QApplication) -> Iterator[None]:
    """Keys that a test held are up again in the next: the application remembers modifiers until another real event."""
    yield
    QTest.keyRelease(QWidget(), Qt.Key.Key_Control)
    assert qapp.keyboardModifiers() == Qt.KeyboardModifier.NoModifier


@pytest.fixture
def window(qtbot: QtBot, tiny_sample: str) -> Iterator[MainWindow]:
    """The window on the tiny sample, settled."""
    session = Session(tiny_sample)
    made = MainWindow(session, Settings())
    qtbot.addWidget(made)
    made.resize(1680, 950)
    made.show()
    qtbot.waitUntil(made.is_settled, timeout=60_000)
    yield made
    made.close()
    session.close()
