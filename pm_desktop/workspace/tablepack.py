"""Rows of a table as column arrays in one file that window and helper read by memory map: sort, filter and sum in numpy.

No row is a Python object. Numbers and days are float64 with NaN for what is unknown; texts are int32 codes into a
dictionary that is sorted already (Chinese by pinyin), so that a code is also what sorting compares; -1 is unknown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from pm_desktop.base.arraypack import ArrayPack, text_at
from pm_desktop.base.label import Label, Lang

FORMAT = "pm-table-pack"
Kind = Literal["number", "text", "words", "day", "time"]
UNKNOWN = Label("未填报", "Not reported")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Column:
    """A column: words, unit and kind.

    Attributes
    ----------
    kind : Kind
        ``words`` are texts in both languages (enumerations); ``day`` and ``time`` are seconds since 1970 of Shanghai's clock.
    sums : bool
        Whether a sum means anything (it does not for rates and years).
    shown : bool
        Whether it stands in the table before a person chooses.
    """

    key: str
    label: Label
    unit: str | None
    kind: Kind
    digits: int = 0
    sums: bool = False
    shown: bool = True


@dataclass(frozen=True, slots=True)
class Range:
    """Rows whose number lies in ``low <= value <= high``; None leaves an end open. What is unknown is left out."""

    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Values:
    """Rows whose code is one of these; -1 stands for unknown."""

    codes: frozenset[int]


@dataclass(frozen=True, slots=True)
class Months:
    """Rows with at least one event in one of these of the last twelve months (0 is the oldest)."""

    months: frozenset[int]


Filter = Range | Values | Months
MONTHS = "months"
"""Key under which a filter on the monthly events stands."""


@dataclass(frozen=True, slots=True)
class Summary:
    """Sum (None where it means nothing), mean (None without any value) and how many values are known and unknown."""

    total: float | None
    mean: float | None
    known: int
    unknown: int


class TableData:
    """A table pack opened for reading."""

    def __init__(self, path: Path | str) -> None:
        self.arrays = ArrayPack(path)
        meta = self.arrays.meta
        self.entity: str = meta["entity"]
        self.layer: str = meta["layer"]
        self.total: int = meta["total"]
        self.as_of: str | None = meta["as_of"]
        self.columns = tuple(Column(**{**c, "label": Label(**c["label"])}) for c in meta["columns"])
        self.ids: NDArray[np.bytes_] = self.arrays["id"]
        self._found: bytes | None = None
        self._number = {c.key: i for i, c in enumerate(self.columns)}

    def __len__(self) -> int:
        return len(self.ids)

    def index(self, key: str) -> int:
        """Number of the column called ``key``; KeyError if there is none."""
        return self._number[key]

    def values(self, column: int) -> NDArray[Any]:
        """Numbers or codes of a column."""
        return self.arrays[f"c{column}"]

    def distinct(self, column: int) -> int:
        """How many different texts a column has."""
        return len(self.arrays[f"c{column}_start"]) - 1

    def word(self, column: int, code: int, lang: Lang) -> str:
        """Text of a code."""
        if code < 0:
            return UNKNOWN.text(lang)
        prefix = f"c{column}_en" if lang == "en" and f"c{column}_en_start" in self.arrays else f"c{column}"
        return text_at(self.arrays[f"{prefix}_blob"], self.arrays[f"{prefix}_start"], code)

    def text(self, row: int, column: int, lang: Lang) -> str:
        """Text of a cell; numbers with separators of thousands."""
        value = self.values(column)[row]
        kind = self.columns[column].kind
        if kind in ("text", "words"):
            return self.word(column, int(value), lang)
        return written(self.columns[column], float(value), lang)

    def order(self, column: int, descending: bool) -> NDArray[np.int64]:
        """Rows in the order of a column: stable, what is unknown last either way."""
        values = self.values(column)
        unknown = np.isnan(values) if values.dtype.kind == "f" else values < 0
        key = np.where(unknown, 0, -values if descending else values)
        found = np.argsort(key, kind="stable")
        return np.concatenate([found[~unknown[found]], np.flatnonzero(unknown)])

    def containing(self, wanted: str) -> NDArray[np.bool_]:
        """Rows with ``wanted`` (made plain by `plain`) in one of their texts."""
        kept = np.zeros(len(self), bool)
        key = plain(wanted).encode()
        if not key:
            return ~kept
        if self._found is None:
            self._found = self.arrays["find_blob"].tobytes()
        at = np.fromiter((m.start() for m in re.finditer(re.escape(key), self._found)), np.int64)
        kept[np.searchsorted(self.arrays["find_start"], at, "right") - 1] = True
        return kept

    def matching(self, key: str, wanted: Filter) -> NDArray[np.bool_]:
        """Rows that pass a filter on the column called ``key``."""
        match wanted:
            case Months(months):
                return np.asarray(self.arrays[MONTHS][:, sorted(months)].sum(1) > 0)
            case Values(codes):
                return np.isin(self.values(self.index(key)), list(codes))
            case Range(low, high):
                values = self.values(self.index(key))
                kept = ~np.isnan(values)
                if low is not None:
                    kept &= values >= low
                if high is not None:
                    kept &= values <= high
                return np.asarray(kept)

    def rows_of(self, ids: NDArray[np.bytes_]) -> NDArray[np.int64]:
        """Rows whose record is one of ``ids``."""
        return np.flatnonzero(np.isin(self.ids, ids))

    def summary(self, column: int, rows: NDArray[Any]) -> Summary:
        """Sum and mean of the known values of ``rows``; what is unknown is left out and counted."""
        values = self.values(column)[rows]
        known = values[~np.isnan(values)]
        total = float(known.sum()) if self.columns[column].sums and len(known) else None
        return Summary(total, float(known.mean()) if len(known) else None, len(known), len(values) - len(known))


def plain(text: str) -> str:
    """Text as typing compares it: lower case, without spaces."""
    return "".join(text.lower().split())


def written(column: Column, value: float, lang: Lang) -> str:
    """Text of a number, day or time; NaN is unknown."""
    if value != value:
        return UNKNOWN.text(lang)
    match column.kind:
        case "day":
            return f"{_EPOCH + timedelta(seconds=value):%Y-%m-%d}"
        case "time":
            return f"{_EPOCH + timedelta(seconds=value):%Y-%m-%d %H:%M}"
        case _:
            separator = "" if column.unit is None and not column.sums and 1800 <= value < 2200 and column.digits == 0 else ","
            return f"{value:{separator}.{column.digits}f}"
