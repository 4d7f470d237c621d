"""Own drawings and notes: a tool draws, a dialog asks for the words, an edit of the workspace keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from pm_desktop.base.errors import PmError
from pm_desktop.domain.enums import DrawingColour, DrawingKind
from pm_desktop.domain.records import MapDrawing
from pm_desktop.storage.database import default_user
from pm_desktop.ui.dialogs.note import NoteDialog
from pm_desktop.workspace import drawings
from pm_desktop.workspace.edit import Edit

if TYPE_CHECKING:
    from pm_desktop.ui.main_window import MainWindow

TOOLS = {"note_point": DrawingKind.POINT, "note_line": DrawingKind.LINE, "note_area": DrawingKind.AREA}
_TOOL = {kind: tool for tool, kind in TOOLS.items()}


class Drawings(QObject):
    """One for a window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._w = window
        self._colour = DrawingColour.RED
        self._again: MapDrawing | None = None  # what is being drawn anew
        window.canvas.drawn.connect(self._drawn)
        window.canvas.toolChanged.connect(self._tool_changed)
        window.selection.editing.connect(self.edit)

    def _tool_changed(self, tool: str) -> None:
        if tool and tool not in TOOLS:
            self._again = None

    def _drawn(self, tool: str, lonlat: Any) -> None:
        kind = TOOLS.get(tool)
        if kind is None:
            return
        again, self._again = self._again, None
        if again is not None and again.kind is kind:
            self._apply(drawings.redrawn(again, lonlat))
            return
        dialog = NoteDialog(self._w.words, None, self._colour, self._w)
        if dialog.exec():
            note = dialog.note()
            self._colour = note.colour
            self._apply(drawings.drawn(kind, lonlat, note, default_user()))
        dialog.deleteLater()

    def edit(self, identifier: str) -> None:
        """Open a drawing: another text or colour, another shape, or off the map."""
        workspace = self._w.session.workspace
        try:
            found = drawings.find(workspace.db, identifier)
        except PmError as error:
            self._w.commands.tell(error)
            return
        dialog = NoteDialog(self._w.words, found, found.colour, self._w)
        if dialog.exec():
            match dialog.wish:
                case "save":
                    self._apply(drawings.rewritten(found, dialog.note()))
                case "remove":
                    self._apply(drawings.removed(found))
                case "redraw":
                    self._w.canvas.begin(_TOOL[found.kind])
                    self._again = found
        dialog.deleteLater()

    def _apply(self, edit: Edit) -> None:
        """Keep an edit and see to it that the drawings are seen."""
        try:
            self._w.session.workspace.apply(edit, initiator=self)
        except PmError as error:
            self._w.commands.tell(error)
            return
        shown = tuple(s.id for s in self._w.layers.states() if s.visible)
        if "drawings" not in shown:
            self._w.layers.set_visible((*shown, "drawings"))
