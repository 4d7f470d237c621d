"""The map as a picture or a sheet of paper: what is chosen on the left, how it looks on the right."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from pm_desktop.base.errors import Cancelled, PmError
from pm_desktop.cartography.style import MAP_THEMES
from pm_desktop.export.picture import LONGEST_PX, check_size
from pm_desktop.ui.dialogs.simple import error_text
from pm_desktop.ui.i18n import Words
from pm_desktop.ui.picturing import PAPERS, PIXELS, SCALES, WINDOW, Choices
from pm_desktop.ui.plain import PlainLabel
from pm_desktop.ui.tasks import Task

if TYPE_CHECKING:
    from pm_desktop.ui.picturing import Picturing

PREVIEW = QSize(560, 470)
WAIT_MS = 250
DOTS = (96, 150, 200, 300, 400, 600)
FILTERS = {".png": "PNG (*.png)", ".pdf": "PDF (*.pdf)", ".jpg": "JPEG (*.jpg)"}


class PictureDialog(QDialog):
    """Choices, a preview that follows them, and the file."""

    def __init__(self, words: Words, picturing: Picturing, chosen: Choices, parent: QWidget) -> None:
        super().__init__(parent)
        self._words, self._picturing = words, picturing
        self._task: Task | None = None
        self.setWindowTitle(words("action.picture").rstrip("…"))
        self._make_fields(chosen)
        self.image = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, objectName="miniMap")
        self.image.setFixedSize(PREVIEW)
        self.image.setAccessibleName(words("picture.preview"))
        self.said = PlainLabel(objectName="hint", wordWrap=True)
        self.bar = QProgressBar(maximum=1000, textVisible=False)
        self.bar.hide()
        self.save_button, self.cancel_button = QPushButton(words("picture.save"), default=True), QPushButton(words("button.cancel"))
        self.save_button.clicked.connect(self._ask_file)
        self.cancel_button.clicked.connect(self._cancel)
        self._lay_out()
        self._wait = QTimer(self, singleShot=True, interval=WAIT_MS)
        self._wait.timeout.connect(self._preview)
        self._changed()

    def _make_fields(self, chosen: Choices) -> None:
        w = self._words
        self.paper, self.shape, self.dots, self.style_box, self.scale = QComboBox(), QComboBox(), QComboBox(), QComboBox(), QComboBox(editable=True)
        for name in PAPERS:
            self.paper.addItem(name, name)
        self.paper.addItem(w("picture.window"), WINDOW)
        self.paper.addItem(w("picture.pixels"), PIXELS)
        self.paper.setCurrentIndex(self.paper.findData(chosen.paper))
        for key, landscape in (("picture.landscape", True), ("picture.portrait", False)):
            self.shape.addItem(w(key), landscape)
        self.shape.setCurrentIndex(self.shape.findData(chosen.landscape))
        self.wide, self.high = (QSpinBox(minimum=200, maximum=LONGEST_PX, value=side, groupSeparatorShown=True) for side in chosen.size)
        for number in DOTS:
            self.dots.addItem(w("picture.dots", n=number), number)
        self.dots.setCurrentIndex(max(self.dots.findData(chosen.dots_per_inch), 0))
        for style in ("", *MAP_THEMES):
            self.style_box.addItem(w(f"picture.style_{style or 'window'}"), style)
        self.style_box.setCurrentIndex(self.style_box.findData(chosen.style))
        self.scale.addItem(w("picture.as_window"))
        self.scale.addItems([f"1:{n:,}" for n in SCALES])
        self.scale.setCurrentText(f"1:{chosen.scale:,}" if chosen.scale else w("picture.as_window"))
        self.turn = QDoubleSpinBox(minimum=-180, maximum=180, decimals=1, singleStep=5, suffix=" °", value=chosen.degrees, wrapping=True)
        self.title, self.approval = QLineEdit(chosen.title), QLineEdit(chosen.approval)
        self.title.setPlaceholderText(w("picture.no_title"))
        self.approval.setPlaceholderText(w("picture.approval_hint"))
        self.legend, self.bar_box, self.north = (QCheckBox(w(key)) for key in ("layers.legend", "picture.scale_bar", "picture.north"))
        for box, on in ((self.legend, chosen.legend), (self.bar_box, chosen.scale_bar), (self.north, chosen.north)):
            box.setChecked(on)
            box.toggled.connect(self._changed)
        for combo in (self.paper, self.shape, self.dots, self.style_box):
            combo.currentIndexChanged.connect(self._changed)
        self.scale.currentTextChanged.connect(self._changed)
        for spin in (self.wide, self.high, self.turn):
            spin.valueChanged.connect(self._changed)
        for edit in (self.title, self.approval):
            edit.textChanged.connect(self._changed)

    def _lay_out(self) -> None:
        w = self._words
        form = self.form = QFormLayout()
        size, show = QHBoxLayout(), QHBoxLayout()
        for part in (self.wide, QLabel("×"), self.high, QLabel("px")):
            size.addWidget(part)
        for box in (self.legend, self.bar_box, self.north):
            show.addWidget(box)
        show.addStretch()
        for key, field in (("picture.paper", self.paper), ("picture.shape", self.shape), ("picture.size", size), ("picture.sharpness", self.dots),
                           ("picture.scale", self.scale), ("picture.turn", self.turn), ("picture.style", self.style_box), ("picture.title", self.title), ("picture.show", show),
                           ("picture.approval", self.approval)):
            form.addRow(w(key), field)
        self._size_row = size
        buttons = QHBoxLayout()
        buttons.addWidget(self.bar, 1)
        buttons.addStretch()
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.save_button)
        left = QVBoxLayout()
        left.addLayout(form)
        left.addWidget(self.said)
        left.addStretch()
        row = QHBoxLayout()
        row.addLayout(left, 1)
        row.addWidget(self.image, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.addLayout(row)
        column.addLayout(buttons)
        self.setMinimumWidth(960)

    def chosen(self) -> Choices:
        """What is chosen now."""
        return Choices(self.paper.currentData(), bool(self.shape.currentData()), (self.wide.value(), self.high.value()), int(self.dots.currentData()),
                       self._wanted_scale() or 0, self.turn.value(), self.title.text(), self.legend.isChecked(), self.bar_box.isChecked(),
                       self.north.isChecked(), self.approval.text(), self.style_box.currentData())

    def _wanted_scale(self) -> int | None:
        """The n of 1:n; 0 for the window's extent; None for what is no scale."""
        text = self.scale.currentText().strip()
        if text == self._words("picture.as_window") or not text:
            return 0
        digits = text.partition(":")[2] or text.partition("：")[2] or text
        digits = "".join(c for c in digits if c not in ", ，")
        return int(digits) if digits.isascii() and digits.isdigit() and 100 <= int(digits) <= 2_000_000 else None

    def _changed(self) -> None:
        paper = self.paper.currentData()
        self.form.setRowVisible(self.shape, paper in PAPERS)
        self.form.setRowVisible(self._size_row, paper == PIXELS)
        fault = self._fault()
        self.save_button.setEnabled(fault is None and self._task is None)
        self.said.setText(fault if fault is not None else self._told())
        if fault is None and hasattr(self, "_wait"):
            self._wait.start()
        elif fault is None:
            QTimer.singleShot(0, self._preview)

    def _fault(self) -> str | None:
        if self._wanted_scale() is None:
            return self._words("picture.scale_wrong")
        try:
            check_size(self._picturing.sheet(self.chosen()), ".png")
        except PmError as error:
            return self._words_of(error)
        return None

    def _told(self) -> str:
        sheet = self._picturing.sheet(self.chosen())
        width, height = sheet.pixels
        parts = [f"{width:,} × {height:,} px"]
        if sheet.scale_words:
            parts.append(sheet.scale_words)
        return " · ".join(parts)

    def _preview(self) -> None:
        if self._task is not None:
            return
        sheet = self._picturing.sheet(self.chosen())
        ratio = self.devicePixelRatioF()
        fit = min(PREVIEW.width() / sheet.width, PREVIEW.height() / sheet.height) * ratio
        self.image.setText(self._words("state.loading") if self.image.pixmap().isNull() else "")
        self._picturing.preview(sheet, max(64, round(sheet.width * fit)), self._show, self._no_preview)

    def _show(self, png: bytes) -> None:
        picture = QPixmap()
        picture.loadFromData(png)
        picture.setDevicePixelRatio(self.devicePixelRatioF())
        self.image.setPixmap(picture)

    def _no_preview(self, error: BaseException) -> None:
        if not isinstance(error, Cancelled):
            self.said.setText(self._words_of(error))

    def _words_of(self, error: BaseException) -> str:
        """What went wrong, and the way out."""
        way = f" → {self._words.of(error.remedy)}" if isinstance(error, PmError) else ""
        return error_text(self._words, error) + way

    def _ask_file(self) -> None:
        name, kind = QFileDialog.getSaveFileName(self, self._words("picture.save"), f"{self.title.text().strip() or 'map'}.png", ";;".join(FILTERS.values()))
        if name:
            ending = next((e for e, text in FILTERS.items() if text == kind), ".png")
            self.write(name if Path(name).suffix.lower() in (*FILTERS, ".jpeg") else name + ending)

    def write(self, out: str) -> None:
        """Write the file; the dialog stays until it is there, shows how far it is, and can stop it."""
        sheet = self._picturing.sheet(self.chosen())
        try:
            check_size(sheet, Path(out).suffix.lower())
        except PmError as error:
            self.said.setText(self._words_of(error))
            return
        self.bar.setValue(0)
        self.bar.show()
        self.save_button.setEnabled(False)
        self.said.setText(self._words("picture.working", file=Path(out).name))
        self._task = self._picturing.save(sheet, out, self._saved, self._lost)
        self._task.progressed.connect(lambda fraction, _note: self.bar.setValue(round(fraction * 1000)))

    def _saved(self, found: dict[str, Any]) -> None:
        self._end()
        self.said.setText(self._words("picture.saved_size", file=found["file"], mb=f"{found['bytes'] / 1e6:,.1f}"))

    def _lost(self, error: BaseException) -> None:
        self._end()
        self.said.setText(self._words("picture.stopped") if isinstance(error, Cancelled) else self._words_of(error))

    def _end(self) -> None:
        self._task = None
        self.bar.hide()
        self.save_button.setEnabled(True)
        self.cancel_button.setText(self._words("picture.close"))

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()
        else:
            self.reject()

    def reject(self) -> None:
        """Close; what is being written is stopped."""
        if self._task is not None:
            self._task.cancel()
            return
        super().reject()
