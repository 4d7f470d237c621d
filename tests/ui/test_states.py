"""Dialogs and states that are not the usual one: nothing there yet, a base that cannot be used, a first run, a hand that hurries."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot

from pm_desktop.base.settings import Settings
from pm_desktop.ui.dialogs import simple
from pm_desktop.ui.dialogs.importing import ImportDialog
from pm_desktop.ui.i18n import Words
from pm_desktop.ui.main_window import MainWindow
from pm_desktop.ui.plain import ElidedLabel
from pm_desktop.ui.session import Session
from pm_desktop.ui.start import Welcome
from pm_desktop.workspace.workspace import Workspace
from tests.helpers.windows import settle


@pytest.fixture
def open_on(qtbot: QtBot) -> Iterator[Callable[..., MainWindow]]:
    made: list[tuple[MainWindow, Session]] = []

    def make(location: str, lang: str = "zh") -> MainWindow:
        session = Session(location)
        window = MainWindow(session, Settings(lang=lang))
        qtbot.addWidget(window)
        window.resize(1400, 900)
        window.show()
        made.append((window, session))
        settle(window, qtbot)
        return window

    yield make
    for window, session in made:
        window.close()
        session.close()


def in_dialog(act: Callable[[QDialog], Any]) -> list[QDialog]:
    """Do something in the modal dialog that opens next, and close it."""
    met: list[QDialog] = []

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QDialog)
        met.append(dialog)
        act(dialog)
        dialog.reject()

    QTimer.singleShot(50, look)
    return met


def old_pack(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    with zipfile.ZipFile(folder / "old.streets", "w") as archive:
        archive.writestr("meta.json", json.dumps({"format": "pm-street-pack", "version": 1}))


def test_a_window_opens_without_a_base_that_it_cannot_use_and_says_so(open_on: Callable[..., MainWindow], qtbot: QtBot, tmp_path: Path) -> None:
    Workspace.create(tmp_path / "w").close()
    old_pack(tmp_path / "w" / "streets")
    (tmp_path / "w" / "streets" / "cut.mbtiles").write_bytes(b"SQLite format 3\0 and no more")
    window = open_on(str(tmp_path / "w"))
    assert window.notice.isVisible() and window.session.workspace.street_packs() == []
    said = " ".join(label.text() for label in window.notice.findChildren(QLabel))
    assert "2" in said and "cut.mbtiles" in said
    (tmp_path / "w" / "streets" / "cut.mbtiles").unlink()
    window.commands.run("view.lang")
    said = " ".join(label.text() for label in window.notice.findChildren(QLabel))
    assert "old.streets" in said and "another version" in said
    QTest.mouseClick(window.notice.dismiss, Qt.MouseButton.LeftButton)
    assert not window.notice.isVisible()


def test_an_empty_workspace_offers_what_to_do_and_goes_to_what_is_attached(open_on: Callable[..., MainWindow], qtbot: QtBot, tmp_path: Path,
                                                                          tiny_sample: str) -> None:
    Workspace.create(tmp_path / "w").close()
    window = open_on(str(tmp_path / "w"))
    window.open_workbench("inspector")
    settle(window, qtbot)
    panel = window.selection.panel()
    assert panel is not None
    offers = [b for b in panel.findChildren(QPushButton) if b.isVisible()]
    assert [b.text() for b in offers] == [window.words("action.import")]
    met = in_dialog(lambda dialog: None)
    QTest.mouseClick(offers[0], Qt.MouseButton.LeftButton)
    assert isinstance(met[0], ImportDialog)
    window.commands.run("view.table")
    settle(window, qtbot)
    assert window.table.view.empty == window.words("table.none")
    assert window.canvas.notice == window.words("map.empty")
    window.session.workspace.attach_streets(next((Path(tiny_sample) / "streets").glob("*.streets")))
    settle(window, qtbot)
    assert window.canvas.notice == "" and 121.3 < window.canvas.view().lon < 122.1, "the map goes to what was attached"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_palette_is_walked_by_keys_and_stays_when_nothing_fits(qtbot: QtBot, lang: str) -> None:
    palette = simple.Palette(Words(lang), None)  # type: ignore[arg-type]
    qtbot.addWidget(palette)
    palette.show()
    QTest.keyClick(palette.edit, Qt.Key.Key_Down)
    QTest.keyClick(palette.edit, Qt.Key.Key_Down)
    QTest.keyClick(palette.edit, Qt.Key.Key_Up)
    QTest.keyClick(palette.edit, Qt.Key.Key_Return)
    assert palette.chosen == "workbench.inspector"
    again = simple.Palette(Words(lang), None)  # type: ignore[arg-type]
    qtbot.addWidget(again)
    again.show()
    again.edit.setText("zzzz")
    QTest.keyClick(again.edit, Qt.Key.Key_Return)
    assert again.isVisible() and again.chosen is None


def test_a_question_is_not_answered_by_enter(open_on: Callable[..., MainWindow], qtbot: QtBot, tmp_path: Path) -> None:
    Workspace.create(tmp_path / "w").close()
    window = open_on(str(tmp_path / "w"))
    done: list[int] = []
    words: list[str] = []

    def enter(dialog: QDialog) -> None:
        words.extend(b.text() for b in dialog.findChildren(QAbstractButton) if b.text())
        QTest.keyClick(dialog, Qt.Key.Key_Return)

    in_dialog(enter)
    simple.confirm(window.words, "？", window.words("data.rollback_yes"), window, lambda: done.append(1))
    assert done == [] and sorted(words) == sorted([window.words("data.rollback_yes"), window.words("button.cancel")])


def test_every_dialog_speaks_the_language(open_on: Callable[..., MainWindow], qtbot: QtBot, tmp_path: Path) -> None:
    """No button says OK in a Chinese window."""
    Workspace.create(tmp_path / "w").close()
    window = open_on(str(tmp_path / "w"))
    for action in ("file.settings", "help.about", "view.palette", "help.shortcuts", "edit.history", "view.as_of", "edit.select_near", "file.import"):
        words: list[str] = []
        in_dialog(lambda dialog, found=words: found.extend(b.text() for b in dialog.findChildren(QPushButton) if b.text()))
        window.commands.run(action)
        assert action == "view.palette" or words, action
        assert not [w for w in words if w.strip("&").isascii() and w.strip("&").isalpha()], (action, words)


def test_esc_cancels_an_import_before_it_closes(open_on: Callable[..., MainWindow], qtbot: QtBot, tmp_path: Path) -> None:
    Workspace.create(tmp_path / "w").close()
    window = open_on(str(tmp_path / "w"))
    file = tmp_path / "c.csv"
    file.write_text("小区名称,户数,经度,纬度\n" + "".join(f"新村{i},5,{121.5 + i / 1e6},31.2\n" for i in range(60_000)), "utf-8")
    dialog = ImportDialog(window.session, window.words, window, str(file))
    dialog.show()
    qtbot.waitUntil(lambda: dialog._task is None, timeout=60_000)
    QTest.keyClick(dialog.file, Qt.Key.Key_Return)  # looks at the file again, and stores nothing
    qtbot.waitUntil(lambda: dialog._task is None, timeout=60_000)
    assert dialog.isVisible() and not dialog.commit.isEnabled()
    QTest.mouseClick(dialog.dry, Qt.MouseButton.LeftButton)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    qtbot.waitUntil(lambda: dialog._task is None, timeout=60_000)
    assert dialog.summary.text() == window.words("import.cancelled")
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_problems_of_an_import_name_the_field_in_words(open_on: Callable[..., MainWindow], qtbot: QtBot, tmp_path: Path) -> None:
    Workspace.create(tmp_path / "w").close()
    window = open_on(str(tmp_path / "w"))
    file = tmp_path / "c.csv"
    file.write_text("小区名称,街镇,户数\n一村,某镇,多\n二村,某镇,7\n", "utf-8")
    dialog = ImportDialog(window.session, window.words, window, str(file))
    dialog.show()
    qtbot.waitUntil(lambda: dialog._task is None, timeout=60_000)
    heads = [dialog.table.horizontalHeaderItem(c).text() for c in range(3)]
    assert heads == ["小区名称 → 名称", "街镇 → 街镇", "户数 → 户数"]
    QTest.mouseClick(dialog.dry, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog._task is None, timeout=60_000)
    assert {dialog.table.item(r, 1).text() for r in range(dialog.table.rowCount())} == {"户数"}
    dialog.close()


def test_the_welcome_begins_the_sample_and_lets_one_choose_another(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    welcome = Welcome(Words("zh"), str(tmp_path / "sample"))
    qtbot.addWidget(welcome)
    welcome.show()
    assert [b.isEnabled() for b in welcome._buttons] == [False, True, True]
    QTest.mouseClick(welcome._lang, Qt.MouseButton.LeftButton)
    assert welcome._buttons[1].text() == "Open a workspace…"
    monkeypatch.setattr("pm_desktop.ui.start.QFileDialog.getExistingDirectory", lambda *_: str(tmp_path))
    QTest.mouseClick(welcome._buttons[2], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: welcome.chosen is not None, timeout=60_000)
    assert welcome.chosen == str(tmp_path / "pm-workspace") and Path(welcome.chosen, "workspace.sqlite").exists()
    assert not (tmp_path / "sample" / "workspace.json").exists(), "no half of a sample is left"


def test_a_workspace_that_cannot_be_opened_leads_to_the_welcome(qtbot: QtBot, tmp_path: Path) -> None:
    welcome = Welcome(Words("zh"), str(tmp_path / "sample"), problem="W\n数据库无法读取")
    qtbot.addWidget(welcome)
    welcome.show()
    assert "数据库无法读取" in welcome._message.text() and all(b.isEnabled() for b in welcome._buttons)
    assert not (tmp_path / "sample").exists(), "nothing is begun before somebody chooses"
    welcome.reject()


def test_a_label_without_room_ends_in_dots_and_tells_the_whole(qtbot: QtBot) -> None:
    label = ElidedLabel("2025-11-01 — 2026-10-31 <b>全部</b>")
    qtbot.addWidget(label)
    label.resize(60, 20)
    label.grab()
    assert "2026-10-31" in label.toolTip() and "<b>" not in label.toolTip() and label.minimumSizeHint().width() <= 48
    label.resize(600, 20)
    label.grab()
    assert label.toolTip() == ""


def test_the_window_holds_together_at_its_smallest(open_on: Callable[..., MainWindow], qtbot: QtBot, tiny_sample: str) -> None:
    window = open_on(tiny_sample)
    window.open_workbench("briefing")
    window.left.show()
    window.commands.run("view.table")
    window.resize(window.minimumSize())
    window.left.show()
    settle(window, qtbot)
    assert (window.width(), window.height()) == (1024, 640)
    right = window.right.geometry()
    for dock in (window.bottom, window.left):
        assert dock.geometry().right() < right.left(), "docks do not lie over each other"
    assert window.top.search.width() >= 120
    for edit in window.findChildren(QLineEdit):
        assert not edit.isVisible() or edit.width() >= 40, edit.objectName()
