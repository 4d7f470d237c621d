"""Small dialogs: command palette, settings, shortcuts, history, about, and plain messages."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QMessageBox,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from pm_desktop import __version__
from pm_desktop.base.errors import PmError
from pm_desktop.base.settings import CHOICES, Settings
from pm_desktop.ui.actions import ACTIONS
from pm_desktop.ui.i18n import Words
from pm_desktop.workspace.edit import HistoryRow
from pm_desktop.workspace.search import normal

ID = Qt.ItemDataRole.UserRole


def palette(words: Words, parent: QWidget) -> str | None:
    """Choose a command by typing; returns its id."""
    dialog = QDialog(parent)
    dialog.setWindowTitle(words("action.palette"))
    dialog.resize(520, 420)
    edit, entries = QLineEdit(), QListWidget()
    edit.setPlaceholderText(words("palette.hint"))

    def fill(text: str) -> None:
        entries.clear()
        for action in ACTIONS:
            title = words(action.key)
            if normal(text) in normal(title):
                item = QListWidgetItem(f"{title}    {action.shortcut}")
                item.setData(ID, action.id)
                entries.addItem(item)
        entries.setCurrentRow(0)

    edit.textChanged.connect(fill)
    edit.returnPressed.connect(dialog.accept)
    entries.itemActivated.connect(lambda _item: dialog.accept())
    entries.itemClicked.connect(lambda _item: dialog.accept())
    layout = QVBoxLayout(dialog)
    layout.addWidget(edit)
    layout.addWidget(entries)
    fill("")
    if dialog.exec() and entries.currentItem():
        return str(entries.currentItem().data(ID))
    return None


def settings_dialog(words: Words, settings: Settings, parent: QWidget) -> dict[str, str] | None:
    """Form made from the declared choices; returns what was chosen."""
    dialog = QDialog(parent)
    dialog.setWindowTitle(words("action.settings"))
    form = QFormLayout(dialog)
    boxes: dict[str, QComboBox] = {}
    for name, choices in CHOICES.items():
        box = QComboBox()
        for choice in choices:
            box.addItem(words(f"settings.{name}.{choice}"), choice)
        box.setCurrentIndex(choices.index(getattr(settings, name)))
        form.addRow(words(f"settings.{name}"), box)
        boxes[name] = box
    form.addRow(_buttons(words, dialog))
    dialog.setMinimumWidth(360)
    return {name: str(box.currentData()) for name, box in boxes.items()} if dialog.exec() else None


def _buttons(words: Words, dialog: QDialog) -> QDialogButtonBox:
    buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
    buttons.button(QDialogButtonBox.StandardButton.Ok).setText(words("button.ok"))
    buttons.button(QDialogButtonBox.StandardButton.Cancel).setText(words("button.cancel"))
    buttons.accepted.connect(dialog.accept)
    buttons.rejected.connect(dialog.reject)
    return buttons


def shortcuts(words: Words, parent: QWidget) -> QDialog:
    """Every action with its keys, and those of the map."""
    rows = [(words(a.key), a.shortcut) for a in ACTIONS if a.shortcut]
    rows += [(words(f"keys.{name}"), keys) for name, keys in (("pan", "← → ↑ ↓"), ("zoom", "+ −"), ("home", "Home"), ("clear", "Esc"),
                                                             ("order", "Alt+↑ Alt+↓"), ("bookmarks", "Alt+1 … Alt+9"), ("time", "Space ← →"))]
    return _table(words, words("action.shortcuts"), (words("keys.action"), words("keys.keys")), rows, parent)


def history(words: Words, edits: list[HistoryRow], parent: QWidget) -> QDialog:
    """The newest edits with when and who."""
    rows = [(f"{e.at:%Y-%m-%d %H:%M:%S} UTC", e.user, words.of(e.title) + (words("history.undone") if e.undone else "")) for e in edits]
    heads = (words("history.when"), words("history.who"), words("history.what"))
    return _table(words, words("action.history"), heads, rows or [("—", "—", words("history.empty"))], parent)


def _table(words: Words, title: str, heads: tuple[str, ...], rows: Sequence[tuple[str, ...]], parent: QWidget) -> QDialog:
    dialog = QDialog(parent)
    dialog.setWindowTitle(title)
    dialog.resize(560, 560)
    table = QTableWidget(len(rows), len(heads))
    table.setHorizontalHeaderLabels(list(heads))
    table.verticalHeader().hide()
    table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            table.setItem(r, c, QTableWidgetItem(text))
    table.resizeColumnsToContents()
    table.horizontalHeader().setStretchLastSection(True)
    layout = QVBoxLayout(dialog)
    layout.addWidget(table)
    return dialog


def about(words: Words, parent: QWidget) -> QDialog:
    """Version and what the program stands on."""
    from PySide6 import __version__ as qt_version

    dialog = QDialog(parent)
    dialog.setWindowTitle(words("action.about"))
    label = QLabel(words("about.text", version=__version__, qt=qt_version), wordWrap=True)
    label.setMinimumWidth(420)
    QVBoxLayout(dialog).addWidget(label)
    return dialog


def tell_error(words: Words, error: BaseException, parent: QWidget) -> None:
    """What happened and the way out."""
    if isinstance(error, PmError):
        where = " · ".join(str(v) for v in (error.where.file, error.where.row, error.where.field) if v is not None)
        text = words.of(error.message) + (f"\n{where}" if where else "") + f"\n\n→ {words.of(error.remedy)}"
    else:
        text = f"{words('error.unexpected')}\n{error}"
    box = QMessageBox(QMessageBox.Icon.Warning, words("error.title"), text, parent=parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.addButton(words("button.ok"), QMessageBox.ButtonRole.AcceptRole)
    box.exec()


def error_text(words: Words, error: BaseException) -> str:
    """One line for a panel."""
    return words.of(error.message) if isinstance(error, PmError) else f"{words('error.unexpected')} {error}"


def confirm(words: Words, text: str, parent: QWidget, act: Callable[[], object]) -> None:
    """Ask before doing what cannot be undone by Ctrl+Z."""
    box = QMessageBox(QMessageBox.Icon.Question, words("confirm.title"), text, parent=parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    yes = box.addButton(words("button.ok"), QMessageBox.ButtonRole.AcceptRole)
    box.addButton(words("button.cancel"), QMessageBox.ButtonRole.RejectRole)
    box.exec()
    if box.clickedButton() is yes:
        act()
