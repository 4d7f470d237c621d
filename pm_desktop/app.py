"""Composition root: puts settings, workspace, session and window together; the only module that knows every other."""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pm_desktop.base import paths
from pm_desktop.base.errors import ComponentMissing, InputRefused, UsageError
from pm_desktop.base.jobs import JobContext
from pm_desktop.base.label import Label

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from pm_desktop.ui.main_window import MainWindow

WORKBENCHES = ("planner", "inspector", "command", "briefing", "data", "admin")
SETTLE_TIMEOUT_S = 60.0


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture to take: which state of which workspace, at ``size`` pixels and device ratio ``scale``."""

    workspace: str
    out: Path
    workbench: str = "planner"
    size: tuple[int, int] = (1920, 1080)
    scale: float = 1.0
    theme: str = "light"
    lang: str = "zh"
    center: tuple[float, float] | None = None
    zoom: float | None = None
    layers: tuple[str, ...] | None = None
    select: str | None = None
    as_of: date | None = None


class _Lines(JobContext):
    """Progress as plain lines, one every tenth: for a start without a display."""

    def __init__(self) -> None:
        self._tenth = -1

    def progress(self, fraction: float, note: str = "") -> None:
        """Print a line whenever another tenth is done."""
        if int(fraction * 10) > self._tenth:
            self._tenth = int(fraction * 10)
            _tell(f"  {self._tenth * 10:3d} % {note}")


def _tell(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def has_display() -> bool:
    """Whether a window can be shown here."""
    if os.environ.get("QT_QPA_PLATFORM"):
        return os.environ["QT_QPA_PLATFORM"] not in ("offscreen", "minimal")
    if sys.platform.startswith("linux"):
        return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    return True


def sample_location() -> Path:
    """Where the sample workspace of this person lies."""
    return paths.data_dir() / "sample"


def ensure_sample(ctx: JobContext) -> str:
    """Return the location of the sample workspace, generating it the first time."""
    from pm_desktop.workspace.new import new_workspace

    location = sample_location()
    if not (location / "workspace.json").exists():
        new_workspace(ctx, str(location), sample=True)
    return str(location)


def run(location: str | None) -> int:
    """Open the window on ``location`` (None: the sample workspace); without a display leave pictures in ``out/``."""
    if not has_display():
        return _pictures(location)
    gc.disable()  # a tenth of the start goes into looking for garbage among what is only being loaded; on again with the window
    from pm_desktop.cartography import engine

    engine.start_early()
    try:
        from pm_desktop.ui import start

        application = _application()
        return start.run_window(application, location, str(sample_location()))
    finally:
        engine.end_early()


def _pictures(location: str | None) -> int:
    _tell("没有可用的显示器：改为离屏运行，图片写入 out/ · no display: running offscreen, pictures go to out/")
    if location is None:
        _tell("示例工作区 · sample workspace")
        location = ensure_sample(_Lines())
    out = Path("out")
    out.mkdir(exist_ok=True)
    size = (1920, 1080)
    with _window(location, size, 1.0, "light", "zh") as (_app, window):
        for name in WORKBENCHES:
            began = time.perf_counter()
            file = out / f"{name}.png"
            window.open_workbench(name)
            _settle(window)
            _save(window, file)
            _tell(f"{file}  {size[0]}×{size[1]}  {time.perf_counter() - began:.1f} s")
    return 0


def shoot(request: Shot) -> dict[str, Any]:
    """Render the state ``request`` asks for and wait until it is complete.

    Returns
    -------
    dict
        ``{"file", "width", "height", "seconds"}``.

    Raises
    ------
    InputRefused
        Unknown workbench, theme, language or compound.
    UsageError
        Unknown layer or option of a layer.
    NotAllowed
        The day has not come yet.
    ComponentMissing
        The view was not complete after two minutes.
    """
    began = time.perf_counter()
    _check("workbench", request.workbench, WORKBENCHES)
    _check("theme", request.theme, ("light", "dark", "contrast"))
    _check("lang", request.lang, ("zh", "en"))
    _check_layers(request.layers or ())
    if request.select is not None:
        from pm_desktop.workspace.locate import named_compound

        named_compound(JobContext(), request.workspace, request.select)
    logical = (round(request.size[0] / request.scale), round(request.size[1] / request.scale))
    with _window(request.workspace, logical, request.scale, request.theme, request.lang) as (_app, window):
        window.session.show_day(request.as_of)
        window.open_workbench(request.workbench)
        _settle(window)
        window.show_state(center=request.center, zoom=request.zoom, layers=request.layers, select=request.select)
        _settle(window)
        width, height = _save(window, request.out)
    return {"file": str(request.out), "width": width, "height": height,
            "seconds": round(time.perf_counter() - began, 2)}


def _check(field: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        raise InputRefused(f"{field}_unknown", Label(f"没有“{value}”", f"there is no {value!r}"), _one_of(allowed))


def _check_layers(wanted: tuple[str, ...]) -> None:
    """Layers by id, or ``id:option`` where a layer can be coloured by several things."""
    from pm_desktop.layers.registry import all_layers

    layers = {layer.id: [option.id for option in layer.options] for layer in all_layers()}
    for name in wanted:
        layer, colon, option = name.partition(":")
        if layer not in layers:
            raise UsageError("layer_unknown", Label(f"没有图层“{layer}”", f"there is no layer {layer!r}"), _one_of(layers))
        if colon and not layers[layer]:
            raise UsageError("option_unknown", Label(f"图层“{layer}”没有着色选项", f"layer {layer!r} has no options"),
                             Label(f"请只写 {layer}", f"write {layer} alone"))
        if colon and option not in layers[layer]:
            raise UsageError("option_unknown", Label(f"图层“{layer}”不能按“{option}”着色", f"layer {layer!r} cannot be coloured by {option!r}"),
                             _one_of(layers[layer]))


def _one_of(names: Iterable[str]) -> Label:
    return Label(f"可选：{'、'.join(names)}", f"choose one of {', '.join(names)}")


def _application() -> QApplication:
    from PySide6.QtWidgets import QApplication

    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    application = QApplication(sys.argv[:1])
    application.setApplicationName("pm_desktop")
    application.setApplicationDisplayName("浦东物业监管")
    return application


@contextmanager
def _window(location: str, size: tuple[int, int], scale: float, theme: str,
            lang: str) -> Iterator[tuple[QApplication, MainWindow]]:
    """An offscreen main window on ``location``; settings of the person are neither read nor changed."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["QT_SCALE_FACTOR"] = str(scale)
    from pm_desktop.cartography import engine

    engine.start_early()
    from pm_desktop.base.settings import Settings
    from pm_desktop.ui.main_window import MainWindow
    from pm_desktop.ui.session import Session

    session: Session | None = None
    try:
        application = _application()
        session = Session(location)
        window = MainWindow(session, Settings(theme=theme, lang=lang))
        try:
            window.resize(*size)
            window.show()
            yield application, window
        finally:
            window.close()  # also where the picture could not be made: the window's processes and their memory end with it
    finally:
        engine.end_early()
        if session is not None:
            session.close()


