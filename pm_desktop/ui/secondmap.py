"""A second map in a window of its own: other layers, other style, the same place, on whatever screen it is moved to.

What it costs: one render process, the tiles of its size twice (72 MB at 1080p), and a heat process only while it shows heat.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from pm_desktop.cartography.style import MAP_THEMES
from pm_desktop.ui.canvas import Hit, MapButtons, MapCanvas, ToolHint, View
from pm_desktop.ui.canvas.linking import Link
from pm_desktop.ui.hovercard import HoverCard
from pm_desktop.ui.i18n import Words
from pm_desktop.ui.layering import Layering
from pm_desktop.ui.panels.layers import LayersPanel
from pm_desktop.ui.panels.time import TimePanel
from pm_desktop.ui.session import Session

if TYPE_CHECKING:
    from pm_desktop.ui.main_window import MainWindow

SIZE_PX = (1180, 760)
LAYERS_PX = 240
SAME = "same"  # the style of the first map
BEGINS_WITH = (("streets", 1.0), ("compounds", 1.0), ("towns", 1.0))
BUTTONS = ("view.length", "view.area", "view.zoom_in", "view.zoom_out", "view.home")


class _While:
    """A session as long as a window stands: what is told after that is not heard."""

    def __init__(self, session: Session) -> None:
        self._session, self.stands = session, True

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)

    @property
    def cache_dir(self) -> Path:
        """A folder of its own: packs that the first map draws are not this one's to clear away."""
        return Path(self._session.cache_dir) / "second"

    def run(self, *args: Any, done: Callable[[Any], None], failed: Callable[[BaseException], None], **options: Any) -> Any:
        """Run a job."""
        return self._session.run(*args, done=lambda result: done(result) if self.stands else None,
                                 failed=lambda error: failed(error) if self.stands else None, **options)


