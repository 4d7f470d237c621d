"""Starting the window: crash reports, settings, the first run, one window a workspace."""

from __future__ import annotations

import gc
import logging
import platform
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QSocketNotifier, Qt
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout

from pm_desktop import __version__
from pm_desktop.base import paths
from pm_desktop.base.errors import Cancelled, PmError
from pm_desktop.base.jobs import JobContext, Lane
from pm_desktop.base.settings import Settings, load_settings, save_settings
from pm_desktop.ui.dialogs.simple import error_text, tell_error, warn
from pm_desktop.ui.i18n import Words
from pm_desktop.ui.main_window import MainWindow
from pm_desktop.ui.plain import PlainLabel
from pm_desktop.ui.session import Session
from pm_desktop.ui.tasks import Task, TaskDesk
from pm_desktop.ui.theme import apply_theme

log = logging.getLogger(__name__)
_windows: list[MainWindow] = []
_CHOICES = ("welcome.sample", "welcome.open", "welcome.new")


def crash_report(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> Path:
    """Write what happened to a local file; nothing is sent anywhere, no data of the workspace is in it."""
    file = paths.log_dir() / f"crash-{datetime.now(UTC):%Y%m%d-%H%M%S}.txt"
    lines = [f"pm_desktop {__version__}", f"Python {platform.python_version()} on {platform.platform()}",
             datetime.now(UTC).isoformat(), "", *traceback.format_exception(kind, error, trace)]
    file.write_text("\n".join(lines), "utf-8")
    return file


def install_crash_hook(words: Words) -> None:
    """Show a calm message with the place of the report instead of vanishing."""
    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            QApplication.quit()
            return
        file = crash_report(kind, error, trace)
        log.error("unexpected error, report in %s", file, exc_info=(kind, error, trace))
        warn(words, words("crash.title"), words("crash.text", file=str(file)), None)

    sys.excepthook = hook


def close_on_signals(application: QApplication) -> None:
    """Close the windows in order when the system ends the session (SIGTERM) or a person presses Ctrl+C in the terminal.

    Qt's loop does not return to Python until an event comes, so the signal is made one by way of a socket.
    """
    here, there = socket.socketpair()
    there.setblocking(False)
    signal.set_wakeup_fd(there.fileno())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: None)
    notifier = QSocketNotifier(here.fileno(), QSocketNotifier.Type.Read, application)
    # the sockets live as long as what closes over them
    notifier.activated.connect(lambda: (here.recv(64), there.fileno(), application.closeAllWindows(), application.quit()))


def run_window(application: QApplication, location: str | None, sample: str) -> int:
    """Show the window until it is closed; returns the exit code."""
    gc.freeze()  # what is loaded stays: it need not be looked through again
    gc.enable()
    settings = load_settings()
    words = Words(settings.lang)  # type: ignore[arg-type]
    apply_theme(settings.theme)
    install_crash_hook(words)
    close_on_signals(application)
    where = location or (settings.recent[0] if settings.recent and Path(settings.recent[0]).is_dir() else None) or _first(words, sample)
    while where is not None:
        settings.lang = words.lang  # the welcome may have changed it
        try:
            open_window(where, settings)
            return int(application.exec())
        except PmError as error:
            if location is not None:
                tell_error(words, error, None)
                return error.exit_code
            where = _welcome(words, sample, f"{where}\n{words.of(error.message)} → {words.of(error.remedy)}")
    return 0


def open_window(location: str, settings: Settings) -> MainWindow:
    """Open a window on a workspace."""
    session = Session(location)
    window = MainWindow(session, settings, remember=True)
    settings.remember(location)
    save_settings(settings)
    window.destroyed.connect(session.close)
    QApplication.instance().aboutToQuit.connect(session.close)  # type: ignore[union-attr]
    window.showMaximized()
    _windows.append(window)
    return window


def _first(words: Words, sample: str) -> str | None:
    """First run: the sample is made while a person may also choose to open or make a workspace of their own."""
    return sample if (Path(sample) / "workspace.json").exists() else _welcome(words, sample)


def _welcome(words: Words, sample: str, problem: str = "") -> str | None:
    welcome = Welcome(words, sample, problem=problem)
    return welcome.chosen if welcome.exec() else None


