"""Colouring layers in the window: by keyboard and mouse, with legends that add up, locked, typed, remembered and reset."""

from __future__ import annotations

from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from pm_desktop.base.settings import load_settings, save_settings
from pm_desktop.cartography.style import map_style
from pm_desktop.layers.options import Look, default_look
from pm_desktop.layers.registry import all_layers, layer_by_id
from pm_desktop.ui.canvas import Hit
from pm_desktop.ui.canvas.picking import hits_at
from pm_desktop.ui.i18n import Words
from pm_desktop.ui.main_window import MainWindow
from pm_desktop.ui.panels.layers import LayersPanel, Swatch
from pm_desktop.workspace.edit import Changes
from tests.helpers.colour import blended
from tests.helpers.windows import settle


@pytest.fixture
def window(window: MainWindow, qtbot: QtBot) -> MainWindow:
    window.open_workbench("inspector")
    settle(window, qtbot)
    return window


def choose(box: object, data: object) -> None:
    """As a person does it in a list that drops down."""
    index = box.findData(data)  # type: ignore[attr-defined]
    box.setCurrentIndex(index)  # type: ignore[attr-defined]
    box.activated.emit(index)  # type: ignore[attr-defined]


def shown(window: MainWindow) -> object:
    return window.layers.style_of("compounds")[1]


def legend(window: MainWindow) -> list[str]:
    return [label.text() for label in window.layers._legend.widget().findChildren(QLabel) if label.text()]


def test_the_keyboard_colours_a_layer_and_the_legend_adds_up(window: MainWindow, qtbot: QtBot) -> None:
    editor = window.layers.editor
    assert window.layers.current() == "compounds" and editor.isVisible() and not editor.method.isVisible()  # kinds have no classes to choose
    before = window.canvas.grab().toImage()
    editor.option.setFocus()
    for _ in range(2):
        qtbot.keyClick(editor.option, Qt.Key.Key_Down)
    settle(window, qtbot)
    assert editor.option.currentData() == "complaint_rate" and editor.method.isVisible() and editor.lock.isEnabled()
    assert window.canvas.grab().toImage() != before
    summary = window.layers._summaries["compounds"]
    numbers = [int(t.replace(",", "")) for t in legend(window) if t.replace(",", "").isdigit()]
    total = sum(n for _, n in summary.legend)
    assert total == summary.shown and total in (sum(numbers), sum(numbers) - 36)  # the border of 36 towns has a line too
    assert any("件/10万㎡" in t for t in legend(window))
    assert "按投诉率" in window.layers.list.currentItem().text()
    for _ in range(2):
        qtbot.keyClick(editor.method, Qt.Key.Key_Down)
    qtbot.keyClick(editor.classes, Qt.Key.Key_Down)
    settle(window, qtbot)
    assert len(shown(window).breaks) == 5  # type: ignore[attr-defined]
    window.set_lang("en")
    settle(window, qtbot)
    assert any("per 100,000 ㎡" in t for t in legend(window)) and editor.lock.text() == "Lock"


def test_a_lock_holds_the_classes_on_another_day_until_it_is_opened(window: MainWindow, qtbot: QtBot) -> None:
    editor = window.layers.editor
    choose(editor.option, "complaint_rate")
    settle(window, qtbot)
    held = shown(window).breaks  # type: ignore[attr-defined]
    qtbot.mouseClick(editor.lock, Qt.MouseButton.LeftButton)
    settle(window, qtbot)
    assert editor.lock.isChecked() and not editor.classes.isEnabled()
    window.session.show_day(date(2026, 3, 1))
    settle(window, qtbot)
    assert shown(window).breaks == held  # type: ignore[attr-defined]
    qtbot.mouseClick(editor.lock, Qt.MouseButton.LeftButton)
    settle(window, qtbot)
    assert shown(window).breaks != held and editor.classes.isEnabled()  # type: ignore[attr-defined]


def test_bounds_are_typed_and_what_is_no_bound_is_refused_in_words(window: MainWindow, qtbot: QtBot) -> None:
    editor = window.layers.editor
    choose(editor.option, "fee")
    settle(window, qtbot)
    choose(editor.method, "fixed")
    settle(window, qtbot)
    assert editor.typed.isVisible() and editor.typed.text().count(",") == len(shown(window).breaks) - 1  # type: ignore[attr-defined]
    before = shown(window)
    editor.typed.clear()
    qtbot.keyClicks(editor.typed, "2, 1")
    qtbot.keyClick(editor.typed, Qt.Key.Key_Return)
    assert editor._fault.isVisible() and shown(window) == before
    editor.typed.clear()
    qtbot.keyClicks(editor.typed, "1.5, 2.5")
    qtbot.keyClick(editor.typed, Qt.Key.Key_Return)
    settle(window, qtbot)
    assert not editor._fault.isVisible() and shown(window).breaks == (1.5, 2.5)  # type: ignore[attr-defined]
    assert {"≤ 1.50", "1.51–2.50", "≥ 2.51"} <= set(legend(window)) and editor.classes.currentData() == 3


