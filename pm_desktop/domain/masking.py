"""Masks of personal data (DOMAIN §3.5): on display for names, irreversible at the door for free text."""

from __future__ import annotations

import re

_COMPOUND_SURNAMES = ("欧阳", "司马", "上官", "诸葛", "司徒", "东方", "皇甫", "尉迟", "公孙", "夏侯")
# A mobile or landline number that is not part of a longer run of digits or letters (an order number is no phone).
_PHONE = re.compile(r"(?<![0-9A-Za-z])(?:\+?86[- ]?)?(1[3-9]\d)[- ]?(\d{4})[- ]?(\d{4})(?![0-9A-Za-z])")
_LANDLINE = re.compile(r"(?<![0-9A-Za-z-])(0\d{2,3})[- ](\d{3,4})(\d{4})(?![0-9A-Za-z])")
_ID = re.compile(r"(?<![0-9A-Za-z])([1-9]\d{5})(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{2}(\d[0-9Xx])(?![0-9A-Za-z])")
_PLATE = re.compile(r"([京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z])[·\s]?([A-HJ-NP-Z0-9]{4,5})([A-HJ-NP-Z0-9])"
                    r"(?![A-Z0-9])")
_ROOM = re.compile(r"(\d+[号幢栋][甲乙丙丁]?(?:楼)?)\s*(?:\d+单元)?\s*(?:\d+楼)?\s*\d{2,4}\s*室")


def mask_name(name: str | None) -> str | None:
    """``张三丰`` → ``张*``, ``欧阳锋`` → ``欧阳*``; None stays None."""
    if not name:
        return name
    stem = name[:2] if name.startswith(_COMPOUND_SURNAMES) else name[:1]
    return f"{stem}*"


def mask_phone(phone: str | None) -> str | None:
    """``13812345678`` → ``138****5678``; other numbers keep their last four digits."""
    if not phone:
        return phone
    digits = re.sub(r"\D", "", phone)
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 8 else "*" * len(phone)


def mask_text(text: str) -> tuple[str, bool]:
    """Mask phones, identity numbers and plates in free text; returns the text and whether anything was masked."""
    masked = _ID.sub(r"\1**********\2", text)
    masked = _PHONE.sub(r"\1****\3", masked)
    masked = _LANDLINE.sub(r"\1-****\3", masked)
    masked = _PLATE.sub(r"\1***\3", masked)
    return masked, masked != text


def hide_room(address: str | None) -> str | None:
    """Hide the flat on display: ``12号503室`` → ``12号***室``; the row keeps it."""
    return _ROOM.sub(r"\1***室", address) if address else address
