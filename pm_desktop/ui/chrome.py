"""Top bar and status bar."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QMenu,
    QProgressBar,
    QPushButton,
    QStatusBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from pm_desktop.ui.actions import ACTIONS, WORKBENCHES
from pm_desktop.ui.canvas import View
from pm_desktop.ui.i18n import Words
from pm_desktop.ui.panels.search import SearchBox
from pm_desktop.ui.plain import PlainLabel
from pm_desktop.ui.tasks import Task


class TopBar(QWidget):
    """Workbench switch, search, sample mark, menu.

    Signals
    -------
    switched(str)
        Id of a workbench.
    """

    switched = Signal(str)

    def __init__(self, words: Words, parent: QWidget, theme: list[str] | None = None) -> None:
        super().__init__(parent, objectName="topbar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(44)
        self._words = words
        self._brand = QLabel(objectName="brand")
        self._group = QButtonGroup(self, exclusive=True)
        self._buttons: dict[str, QPushButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 0, 10, 0)
        row.setSpacing(2)
        row.addWidget(self._brand)
        for name in WORKBENCHES:
            button = QPushButton(objectName="workbench", checkable=True, focusPolicy=Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _=False, which=name: self.switched.emit(which))
            self._group.addButton(button)
            self._buttons[name] = button
            row.addWidget(button)
        row.addSpacing(12)
        self.search = SearchBox(words, [(a.id, a.key) for a in ACTIONS], self, theme)
        row.addWidget(self.search, 1)
        row.addSpacing(12)
        self.sample = QLabel(objectName="sample")
        self.workspace = PlainLabel(objectName="meta")
        self._moment: str | None = None
        self._as_of = QLabel(objectName="asOf")
        self.user = QToolButton(text=f"{_user_name()} ▾", objectName="flat", popupMode=QToolButton.ToolButtonPopupMode.InstantPopup)
        self.user.setMenu(QMenu(self.user))
        self.menu = QToolButton(text="☰", objectName="flat", popupMode=QToolButton.ToolButtonPopupMode.InstantPopup)
        row.addWidget(self.sample, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(self.workspace)
        row.addWidget(self._as_of)
        row.addWidget(self.user)
        row.addWidget(self.menu)
        words.changed.connect(self.retranslate)
        self.retranslate()

    def mark(self, workbench: str) -> None:
        """Show which workbench is open."""
        self._buttons[workbench].setChecked(True)

    def show_as_of(self, moment: str | None) -> None:
        """Date of the newest fact; None where there are no dated facts."""
        self._moment = moment
        self.retranslate()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """On a narrow window the search needs the room more than the date."""
        super().resizeEvent(event)
        self._as_of.setVisible(self._moment is not None and self.width() >= 1300)

    def retranslate(self) -> None:
        """Words of the language in use."""
        self._as_of.setText(self._words("top.as_of", moment=self._moment) if self._moment else "")
        self._as_of.setVisible(self._moment is not None and self.width() >= 1300)
        self._as_of.setToolTip(self._words("top.as_of_tip"))
        self.user.setToolTip(self._words("top.user"))
        self._brand.setText(self._words("app.short"))
        self.sample.setText(self._words("app.sample"))
        self.menu.setToolTip(self._words("menu.title"))
        for name, button in self._buttons.items():
            button.setText(self._words(f"workbench.{name}"))


def stacked(*widgets: QWidget) -> QWidget:
    """Widgets one below the other, without gaps; the first one takes the room."""
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for widget in widgets:
        column.addWidget(widget, int(widget is widgets[0]))
    return holder


def _user_name() -> str:
    """Name under which this person is signed in to the computer."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "—"


def fill_menus(top: TopBar, words: Words, make: Callable[[str], object]) -> None:
    """Menus from the declared actions; ``make(id)`` gives the QAction."""
    menu = top.menu.menu()
    menu.clear()
    for name in ("file", "edit", "view", "help"):
        sub = menu.addMenu(words(f"menu.{name}"))
        for action in ACTIONS:
            if action.menu == name:
                sub.addAction(make(action.id))  # type: ignore[call-overload]
    own = top.user.menu()
    own.clear()
    for which in ("edit.history", "", "view.lang", "view.theme", "file.settings", "", "help.shortcuts", "help.about"):
        own.addAction(make(which)) if which else own.addSeparator()  # type: ignore[call-overload]


