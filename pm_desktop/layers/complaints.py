"""What the layers of complaints share: categories by their two-digit code."""

from __future__ import annotations

import json
from functools import cache

from pm_desktop.base import paths
from pm_desktop.base.label import Label

SOURCES_SHOWN = 7  # further sources are counted together, so that kinds fit a byte


@cache
def category_labels() -> dict[str, Label]:
    """Words of the first level of complaint categories, by code."""
    file = paths.resources_dir() / "rules" / "complaint_categories.json"
    return {c["code"]: Label(c["zh"], c["en"]) for c in json.loads(file.read_text("utf-8"))["categories"]}
