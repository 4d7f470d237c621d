"""Dialog to choose the day that the window shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import QDate, QLocale, Qt
from PySide6.QtWidgets import QCalendarWidget, QDateEdit, QDialog, QDialogButtonBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from pm_desktop.ui.i18n import Words

FIRST = QDate(1990, 1, 1)


def quick_days(today: date) -> dict[str, date]:
    """Days that people ask for, by translation key: the ends of the last month and year, and a year ago."""
    first = today.replace(day=1)
    ago = date(today.year - 1, today.month, min(today.day, 28) if today.month == 2 else today.day)
    return {"past.month_end": date.fromordinal(first.toordinal() - 1), "past.year_end": date(today.year - 1, 12, 31), "past.year_ago": ago}


class DayDialog(QDialog):
    """Calls ``chosen(day)`` with a day up to ``today``; typed, picked, or one of the usual ones."""

    def __init__(self, words: Words, today: date, current: date, chosen: Callable[[date], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(words("past.title"))
        self._chosen = chosen
        self.edit = QDateEdit(displayFormat="yyyy-MM-dd")
        self.edit.setDateRange(FIRST, QDate(today.year, today.month, today.day))
        self.calendar = QCalendarWidget(gridVisible=False)
        self.calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        for weekend in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
            self.calendar.setWeekdayTextFormat(weekend, self.calendar.weekdayTextFormat(Qt.DayOfWeek.Monday))
        self.calendar.setLocale(QLocale("zh_CN" if words.lang == "zh" else "en_GB"))
        self.calendar.setDateRange(self.edit.minimumDate(), self.edit.maximumDate())
        self.calendar.selectionChanged.connect(lambda: self.edit.setDate(self.calendar.selectedDate()))
        self.edit.dateChanged.connect(self.calendar.setSelectedDate)
        self.edit.setDate(QDate(current.year, current.month, current.day))
        quick = QHBoxLayout()
        for key, day in quick_days(today).items():
            button = QPushButton(words(key))
            button.clicked.connect(lambda _=False, d=day: self.edit.setDate(QDate(d.year, d.month, d.day)))
            quick.addWidget(button)
        buttons = QDialogButtonBox()
        buttons.addButton(words("button.ok"), QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(words("button.cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        for part in (QLabel(words("past.hint"), wordWrap=True, objectName="hint"), self.edit, self.calendar):
            column.addWidget(part)
        column.addLayout(quick)
        column.addWidget(buttons)
        self.edit.setFocus()

    def accept(self) -> None:
        """Take the day."""
        day = self.edit.date()
        super().accept()
        self._chosen(date(day.year(), day.month(), day.day()))
