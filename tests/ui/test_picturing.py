"""Pictures, the clipboard and printed profiles from the window."""

from __future__ import annotations

import subprocess
import time
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication, QImage
from pytestqt.qtbot import QtBot

from pm_desktop.base.jobs import JobContext
from pm_desktop.cartography.sheet import PX_PER_INCH, SheetPicture
from pm_desktop.domain.records import Compound
from pm_desktop.export.picture import save_picture
from pm_desktop.storage.database import Database
from pm_desktop.ui.dialogs.picture import PictureDialog
from pm_desktop.ui.main_window import MainWindow
from pm_desktop.ui.panels.layers import Ramp
from pm_desktop.ui.picturing import Choices, rounded_up


def _dialog(window: MainWindow, qtbot: QtBot, **chosen: object) -> PictureDialog:
    dialog = PictureDialog(window.words, window.picturing, replace(Choices(), **chosen), window)  # type: ignore[arg-type]
    qtbot.addWidget(dialog)
    dialog.show()
    qtbot.waitUntil(lambda: not dialog.image.pixmap().isNull(), timeout=30_000)
    return dialog


def test_a_sheet_is_previewed_saved_and_stopped_at_once(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = _dialog(window, qtbot, title="<b>标题</b>", degrees=30.0, dots_per_inch=96, style="light")
    for kind in ("png", "pdf", "jpg"):
        dialog.write(str(tmp_path / f"map.{kind}"))
        qtbot.waitUntil(lambda: dialog._task is None, timeout=60_000)
        assert (tmp_path / f"map.{kind}").stat().st_size > 20_000, dialog.said.text()
    image = QImage(str(tmp_path / "map.png"))
    assert (image.width(), image.height()) == (1123, 794)  # A4, landscape
    dialog.paper.setCurrentIndex(dialog.paper.findData("A0"))
    dialog.dots.setCurrentIndex(dialog.dots.findData(300))
    dialog.write(str(tmp_path / "large.png"))
    qtbot.waitUntil(lambda: dialog.bar.value() > 0, timeout=60_000)
    began = time.perf_counter()
    dialog.cancel_button.click()
    qtbot.waitUntil(lambda: dialog._task is None, timeout=5_000)
    assert time.perf_counter() - began < 0.5
    assert sorted(p.name for p in tmp_path.iterdir() if p.is_file()) == ["map.jpg", "map.pdf", "map.png"]
    assert dialog.save_button.isEnabled()
    dialog.reject()
    assert not dialog.isVisible()
    window.session.end_pictures()


def test_what_cannot_be_made_is_said_before_it_is_tried(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = _dialog(window, qtbot)
    dialog.scale.setCurrentText("1:20")
    assert not dialog.save_button.isEnabled() and "1:" in dialog.said.text()
    dialog.scale.setCurrentText("1：12,500")
    assert dialog.save_button.isEnabled() and dialog.chosen().scale == 12_500 and "1:12,500" in dialog.said.text()
    dialog.paper.setCurrentIndex(dialog.paper.findData("A0"))
    dialog.dots.setCurrentIndex(dialog.dots.findData(600))
    assert dialog.save_button.isEnabled()
    dialog.write(str(tmp_path / "a.jpg"))
    assert dialog._task is None and "PNG" in dialog.said.text()
    dialog.write(str(tmp_path / "none" / "a.png"))
    qtbot.waitUntil(lambda: dialog._task is None, timeout=30_000)
    assert "→" in dialog.said.text() or "检查" in dialog.said.text()
    dialog.reject()
    window.session.end_pictures()


def test_the_scale_on_paper_is_true(window: MainWindow) -> None:
    from pm_desktop.base.mercator import metres_per_unit

    metres = metres_per_unit(window.canvas.view().lat)
    for n in (1_000, 25_000):
        sheet = window.picturing.sheet(Choices(scale=n))
        assert sheet.order.unit * metres * PX_PER_INCH / 0.0254 == pytest.approx(n) and sheet.scale_words == f"1:{n:,}"
    fitted = window.picturing.sheet(Choices(paper="A3"))
    assert fitted.order.unit * (fitted.width - 2 * fitted.margin) >= window.canvas.width() * window.canvas.view().unit  # the whole view is on it
    assert [rounded_up(n) for n in (999, 1_010, 26_000, 61_000)] == [1_000, 1_250, 30_000, 75_000]


def test_the_map_is_copied_with_its_legend_and_marks(window: MainWindow, qtbot: QtBot) -> None:
    QGuiApplication.clipboard().clear()
    window.commands.run("file.copy_picture")
    qtbot.waitUntil(lambda: not QGuiApplication.clipboard().image().isNull(), timeout=60_000)
    image = QGuiApplication.clipboard().image()
    assert (image.width(), image.height()) == (window.canvas.width(), window.canvas.height())
    sheet = window.picturing.sheet(Choices(paper="window"))
    assert sheet.mark and sheet.legend and len(sheet.order.layers) == len(window.canvas.layers())
    assert any("审图号" in note for note in window.picturing.sheet(Choices(approval="沪S(2026)001号")).notes)


def test_the_colour_scale_is_one_on_the_screen_in_the_picture_and_on_the_page(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    window.show_state(layers=("streets", "complaint_heat"))
    qtbot.wait(50)
    qtbot.waitUntil(window.is_settled, timeout=60_000)
    ramp = window.layers.findChild(Ramp)
    assert ramp is not None
    screen = ramp.grab().toImage()
    whole = window.picturing.sheet(Choices(dots_per_inch=PX_PER_INCH, landscape=False))
    sheet = replace(whole, notes=(), mark="")
    made = SheetPicture(sheet)
    for kind in ("png", "pdf"):
        save_picture(JobContext(), sheet, str(tmp_path / f"a.{kind}"))
    subprocess.run(["pdftoppm", "-r", str(PX_PER_INCH), "-png", "-singlefile", str(tmp_path / "a.pdf"), str(tmp_path / "page")], check=True)
    image, page = QImage(str(tmp_path / "a.png")), QImage(str(tmp_path / "page.png"))
    y = round(made.legend_box.top()) + 52
    colours = set()
    for part in (0.08, 0.25, 0.5, 0.75, 0.95):
        shown = screen.pixelColor(round(part * (screen.width() - 1)), 5)
        x = round(made.legend_box.left() + 10 + part * 178)
        colours.add(shown.name())
        for printed in (image.pixelColor(x, y), page.pixelColor(x, y)):
            assert max(abs(a - b) for a, b in zip(shown.getRgb()[:3], printed.getRgb()[:3], strict=True)) <= 10, (part, shown.name(), printed.name())
    assert len(colours) == 5
    assert sheet.order.heat_top == window.layers.heat_top  # and it ends where the screen's does
    # squares in which a single person could be recognised do not leave the office, and the sheet says so
    assert sheet.order.heat.least == 3 and window.canvas.heat.chosen.least == 0
    assert window.words("picture.small_cells", n=3) in whole.notes


def test_the_open_profile_is_printed(window: MainWindow, qtbot: QtBot, tiny_sample: str, tmp_path: Path) -> None:
    out = tmp_path / "profile.pdf"
    window.picturing.print_to(str(out))
    assert not out.exists()  # none is open
    with Database.open(tiny_sample, read_only=True) as db:
        code, name = db.rows(Compound, ("code", "name"), order_by=("code",), limit=1)[0]
    window.show_state(select=code)
    qtbot.waitUntil(lambda: window.selection.profile.shown() is not None, timeout=30_000)
    window.picturing.print_to(str(out))
    qtbot.waitUntil(lambda: name in window.windowTitle() or str(out) in window.status.currentMessage(), timeout=60_000)
    assert out.read_bytes()[:5] == b"%PDF-"