class SecondMap(QWidget):
    """Signals: ``closed(dict)`` with what is to be remembered of it."""

    closed = Signal(object)

    def __init__(self, window: MainWindow, kept: dict[str, Any]) -> None:
        super().__init__(None, Qt.WindowType.Window)
        self._w = window
        self.words = Words(window.words.lang)
        self._theme = [window.theme[0]]
        self._session = _While(window.session)
        self.canvas = MapCanvas(workers=1)
        looks = kept.get("looks")
        self._looks = dict(looks) if isinstance(looks, dict) else {}
        self.layers = LayersPanel(self.words, self._looks)
        self.time = TimePanel(self.words, self._theme)
        self.time.hide()
        self.layering = Layering(cast(Session, self._session), self.canvas, self.layers, self.time)
        self.buttons = MapButtons(self.words, self.canvas, BUTTONS)
        ToolHint(self.words, self.canvas)
        self.card = HoverCard(self.words, self.layers, self.canvas)
        self.linked = QPushButton(objectName="toggle", checkable=True, focusPolicy=Qt.FocusPolicy.TabFocus)
        self._style_label = QLabel(objectName="hint")
        self.style_box = QComboBox()
        self.panel_button = QPushButton(objectName="toggle", checkable=True, checked=True, focusPolicy=Qt.FocusPolicy.TabFocus)
        self._note = QLabel(objectName="hint")
        self._lay_out()
        self.link = Link(window.canvas, self.canvas, self)
        self._connect()
        self._restore(kept)
        self.retranslate()

    def _lay_out(self) -> None:
        bar = QWidget(objectName="topbar")
        bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(bar)
        row.setContentsMargins(10, 5, 10, 5)
        row.setSpacing(8)
        for widget in (self.panel_button, self.linked, self._style_label, self.style_box, self._note):
            row.addWidget(widget)
        row.addStretch()
        self.layers.setFixedWidth(LAYERS_PX)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.layers)
        middle.addWidget(self.canvas, 1)
        body = QVBoxLayout(self)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(0)
        body.addWidget(bar)
        body.addLayout(middle, 1)
        body.addWidget(self.time)
        self.setMinimumSize(560, 400)
        self.resize(*SIZE_PX)

    def _connect(self) -> None:
        w, canvas = self._w, self.canvas
        self.linked.toggled.connect(self._set_linked)
        self.style_box.activated.connect(self.show_style)
        self.panel_button.toggled.connect(self.layers.setVisible)
        self.buttons.asked.connect(self._do)
        canvas.clicked.connect(self._clicked)
        canvas.hovered.connect(self.card.show_hit)
        canvas.viewChanged.connect(self._moved)
        w.viewing.give_menu(canvas)
        canvas.cursorMoved.connect(w.viewing.coordinates.show_place)
        canvas.cursorLeft.connect(w.viewing.coordinates.leave)
        self.layers.changed.connect(lambda _states: self.card.show_hit(None))
        self.layering.failed.connect(w.commands.tell)
        w.selected.changed.connect(self._select)
        w.words.changed.connect(self._follow_words)
        w.session.dayChanged.connect(self._mark)
        w.session.changed.connect(self._mark)
        for keys, slot in (("F4", self.close), ("F7", self.panel_button.toggle), ("F11", self._full_screen)):
            QShortcut(QKeySequence(keys), self).activated.connect(slot)

    def _restore(self, kept: dict[str, Any]) -> None:
        """As it was left; what makes no sense any more is left out."""
        layers = kept.get("layers")
        try:
            shown = tuple((str(i), float(o)) for i, o in layers) if layers else BEGINS_WITH
        except (TypeError, ValueError):
            shown = BEGINS_WITH
        self._style = kept.get("style") if kept.get("style") in MAP_THEMES else SAME
        self._show_style()
        self.layers.restore(shown)
        bounds = self._w.viewing.overview.bounds
        if bounds is not None:
            self.canvas.fit(bounds, home=True)
        self.canvas.set_view(self._w.canvas.view())
        self.linked.setChecked(kept.get("linked") is not False)
        self._select()
        geometry = kept.get("geometry")
        if not (isinstance(geometry, str) and self.restoreGeometry(QByteArray.fromBase64(geometry.encode()))):
            self._to_other_screen()

    def _to_other_screen(self) -> None:
        """Begin on a screen where the first map is not, if there is one."""
        others = [s for s in QGuiApplication.screens() if s is not self._w.screen()]
        if others:
            self.move(others[0].availableGeometry().topLeft())

    def state(self) -> dict[str, Any]:
        """What is remembered of it."""
        return {"layers": [[s.name, s.opacity] for s in self.layers.states() if s.visible], "looks": self._looks, "style": self._style, "linked": self.linked.isChecked(),
                "geometry": bytes(self.saveGeometry().toBase64().data()).decode()}

    @property
    def is_idle(self) -> bool:
        """Whether its layers are built and its map is complete."""
        return self.layering.is_idle and self.canvas.is_complete()

    # -- what it shows -----------------------------------------------------------------------------------------------------

    def show_style(self, number: int) -> None:
        """Show the style with this number of the list."""
        self._style = self.style_box.itemData(number)
        self._show_style()

    def show_main_style(self, name: str) -> None:
        """The first map has another style."""
        if self._style == SAME:
            self._dress(name)

    def _show_style(self) -> None:
        self._dress(self._w.map_theme if self._style == SAME else str(self._style))

    def _dress(self, name: str) -> None:
        self._theme[0] = name if name in ("dark", "contrast") else "light"
        self.canvas.set_map_theme(name)
        self.layers.set_map_theme(name)

    def _set_linked(self, on: bool) -> None:
        self.link.set_on(on)
        self._note.setText(self.words("second.linked" if on else "second.free"))

    def _select(self) -> None:
        self.canvas.select(self._w.selected.layer, self._w.selected.texts())

    def _moved(self, _view: View) -> None:
        self.card.show_hit(None)

    def _clicked(self, hit: Hit | None) -> None:
        """A cluster opens on this map, everything else is the first window's."""
        if hit is not None and hit.count > 1:
            self.canvas.set_view(View(hit.lon, hit.lat, self.canvas.view().zoom + 1.5))  # type: ignore[arg-type]
        else:
            self._w._clicked(hit)

    def _do(self, action: str) -> None:
        acts = {"view.length": lambda: self.canvas.begin("line"), "view.area": lambda: self.canvas.begin("area"),
                "view.zoom_in": self.canvas.zoom_in, "view.zoom_out": self.canvas.zoom_out, "view.home": self.canvas.go_home,
                "view.left": self.panel_button.toggle}
        acts[action]()

    def _full_screen(self) -> None:
        self.showNormal() if self.isFullScreen() else self.showFullScreen()

    def _follow_words(self) -> None:
        """The language, or the theme of the windows, is another one."""
        if self.words.lang != self._w.words.lang:
            self.words.set_lang(self._w.words.lang)
        else:
            self.words.changed.emit()
        self.retranslate()

    def _mark(self, *_what: object) -> None:
        """Sample, past day and whose the base is stand on this map too."""
        self.canvas.sample_mark, self.canvas.attribution = self._w.canvas.sample_mark, self._w.canvas.attribution
        self.canvas.update()

    def retranslate(self) -> None:
        """Words of the language in use."""
        words = self.words
        self.setWindowTitle(words("second.title"))
        self.linked.setText(words("second.link"))
        self.linked.setToolTip(words("second.link_tip"))
        self.panel_button.setText(words("layers.title"))
        self.panel_button.setToolTip(f"{words('action.left')}  F7")
        self._style_label.setText(words("second.style"))
        self.style_box.clear()
        for name in (SAME, *MAP_THEMES):
            self.style_box.addItem(words(f"second.style.{name}"), name)
        self.style_box.setCurrentIndex((SAME, *MAP_THEMES).index(str(self._style)))
        self._note.setText(words("second.linked" if self.linked.isChecked() else "second.free"))
        self.canvas.set_lang(words.lang)
        self._mark()

    def closeEvent(self, event: QCloseEvent) -> None:
        """End its processes; what is still being built for it is not waited for."""
        if self._session.stands:
            self._session.stands = False
            self.link.end()
            self.canvas.close_engine()
            self.closed.emit(self.state())
            self.deleteLater()
        super().closeEvent(event)
