"""Edits, undo and redo on both databases, against a plain model."""

from __future__ import annotations

import random

import pytest

from pm_desktop.base.errors import NotAllowed
from pm_desktop.base.label import Label
from pm_desktop.domain.records import Compound
from pm_desktop.workspace.edit import Changes, Edit, Patch
from pm_desktop.workspace.workspace import Workspace

ID = "c" * 32
TITLE = Label("改名", "Rename")


def insertion(identifier: str = ID, name: str = "甲") -> Edit:
    record = Compound(id=identifier, code=identifier[:4], name=name)
    return Edit(Label("新建", "New"), (Patch("Compound", identifier, None, {f: getattr(record, f) for f in record.__slots__}),))


def rename(old: str, new: str, identifier: str = ID) -> Edit:
    return Edit(TITLE, (Patch("Compound", identifier, {"name": old}, {"name": new}),))


def test_undo_survives_closing_the_program(location: str) -> None:
    with_edits = Workspace.create(location)
    with_edits.apply(insertion())
    with_edits.apply(rename("甲", "乙"))
    with_edits.close()
    again = Workspace.open(location)
    assert again.undo_title == TITLE
    assert again.undo() == Changes({"Compound": frozenset({ID})})
    record = again.db.get(Compound, ID)
    assert record is not None and record.name == "甲"
    again.undo()
    assert again.db.get(Compound, ID) is None
    assert again.undo() is None
    again.redo()
    again.redo()
    record = again.db.get(Compound, ID)
    assert record is not None and record.name == "乙"
    assert again.verify_audit().ok
    again.close()


def test_an_edit_made_from_old_values_is_refused_and_names_the_field(location: str) -> None:
    workspace = Workspace.create(location)
    workspace.apply(insertion())
    other = Workspace.open(location)
    other.apply(rename("甲", "乙"))
    with pytest.raises(NotAllowed) as conflict:
        workspace.apply(rename("甲", "丙"))
    assert conflict.value.where.field == "name"
    record = workspace.db.get(Compound, ID)
    assert record is not None and record.name == "乙"
    workspace.close()
    other.close()


def test_listeners_hear_of_every_change_once(location: str) -> None:
    workspace = Workspace.create(location)
    heard: list[tuple[Changes, object]] = []
    stop = workspace.subscribe(lambda changes, who: heard.append((changes, who)))
    workspace.apply(insertion(), initiator="me")
    workspace.undo()
    stop()
    workspace.redo()
    assert [who for _, who in heard] == ["me", None]
    workspace.close()


def test_random_histories_match_a_model(tmp_path: object) -> None:
    """Undo and redo after any mixture of edits give what a list of states gives."""
    from pathlib import Path

    rng = random.Random(7)
    workspace = Workspace.create(Path(str(tmp_path)) / "w")
    states: list[dict[str, str]] = [{}]
    at = 0
    for step in range(120):
        now = states[at]
        act = rng.random()
        if act < 0.5 or not now:
            identifier = f"{rng.randrange(5):032x}"
            edit = rename(now[identifier], f"名{step}", identifier) if identifier in now else insertion(identifier, f"名{step}")
            workspace.apply(edit)
            states = [*states[:at + 1], now | {identifier: f"名{step}"}]
            at += 1
        elif act < 0.78:
            workspace.undo()
            at = max(at - 1, 0)
        else:
            workspace.redo()
            at = min(at + 1, len(states) - 1)
        stored = dict(workspace.db.rows(Compound, ("id", "name")))
        assert stored == states[at], step
    assert workspace.verify_audit().ok
    workspace.close()


def test_info_counts_what_was_promised(location: str) -> None:
    workspace = Workspace.create(location, name="试", sample=False)
    workspace.apply(insertion())
    info = workspace.info()
    assert set(info["counts"]) == {"towns", "compounds", "zones", "firms", "contracts", "committees", "complaints", "orders", "devices", "readings",
                                   "alerts", "barriers", "facilities", "plans"}
    assert info["counts"]["compounds"] == 1
    assert info["backend"] in ("sqlite", "postgresql")
    workspace.close()
