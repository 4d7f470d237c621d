"""The window: every workbench, theme and language, on a small sample."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from pm_desktop.base import paths
from pm_desktop.base.settings import Settings
from pm_desktop.domain.records import Compound, Firm, ServiceProject, Zone
from pm_desktop.storage.database import Database
from pm_desktop.ui.actions import ACTIONS, WORKBENCHES
from pm_desktop.ui.canvas.tools import TOOLS
from pm_desktop.ui.main_window import MainWindow
from pm_desktop.ui.panels.lists import RowList
from pm_desktop.ui.session import Session
from pm_desktop.ui.start import crash_report
from tests.helpers.windows import settle

CJK = re.compile("[一-鿿]")


def texts(window: QWidget) -> list[tuple[QWidget, str]]:
    return [(w, w.text()) for kind in (QLabel, QPushButton) for w in window.findChildren(kind) if w.isVisible() and w.text()]


def test_every_workbench_has_content_in_both_languages(window: MainWindow, qtbot: QtBot) -> None:
    for lang in ("zh", "en"):
        window.set_lang(lang)
        for name in WORKBENCHES:
            window.open_workbench(name)
            settle(window, qtbot)
            panel = window.selection.panel()
            assert panel is not None and panel.isVisible(), name
            shown = texts(window)
            assert not [t for _, t in shown if re.fullmatch(r"[a-z]+(\.[a-z_]+)+", t)], "a key shows"
            buttons = [t for w, t in shown if isinstance(w, QPushButton)]
            if lang == "en":
                assert not [t for t in buttons if CJK.search(t)], (name, buttons)


def test_no_button_is_cut_off(window: MainWindow, qtbot: QtBot) -> None:
    for width, height in ((1366, 768), (1920, 1080)):
        window.resize(width, height)
        for lang in ("zh", "en"):
            window.set_lang(lang)
            for name in WORKBENCHES:
                window.open_workbench(name)
                settle(window, qtbot)
                cut = [w.text() for w in window.findChildren(QPushButton) if w.isVisible() and w.width() + 1 < w.fontMetrics().horizontalAdvance(w.text())]
                assert cut == [], (width, lang, name)
                assert window.canvas.width() >= 0.55 * window.width(), (width, name)


def test_the_theme_changes_everything_at_once(window: MainWindow, qtbot: QtBot) -> None:
    light = window.grab().toImage().pixelColor(5, 300).lightness()
    window.set_theme("dark")
    settle(window, qtbot)
    assert window.grab().toImage().pixelColor(5, 300).lightness() < light - 100
    window.set_theme("contrast")
    settle(window, qtbot)


def test_a_compound_is_searched_opened_and_drilled(window: MainWindow, qtbot: QtBot, tiny_sample: str) -> None:
    with Database.open(tiny_sample, read_only=True) as db:
        _identifier, name = db.rows(Compound, ("id", "name"), limit=1)[0]
    window.commands.focus_search()
    qtbot.keyClicks(window.top.search, "")
    window.top.search.setText(name)
    window.top.search.textEdited.emit(name)
    assert window.top.search.results()[0].label == name
    qtbot.keyClick(window.top.search, Qt.Key.Key_Return)
    settle(window, qtbot)
    assert window.selection.currentWidget() is window.selection.profile
    links = [b for b in window.selection.profile.findChildren(QPushButton) if b.objectName() == "link" and b.isVisible()]
    assert len(links) >= 3
    next(b for b in links if b.text()[0].isdigit()).click()
    settle(window, qtbot)
    assert window.bottom.isVisible() and window.table.model.rowCount() > 0
    window.selection.back()
    assert window.selection.currentWidget() is window.selection.panel()


def search(window: MainWindow, qtbot: QtBot, text: str) -> None:
    box = window.top.search
    box.setFocus()
    box.setText(text)
    box.textEdited.emit(text)
    qtbot.keyClick(box, Qt.Key.Key_Return)
    settle(window, qtbot)


def test_a_firm_opens_with_its_projects_and_a_street_is_drawn(window: MainWindow, qtbot: QtBot, tiny_sample: str) -> None:
    with Database.open(tiny_sample, read_only=True) as db:
        firm = db.group_count(ServiceProject, ["firm_id"])[0][0]
        name = db.rows(Firm, ("name",), {"id": firm})[0][0]
    search(window, qtbot, name)
    shown = window.selection.profile
    assert window.selection.currentWidget() is shown and window.finding.marks.marked() > 0
    assert name in [t for _, t in texts(shown)]
    assert window.settings.searches[0] == name
    street = next(h for h in window.top.search._index.query("路", 300) if h.kind == "Street")  # type: ignore[union-attr]
    search(window, qtbot, street.label)
    assert window.finding.marks.marked() > 0 and window.finding.marks.isVisible()


def test_a_firm_is_opened_from_the_profile_of_its_compound(window: MainWindow, qtbot: QtBot, tiny_sample: str) -> None:
    with Database.open(tiny_sample, read_only=True) as db:
        project = next(p for p in db.records(ServiceProject) if p.firm_id)
        zone = db.get(Zone, project.zone_id or "")
        firm = db.get(Firm, project.firm_id or "")
    assert zone is not None and firm is not None
    window.selection.open_compound(zone.compound_ids[0], "x")
    settle(window, qtbot)
    next(b for b in window.selection.profile.findChildren(QPushButton) if b.text() == firm.name).click()
    settle(window, qtbot)
    assert firm.name in [t for _, t in texts(window.selection.profile)]


def test_the_index_follows_changes(qtbot: QtBot, tmp_path: Path) -> None:
    from pm_desktop.base.label import Label
    from pm_desktop.workspace.edit import Edit, Patch
    from pm_desktop.workspace.workspace import Workspace

    Workspace.create(tmp_path / "w").close()
    session = Session(str(tmp_path / "w"))
    window = MainWindow(session, Settings())
    qtbot.addWidget(window)
    window.show()
    qtbot.waitUntil(window.is_settled, timeout=60_000)
    assert window.top.search._index.query("新开家园") == []  # type: ignore[union-attr]
    session.workspace.apply(Edit(Label("新增", "add"), (Patch("Compound", "a" * 32, None, {"code": "N1", "name": "新开家园"}),)))
    qtbot.waitUntil(lambda: bool(window.top.search._index.query("xinkaijy") or window.top.search._index.query("新开家园")), timeout=60_000)  # type: ignore[union-attr]
    qtbot.waitUntil(window.is_settled, timeout=60_000)
    window.close()
    session.close()


def test_lists_filter_by_typing(window: MainWindow, qtbot: QtBot) -> None:
    panel = window.selection.panel()
    assert isinstance(panel, RowList)
    total = panel.model.rowCount()
    panel.filter.setText(panel.model.index(0).data(Qt.ItemDataRole.UserRole).title)
    assert 0 < panel.model.rowCount() < total


def test_layers_are_switched_and_ordered(window: MainWindow, qtbot: QtBot) -> None:
    window.layers.set_visible(("streets", "alerts", "complaint_heat"))
    settle(window, qtbot)
    assert [v.id for v in window.canvas.layers()] == ["complaint_heat", "alerts"]
    window.layers.set_visible(())
    settle(window, qtbot)
    assert window.canvas.layers() == ()


def test_every_action_has_words_and_a_method(window: MainWindow) -> None:
    for action in ACTIONS:
        assert window.words(action.key)
        method = action.method
        if method.startswith("tool_"):
            assert method[5:] in TOOLS and window.words(f"tool.{method[5:]}")
            continue
        assert method.startswith("go_") or any(hasattr(w, method) for w in window.commands.rooms), action
    keys = [a.shortcut for a in ACTIONS if a.shortcut]
    assert len(keys) == len(set(keys))


@pytest.mark.alone
def test_the_window_never_blocks_long(window: MainWindow, qtbot: QtBot) -> None:
    """While profiles are read and layers built, the event loop keeps turning."""
    gaps: list[float] = []
    last = [time.perf_counter()]

    def tick() -> None:
        now = time.perf_counter()
        gaps.append(now - last[0])
        last[0] = now

    timer = QTimer(interval=5)
    timer.timeout.connect(tick)
    window.layers.set_visible(("streets", "zones", "compounds", "alerts"))
    settle(window, qtbot)
    timer.start()
    last[0] = time.perf_counter()
    window.layers.set_visible(("streets", "firms", "devices", "complaint_heat"))
    settle(window, qtbot)
    timer.stop()
    print(f"longest gap {max(gaps) * 1000:.0f} ms")
    assert max(gaps) <= 0.1, sorted(gaps)[-5:]


def test_a_crash_is_written_down_without_personal_data() -> None:
    try:
        raise ValueError("boom")
    except ValueError as error:
        file = crash_report(type(error), error, error.__traceback__)
    text = file.read_text("utf-8")
    assert "boom" in text and "pm_desktop" in text and file.parent == paths.log_dir()


def test_contrast_is_enough_in_every_theme() -> None:
    tokens = json.loads((Path(paths.resources_dir()) / "themes" / "tokens.json").read_text("utf-8"))

    def luminance(colour: str) -> float:
        parts = [int(colour[i:i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    for name, t in tokens.items():
        pairs = [(ink, back) for ink in ("ink", "ink2", "ink3", "accent") for back in ("surface", "surface2")]
        pairs += [("accent_ink", "accent"), ("ok", "ok_soft"), ("warn", "warn_soft"), ("bad", "bad_soft"), ("ink", "accent_soft")]
        for ink, back in pairs:
            high, low = sorted((luminance(t[ink]), luminance(t[back])), reverse=True)
            assert (high + 0.05) / (low + 0.05) >= 4.5, (name, ink, back)
