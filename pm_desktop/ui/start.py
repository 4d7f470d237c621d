"""Starting the window: crash reports, settings, the first run, one window a workspace."""

from __future__ import annotations

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

from PySide6.QtCore import QSocketNotifier
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLabel, QMessageBox, QProgressBar, QPushButton, QVBoxLayout

from pm_desktop import __version__
from pm_desktop.base import paths
from pm_desktop.base.errors import PmError
from pm_desktop.base.jobs import JobContext, Lane
from pm_desktop.base.settings import Settings, load_settings, save_settings
from pm_desktop.ui.dialogs.simple import tell_error
from pm_desktop.ui.i18n import Words
from pm_desktop.ui.main_window import MainWindow
from pm_desktop.ui.plain import PlainLabel
from pm_desktop.ui.session import Session
from pm_desktop.ui.tasks import TaskDesk
from pm_desktop.ui.theme import apply_theme

log = logging.getLogger(__name__)
_windows: list[MainWindow] = []


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
        QMessageBox.warning(None, words("crash.title"), words("crash.text", file=str(file)))  # type: ignore[arg-type]

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
    settings = load_settings()
    words = Words(settings.lang)  # type: ignore[arg-type]
    apply_theme(settings.theme)
    install_crash_hook(words)
    close_on_signals(application)
    where = location or (settings.recent[0] if settings.recent and Path(settings.recent[0]).is_dir() else None) or _first(words, sample)
    if where is None:
        return 0
    try:
        open_window(where, settings)
    except PmError as error:
        tell_error(words, error, None)  # type: ignore[arg-type]
        return error.exit_code
    return int(application.exec())


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
    if (Path(sample) / "workspace.json").exists():
        return sample
    welcome = Welcome(words, sample)
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
    """What to begin with: the sample (made at once), a workspace that exists, or an empty one to import into."""

    def __init__(self, words: Words, sample: str) -> None:
        super().__init__()
        self._words, self._sample = words, sample
        self.chosen: str | None = None
        self._lane, self._desk = Lane("welcome"), TaskDesk(self)
        self.setWindowTitle(words("app.title"))
        self.setMinimumWidth(520)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(28, 24, 28, 24)
        layout.setSpacing(10)
        layout.addWidget(QLabel(words("welcome.title"), objectName="cardValue"))
        layout.addWidget(QLabel(words("welcome.text"), wordWrap=True))
        self._buttons = []
        for key, act in (("welcome.sample", self._make_sample), ("welcome.open", self._open), ("welcome.new", self._new)):
            button = QPushButton(words(key))
            button.setMinimumHeight(40)
            button.clicked.connect(act)
            layout.addWidget(button)
            self._buttons.append(button)
        self._buttons[0].setDefault(True)
        self._bar = QProgressBar(maximum=1000)
        self._bar.hide()
        self._message = PlainLabel(wordWrap=True, objectName="hint")
        layout.addWidget(self._bar)
        layout.addWidget(self._message)
        self._make_sample()

    def _make_sample(self) -> None:
        self._run(make_sample_job, self._sample)

    def _new(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self._words("welcome.new"))
        if folder:
            self._run(make_empty_job, str(Path(folder) / "pm-workspace"))

    def _open(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self._words("welcome.open"))
        if folder:
            self._finish(folder)

    def _run(self, function: Callable[..., str], location: str) -> None:
        for button in self._buttons:
            button.setEnabled(False)
        self._bar.show()
        self._message.setText(self._words("welcome.making"))
        self._task = self._desk.start(self._lane, "welcome", function, (location,), self._finish, self._failed)
        self._task.progressed.connect(lambda fraction, _note: self._bar.setValue(round(fraction * 1000)))

    def _failed(self, error: BaseException) -> None:
        for button in self._buttons:
            button.setEnabled(True)
        self._bar.hide()
        self._message.setText(self._words.of(error.message) if isinstance(error, PmError) else str(error))

    def _finish(self, location: str) -> None:
        self.chosen = location
        self.accept()

    def done(self, result: int) -> None:
        """End the helper process with the dialog; a half-made sample is removed by its job."""
        self._desk.close()
        self._lane.close()
        super().done(result)
