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
from pm_desktop.ui.main_window import MainWindow
from pm_desktop.ui.panels.lists import RowList
from pm_desktop.ui.plain import literal
from pm_desktop.ui.session import Session
from pm_desktop.workspace.workspace import Workspace

NAMES = ("<b onmouseover=alert(1)>粗</b><img src=x>", "=cmd|' /C calc'!A0", "'; DROP TABLE compound;--", "&lt;一村&gt;")


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
                if any(n in label.text() for n in (*NAMES, "<u>", "<i>")):
                    seen.add(label.text())
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