def test_choices_are_remembered_by_workspace_and_reset(window: MainWindow, qtbot: QtBot) -> None:
    editor = window.layers.editor
    choose(editor.option, "complaint_rate")
    choose(editor.palette_box, "viridis")
    choose(editor.option, "households")
    settle(window, qtbot)
    save_settings(window.settings)
    again = LayersPanel(Words("zh"), load_settings().looks_of(window.session.workspace.id))
    qtbot.addWidget(again)
    look = {s.id: s.look for s in again.states()}
    assert look["compounds"] == default_look(layer_by_id("compounds").option("households"))
    again.set_visible(("compounds:complaint_rate",))
    assert {s.id: s.look for s in again.states()}["compounds"] == Look("complaint_rate", palette="viridis")
    other = LayersPanel(Words("zh"), load_settings().looks_of("another workspace"))
    qtbot.addWidget(other)
    assert all(s.look is None or s.look == default_look(layer_by_id(s.id).options[0]) for s in other.states())
    qtbot.mouseClick(window.layers.again, Qt.MouseButton.LeftButton)
    settle(window, qtbot)
    assert shown(window).option == "housing_type" and window.settings.looks_of(window.session.workspace.id) in ({}, {"compounds": {"option": "housing_type", "looks": {}}})  # type: ignore[attr-defined]


def test_damaged_choices_do_not_keep_the_window_from_opening(qtbot: QtBot) -> None:
    for damaged in ({"compounds": 3}, {"compounds": {"option": "gone", "looks": {}}}, {"compounds": {"option": [], "looks": {"fee": "x"}}}, {"zones": {"looks": None}}):
        panel = LayersPanel(Words("zh"), damaged)
        qtbot.addWidget(panel)
        assert {s.id: s.look.option for s in panel.states() if s.look} == {layer.id: layer.options[0].id for layer in all_layers() if layer.options}


def test_the_card_tells_the_figure_of_a_feature_and_swatches_have_the_colours_of_a_dark_map_in_a_light_window(window: MainWindow, qtbot: QtBot) -> None:
    window.layers.set_visible(("compounds:complaint_rate",))
    settle(window, qtbot)
    pack = next(p for p in window.canvas._packs.values() if "f/value" in p.arrays)
    x, y = pack.arrays["f/label_xy"][5].tolist()
    hit = hits_at([("compounds", pack)], x, y, 1.0, 0, 0)
    assert hit is not None and hit.value == pytest.approx(float(pack.arrays["f/value"][hit.index]))
    window.open_workbench("command")
    window.layers.set_visible(("compounds:complaint_rate",))
    settle(window, qtbot)
    assert window.theme[0] == "light" and window.map_theme == "dark"
    style, option = window.layers.style_of("compounds")
    entry = style.classes[3]  # type: ignore[union-attr]
    wanted = QColor(blended(entry.dark, map_style("dark").colours["land"], style.fill_opacity))  # type: ignore[union-attr]
    window.card.show_hit(Hit("compounds", "x", "梅园", entry.key, 121.5, 31.2, 0, value=45.24))
    swatch, line = window.card._lines[0]
    assert line.text() == "小区 · 投诉率·12个月 45.2 件/10万㎡"
    legend_swatch = next(s for s in window.layers._legend.widget().findChildren(Swatch) if s._entry == entry)
    for picture in (swatch.pixmap().toImage(), legend_swatch.grab().toImage()):
        found = picture.pixelColor(picture.width() // 2, picture.height() // 2)
        assert max(abs(found.red() - wanted.red()), abs(found.green() - wanted.green()), abs(found.blue() - wanted.blue())) <= 2
    window.card.show_hit(Hit("compounds", "x", "梅园", "UNKNOWN", 121.5, 31.2, 0))
    assert line.text() == "小区 · 投诉率·12个月 未填报"
    assert option is not None


def test_views_pictures_and_changes_know_what_layers_are_coloured_by(window: MainWindow, qtbot: QtBot) -> None:
    window.layers.set_visible(("streets", "compounds:fee"))
    settle(window, qtbot)
    window.viewing.bookmarks.save("甲", with_layers=True, with_theme=False)
    window.layers.set_visible(("streets", "compounds:housing_type"))
    window.viewing.bookmarks.go("甲")
    settle(window, qtbot)
    assert shown(window).option == "fee" and window.layers.editor.option.currentData() == "fee"  # type: ignore[attr-defined]
    window.layers.restore((("streets", 1.0), ("compounds:gone", 0.5), ("gone:fee", 1.0)))
    assert [s.name for s in window.layers.states() if s.visible] == ["streets", "compounds:fee"]
    window.layers.set_visible(("streets", "zones:complaint_rate_eb"))
    settle(window, qtbot)
    (block,) = window.layers.legend_blocks()
    assert block.unit.startswith("投诉率·平滑 · 件/10万㎡") and any("标准误" in note for note in block.notes)
    texts = legend(window)
    assert all(text in texts for text in block.texts())
    assert sum(int(row.count.replace(",", "")) for row in block.rows) == window.layers._summaries["zones"].shown
    window.layers.set_visible(("streets", "compounds:housing_type"))
    settle(window, qtbot)
    change = Changes({"Complaint": None})
    window.layering._on_changes(change, None)
    assert "compounds" not in window.layering._building
    window.layers.set_visible(("streets", "compounds:complaint_rate"))
    settle(window, qtbot)
    window.layering._on_changes(change, None)
    assert "compounds" in window.layering._building
    settle(window, qtbot)
