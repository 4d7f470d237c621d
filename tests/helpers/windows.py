"""Waiting for the program's window in tests."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from pm_desktop.ui.main_window import MainWindow


def settle(window: MainWindow, qtbot: QtBot) -> None:
    """Let events begin what they begin, then wait until every panel is loaded and the map complete."""
    qtbot.wait(30)
    qtbot.waitUntil(window.is_settled, timeout=60_000)
