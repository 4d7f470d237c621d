"""Leads the bookmarks of a window: keeps views, goes to them, tells search and command palette their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QKeySequence, QShortcut

from pm_desktop.base.label import Label
from pm_desktop.ui.canvas import View
from pm_desktop.ui.canvas.view import MAX_ZOOM, MIN_ZOOM
from pm_desktop.ui.panels.bookmarks import QUICK, BookmarksPanel
from pm_desktop.ui.panels.search import BOOKMARK
from pm_desktop.ui.theme import THEMES
from pm_desktop.workspace.bookmarks import Bookmark, Shelf
from pm_desktop.workspace.queries import town_of

if TYPE_CHECKING:
    from pm_desktop.ui.main_window import MainWindow



class Bookmarking(QObject):
    """One for a window; a window that remembers nothing keeps its bookmarks to itself."""

    def __init__(self, window: MainWindow, *, remember: bool) -> None:
        super().__init__(window)
        self._w = window
        self.shelf = Shelf.of(window.session.workspace.id) if remember else Shelf(None)
        self.panel = BookmarksPanel(window.words, window.theme, window.canvas)
        self.panel.saved.connect(self.save)
        self.panel.went.connect(self.go)
        self.panel.renamed.connect(self.rename)
        self.panel.removed.connect(self.remove)
        self.panel.moved.connect(self._move)
        self.panel.undone.connect(self._undo)
        for number in range(QUICK):
            QShortcut(QKeySequence(f"Alt+{number + 1}"), window, lambda n=number: self._go_number(n))
        window.words.changed.connect(self._show)
        self._show()

    def entries(self) -> list[tuple[str, str, str]]:
        """Id, words and key of each bookmark, for the command palette."""
        kind = self._w.words("search.kind.Bookmark")
        return [(BOOKMARK + m.name, f"{kind} · {m.name}", f"Alt+{n}" if n <= QUICK else "") for n, m in enumerate(self.shelf.marks(), 1)]

    def toggle(self) -> None:
        """Show the bookmarks, or hide them."""
        if self.panel.isVisible():
            self.panel.close_panel()
        else:
            self._open(to_save=False)

    def add(self) -> None:
        """Ask for a name for the view as it is."""
        self._open(to_save=True)

    def _open(self, *, to_save: bool) -> None:
        self._show()
        self.panel.open_panel(to_save=to_save, proposed=self.shelf.free_name(self._w.words("bookmarks.new")))
        view = self._w.canvas.view()
        self._w.session.run("town name", town_of, self._w.session.location, view.lon, view.lat, failed=self._w.commands.tell,
                            done=lambda town: town and self.panel.propose(self.shelf.free_name(town)))

    def save(self, name: str, with_layers: bool, with_theme: bool) -> None:
        """Keep the view on the map under a name."""
        view = self._w.canvas.view()
        layers = tuple((s.name, s.opacity) for s in self._w.layers.states() if s.visible) if with_layers else None
        known = self.shelf.put(Bookmark(name, view.lon, view.lat, view.zoom, layers, self._w.theme[0] if with_theme else None))
        self._told("bookmarks.updated" if known else "bookmarks.saved", name)

    def go(self, name: str) -> None:
        """Show a view that was kept."""
        mark = self.shelf.find(name)
        if mark is None:
            return
        if mark.theme in THEMES and mark.theme != self._w.theme[0]:
            self._w.set_theme(mark.theme)
        if mark.layers is not None:
            self._w.layers.restore(mark.layers)
        self._w.canvas.fly_to(View(mark.lon, mark.lat, min(max(mark.zoom, MIN_ZOOM), MAX_ZOOM)))

    def _go_number(self, number: int) -> None:
        marks = self.shelf.marks()
        if number < len(marks):
            self.go(marks[number].name)

    def rename(self, name: str, to: str) -> None:
        """Give a bookmark another name."""
        if self.shelf.rename(name, to):
            self._told("bookmarks.renamed", to)
        else:
            self.panel.tell("bookmarks.taken", name=to)

    def remove(self, name: str) -> None:
        """Take a bookmark away; it can be brought back."""
        self.shelf.remove(name)
        self._told("bookmarks.removed", name)

    def _move(self, name: str, step: int) -> None:
        self.shelf.move(name, step)
        self._show()

    def _undo(self) -> None:
        self.shelf.undo()
        self._show()
        self.panel.tell("bookmarks.undone")

    def _told(self, key: str, name: str) -> None:
        self._show()
        self.panel.finished()
        self.panel.tell(key, undoable=True, name=name)

    def _show(self) -> None:
        marks = self.shelf.marks()
        self.panel.show_rows([m.name for m in marks], [self._detail(m) for m in marks])
        self._w.top.search.bookmarks = tuple(m.name for m in marks)

    def _detail(self, mark: Bookmark) -> Label:
        """Zoom, layers, theme."""
        zh, en = [f"缩放 {mark.zoom:g}"], [f"zoom {mark.zoom:g}"]
        if mark.layers is not None:
            zh.append(f"{len(mark.layers)} 个图层")
            en.append(f"{len(mark.layers)} layers")
        if mark.theme in THEMES:
            words = self._w.words(f"settings.theme.{mark.theme}")
            zh.append(words)
            en.append(words)
        return Label(" · ".join(zh), " · ".join(en))
