"""What the window's actions do; the window itself only lays things out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog

from pm_desktop.base.errors import Cancelled, PmError
from pm_desktop.ui.actions import ACTIONS
from pm_desktop.ui.dialogs import simple
from pm_desktop.ui.dialogs.day import DayDialog
from pm_desktop.ui.panels.extras import ButtonedList
from pm_desktop.ui.panels.lists import ROW
from pm_desktop.ui.panels.search import BOOKMARK
from pm_desktop.ui.session import today
from pm_desktop.ui.theme import THEMES
from pm_desktop.workspace import locate, queries
from pm_desktop.workspace.edit import Changes

if TYPE_CHECKING:
    from pm_desktop.ui.main_window import MainWindow


class WindowCommands(QObject):
    """Actions by id; each is a short method."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._w = window
        self._methods = {a.id: a.method for a in ACTIONS} | {"data.rollback": "rollback", "admin.audit": "verify_audit",
                                                            "admin.doctor": "run_doctor"}

    @property
    def rooms(self) -> tuple[object, ...]:
        """Where the methods of actions stand."""
        return (self, self._w.selecting, self._w.viewing, self._w.features, self._w.picturing, self._w)

    def run(self, action: str) -> None:
        """Do an action."""
        if action.startswith(BOOKMARK):
            self._w.viewing.bookmarks.go(action.removeprefix(BOOKMARK))
            return
        method = self._methods[action]
        if method.startswith("go_") and method != "go_home":
            self._w.open_workbench(method[3:])
            return
        if method.startswith("tool_"):
            self._w.canvas.begin(method[5:])
            return
        target = getattr(next(room for room in self.rooms if hasattr(room, method)), method)
        try:
            target()
        except PmError as error:
            self.tell(error)

    def tell(self, error: BaseException) -> None:
        """Show an error calmly; a cancelled job is none."""
        if not isinstance(error, Cancelled):
            simple.tell_error(self._w.words, error, self._w)

    def prepare_menu(self, actions: dict[str, QAction]) -> None:
        """Words of undo and redo, and whether there is anything to undo."""
        workspace, words = self._w.session.workspace, self._w.words
        for action, title in (("edit.undo", workspace.undo_title), ("edit.redo", workspace.redo_title)):
            actions[action].setEnabled(title is not None)
            key = action.replace("edit.", "action.")
            actions[action].setText(f"{words(key)}：{words.of(title)}" if title else words(key))

    # -- file --------------------------------------------------------------------------------------------------------------

    def open_workspace(self) -> None:
        """Open another workspace in a new window of its own."""
        folder = QFileDialog.getExistingDirectory(self._w, self._w.words("action.open"))
        if folder:
            from pm_desktop.ui.start import open_window

            open_window(folder, self._w.settings)

    def import_file(self) -> None:
        """Bring a file in."""
        from pm_desktop.ui.dialogs.importing import ImportDialog

        ImportDialog(self._w.session, self._w.words, self._w).exec()

    def attach_streets(self) -> None:
        """Attach a street map: an .osm.pbf is built into a pack first."""
        name, _ = QFileDialog.getOpenFileName(self._w, self._w.words("action.streets"), "",
                                              "(*.streets *.mbtiles *.pmtiles *.osm.pbf *.pbf)")
        if not name:
            return
        if name.endswith(".pbf"):
            from pm_desktop.streets.osm import build_from_pbf

            out = self._w.session.cache_dir / (Path(name).name.split(".")[0] + ".streets")
            self._w.session.run("streets", build_from_pbf, Path(name), out, done=lambda _r: self._attach(out), failed=self.tell, long=True)
        else:
            self._attach(Path(name))

    def _attach(self, pack: Path) -> None:
        try:
            self._w.session.workspace.attach_streets(pack)
        except PmError as error:
            self.tell(error)

    def show_settings(self) -> None:
        """Settings."""
        chosen = simple.settings_dialog(self._w.words, self._w.settings, self._w)
        if chosen:
            self._w.set_theme(chosen["theme"])
            self._w.set_lang(chosen["lang"])

    # -- edit --------------------------------------------------------------------------------------------------------------

    def undo(self) -> None:
        """Take the newest edit back."""
        self._w.session.workspace.undo(initiator=self)

    def redo(self) -> None:
        """Apply it again."""
        self._w.session.workspace.redo(initiator=self)

    def show_history(self) -> None:
        """The newest fifty edits."""
        simple.history(self._w.words, self._w.session.workspace.edits(50), self._w).exec()

    # -- view --------------------------------------------------------------------------------------------------------------

    def choose_day(self) -> None:
        """Show a past day."""
        day = today()
        DayDialog(self._w.words, day, self._w.session.as_of or day, self._w.session.show_day, self._w).exec()

    def back_to_today(self) -> None:
        """Show today again."""
        self._w.session.show_day(None)

    def focus_search(self) -> None:
        """Type a search."""
        self._w.top.search.setFocus()
        self._w.top.search.selectAll()

    def show_palette(self) -> None:
        """Find a command."""
        palette = simple.Palette(self._w.words, self._w, self._w.viewing.bookmarks.entries())
        palette.exec()
        if palette.chosen:
            self.run(palette.chosen)

    def go_home(self) -> None:
        """The whole district."""
        self._w.canvas.go_home()

    def zoom_in(self) -> None:
        """Nearer."""
        self._w.canvas.zoom_in()

    def zoom_out(self) -> None:
        """Farther."""
        self._w.canvas.zoom_out()

    def view_back(self) -> None:
        """Where the map looked before."""
        self._w.canvas.go_back()

    def view_forward(self) -> None:
        """Where it looked after that."""
        self._w.canvas.go_forward()

    def toggle_left(self) -> None:
        """Layers on or off."""
        self._w.left.setVisible(not self._w.left.isVisible())

    def toggle_right(self) -> None:
        """Selection on or off."""
        self._w.right.setVisible(not self._w.right.isVisible())

    def next_theme(self) -> None:
        """Light, dark, high contrast."""
        self._w.set_theme(THEMES[(THEMES.index(self._w.theme[0]) + 1) % len(THEMES)])

    def switch_lang(self) -> None:
        """Chinese or English."""
        self._w.set_lang("en" if self._w.words.lang == "zh" else "zh")

    def toggle_full_screen(self) -> None:
        """Full screen or not."""
        self._w.showNormal() if self._w.isFullScreen() else self._w.showFullScreen()

    # -- help and administration -------------------------------------------------------------------------------------------

    def show_shortcuts(self) -> None:
        """Every shortcut."""
        simple.shortcuts(self._w.words, self._w).exec()

    def show_about(self) -> None:
        """Version."""
        simple.about(self._w.words, self._w).exec()

    def verify_audit(self) -> None:
        """Verify the audit chain and say so below the list."""
        from pm_desktop.workspace.checks import verify_audit

        def told(verdict: Any) -> None:
            words = self._w.words
            text = words("admin.audit_ok", rows=f"{verdict.rows:,}") if verdict.ok else words("admin.audit_bad", row=verdict.first_bad_row)
            self._say(text)

        self._w.session.run("audit", verify_audit, self._w.session.location, done=told, failed=self.tell)

    def run_doctor(self) -> None:
        """Self-test, in the helper process."""
        from pm_desktop.workspace.checks import self_test

        def told(lines: list[tuple[str, bool, str]]) -> None:
            bad = [f"✕ {name}: {detail}" for name, ok, detail in lines if not ok]
            self._say("\n".join(bad) if bad else self._w.words("admin.doctor_ok", n=len(lines)))

        self._w.session.run("doctor", self_test, done=told, failed=self.tell)

    def _say(self, text: str) -> None:
        panel = self._w.selection.panel()
        if isinstance(panel, ButtonedList):
            panel.tell(text)

    def rollback(self) -> None:
        """Take the chosen import batch back, after asking."""
        from pm_desktop.intake.importer import rollback_batch

        panel = self._w.selection.panel()
        if not isinstance(panel, ButtonedList):
            return
        index = panel.rows.view.currentIndex()
        if not index.isValid():
            panel.tell(self._w.words("data.choose"))
            return
        row = index.data(ROW)

        def done(report: dict[str, Any]) -> None:
            panel.tell(self._w.words("data.rolled", rows=f"{report['rows']:,}"))
            self._w.session.announce(Changes(dict.fromkeys(report.get("entities", []), None) | {"ImportBatch": None}))

        simple.confirm(self._w.words, self._w.words("data.confirm", name=row.title), self._w.words("data.rollback_yes"), self._w,
                       lambda: self._w.session.run("rollback", rollback_batch, self._w.session.workspace.location, row.id, done=done,
                                                   failed=self.tell, long=True))

    # -- words of the map ---------------------------------------------------------------------------------------------------

    def attribution(self) -> str:
        """Sources of the attached bases."""
        from pm_desktop.streets.attach import attribution

        found = [text for pack in self._w.session.workspace.street_packs() if (text := attribution(pack))]
        return "" if self._w.session.workspace.is_sample else " · ".join(dict.fromkeys(found))

    def ask_as_of(self) -> None:
        """Date of the newest fact, for the top bar."""
        self._w.session.run("as of", queries.data_as_of, self._w.session.location, done=self._w.top.show_as_of, failed=self.tell)

    def select_compound(self, wanted: str) -> None:
        """Open the compound with this id, code or name."""
        def found(hit: Any) -> None:
            if hit is None:
                return
            identifier, name, lon, lat = hit
            if lon is not None:
                self._w._go(lon, lat, identifier)
            self._w.selection.open_compound(identifier, name)

        self._w.session.run("select", locate.find_compound, self._w.session.location, wanted, done=found, failed=self.tell)
