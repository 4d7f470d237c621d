"""Dialog for what is written beside a drawing: text and colour; an existing one can also be drawn anew or removed."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QFormLayout, QPlainTextEdit, QVBoxLayout, QWidget

from pm_desktop.domain.enums import DrawingColour, label_of
from pm_desktop.domain.records import MapDrawing
from pm_desktop.layers.drawings import CLASSES
from pm_desktop.storage.past import SHANGHAI
from pm_desktop.ui.i18n import Words
from pm_desktop.ui.plain import PlainLabel
from pm_desktop.workspace.drawings import LONGEST, Note

Wish = Literal["save", "redraw", "remove"]


class NoteDialog(QDialog):
    """``wish`` is what the person wants with it, once it is accepted."""

    def __init__(self, words: Words, found: MapDrawing | None, colour: DrawingColour, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(words("note.title"))
        self.wish: Wish = "save"
        self.text = QPlainTextEdit(placeholderText=words("note.hint", n=LONGEST), tabChangesFocus=True)
        self.text.setFixedHeight(96)
        self.colour = QComboBox()
        for entry in CLASSES:
            swatch = QPixmap(14, 14)
            swatch.fill(QColor(entry.light))
            self.colour.addItem(QIcon(swatch), words.of(label_of(DrawingColour(entry.key))), entry.key)
        self.colour.setIconSize(QSize(14, 14))
        form = QFormLayout()
        form.addRow(words("note.text"), self.text)
        form.addRow(words("note.colour"), self.colour)
        buttons = QDialogButtonBox()
        buttons.addButton(words("button.ok"), QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(words("button.cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        if found is not None:
            self.text.setPlainText(found.text or "")
            colour = found.colour
            when = f"{found.drawn_at + SHANGHAI:%Y-%m-%d %H:%M}"
            column.addWidget(PlainLabel(f"{words.of(label_of(found.kind))} {found.code} · {found.author or words('unknown')} · {when}", objectName="hint"))
            for wish in ("redraw", "remove"):
                button = buttons.addButton(words(f"note.{wish}"), QDialogButtonBox.ButtonRole.ActionRole)
                button.clicked.connect(lambda _=False, which=wish: self._end(which))
        self.colour.setCurrentIndex(self.colour.findData(colour.value))
        column.addLayout(form)
        column.addWidget(buttons)
        self.setMinimumWidth(420)
        self.text.setFocus()

    def note(self) -> Note:
        """What is written."""
        return Note(self.text.toPlainText(), DrawingColour(self.colour.currentData()))

    def _end(self, wish: Wish) -> None:
        self.wish = wish
        self.accept()
