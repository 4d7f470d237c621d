"""Exact numbers and how they are rounded for people: half up, away from zero."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction


def rounded(value: Fraction, places: int) -> Decimal:
    """``value`` to ``places`` decimal places, half up (of its size: −0.5 becomes −1)."""
    scaled = abs(value) * 10**places
    whole = (scaled.numerator * 2 + scaled.denominator) // (scaled.denominator * 2)
    return Decimal(whole if value >= 0 else -whole).scaleb(-places)


def rounded_up(value: Fraction, places: int) -> Decimal:
    """The least number of ``places`` decimal places that is not below ``value``."""
    scaled = value * 10**places
    return Decimal(-(-scaled.numerator // scaled.denominator)).scaleb(-places)


def ceiling(value: Fraction) -> int:
    """The least whole number that is not below ``value``."""
    return -(-value.numerator // value.denominator)
