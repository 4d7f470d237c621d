"""Prints the data dictionary from the declarations: ``python -m pm_desktop.domain.dictionary > docs/data-dictionary.md``.

A test compares the file with what is printed here, so that the dictionary never tells of another program.
"""

from __future__ import annotations

import dataclasses
import inspect
import io
import sys
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Any

import pm_desktop.domain.records  # noqa: F401 - declares the entities
from pm_desktop.base.label import Label
from pm_desktop.domain.entity import EntityInfo, FieldInfo, describe
from pm_desktop.domain.enums import LABELS

COMMAND = "python -m pm_desktop.domain.dictionary > docs/data-dictionary.md"

KIND_WORDS: dict[str, Label] = {
    "text": Label("文本", "text"), "int": Label("整数", "integer"), "float": Label("浮点数", "float"),
    "decimal": Label("定点小数", "exact decimal"), "bool": Label("是/否", "yes/no"), "date": Label("日期", "date"),
    "time": Label("时刻 UTC", "moment, UTC"), "enum": Label("枚举", "enumeration"), "geometry": Label("图形 WKB", "geometry, WKB"),
    "json": Label("结构 JSON", "structure, JSON"), "ref": Label("引用", "reference")}
CLASS_WORDS: dict[str, Label] = {"public": Label("公开", "public"), "internal": Label("内部", "internal"),
                                 "sensitive": Label("敏感", "sensitive")}
# What the store adds by itself; a test holds it against the tables. The last four are left out of lean tables.
STORE_COLUMNS: dict[str, Label] = {
    "row_version": Label("行版本，每次修改加一", "version of the row, one more at each change"),
    "source_batch_id": Label("所属导入批次；手工或生成的记录为空", "import batch it came with; empty for made or generated records"),
    "is_deleted": Label("删除标记", "mark of deletion"),
    "created_at": Label("建立时间", "when it was made"), "created_by": Label("建立人", "who made it"),
    "updated_at": Label("修改时间", "when it was changed"), "updated_by": Label("修改人", "who changed it")}
BOX_COLUMNS: dict[str, Label] = {
    "min_lon": Label("外接矩形西", "bounding box, west"), "min_lat": Label("外接矩形南", "bounding box, south"),
    "max_lon": Label("外接矩形东", "bounding box, east"), "max_lat": Label("外接矩形北", "bounding box, north")}
CELL_COLUMN: dict[str, Label] = {"cell": Label("所在网格（14 级瓦片），未定位为 -1", "zoom-14 tile it lies in, -1 without a position")}

_HEAD = """# 数据字典 · Data dictionary

本文件由程序自身的声明生成，请勿手改；改了 `pm_desktop/domain` 之后重新生成：
Printed from the program's own declarations; do not edit it by hand. After a change in `pm_desktop/domain` print it again:

```sh
{command}
```

**怎么读 · How to read it**

* **未填报 · unknown**：“可未填报”的字段不知道时为空，界面显示“未填报”，绝不当作 0；“必填”的字段必须有值；“缺省”列出不填时的值。 A field that may be unknown is empty when it is not known and shown as 未填报, never as 0; 必填 must be given; 缺省 is what stands when nothing is given.
* **个人信息 · personal**：标“脱敏”的字段显示时默认遮盖（姓名只留姓，电话留首尾）。 Fields marked 脱敏 are masked on display: names keep the surname, telephones their ends.
* **保留历史 · valid time**：一条记录可有多行，以 `valid_from` 区分；某日有效的一行满足 `valid_from ≤ 当日 < valid_to`，`valid_to` 为空即现行。 A record may have several rows, told apart by `valid_from`; the row in force on a day has `valid_from ≤ day < valid_to`, an empty `valid_to` is the current one.
* 时刻以 UTC 存储、按上海时间显示；坐标为 CGCS2000 经纬度（先经后纬）；金额为元，面积为㎡，均为定点小数。 Moments are stored in UTC and shown in Shanghai time; positions are CGCS2000 degrees, longitude first; money is in yuan, areas in ㎡, both exact decimals.
* **列名 · column names**：导入时除字段名与中英文名称外还认得的列名（不分大小写，忽略空格）。 Further column names that an import recognises besides the field's name and both labels (case and spaces do not matter).
"""


def dictionary() -> str:
    """The whole dictionary, markdown."""
    entities = describe()
    parts = [_HEAD.format(command=COMMAND), _contents(entities), *map(_entity, entities), _store_columns(), "## 枚举 · Enumerations\n",
             *(_enumeration(kind, entities) for kind in enumerations())]
    return "\n".join(parts).rstrip("\n") + "\n"


