"""Bookmarks over the map: a list that filters by typing, a line to keep the view as it is, what can be taken back."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from pm_desktop.base.label import Label
from pm_desktop.ui.i18n import Words
from pm_desktop.ui.panels.lists import ROW, RowList
from pm_desktop.ui.plain import PlainLabel
from pm_desktop.workspace.bookmarks import LONGEST_NAME
from pm_desktop.workspace.queries import Listing, Row

WIDTH_PX, HIGHEST_PX, MARGIN_PX, ROW_PX = 320, 480, 12, 52
QUICK = 9  # bookmarks that have a key of their own


class BookmarksPanel(QFrame):
    """A frame in the upper right corner of the map.

    Signals
    -------
    saved(name, with layers, with theme)
        Keep the view on the map under this name.
    went(name), renamed(name, to), removed(name), moved(name, step), undone()
    """

    saved = Signal(str, bool, bool)
    went = Signal(str)
    renamed = Signal(str, str)
    removed = Signal(str)
    moved = Signal(str, int)
    undone = Signal()

    def __init__(self, words: Words, theme: list[str], canvas: QWidget) -> None:
        super().__init__(canvas, objectName="popup")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_NoMousePropagation)
        self._words, self._canvas = words, canvas
        self._renaming, self._rows_shown = "", 0
        self._told: tuple[str, dict[str, str]] | None = None
        self.rows = RowList(words, theme, "bookmarks.title", "bookmarks.empty")
        self.rows.chosen.connect(lambda row: self.went.emit(row.id))
        self._close = self._button(self.close_panel)
        self.edit_buttons = [self._button(self._rename), self._button(lambda: self._on_row(self.removed.emit))]
        self.name = QLineEdit(maxLength=LONGEST_NAME)
        self.name.returnPressed.connect(self._done)
        self.save = QPushButton(objectName="primary")
        self.save.clicked.connect(self._done)
        self.with_layers, self.with_theme = QCheckBox(checked=True), QCheckBox()
        self.message = PlainLabel(objectName="hint", wordWrap=True)
        self.undo = self._button(self.undone.emit)
        self._lay_out()
        self.rows.view.installEventFilter(self)
        self.rows.filter.installEventFilter(self)
        canvas.installEventFilter(self)
        words.changed.connect(self.retranslate)
        self.hide()
        self.retranslate()
        self.tell(None)

    def _button(self, act: object) -> QPushButton:
        button = QPushButton(objectName="flat", focusPolicy=Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: act())  # type: ignore[operator]
        return button

    def _lay_out(self) -> None:
        body = QVBoxLayout(self)
        body.setContentsMargins(1, 0, 1, 10)
        body.setSpacing(6)
        body.addWidget(self.rows, 1)
        for widgets in ((*self.edit_buttons, self._close), (self.message, self.undo), (self.name, self.save), (self.with_layers, self.with_theme)):
            row = QHBoxLayout()
            row.setContentsMargins(12, 0, 12, 0)
            row.setSpacing(6)
            for widget in widgets:
                if widget is self._close:
                    row.addStretch()
                row.addWidget(widget, int(widget in (self.message, self.name)))
            if self.with_theme in widgets:
                row.addStretch()
            body.addLayout(row)

    def show_rows(self, names: Sequence[str], details: Sequence[Label]) -> None:
        """Show these bookmarks, with the key of the first nine."""
        chosen = self._current()
        rows = tuple(Row(name, name, detail, Label(f"Alt+{n}", f"Alt+{n}") if n <= QUICK else None, None, None, None, "bookmark")
                     for n, (name, detail) in enumerate(zip(names, details, strict=True), 1))
        self._rows_shown = len(rows)
        self.rows.show_listing(Listing(rows, len(rows), None))
        for at in range(self.rows.model.rowCount()):
            if self.rows.model.index(at).data(ROW).id == chosen:
                self.rows.view.setCurrentIndex(self.rows.model.index(at))
        for button in self.edit_buttons:
            button.setVisible(bool(rows))
        self._place()

    def open_panel(self, *, to_save: bool = False, proposed: str = "") -> None:
        """Show the panel, ready to find a bookmark or to name a new one."""
        self.rows.filter.clear()
        self._stop_renaming()
        self.propose(proposed)
        self.tell(None)
        self.show()
        self.raise_()
        self._place()
        has_rows = self.rows.model.rowCount() > 0
        (self.name if to_save or not has_rows else self.rows.filter).setFocus()
        self.name.selectAll()

    def propose(self, name: str) -> None:
        """A name for the view, unless one is typed already."""
        if not self._renaming and not self.name.isModified():
            self.name.setText(name)
            self.name.selectAll()

    def close_panel(self) -> None:
        """Back to the map."""
        self.hide()
        self._canvas.setFocus()

    def tell(self, key: str | None, *, undoable: bool = False, **parameters: str) -> None:
        """Say what has come of an action; None says nothing."""
        self._told = (key, parameters) if key else None
        self.undo.setVisible(undoable)
        self.message.setVisible(key is not None)
        if key is not None:
            self.message.setText(self._words(key, **parameters))

    def _current(self) -> str:
        index = self.rows.view.currentIndex()
        return str(index.data(ROW).id) if index.isValid() else ""

    def _on_row(self, act: object) -> None:
        name = self._current()
        if name:
            act(name)  # type: ignore[operator]
        else:
            self.tell("bookmarks.choose")

    def _rename(self) -> None:
        self._on_row(self._begin_renaming)

    def _begin_renaming(self, name: str) -> None:
        self._renaming = name
        self.name.setText(name)
        self.name.setFocus()
        self.name.selectAll()
        self.retranslate()

    def _stop_renaming(self) -> None:
        self._renaming = ""
        self.name.clear()
        self.name.setModified(False)
        self.retranslate()

    def _done(self) -> None:
        text = self.name.text().strip()
        if not text:
            self.tell("bookmarks.no_name")
        elif self._renaming:
            self.renamed.emit(self._renaming, text)
        else:
            self.saved.emit(text, self.with_layers.isChecked(), self.with_theme.isChecked())

    def finished(self, proposed: str = "") -> None:
        """What was asked for is done: the line is free for another view."""
        self._stop_renaming()
        self.propose(proposed)
        self.rows.view.setFocus()

    def _place(self) -> None:
        wanted = min(max(self._rows_shown, 3) * ROW_PX + 230, HIGHEST_PX)
        height = min(wanted, self._canvas.height() - 2 * MARGIN_PX)
        self.setGeometry(self._canvas.width() - WIDTH_PX - MARGIN_PX, MARGIN_PX, WIDTH_PX, height)

    def sizeHint(self) -> QSize:
        """As large as it is shown."""
        return QSize(WIDTH_PX, HIGHEST_PX)

    def retranslate(self) -> None:
        """Words of the language in use."""
        for button, key in zip(self.edit_buttons, ("bookmarks.rename", "bookmarks.remove"), strict=True):
            button.setText(self._words(key))
        self.name.setPlaceholderText(self._words("bookmarks.name"))
        self.save.setText(self._words("bookmarks.rename_done" if self._renaming else "bookmarks.save"))
        self.with_layers.setText(self._words("bookmarks.with_layers"))
        self.with_theme.setText(self._words("bookmarks.with_theme"))
        for box in (self.with_layers, self.with_theme):
            box.setVisible(not self._renaming)
        self.undo.setText(self._words("action.undo"))
        self._close.setText(f"{self._words('button.close')} Esc")
        if self._told is not None:
            self.message.setText(self._words(self._told[0], **self._told[1]))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep to the corner of the map; arrows lead from the filter into the list, keys of the list act on its row."""
        if watched is self._canvas:
            if event.type() == QEvent.Type.Resize and self.isVisible():
                self._place()
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            view = self.rows.view
            if watched is self.rows.filter and event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
                if self.rows.model.rowCount():
                    view.setFocus()
                    view.setCurrentIndex(self.rows.model.index(0))
                    if event.key() != Qt.Key.Key_Down:
                        self._on_row(self.went.emit)
                return True
            if watched is view and self._row_key(event):
                return True
        return super().eventFilter(watched, event)

    def _row_key(self, event: QKeyEvent) -> bool:
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self._on_row(self.removed.emit)
        elif event.key() == Qt.Key.Key_F2:
            self._rename()
        elif alt and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._on_row(lambda name: self.moved.emit(name, -1 if event.key() == Qt.Key.Key_Up else 1))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._on_row(self.went.emit)
        else:
            return False
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc ends a renaming, then closes; nothing typed here moves the map below."""
        if event.key() == Qt.Key.Key_Escape:
            if self._renaming:
                self.finished()
            else:
                self.close_panel()
        event.accept()