def make_sample_job(ctx: JobContext, location: str) -> str:
    """Make the sample workspace; a job."""
    from pm_desktop.workspace.new import new_workspace

    new_workspace(ctx, location, sample=True)
    return location


def make_empty_job(ctx: JobContext, location: str) -> str:
    """Make an empty workspace; a job."""
    from pm_desktop.workspace.new import new_workspace

    new_workspace(ctx, location)
    return location


class Welcome(QDialog):
    """What to begin with: the sample (begun at once where there is none yet), a workspace that exists, or an empty one to import into.

    ``problem`` says why the workspace that was asked for could not be opened; nothing is begun then.
    """

    def __init__(self, words: Words, sample: str, *, problem: str = "") -> None:
        super().__init__()
        self._words, self._sample = words, sample
        self.chosen: str | None = None
        self._lane, self._desk = Lane("welcome"), TaskDesk(self)
        self._task: Task | None = None
        self._problem, self._doing = problem, ""
        self.setFixedWidth(560)
        self._title, self._text = QLabel(objectName="cardValue"), QLabel(wordWrap=True)
        self._lang = QPushButton(objectName="flat", autoDefault=False, focusPolicy=Qt.FocusPolicy.TabFocus)
        self._lang.clicked.connect(self._switch_lang)
        self._buttons = [QPushButton(autoDefault=False, minimumHeight=40) for _ in _CHOICES]
        for button, act in zip(self._buttons, (self._make_sample, self._open, self._new), strict=True):
            button.clicked.connect(act)
        self._bar = QProgressBar(maximum=1000)
        keep = self._bar.sizePolicy()
        keep.setRetainSizeWhenHidden(True)
        self._bar.setSizePolicy(keep)
        self._bar.hide()
        self._message = PlainLabel(wordWrap=True, objectName="hint", minimumHeight=40, alignment=Qt.AlignmentFlag.AlignTop)
        self._lay_out()
        self.retranslate()
        if not problem and not (Path(sample) / "workspace.json").exists():
            self._make_sample()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._lang)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(28, 24, 28, 16)
        layout.setSpacing(10)
        layout.addLayout(head)
        for widget in (self._text, *self._buttons, self._bar, self._message):
            layout.addWidget(widget)
        self._buttons[0].setFocus()

    def retranslate(self) -> None:
        """Words of the language in use."""
        words = self._words
        self.setWindowTitle(words("app.title"))
        self._title.setText(words("welcome.title"))
        self._text.setText(words("welcome.text"))
        self._lang.setText(words("action.lang"))
        for button, key in zip(self._buttons, _CHOICES, strict=True):
            button.setText(words(key))
        self._message.setText(self._problem or (words(self._doing) if self._doing else ""))

    def _switch_lang(self) -> None:
        self._words.set_lang("en" if self._words.lang == "zh" else "zh")
        self.retranslate()

    def _make_sample(self) -> None:
        if (Path(self._sample) / "workspace.json").exists():
            self._finish(self._sample)
        else:
            self._run(make_sample_job, self._sample, "welcome.making")

    def _new(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self._words("welcome.new"))
        if folder:
            self._run(make_empty_job, str(Path(folder) / "pm-workspace"), "welcome.preparing")

    def _open(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self._words("welcome.open"))
        if folder:
            self._finish(folder)

    def _run(self, function: Callable[..., str], location: str, doing: str) -> None:
        """Begin; another choice takes the place of the one that runs."""
        if self._task is not None:
            self._task.cancel()
        self._problem, self._doing = "", doing
        self._buttons[0].setEnabled(False)
        self._bar.setValue(0)
        self._bar.show()
        self.retranslate()
        task = self._desk.start(self._lane, "welcome", function, (location,), self._finish, self._failed)
        task.progressed.connect(lambda fraction, _note: self._bar.setValue(round(fraction * 1000)))
        self._task = task

    def _failed(self, error: BaseException) -> None:
        if isinstance(error, Cancelled):
            return  # another choice took its place
        self._task = None
        self._buttons[0].setEnabled(True)
        self._bar.hide()
        self._problem, self._doing = error_text(self._words, error), ""
        self.retranslate()

    def _finish(self, location: str) -> None:
        self.chosen = location
        self.accept()

    def done(self, result: int) -> None:
        """End the helper process with the dialog; a half-made sample is removed by its job."""
        self._desk.close()
        self._lane.close()
        super().done(result)
