"""Documents that point at each other, at the command line and at the dependencies tell the truth."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from urllib.parse import unquote

import pytest
import typer

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
LINK = re.compile(r"!?\[[^\]\n]*\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)")
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//")


def links(document: Path) -> list[str]:
    """Targets of the links of a document, code blocks left out."""
    text = re.sub(r"^```.*?^```", "", document.read_text("utf-8"), flags=re.M | re.S)
    return LINK.findall(re.sub(r"`[^`\n]*`", "", text))


def anchors(document: Path) -> set[str]:
    """What may stand behind ``#``: ids given outright and those that headings get."""
    text = document.read_text("utf-8")
    headings = [re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", h) for h in re.findall(r"^#{1,6} +(.+?) *$", text, re.M)]
    made = {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}
    return made | set(re.findall(r'id="([^"]+)"', text))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: str(d.relative_to(ROOT)))
def test_every_link_leads_to_something(document: Path) -> None:
    for target in links(document):
        if ELSEWHERE.match(target):
            continue
        path, _, anchor = unquote(target).partition("#")
        found = (document.parent / path).resolve() if path else document
        assert found.exists(), f"{document.name} → {target}"
        assert found == ROOT or ROOT in found.parents, f"{document.name} → {target} leads out of the project"
        if anchor and found.suffix == ".md":
            assert anchor in anchors(found), f"{document.name} → {target}: no such heading"


def test_links_are_found_at_all() -> None:
    assert len(links(ROOT / "README.md")) >= 10
    assert "docs/cli.md" in links(ROOT / "README.md")


def commands(group: typer.Typer, prefix: str = "") -> list[str]:
    """Every subcommand of a parser, groups written out."""
    own = [prefix + (c.name or c.callback.__name__) for c in group.registered_commands if c.callback]
    return own + [name for g in group.registered_groups if g.typer_instance for name in commands(g.typer_instance, f"{prefix}{g.name} ")]


def test_every_subcommand_stands_in_the_command_table() -> None:
    from pm_desktop.cli import app

    text = (ROOT / "docs/cli.md").read_text("utf-8")
    listed = {m.group(1) for m in re.finditer(r"^\| `([^`|]+?)(?: (?:[A-Z\[-][^`]*))?` \|", text.replace("\\|", "/"), re.M)}
    every = commands(app)
    assert {"open", "streets build", "audit verify"} <= set(every)
    assert set(every) == listed


def test_every_option_of_a_command_stands_beside_it() -> None:
    from pm_desktop.cli import app

    rows = {m.group(1): m.group(0) for m in re.finditer(r"^\| `([a-z]+(?: [a-z]+)?)[^\n]*$", (ROOT / "docs/cli.md").read_text("utf-8"), re.M)}
    group = typer.main.get_command(app)
    for name in commands(app):
        command = group
        for part in name.split():
            command = command.commands[part]  # type: ignore[attr-defined]
        options = {max(p.opts, key=len) for p in command.params if p.param_type_name == "option"} - {"--json", "--help"}
        missing = [o for o in options if o not in rows[name]]
        assert not missing, (name, missing)


def test_every_shortcut_and_layer_stands_in_the_guide() -> None:
    from pm_desktop.layers.registry import all_layers
    from pm_desktop.ui.actions import ACTIONS

    text = (ROOT / "docs/guide/README.md").read_text("utf-8")
    table = text.partition("## 12 ")[2].partition("\n## ")[0]
    listed = set(re.findall(r"`((?:Ctrl\+|Alt\+[A-Z]|F)[^`]+)`", table))
    assert listed == {a.shortcut for a in ACTIONS if a.shortcut}
    named = re.search(r"^图层：(.+?)。", text, re.M)
    assert named is not None and set(named.group(1).split("、")) == {layer.label.zh for layer in all_layers()}


def test_every_direct_dependency_is_accounted_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [*project["dependencies"], *(d for extra in project["optional-dependencies"].values() for d in extra)]
    names = {re.split(r"[\[<>=~! ]", d)[0] for d in wanted}
    assert len(names) > 20
    text = next((ROOT / "docs/decisions").glob("0007-*.md")).read_text("utf-8")
    rows = {name for m in re.finditer(r"^\| ([^|]+) \|", text, re.M) for name in re.findall(r"`([^`]+)`", m.group(1))}
    assert names == rows, f"not in the table: {names - rows}; no dependency any more: {rows - names}"


def test_decisions_are_numbered_and_short() -> None:
    found = sorted((ROOT / "docs/decisions").glob("[0-9]*.md"))
    assert [int(p.name[:4]) for p in found] == list(range(1, len(found) + 1))
    for path in found:
        text = path.read_text("utf-8")
        assert len(text.splitlines()) <= 60, path.name
        for heading in ("Situation", "Decision", "Why", "What it costs", "When to look again"):
            assert re.search(rf"^## .*{heading}", text, re.M), (path.name, heading)
