"""Names that look like markup, formulas or statements stand on the screen letter by letter."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from pm_desktop.base.jobs import JobContext
from pm_desktop.base.settings import Settings
from pm_desktop.intake.importer import import_file
from pm_desktop.ui.actions import WORKBENCHES
from pm_desktop.ui.canvas import Hit
from pm_desktop.ui.main_window import MainWindow
from pm_desktop.ui.panels.lists import RowList
from pm_desktop.ui.plain import literal
from pm_desktop.ui.session import Session
from pm_desktop.workspace.workspace import Workspace

NAMES = ("<b onmouseover=alert(1)>粗</b><img src=x>", "=cmd|' /C calc'!A0", "'; DROP TABLE compound;--", "&lt;一村&gt;",
         "🏘️小区👨‍👩‍👧‍👦", "\u202eעברית\u202c 花园 \u0627\u0644\u062d\u064a", "很长的小区名" * 50, "W" * 300)


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[MainWindow]:
    Workspace.create(tmp_path / "w", name="<i>x</i>").close()
    file = tmp_path / "h.csv"
    file.write_text("name,households,address,lon,lat\n" + "".join(f'"{n}",5,<u>路</u>,{121.52 + i / 1000},31.22\n' for i, n in enumerate(NAMES)), "utf-8")
    import_file(JobContext(), str(tmp_path / "w"), str(file), "compounds")
    session = Session(str(tmp_path / "w"))
    made = MainWindow(session, Settings())
    qtbot.addWidget(made)
    made.resize(1400, 900)
    made.show()
    qtbot.waitUntil(made.is_settled, timeout=60_000)
    yield made
    made.close()
    session.close()


def test_names_from_files_are_never_markup(window: MainWindow, qtbot: QtBot) -> None:
    seen = set()
    for name in NAMES:
        window.commands.select_compound(name)
        qtbot.wait(30)
        qtbot.waitUntil(window.is_settled, timeout=60_000)
        for workbench in WORKBENCHES:
            window.open_workbench(workbench)
            qtbot.wait(30)
            qtbot.waitUntil(window.is_settled, timeout=60_000)
            for label in window.findChildren(QLabel):
                text = label.text().replace("\u200b", "")  # places where a long word may break
                if any(n in text for n in (*NAMES, "<u>", "<i>")):
                    seen.add(text)
                    assert label.textFormat() == Qt.TextFormat.PlainText, (label.text(), label.objectName())
    assert any(NAMES[0] in text for text in seen), "the profile's title was looked at"
    for rows in window.findChildren(RowList):
        model = rows.view.model()
        for i in range(model.rowCount()):
            tip = model.data(model.index(i, 0), Qt.ItemDataRole.ToolTipRole)
            assert "<b onmouseover" not in tip


@pytest.mark.parametrize("name", NAMES)
def test_a_tooltip_shows_the_name_as_it_stands(name: str) -> None:
    shown = QTextDocument()
    if reads_markup(literal(f"{name}\nx")):
        shown.setHtml(literal(f"{name}\nx"))
    else:
        shown.setPlainText(literal(f"{name}\nx"))
    assert shown.toPlainText() == f"{name}\nx"


def reads_markup(text: str) -> bool:
    """Tooltips read markup where there is a tag."""
    return "<" in text


def test_no_name_widens_the_window_or_hides_what_stands_beside_it(window: MainWindow, qtbot: QtBot) -> None:
    """Emoji, right-to-left letters and 300 characters in list, profile, card, table and search."""
    window.open_workbench("inspector")
    window.commands.run("view.table")
    window.table.asked.emit("Compound", "all")
    qtbot.waitUntil(window.is_settled, timeout=60_000)
    width = window.width()
    for name in NAMES:
        box = window.top.search
        box.setText(name[:40])
        box.textEdited.emit(name[:40])
        assert any(getattr(hit, "label", "") == name for hit in box.results()), name
        box.window().grab()
        window.commands.select_compound(name)
        qtbot.wait(30)
        qtbot.waitUntil(window.is_settled, timeout=60_000)
        panel = window.selection.profile
        content = panel._area.widget()
        assert content.minimumSizeHint().width() <= panel._area.viewport().width(), (name, content.minimumSizeHint())
        assert window.right.width() <= 420 and window.width() == width, name
        window.card.show_hit(Hit("compounds", "x" * 32, name, "", 121.52, 31.22, 0))
        assert window.card.width() <= 320, name
        window.grab()
    assert window.table.model.rowCount() == len(NAMES)
