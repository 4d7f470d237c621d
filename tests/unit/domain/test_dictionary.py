"""The data dictionary on disk is what the declarations say, and says all of it."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from pm_desktop.domain.dictionary import BOX_COLUMNS, CELL_COLUMN, COMMAND, STORE_COLUMNS, dictionary, enumerations
from pm_desktop.domain.entity import ENTITIES, FieldInfo
from pm_desktop.domain.enums import LABELS

ROOT = Path(__file__).resolve().parents[3]
FILE = ROOT / "docs/data-dictionary.md"
ROW = re.compile(r"^\| `(\w+)` \|")


def sections() -> dict[str, list[str]]:
    """Lines of the generated text by the anchor they stand under."""
    found: dict[str, list[str]] = {}
    for part in dictionary().split('<a id="')[1:]:
        name, _, text = part.partition('"></a>')
        found[name] = text.partition("\n## 存储自加的列")[0].splitlines()
    return found


def row_of(entity: str, field: FieldInfo) -> list[str]:
    line = next(line for line in sections()[entity] if line.startswith(f"| `{field.name}` |"))
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_the_file_is_up_to_date() -> None:
    assert FILE.read_text("utf-8") == dictionary(), f"docs/data-dictionary.md is not what the declarations say; run: {COMMAND}"


def test_the_command_prints_it() -> None:
    done = subprocess.run([sys.executable, *COMMAND.partition(" > ")[0].split()[1:]], cwd=ROOT, capture_output=True, check=True)
    assert done.stdout.decode("utf-8") == dictionary()


@pytest.mark.parametrize("entity", ENTITIES.values(), ids=lambda e: e.name)
def test_every_field_stands_there_once_in_order(entity: object) -> None:
    info = ENTITIES[entity.name]  # type: ignore[attr-defined]
    lines = sections()[info.name]
    assert [m.group(1) for line in lines if (m := ROW.match(line))] == [f.name for f in info.fields]
    for field in info.fields:
        cells = row_of(info.name, field)
        assert cells[1:3] == [field.label.zh, field.label.en]
        assert ("未填报" in cells[5]) is field.nullable
        assert ("脱敏" in cells[6]) is field.sensitive
        assert cells[4] == (field.unit or "—") and cells[7] == (field.clause or "—")
        assert all(f"`{alias}`" in cells[8] for alias in field.aliases)
    assert any("保留历史" in line for line in lines) is info.history


def test_personal_data_and_clauses_are_told() -> None:
    firm = ENTITIES["Firm"]
    assert row_of("Firm", firm.field("contact_phone"))[6] == "脱敏 · masked"
    assert row_of("Firm", firm.field("name"))[6] == "—"
    assert row_of("Zone", ENTITIES["Zone"].field("approval_no"))[7] == "第九条"
    assert row_of("Contract", ENTITIES["Contract"].field("fee_cny_m2_month"))[3].endswith("（4 位 · places）")


def test_every_enumeration_with_all_its_words() -> None:
    for kind in enumerations():
        lines = sections()[kind.__name__]
        for member in kind:
            words = LABELS[kind, member.value]
            assert f"| `{member.value}` | {words.zh} | {words.en} |" in lines, (kind, member)
    used = {field.enum for info in ENTITIES.values() for field in info.fields if field.enum}
    assert used <= set(enumerations())


def test_columns_of_the_store_are_those_of_its_tables() -> None:
    from pm_desktop.storage.tables import TABLES, is_lean

    for name, table in TABLES.items():
        info = ENTITIES[name]
        own = set(STORE_COLUMNS) if not is_lean(info) else set(list(STORE_COLUMNS)[:-4])
        own |= set(BOX_COLUMNS) if any(f.kind == "geometry" for f in info.fields) else set()
        own |= set(CELL_COLUMN) if info.volume else set()
        assert {c.name for c in table.columns} == {f.name for f in info.fields} | own, name


def test_links_lead_somewhere() -> None:
    text = dictionary()
    targets = set(re.findall(r"\]\(#([\w-]+)\)", text))
    assert len(targets) > 30 and targets <= set(re.findall(r'<a id="(\w+)"></a>', text))
