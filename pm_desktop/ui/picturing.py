"""What leaves the window on paper: the map as a picture, on the clipboard or as a sheet, and the open profile as a page."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog

from pm_desktop.base.mercator import metres_per_unit
from pm_desktop.cartography.marks import indices_of
from pm_desktop.cartography.overlay import LayerPack
from pm_desktop.cartography.picture import MapOrder
from pm_desktop.cartography.sheet import PX_PER_INCH, Sheet
from pm_desktop.domain.dated import rule_on
from pm_desktop.export.files import part_of
from pm_desktop.export.picture import picture_bytes, save_picture
from pm_desktop.export.profilepage import print_page
from pm_desktop.layers import complaint_heat
from pm_desktop.ui.session import today
from pm_desktop.ui.tasks import Task

if TYPE_CHECKING:
    from pm_desktop.ui.main_window import MainWindow

# portrait, millimetres
PAPERS: dict[str, tuple[int, int]] = {"A4": (210, 297), "A3": (297, 420), "A2": (420, 594), "A1": (594, 841), "A0": (841, 1189)}
MARGIN_MM, MM_PER_INCH = 10.0, 25.4
TOLD_MS = 6_000
WINDOW, PIXELS = "window", "pixels"
SCREEN_PX_PER_INCH = 96
SCALES = (500, 1_000, 2_000, 5_000, 10_000, 25_000, 50_000, 100_000, 200_000)


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person chose of a picture: ``paper`` is a key of `PAPERS`, ``window`` or ``pixels`` (then of that ``size``); ``scale`` is
    the n of 1:n, 0 for the extent of the window; ``degrees`` turn the map clockwise; ``style`` is a map theme, empty for the window's."""

    paper: str = "A4"
    landscape: bool = True
    size: tuple[int, int] = (3840, 2160)
    dots_per_inch: int = 300
    scale: int = 0
    degrees: float = 0.0
    title: str = ""
    legend: bool = True
    scale_bar: bool = True
    north: bool = True
    approval: str = ""
    style: str = ""


