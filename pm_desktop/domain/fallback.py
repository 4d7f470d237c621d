"""托底四保 (seed clause 三(三), K-07): which of the four duties of a non-market zone lack a valid responsible unit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

DUTIES = ("security", "cleaning", "greening", "repair")


def missing_duties(duties: Mapping[str, Any] | None, day: date) -> tuple[str, ...]:
    """Duties without a responsible unit whose ``valid_to`` (included) covers ``day``.

    ``duties`` maps duty to ``{"responsible", "valid_to"}``; None means that nothing was reported, so all are missing.
    """
    return tuple(name for name in DUTIES if not _covered((duties or {}).get(name), day))


def _covered(duty: Mapping[str, Any] | None, day: date) -> bool:
    if not duty or not duty.get("responsible"):
        return False
    until = duty.get("valid_to")
    return until is None or date.fromisoformat(until) >= day