class BottomBar(QWidget):
    """One line below the map: what can be unfolded there. Signals: ``asked(action id)``."""

    asked = Signal(str)

    def __init__(self, words: Words) -> None:
        super().__init__(objectName="bottomBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(26)
        self._words, self._open = words, False
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 0, 6, 0)
        row.setSpacing(4)
        self._table = QToolButton(objectName="fold", focusPolicy=Qt.FocusPolicy.TabFocus)
        self._table.clicked.connect(lambda: self.asked.emit("view.table"))
        self._features = QToolButton(objectName="fold", focusPolicy=Qt.FocusPolicy.TabFocus)
        self._features.clicked.connect(lambda: self.asked.emit("view.features"))
        for button in (self._table, self._features):
            row.addWidget(button)
        row.addStretch()
        words.changed.connect(self.retranslate)
        self.retranslate()

    def show_table(self, shown: bool) -> None:
        """Whether the table is unfolded."""
        self._open = shown
        self.retranslate()

    def retranslate(self) -> None:
        """Words of the language in use."""
        self._table.setText(f"{'▾' if self._open else '▸'} {self._words('bar.table')}")
        self._table.setToolTip(f"{self._words('action.table')}  F9")
        self._features.setText(f"▸ {self._words('bar.features')}")
        self._features.setToolTip(f"{self._words('action.features')}  Ctrl+F6")


class Status(QStatusBar):
    """Coordinates, CRS, scale, the day shown, background work with progress and cancel. Signal: ``dayAsked()``."""

    dayAsked = Signal()

    def __init__(self, words: Words) -> None:
        super().__init__()
        self.setSizeGripEnabled(False)
        self.setFixedHeight(26)
        self._words = words
        self._task: Task | None = None
        self.place, self._scale, self._work = (QLabel() for _ in range(3))
        self.place.setMinimumWidth(190)
        self.crs = QPushButton(objectName="flat", cursor=Qt.CursorShape.PointingHandCursor)  # led by `coordinates.Coordinates`
        self._bar = QProgressBar(maximum=1000)
        self._bar.setFixedWidth(140)
        self._cancel = QPushButton("✕", objectName="flat")
        self._cancel.clicked.connect(lambda: self._task and self._task.cancel())
        self.day = QPushButton(objectName="flat", cursor=Qt.CursorShape.PointingHandCursor)
        self.day.clicked.connect(self.dayAsked)
        self._day: date | None = None
        for label in (self.place, self.crs, self._scale, self.day):
            self.addWidget(label)
        for work in (self._work, self._bar, self._cancel):
            self.addPermanentWidget(work)
            work.hide()
        words.changed.connect(self.retranslate)
        self.retranslate()

    def show_view(self, view: View) -> None:
        """Centre and scale of the map."""
        from pm_desktop.base.mercator import metres_per_unit

        metres_px = metres_per_unit(view.lat) * view.unit
        self._scale.setText(f"1:{round(metres_px / 0.000264583, -2):,.0f}")

    def show_day(self, day: date | None) -> None:
        """The day that the window shows; None is today."""
        self._day = day
        self.retranslate()

    def watch(self, task: Task | None) -> None:
        """Show a long task, or none."""
        self._task = task
        for widget in (self._work, self._bar, self._cancel):
            widget.setVisible(task is not None)
        if task is not None:
            self._bar.setValue(0)
            task.progressed.connect(self._progressed)

    def _progressed(self, fraction: float, _note: str) -> None:
        self._bar.setValue(round(fraction * 1000))
        self._work.setText(f"{self._words('status.working')} {fraction:.0%}")

    def retranslate(self) -> None:
        """Words of the language in use."""
        self._work.setText(self._words("status.working"))
        self.day.setText(self._words("past.sign", day=self._day.isoformat()) if self._day else self._words("past.now"))
        self.day.setToolTip(f"{self._words('action.as_of')}  Ctrl+D")
        self._cancel.setToolTip(self._words("button.cancel"))
