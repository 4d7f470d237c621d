"""Small dialogs: command palette, settings, shortcuts, history, about, and plain messages."""

from __future__ import annotations

import platform
from collections.abc import Callable, Sequence
from importlib.metadata import version

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHeaderView,
    QInputDialog,
    QLabel,
    QLineEdit,
    QMessageBox,
    QTableWidget,
    QTableWidgetItem,
    QTreeWidget,
    QTreeWidgetItem,
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
_WALK: dict[int, int] = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 10, Qt.Key.Key_PageUp: -10}
# what the program stands on: distribution, name shown, licence
_PARTS = (("PySide6_Essentials", "Qt for Python", "LGPL-3.0"), ("numpy", "NumPy", "BSD-3-Clause"), ("scipy", "SciPy", "BSD-3-Clause"),
          ("shapely", "Shapely / GEOS", "BSD-3-Clause / LGPL-2.1"), ("pyproj", "pyproj / PROJ", "MIT"), ("pyogrio", "pyogrio / GDAL", "MIT"),
          ("SQLAlchemy", "SQLAlchemy", "MIT"), ("osmium", "pyosmium", "BSD-2-Clause"), ("", "Noto Sans SC", "OFL-1.1"))


class Palette(QDialog):
    """Choose a command by typing; ``chosen`` is its id after Enter or a click. ``more``: id, words and key of what is no action."""

    def __init__(self, words: Words, parent: QWidget, more: Sequence[tuple[str, str, str]] = ()) -> None:
        super().__init__(parent)
        self._words = words
        self._entries = [(a.id, words(a.key), a.shortcut) for a in ACTIONS] + list(more)
        self.chosen: str | None = None
        self.setWindowTitle(words("action.palette"))
        self.resize(560, 460)
        self.edit = QLineEdit(placeholderText=words("palette.hint"), clearButtonEnabled=True)
        self.entries = QTreeWidget(columnCount=2, headerHidden=True, rootIsDecorated=False, focusPolicy=Qt.FocusPolicy.NoFocus)
        self.entries.header().setStretchLastSection(False)
        self.entries.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.entries.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.edit.textChanged.connect(self._fill)
        self.edit.returnPressed.connect(self._choose)
        self.edit.installEventFilter(self)
        self.entries.itemClicked.connect(self._choose)
        layout = QVBoxLayout(self)
        layout.addWidget(self.edit)
        layout.addWidget(self.entries)
        self._fill("")

    def _fill(self, text: str) -> None:
        self.entries.clear()
        for identifier, title, shortcut in self._entries:
            if normal(text) in normal(title):
                item = QTreeWidgetItem(self.entries, [title, shortcut])
                item.setData(0, ID, identifier)
                item.setForeground(1, self.palette().placeholderText())
                item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if not self.entries.topLevelItemCount():
            QTreeWidgetItem(self.entries, [self._words("search.none", text=text)]).setFlags(Qt.ItemFlag.NoItemFlags)
        self._go_to(0)

    def _go_to(self, row: int) -> None:
        item = self.entries.topLevelItem(min(max(row, 0), self.entries.topLevelItemCount() - 1))
        if item is not None:
            self.entries.setCurrentItem(item)

    def _choose(self) -> None:
        item = self.entries.currentItem()
        if item is not None and item.data(0, ID):
            self.chosen = str(item.data(0, ID))
            self.accept()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows walk through the list while one types."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() in _WALK:
            self._go_to(self.entries.currentIndex().row() + _WALK[event.key()])
            return True
        return super().eventFilter(watched, event)


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
    return _table(words, words("action.history"), heads, rows, parent, empty=words("history.empty"))


