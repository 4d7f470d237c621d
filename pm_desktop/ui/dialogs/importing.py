"""Bring a file in: choose, see what it is, count (dry run), store; progress and cancel all along."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from pm_desktop.base.errors import Cancelled
from pm_desktop.intake.kinds import KINDS
from pm_desktop.intake.mapping import field_label
from pm_desktop.ui.dialogs.simple import error_text
from pm_desktop.ui.i18n import Words
from pm_desktop.ui.session import Session
from pm_desktop.ui.tasks import Task
from pm_desktop.workspace.edit import Changes

FILTER = "*.geojson *.json *.gpkg *.shp *.csv *.xlsx"


class ImportDialog(QDialog):
    """Signals: ``stored(dict)`` with the report of a stored batch."""

    stored = Signal(object)

    def __init__(self, session: Session, words: Words, parent: QWidget, file: str = "") -> None:
        super().__init__(parent)
        self._session, self._words = session, words
        self._task: Task | None = None
        self.setAcceptDrops(True)
        self.setWindowTitle(words("action.import"))
        self.resize(860, 620)
        self.file = QLineEdit(file, placeholderText=words("import.drop"))
        browse = QPushButton(words("import.browse"))
        browse.clicked.connect(self._browse)
        self.kind = QComboBox()
        self.kind.addItem(words("import.auto"), None)
        for name, label in KINDS.items():
            self.kind.addItem(words.of(label), name)
        self.crs = QComboBox(editable=True)
        self.crs.addItems([words("import.auto"), "EPSG:4490", "GCJ-02", "BD-09", "EPSG:4326", "EPSG:4549", "EPSG:4550"])
        row = QHBoxLayout()
        row.addWidget(self.file, 1)
        row.addWidget(browse)
        form = QFormLayout()
        form.addRow(words("import.file"), row)
        form.addRow(words("import.as"), self.kind)
        form.addRow(words("import.crs"), self.crs)
        hint = words("import.hint") + (f"\n{words('past.import')}" if session.as_of else "")
        self.summary = QLabel(hint, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
        self.table = QTableWidget(0, 0)
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.verticalHeader().hide()
        self.empty = QLabel(words("import.drop_here"), objectName="dropHere", alignment=Qt.AlignmentFlag.AlignCenter)
        self.rows = QStackedWidget()
        self.rows.addWidget(self.empty)
        self.rows.addWidget(self.table)
        self.bar = QProgressBar(maximum=1000, visible=False)
        self.dry = QPushButton(words("import.dry"))
        self.commit = QPushButton(words("import.commit"), objectName="primary", enabled=False)
        self.cancel = QPushButton(words("button.close"))
        self.dry.clicked.connect(lambda: self._run(dry=True))
        self.commit.clicked.connect(lambda: self._run(dry=False))
        self.cancel.clicked.connect(self._cancel)
        for changed in (self.file.textChanged, self.kind.currentIndexChanged, self.crs.currentTextChanged):
            changed.connect(lambda *_: self.commit.setEnabled(False))
        buttons = QHBoxLayout()
        buttons.addWidget(self.bar, 1)
        buttons.addStretch()
        for button in (self.dry, self.commit, self.cancel):
            buttons.addWidget(button)
        for button in (browse, self.dry, self.commit, self.cancel):
            button.setAutoDefault(False)  # Enter in the name of the file looks at it, and never stores
        self.file.returnPressed.connect(self._preview)
        body = QVBoxLayout(self)
        body.addLayout(form)
        body.addWidget(self.summary)
        body.addWidget(self.rows, 1)
        body.addLayout(buttons)
        if file:
            self._preview()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Look at the dropped file."""
        self.file.setText(event.mimeData().urls()[0].toLocalFile())
        self._preview()

    def _browse(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, self._words("action.import"), "", f"{self._words('import.files')} ({FILTER})")
        if name:
            self.file.setText(name)
            self._preview()

    def _preview(self) -> None:
        from pm_desktop.intake.importer import preview

        self._start(preview, self.file.text(), self.kind.currentData(), done=self._previewed)

    def _previewed(self, found: dict[str, Any]) -> None:
        w = self._words
        self.summary.setText(w("import.preview", kind=w.of(KINDS[found["as"]]) if found["as"] else w("import.unknown_kind"),
                               rows=f"{found['rows']:,}", encoding=found["encoding"] or "—", crs=found["crs"]["decided"] or "—"))
        columns = found["columns"]
        mapped = found["mapping"]
        self._fill([f"{c} → {w.of(mapped[c])}" if c in mapped else c for c in columns], found["sample"])
        for index, column in enumerate(columns):
            item = self.table.horizontalHeaderItem(index)
            if item is not None and column not in mapped:
                item.setToolTip(w("import.unmapped"))

    def _run(self, *, dry: bool) -> None:
        from pm_desktop.intake.importer import import_file

        self._start(import_file, self._session.workspace.location, self.file.text(), self.kind.currentData(), self._crs(), dry, done=lambda report: self._reported(report, dry))

    def _crs(self) -> str:
        """What the person says of the coordinates; the first entry leaves it to the file."""
        said = self.crs.currentText().strip()
        return "auto" if said in ("", self.crs.itemText(0)) else said

    def _reported(self, report: dict[str, Any], dry: bool) -> None:
        w = self._words
        counts = w("import.counts", **{k: f"{report[k]:,}" for k in ("rows", "stored", "located", "queued", "duplicates", "rejected",
                                                                    "uncategorised", "masked_rows")})
        crs = report["crs"]
        reason = crs["reason"] if w.lang == "zh" else crs.get("reason_en", crs["reason"])
        self.summary.setText(f"{w('import.tried') if dry else w('import.done')}  {counts}\n{crs['decided']}  {reason}")
        key = "message" if w.lang == "zh" else "message_en"
        self._fill([w("import.row"), w("import.field"), w("import.problem")],
                   [[str(p["row"] or ""), self._field(report["as"], p["field"] or ""), p.get(key, p["message"])] for p in report["problems"][:1000]])
        self.commit.setEnabled(dry and report["stored"] > 0)
        if not dry:
            self._session.announce(Changes(dict.fromkeys(report.get("entities", []), None) | {"ImportBatch": None}))
            self.stored.emit(report)

    def _field(self, kind: str, name: str) -> str:
        """A field by its words; a column that only the file knows keeps its own."""
        label = field_label(kind, name)
        return name if label is None else self._words.of(label)

    def _fill(self, heads: list[str], rows: list[list[Any]]) -> None:
        self.table.clear()
        self.table.setColumnCount(len(heads))
        self.table.setRowCount(len(rows))
        self.table.setHorizontalHeaderLabels(heads)
        for r, row in enumerate(rows):
            for c, value in enumerate(row):
                self.table.setItem(r, c, QTableWidgetItem("" if value is None else str(value)[:200]))
        self.table.resizeColumnsToContents()
        self.table.horizontalHeader().setStretchLastSection(True)
        self.rows.setCurrentIndex(1 if heads else 0)

    def _start(self, function: Callable[..., Any], *args: Any, done: Callable[[Any], None]) -> None:
        if self._task is not None or not self.file.text().strip():
            return
        self.bar.setValue(0)
        self.bar.show()
        self.dry.setEnabled(False)
        self.commit.setEnabled(False)
        self.cancel.setText(self._words("button.cancel"))
        self._task = self._session.run("import", function, *args, done=done, failed=self._failed, long=True)
        self._task.progressed.connect(lambda fraction, _note: self.bar.setValue(round(fraction * 1000)))
        self._task.ended.connect(self._ended)

    def _failed(self, error: BaseException) -> None:
        text = self._words("import.cancelled") if isinstance(error, Cancelled) else error_text(self._words, error)
        remedy = getattr(error, "remedy", None)
        self.summary.setText(text + (f"\n→ {self._words.of(remedy)}" if remedy else ""))
        self._fill([], [])

    def _ended(self) -> None:
        self._task = None
        self.bar.hide()
        self.dry.setEnabled(True)
        self.cancel.setText(self._words("button.close"))

    def _cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()
        else:
            super().reject()

    def reject(self) -> None:
        """Esc cancels what runs first, then closes."""
        self._cancel() if self._task is not None else super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Closing cancels what runs; nothing of it is stored."""
        if self._task is not None:
            self._task.cancel()
        super().closeEvent(event)