class Picturing(QObject):
    """One for a window; its methods are what the actions ask for."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._w = window
        self.choices = Choices()
        window.selection.profile.printed.connect(self.print_profile)

    # -- what is shown -----------------------------------------------------------------------------------------------------

    def sheet(self, chosen: Choices) -> Sheet:
        """The sheet that these choices make of the window's map."""
        w = self._w
        view = w.canvas.view()
        on_paper = chosen.paper in PAPERS
        if on_paper:
            sides = PAPERS[chosen.paper][::-1] if chosen.landscape else PAPERS[chosen.paper]
            width, height = (side / MM_PER_INCH * PX_PER_INCH for side in sides)
            ratio, margin = chosen.dots_per_inch / PX_PER_INCH, MARGIN_MM / MM_PER_INCH * PX_PER_INCH
        else:
            ratio, margin = chosen.dots_per_inch / SCREEN_PX_PER_INCH, 0.0
            width, height = (w.canvas.width(), w.canvas.height()) if chosen.paper == WINDOW else (side / ratio for side in chosen.size)
        inner = (width - 2 * margin, height - 2 * margin - (70 if chosen.title else 24))
        unit = max(w.canvas.width() * view.unit / inner[0], w.canvas.height() * view.unit / inner[1]) if chosen.paper != WINDOW else view.unit
        metres = metres_per_unit(view.lat)
        words = ""
        if on_paper or chosen.scale:
            n = chosen.scale or rounded_up(unit * metres * PX_PER_INCH / MM_PER_INCH * 1000)
            unit = n / 1000 * MM_PER_INCH / PX_PER_INCH / metres
            words = f"1:{n:,}" if on_paper else ""
        heat = replace(w.canvas.heat.chosen, least=_least_complaints())
        order = replace(self._order(), unit=unit, degrees=chosen.degrees, theme=chosen.style or w.map_theme, heat=heat)
        mark = w.canvas.sample_mark
        return Sheet(order, width, height, ratio, margin, chosen.title.strip(), w.layers.legend_blocks() if chosen.legend else (), chosen.scale_bar, words,
                     chosen.north, mark, self._notes(chosen))

    def _order(self) -> MapOrder:
        w = self._w
        states = {state.id: state for state in w.layers.states()}
        bases = tuple(map(str, w.session.workspace.street_packs())) if states["streets"].visible else ()
        layers = tuple((str(v.pack), v.opacity) for v in w.canvas.layers() if v.visible and v.opacity > 0)
        x, y = w.canvas.view().world
        rings, lines = w.finding.marks.shown()
        return MapOrder(bases, layers, w.map_theme, w.words.lang, x, y, w.canvas.view().unit, 0.0, w.canvas.heat.chosen, w.layers.heat_top,
                        self._marked(), rings, lines)

    def _marked(self) -> tuple[tuple[str, bytes], ...]:
        """Packs and places of what is selected."""
        selected = self._w.selected
        pack = next((v.pack for v in self._w.canvas.layers() if v.id == selected.layer and v.visible), None)
        if pack is None or not len(selected.ids):
            return ()
        return ((str(pack), indices_of(LayerPack(pack), frozenset(selected.texts())).tobytes()),)

    def _notes(self, chosen: Choices) -> tuple[str, ...]:
        w, words = self._w, self._w.words
        day = w.session.as_of.isoformat() if w.session.as_of else w.layers.as_of()
        sources = words("page.from_sample") if w.session.workspace.is_sample else w.commands.attribution()
        heated = any(state.id == complaint_heat.LAYER.id and state.visible for state in w.layers.states())
        return (words("picture.data_of", day=day) if day else "", words("picture.small_cells", n=_least_complaints()) if heated else "", words("picture.made", day=today().isoformat()),
                words("page.workspace", name=w.session.workspace.title), sources, words("picture.projection"),
                words("picture.approval_line", number=chosen.approval.strip()) if chosen.approval.strip() else "")

    # -- actions -----------------------------------------------------------------------------------------------------------

    def save_picture(self) -> None:
        """Choose paper, scale and what stands beside the map, then save."""
        from pm_desktop.ui.dialogs.picture import PictureDialog

        dialog = PictureDialog(self._w.words, self, self.choices, self._w)
        dialog.exec()
        self.choices = dialog.chosen()
        self._w.session.end_pictures()

    def preview(self, sheet: Sheet, width: int, done: Callable[[bytes], None], failed: Callable[[BaseException], None]) -> Task:
        """Paint a sheet ``width`` pixels wide; a newer preview ends an older one."""
        return self._w.session.run("preview", picture_bytes, replace(sheet, ratio=width / sheet.width), done=done, failed=failed, picture=True)

    def save(self, sheet: Sheet, out: str, done: Callable[[dict[str, Any]], None], failed: Callable[[BaseException], None]) -> Task:
        """Write a sheet in the helper process."""
        def lost(error: BaseException) -> None:
            _drop(out)
            failed(error)

        return self._w.session.run("picture", save_picture, sheet, out, done=done, failed=lost, picture=True)

    def copy_picture(self) -> None:
        """The map as the window has it, with legend, scale and north, on the clipboard."""
        ratio = self._w.canvas.devicePixelRatioF()
        sheet = replace(self.sheet(Choices(paper=WINDOW)), ratio=ratio)
        self._w.session.busy.emit(self._w.session.run("copy", picture_bytes, sheet, done=self._copied, failed=self._failed, picture=True))

    def _copied(self, png: bytes) -> None:
        QGuiApplication.clipboard().setImage(QImage.fromData(png))
        self._ended(self._w.words("picture.copied"))

    def print_profile(self) -> None:
        """The open profile on one page of PDF."""
        w = self._w
        profile = w.selection.profile.shown()
        if profile is None:
            w.status.showMessage(w.words("profile.none_open"), TOLD_MS)
            return
        name, _ = QFileDialog.getSaveFileName(w, w.words("action.print_profile"), f"{_plain(profile.title)}.pdf", "PDF (*.pdf)")
        if name:
            self.print_to(name if name.lower().endswith(".pdf") else f"{name}.pdf")

    def print_to(self, out: str) -> None:
        """Write the open profile as a page."""
        w = self._w
        profile, workspace = w.selection.profile.shown(), w.session.workspace
        if profile is None:
            return

        def lost(error: BaseException) -> None:
            _drop(out)
            self._failed(error)

        task = w.session.run("page", print_page, w.session.location, out, profile.kind, profile.compound_id, tuple(map(str, workspace.street_packs())),
                             w.words.lang, workspace.title, workspace.is_sample, done=lambda found: self._ended(w.words("picture.saved", file=found["file"])),
                             failed=lost, picture=True)
        w.session.busy.emit(task)

    def _ended(self, text: str) -> None:
        self._w.session.busy.emit(None)
        self._w.session.end_pictures()
        self._w.status.showMessage(text, TOLD_MS)

    def _failed(self, error: BaseException) -> None:
        self._w.session.busy.emit(None)
        self._w.commands.tell(error)


def _least_complaints() -> int:
    """Complaints that a square must hold to be drawn on a picture that leaves the office."""
    return int(rule_on("small_cells", today())["least_complaints"])


def rounded_up(n: float) -> int:
    """The next round scale that shows at least as much as 1:n."""
    step = 10 ** math.floor(math.log10(max(n, 1.0)))
    return int(next(k * step for k in (1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 7.5, 8, 10) if k * step >= n * 0.999))


def _drop(out: str) -> None:
    """A process that is ended leaves its unfinished file."""
    Path(part_of(out)).unlink(missing_ok=True)


def _plain(title: str) -> str:
    """A title as the name of a file."""
    return "".join("_" if c in '<>:"/\\|?*' or ord(c) < 32 else c for c in title)[:80].strip(" .") or "profile"
