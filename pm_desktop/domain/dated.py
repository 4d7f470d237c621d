"""Dated rules of ``resources/rules``: limits and weights with their basis and the days on which they hold."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from typing import Any

from pm_desktop.base import paths


@cache
def _file(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((paths.resources_dir() / "rules" / f"{name}.json").read_text("utf-8"))
    return found


def rule_on(name: str, day: date) -> dict[str, Any]:
    """Version of rule ``name`` that held on ``day``, with its ``basis``; before the first one began, that one."""
    file = _file(name)
    versions = sorted(file["versions"], key=lambda v: v["valid_from"])
    begun = [v for v in versions if v["valid_from"] <= day.isoformat()]
    return {"basis": file["basis"], **(begun or versions[:1])[-1]}


def expired_on(rule: dict[str, Any], day: date) -> bool:
    """Whether the days of a rule are over by ``day``."""
    return rule["valid_to"] is not None and day.isoformat() > rule["valid_to"]
