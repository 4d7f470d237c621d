"""Cells of files → values of fields; what cannot be read is a `RowFault`, never a guess."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from typing import Any

from pm_desktop.base.label import Label
from pm_desktop.domain.entity import FieldInfo
from pm_desktop.domain.enums import LABELS

SHANGHAI = timezone(timedelta(hours=8))
# years that a date or a building can be of: registers use 1900-01-01 and 2100 or so for "unknown" and "open"
YEARS = (1840, 2200)
MAX_NAME, MAX_TEXT = 300, 50_000
UNKNOWN = ("", "-", "—", "无", "暂无", "未填报", "null", "none", "nan", "n/a", "暂无数据", "暂无信息")
_TIME = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]+(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2})(?:\.(\d{1,6})\d*)?秒?)?)?"
                   r"\s*(Z|[+-]\d{2}:?\d{2})?$")


class RowFault(Exception):
    """A row cannot be stored: field, stable code, words."""

    def __init__(self, field: str | None, code: str, message: Label) -> None:
        super().__init__(code)
        self.field, self.code, self.message = field, code, message


def is_unknown(value: Any) -> bool:
    """Whether a cell says nothing."""
    return value is None or (isinstance(value, float) and value != value) or str(value).strip().lower() in UNKNOWN


def parse(field: FieldInfo, value: Any) -> Any:
    """Value of ``field`` from a cell; None for an empty one.

    Raises
    ------
    RowFault
        The cell is not of the field's kind.
    """
    if is_unknown(value):
        return None
    text = str(value).strip()
    try:
        match field.kind:
            case "int":
                return _whole(field, text)
            case "float":
                return float(_amount(text))
            case "decimal":
                return _amount(text).quantize(Decimal(1).scaleb(-field.digits))
            case "bool":
                return _bool(text)
            case "date":
                return _plausible(moment(value)).astimezone(SHANGHAI).date()
            case "time":
                return _plausible(moment(value))
            case "enum":
                return _enum(field, text)
            case "json":
                return tuple(t for t in re.split(r"[;；、]", text) if t)
            case _:
                return _words(field, text)
    except (ValueError, InvalidOperation, OverflowError) as error:
        raise RowFault(field.name, "value_wrong", Label(f"“{field.label.zh}”的值“{text[:40]}”无法识别",
                                                        f"{field.label.en}: {text[:40]!r} is not valid")) from error


def _number(text: str) -> Decimal:
    plain = text.replace(",", "").replace("，", "").rstrip("%户幢年个台元㎡ ")
    number = Decimal(plain)
    if not number.is_finite() or abs(number) > Decimal("1e15"):
        raise ValueError(text)
    return number


def _amount(text: str) -> Decimal:
    number = _number(text)
    if number < 0:  # no quantity of this register can be negative
        raise ValueError(text)
    return number


def _whole(field: FieldInfo, text: str) -> int:
    number = _amount(text)
    if number != number.to_integral_value() or (field.name == "built_year" and not YEARS[0] <= number <= YEARS[1]):
        raise ValueError(text)
    return int(number)


def _plausible(at: datetime) -> datetime:
    if not YEARS[0] <= at.year <= YEARS[1]:
        raise ValueError(at)
    return at


def _words(field: FieldInfo, text: str) -> str:
    """A text that every database and every label can hold."""
    if "\0" in text or any("\ud800" <= c <= "\udfff" for c in text):
        raise ValueError(text)
    limit = MAX_NAME if field.name in ("name", "code") else MAX_TEXT
    if len(text) > limit:
        raise RowFault(field.name, "text_too_long", Label(f"“{field.label.zh}”有 {len(text):,} 字，最多 {limit:,} 字",
                                                          f"{field.label.en} has {len(text):,} letters, at most {limit:,} are allowed"))
    return text


def _bool(text: str) -> bool:
    if text.lower() in ("是", "有", "true", "1", "1.0", "y", "yes"):
        return True
    if text.lower() in ("否", "没有", "false", "0", "0.0", "n", "no"):
        return False
    raise ValueError(text)


def moment(value: Any) -> datetime:
    """Moment in UTC; a time without a zone is Shanghai's.

    Raises
    ------
    ValueError
        It is no time.
    """
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=SHANGHAI)).astimezone(UTC)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=SHANGHAI).astimezone(UTC)
    found = _TIME.match(str(value).strip())
    if not found:
        raise ValueError(value)
    year, month, day, hour, minute, second = (int(g or 0) for g in found.groups()[:6])
    micro = int((found[7] or "").ljust(6, "0") or 0)
    zone = SHANGHAI
    if found[8]:
        sign = found[8].replace(":", "")
        zone = UTC if sign == "Z" else timezone(timedelta(hours=int(sign[1:3]), minutes=int(sign[3:])) * (1 if sign[0] == "+" else -1))  # type: ignore[assignment]
    return datetime(year, month, day, hour, minute, second, micro, tzinfo=zone).astimezone(UTC)


def _enum(field: FieldInfo, text: str) -> Any:
    assert field.enum is not None
    if text.upper() in field.enum.__members__:
        return field.enum[text.upper()]
    for member in field.enum:
        words = LABELS[(field.enum, member.value)]
        if text in (words.zh, words.en):
            return member
    raise ValueError(text)