def enumerations() -> list[type[StrEnum]]:
    """Every enumeration that has words, in the order of the words."""
    return list(dict.fromkeys(kind for kind, _ in LABELS))


def _contents(entities: list[EntityInfo]) -> str:
    rows = [(f"[{e.label.zh} · {e.label.en}](#{e.name})", f"`{e.table}`", str(len(e.fields)), "保留 · kept" if e.history else "—",
             _words(CLASS_WORDS[e.data_class])) for e in entities]
    heads = ("实体 · entity", "表 · table", "字段数 · fields", "历史 · history", "密级 · class")
    return "## 目录 · Contents\n\n" + _table(heads, rows)


def _entity(info: EntityInfo) -> str:
    facts = [f"代码名 · in code `{info.name}`", f"表 · table `{info.table}`", f"密级 · class {_words(CLASS_WORDS[info.data_class])}"]
    if info.history:
        facts.append("保留历史 · valid time kept")
    if info.volume:
        facts.append("大表，按网格与时间聚簇 · high volume, clustered by cell and time")
    heads = ("字段 · field", "中文", "English", "类型 · type", "单位 · unit", "未填报 · unknown", "个人信息 · personal", "依据 · clause",
             "列名 · column names")
    return (f'<a id="{info.name}"></a>\n\n## {info.label.zh} · {info.label.en}\n\n{_doc(info.record)}\n\n' + " · ".join(facts) + "\n\n"
            + _table(heads, [_row(info, field) for field in info.fields]))


def _row(info: EntityInfo, field: FieldInfo) -> tuple[str, ...]:
    personal = "脱敏 · masked" if field.sensitive else "—"
    aliases = "、".join(f"`{name}`" for name in field.aliases) or "—"
    return (f"`{field.name}`", field.label.zh, field.label.en, _type(field), field.unit or "—", _presence(info, field), personal,
            field.clause or "—", aliases)


def _type(field: FieldInfo) -> str:
    words = _words(KIND_WORDS[field.kind])
    if field.enum is not None:
        return f"{words} [{field.enum.__name__}](#{field.enum.__name__})"
    if field.ref is not None:
        return f"{words} [{field.ref}](#{field.ref})"
    return f"{words}（{field.digits} 位 · places）" if field.kind == "decimal" else words


def _presence(info: EntityInfo, field: FieldInfo) -> str:
    if field.nullable:
        return "可未填报 · may be unknown"
    default: Any = info.record.__dataclass_fields__[field.name].default
    if default is dataclasses.MISSING:
        return "必填 · required"
    shown = "" if default in ("", ()) else f" `{default}`"
    return f"缺省{shown} · default" if shown else "缺省为空 · empty by default"


def _store_columns() -> str:
    heads = ("列 · column", "中文", "English", "何处 · where")
    rows = [*(_column(name, words, "各表；大表与幢无后四列 · every table; not the last four in high-volume tables and buildings")
              for name, words in STORE_COLUMNS.items()),
            *(_column(name, words, "有图形的表 · tables with a geometry") for name, words in BOX_COLUMNS.items()),
            *(_column(name, words, "大表 · high-volume tables") for name, words in CELL_COLUMN.items())]
    return "## 存储自加的列 · Columns that the store adds\n\n" + _table(heads, rows)


def _column(name: str, words: Label, where: str) -> tuple[str, ...]:
    return (f"`{name}`", words.zh, words.en, where)


def _enumeration(kind: type[StrEnum], entities: list[EntityInfo]) -> str:
    users = [f"[{e.name}](#{e.name})`.{f.name}`" for e in entities for f in e.fields if f.enum is kind]
    rows = [(f"`{member.value}`", LABELS[kind, member.value].zh, LABELS[kind, member.value].en) for member in kind]
    used = "用于 · used by " + "、".join(users) if users else "暂无字段使用 · no field uses it yet"
    return (f'<a id="{kind.__name__}"></a>\n\n### {kind.__name__}\n\n{_doc(kind)}\n\n{used}\n\n'
            + _table(("代码 · code", "中文", "English"), rows))


def _doc(thing: type[Any]) -> str:
    """First paragraph of a declaration's own words, as one line of markdown."""
    return inspect.cleandoc(thing.__doc__ or "").split("\n\n")[0].replace("\n", " ").replace("``", "`")


def _words(label: Label) -> str:
    return f"{label.zh} · {label.en}"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(_lines(heads, rows)) + "\n"


def _lines(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield f"|{'---|' * len(heads)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


if __name__ == "__main__":
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    sys.stdout.write(dictionary())
