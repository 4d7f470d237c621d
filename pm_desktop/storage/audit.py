"""Hash-chained audit log whose head is anchored outside the table.

Each row's hash covers its content and the hash before it. The newest (seq, hash) is written to ``audit.head`` beside
the workspace and to a second copy in the person's data folder. The anchor is written twice around a commit: first
with the row that is about to be committed as ``pending``, then as ``committed``; a crash in between is therefore no
alarm, while an edited, deleted or cut-off row is.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

GENESIS = "0" * 64


@dataclass(frozen=True, slots=True)
class AuditVerdict:
    """Outcome of a verification; ``first_bad_row`` is the sequence number of the first broken row.

    Without an anchor nobody can tell whether rows were cut off at the end: ``anchored`` says whether there is one.
    """

    ok: bool
    rows: int
    first_bad_row: int | None
    anchored: bool = True


def content_hash(value: Mapping[str, Any] | None) -> str | None:
    """SHA-256 of a mapping in canonical JSON; None for nothing."""
    if value is None:
        return None
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, default=_text)
    return hashlib.sha256(text.encode()).hexdigest()


def _text(value: Any) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)


def row_hash(row: Mapping[str, Any]) -> str:
    """Hash of an audit row over everything but ``hash`` itself."""
    ts = row["ts"].astimezone(UTC).isoformat(timespec="microseconds")
    content = [row["seq"], ts, row["user"], row["action"], row["entity"], row["entity_id"], row["before_hash"],
               row["after_hash"], row["reason"], row["prev_hash"]]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()


def next_row(last: tuple[int, str] | None, user: str, action: str, entity: str, entity_id: str,
             before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, reason: str | None) -> dict[str, Any]:
    """Row that follows ``last`` (its seq and hash; None at the start of the chain)."""
    seq, prev = last or (0, GENESIS)
    row = {"seq": seq + 1, "ts": datetime.now(UTC), "user": user, "action": action, "entity": entity,
           "entity_id": entity_id, "before_hash": content_hash(before), "after_hash": content_hash(after),
           "reason": reason, "prev_hash": prev}
    row["hash"] = row_hash(row)
    return row


class Anchor:
    """The head of the chain, kept in files outside the database."""

    def __init__(self, files: Iterable[Path]) -> None:
        self.files = tuple(files)

    def prepare(self, committed: tuple[int, str] | None, pending: tuple[int, str]) -> None:
        """Note, before the commit, what is about to be the head."""
        self._write({"committed": committed, "pending": pending})

    def confirm(self, head: tuple[int, str]) -> None:
        """Note, after the commit, the new head."""
        self._write({"committed": head, "pending": None})

    def heads(self) -> list[dict[str, tuple[int, str] | None]]:
        """Contents of the anchor files that can be read."""
        found = []
        for file in self.files:
            try:
                loaded = json.loads(file.read_text("utf-8"))
            except (OSError, ValueError):
                continue
            found.append({key: tuple(loaded[key]) if loaded.get(key) else None for key in ("committed", "pending")})
        return found

    def _write(self, content: dict[str, Any]) -> None:
        for file in self.files:
            file.parent.mkdir(parents=True, exist_ok=True)
            temporary = file.with_name(f".{file.name}.{os.getpid()}")
            with open(temporary, "w", encoding="utf-8") as stream:
                json.dump(content, stream)
                stream.flush()
                os.fsync(stream.fileno())
            os.replace(temporary, file)


def verify(rows: Iterable[Any], anchor: Anchor, must_be_anchored: bool) -> AuditVerdict:
    """Check every row (a mapping) against the one before it, then the head against the anchor.

    A folder carries its anchor with it, so that a missing one was taken away (``must_be_anchored``); the anchor of a
    database server stands on the computers that wrote to it, and another computer has none.
    """
    previous, count, hashes = GENESIS, 0, {0: GENESIS}
    for row in rows:
        if row["seq"] != count + 1 or row["prev_hash"] != previous or row_hash(row) != row["hash"]:
            return AuditVerdict(False, count, count + 1)
        count += 1
        previous = row["hash"]
        hashes[count] = previous
    for head in anchor.heads():
        committed, pending = head["committed"], head["pending"]
        if committed and hashes.get(committed[0]) != committed[1]:
            return AuditVerdict(False, count, min(committed[0], count + 1))
        if pending and pending[0] in hashes and hashes[pending[0]] != pending[1] and committed is None:
            return AuditVerdict(False, count, pending[0])
    anchored = bool(anchor.heads())
    if not anchored and ((must_be_anchored and count) or any(a.exists() for a in anchor.files)):
        return AuditVerdict(False, count, count + 1, False)
    return AuditVerdict(True, count, None, anchored)
