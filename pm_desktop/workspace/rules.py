"""Rule bases that every new workspace starts with: dated data in ``resources/rules``."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any

from pm_desktop.base import paths
from pm_desktop.domain.records import RuleBasis
from pm_desktop.storage.database import Database


def shipped_rule_bases() -> list[RuleBasis]:
    """The rule bases that come with the program."""
    file = paths.resources_dir() / "rules" / "rule_bases.json"
    return [_record(row) for row in json.loads(file.read_text("utf-8"))]


def load_rule_bases(db: Database) -> int:
    """Store the shipped rule bases; return how many."""
    with db.transaction("program") as tx:
        count = tx.insert(shipped_rule_bases())
        tx.audit("load", "RuleBasis", "*", None, {"count": count})
    return count


def _record(row: dict[str, Any]) -> RuleBasis:
    dates = {name: date.fromisoformat(row[name]) if row[name] else None
             for name in ("issued", "in_force_from", "in_force_to")}
    identifier = hashlib.sha256(f"rule basis {row['code']}".encode()).hexdigest()[:32]
    return RuleBasis(id=identifier, code=row["code"], title=row["title"], doc_no=row["doc_no"], note=row["note"], **dates)
