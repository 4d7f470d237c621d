"""Conditions behind a number, and texts as a person may see them: personal data masked, flats hidden."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pm_desktop.domain.entity import FieldInfo
from pm_desktop.domain.masking import hide_room, mask_name, mask_phone
from pm_desktop.storage.query import Between, Like, Not, NotNull


def condition(value: Any) -> Any:
    """A condition of a `Drill` as the store takes it."""
    if isinstance(value, list | tuple) and len(value) == 3 and value[0] == "between":
        low, high = (datetime.fromisoformat(v) if v else None for v in value[1:])
        return Between(low, high)
    if value == ["known"]:
        return NotNull()
    if isinstance(value, list) and len(value) == 2 and value[0] == "not":
        return Not(value[1])
    if isinstance(value, list) and len(value) == 2 and value[0] == "begins":
        return Like(f"{value[1]}%")
    return value


def private(field: FieldInfo, text: str) -> str:
    """A text as a person may see it."""
    if field.sensitive:
        return (mask_phone(text) if "phone" in field.name else mask_name(text)) or ""
    return (hide_room(text) or "") if field.name in ("address", "content") else text
