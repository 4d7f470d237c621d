"""An edit: what a command makes of a snapshot and its arguments; undo reverses its patches."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pm_desktop.base.label import Label


@dataclass(frozen=True, slots=True)
class Patch:
    """Change of one record: the touched fields before and after; None means that it did not or will not exist.

    For an entity with history ``valid_from`` (a date) names the version; None is the current one.
    """

    entity: str
    id: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    valid_from: Any = None

    def reversed(self) -> Patch:
        """The patch that takes this one back."""
        return Patch(self.entity, self.id, self.after, self.before, self.valid_from)


@dataclass(frozen=True, slots=True)
class Edit:
    """Labelled group of patches that is applied, undone and shown as one."""

    title: Label
    patches: tuple[Patch, ...]

    def reversed(self) -> Edit:
        """The edit that takes this one back."""
        return Edit(self.title, tuple(p.reversed() for p in reversed(self.patches)))

    def changes(self) -> Changes:
        """What it touches."""
        touched: dict[str, set[str]] = {}
        for patch in self.patches:
            touched.setdefault(patch.entity, set()).add(patch.id)
        return Changes({name: frozenset(ids) for name, ids in touched.items()})


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed: ids by entity name; None stands for many (an import, a rollback)."""

    entities: Mapping[str, frozenset[str] | None]

    def touches(self, names: frozenset[str]) -> bool:
        """Whether one of the entities ``names`` changed."""
        return not names.isdisjoint(self.entities)


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One line of the history panel."""

    seq: int
    at: Any
    user: str
    title: Label
    undone: bool