def _table(words: Words, title: str, heads: tuple[str, ...], rows: Sequence[tuple[str, ...]], parent: QWidget, *, empty: str = "",
           above: QWidget | None = None) -> QDialog:
    dialog = QDialog(parent)
    dialog.setWindowTitle(title)
    dialog.resize(600, 560)
    layout = QVBoxLayout(dialog)
    if above is not None:
        layout.addWidget(above)
    if rows:
        layout.addWidget(_rows(heads, rows), 1)
    else:
        layout.addWidget(QLabel(empty, objectName="hint", alignment=Qt.AlignmentFlag.AlignCenter), 1)
    close = QDialogButtonBox()
    close.addButton(words("button.close"), QDialogButtonBox.ButtonRole.RejectRole)
    close.rejected.connect(dialog.reject)
    layout.addWidget(close)
    return dialog


def _rows(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> QTableWidget:
    table = QTableWidget(len(rows), len(heads))
    table.setHorizontalHeaderLabels(list(heads))
    table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    table.verticalHeader().hide()
    table.setShowGrid(False)
    table.setAlternatingRowColors(True)
    table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
    table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            table.setItem(r, c, QTableWidgetItem(text))
    table.resizeColumnsToContents()
    for column in range(len(heads)):
        table.setColumnWidth(column, min(table.columnWidth(column) + 24, 320))
    table.horizontalHeader().setStretchLastSection(True)
    return table


def about(words: Words, parent: QWidget) -> QDialog:
    """Version, and what the program stands on with versions and licences."""
    rows = [(name, version(part) if part else "", licence) for part, name, licence in _PARTS]
    text = QLabel(words("about.text", version=__version__, python=platform.python_version()), wordWrap=True)
    heads = (words("about.part"), words("about.version"), words("about.licence"))
    dialog = _table(words, words("action.about"), heads, rows, parent, above=text)
    dialog.resize(560, 480)
    return dialog


def tell_error(words: Words, error: BaseException, parent: QWidget | None) -> None:
    """What happened and the way out."""
    if isinstance(error, PmError):
        where = " · ".join(str(v) for v in (error.where.file, error.where.row, error.where.field) if v is not None)
        text = words.of(error.message) + (f"\n{where}" if where else "") + f"\n\n→ {words.of(error.remedy)}"
    else:
        text = f"{words('error.unexpected')}\n{error}"
    warn(words, words("error.title"), text, parent)


def warn(words: Words, title: str, text: str, parent: QWidget | None) -> None:
    """A message with one button."""
    box = QMessageBox(QMessageBox.Icon.Warning, title, text, parent=parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    box.addButton(words("button.ok"), QMessageBox.ButtonRole.AcceptRole)
    box.exec()


def error_text(words: Words, error: BaseException) -> str:
    """One line for a panel."""
    return words.of(error.message) if isinstance(error, PmError) else f"{words('error.unexpected')} {error}"


def confirm(words: Words, text: str, act_words: str, parent: QWidget, act: Callable[[], object]) -> None:
    """Ask before doing what cannot be undone by Ctrl+Z; the button says what will be done, Enter and Esc do not do it."""
    box = QMessageBox(QMessageBox.Icon.Question, words("confirm.title"), text, parent=parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    yes = box.addButton(act_words, QMessageBox.ButtonRole.AcceptRole)
    box.setDefaultButton(box.addButton(words("button.cancel"), QMessageBox.ButtonRole.RejectRole))
    box.exec()
    if box.clickedButton() is yes:
        act()


def ask_metres(words: Words, parent: QWidget) -> float | None:
    """How near is near; None if nobody says."""
    dialog = QInputDialog(parent)
    dialog.setInputMode(QInputDialog.InputMode.DoubleInput)
    dialog.setWindowTitle(words("action.select_near"))
    dialog.setLabelText(words("select.metres"))
    dialog.setDoubleDecimals(0)
    dialog.setDoubleRange(1.0, 50_000.0)
    dialog.setDoubleValue(500.0)
    dialog.setOkButtonText(words("button.ok"))
    dialog.setCancelButtonText(words("button.cancel"))
    return dialog.doubleValue() if dialog.exec() else None
