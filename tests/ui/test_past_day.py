"""A past day in the window: a plain sign, everything asked again, one key back to today."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from pytestqt.qtbot import QtBot

from pm_desktop.base.errors import NotAllowed
from pm_desktop.ui.dialogs.day import DayDialog, quick_days
from pm_desktop.ui.i18n import Words
from pm_desktop.ui.main_window import MainWindow
from pm_desktop.ui.session import today


def test_the_window_says_that_it_shows_the_past(window: MainWindow, qtbot: QtBot) -> None:
    window.open_workbench("command")
    qtbot.wait(30)
    qtbot.waitUntil(window.is_settled, timeout=60_000)
    alerts_now = window.selection.panel().model.rowCount()  # type: ignore[union-attr]
    assert alerts_now
    assert not window.past.isVisible()
    window.session.show_day(date(2020, 1, 1))
    qtbot.wait(30)
    qtbot.waitUntil(window.is_settled, timeout=60_000)
    assert window.past.isVisible()
    assert "2020-01-01" in window.canvas.sample_mark
    assert "2020-01-01" in window.status.day.text()
    assert window.selection.panel().model.rowCount() == 0  # type: ignore[union-attr]
    assert window.session.location != window.session.workspace.location
    window.past.today.click()
    qtbot.wait(30)
    qtbot.waitUntil(window.is_settled, timeout=60_000)
    assert not window.past.isVisible()
    assert "2020" not in window.canvas.sample_mark
    assert window.selection.panel().model.rowCount() == alerts_now  # type: ignore[union-attr]
    with pytest.raises(NotAllowed):
        window.session.show_day(today() + timedelta(days=1))


def test_a_day_is_chosen_by_its_usual_name(qtbot: QtBot) -> None:
    assert quick_days(date(2024, 2, 29)) == {"past.month_end": date(2024, 1, 31), "past.year_end": date(2023, 12, 31), "past.year_ago": date(2023, 2, 28)}
    chosen: list[date] = []
    dialog = DayDialog(Words("zh"), date(2024, 6, 30), date(2024, 6, 30), chosen.append)
    qtbot.addWidget(dialog)
    dialog.edit.setDate(dialog.edit.maximumDate().addDays(5))
    dialog.accept()
    assert chosen == [date(2024, 6, 30)], "a day ahead cannot be chosen"