def _settle(window: MainWindow) -> None:
    """Run the event loop until every panel is loaded and the map is complete."""
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    late: list[bool] = []
    limit = QTimer(singleShot=True)
    limit.timeout.connect(lambda: (late.append(True), loop.quit()))
    poll = QTimer(interval=30)
    calm = [0]

    def look() -> None:
        # two calm looks in a row: a panel may ask for more as soon as it is shown
        calm[0] = calm[0] + 1 if window.is_settled() else 0
        if calm[0] >= 3:
            loop.quit()

    poll.timeout.connect(look)
    limit.start(int(SETTLE_TIMEOUT_S * 1000))
    poll.start()
    loop.exec()
    poll.stop()
    limit.stop()
    if late:
        waiting = ", ".join(window.waiting_for())
        raise ComponentMissing("view_incomplete", Label(f"画面在规定时间内未完成（{waiting}）", f"the view was not complete in time ({waiting})"),
                               Label("请运行 pm-desktop doctor 并查看日志", "run pm-desktop doctor and see the log"))


def _save(window: MainWindow, file: Path) -> tuple[int, int]:
    picture = window.grab()
    file.parent.mkdir(parents=True, exist_ok=True)
    if not picture.save(str(file), "PNG"):
        raise InputRefused("picture_not_written", Label(f"无法写入 {file}", f"cannot write {file}"),
                           Label("请检查路径与权限", "check path and permissions"))
    return picture.width(), picture.height()
