"""How a noun of the field is declared: one frozen dataclass is table, form, import target and dictionary entry.

`storage` makes tables from these declarations, `ui` makes forms and tables, `intake` matches column names to the
labels and aliases, and the data dictionary is printed from them. Nothing else lists fields.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Literal, TypeVar, cast

from pm_desktop.base.label import Label

Kind = Literal["text", "int", "float", "decimal", "bool", "date", "time", "enum", "geometry", "json", "ref"]
DataClass = Literal["public", "internal", "sensitive"]
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class FieldInfo:
    """What the program knows of one field.

    Attributes
    ----------
    kind : Kind
        ``time`` is a UTC datetime, ``geometry`` is WKB in CGCS2000 longitude/latitude (EPSG:4490),
        ``decimal`` has ``digits`` decimal places, ``ref`` holds the id of a record of entity ``ref``.
    unit : str or None
        Unit as shown in a column header, e.g. ``㎡``.
    aliases : tuple of str
        Further column names that files use for it, besides the field's name and both labels.
    clause : str or None
        The rule that asks for it.
    sensitive : bool
        Personal data: masked by default.
    """

    name: str
    label: Label
    kind: Kind
    nullable: bool
    unit: str | None = None
    digits: int = 2
    enum: type[StrEnum] | None = None
    ref: str | None = None
    aliases: tuple[str, ...] = ()
    clause: str | None = None
    sensitive: bool = False
    indexed: bool = False


def field(zh: str, en: str, kind: Kind, *, default: Any = dataclasses.MISSING, **more: Any) -> Any:
    """Declare a field of an entity; see `FieldInfo` for the keywords."""
    metadata = {"label": Label(zh, en), "kind": kind, **more}
    return dataclasses.field(default=default, metadata={"pm": metadata})


@dataclass(frozen=True, slots=True)
class EntityInfo:
    """An entity: its record class, words, table and whether it keeps valid-time history."""

    name: str
    record: type[Any]
    label: Label
    table: str
    history: bool
    volume: bool
    data_class: DataClass
    fields: tuple[FieldInfo, ...]

    def field(self, name: str) -> FieldInfo:
        """Return the field called ``name``; KeyError if there is none."""
        for info in self.fields:
            if info.name == name:
                return info
        raise KeyError(f"{self.name}.{name}")


ENTITIES: dict[str, EntityInfo] = {}
_BY_RECORD: dict[type[Any], EntityInfo] = {}


def entity(zh: str, en: str, *, table: str, history: bool = False, volume: bool = False,
           data_class: DataClass = "internal") -> Any:
    """Class decorator that declares a record class as an entity.

    Parameters
    ----------
    history : bool
        Valid-time history: several rows a record, told apart by ``valid_from``; see DOMAIN §4.1.
    volume : bool
        High-volume table, clustered by (cell, time, id); see DESIGN §3.3.
    """

    def declare(cls: type[_T]) -> type[_T]:
        infos = []
        for f in dataclasses.fields(cast(Any, cls)):
            meta = dict(f.metadata["pm"])
            nullable = f.default is None
            infos.append(FieldInfo(name=f.name, nullable=nullable, **meta))
        info = EntityInfo(cls.__name__, cls, Label(zh, en), table, history, volume, data_class, tuple(infos))
        ENTITIES[info.name] = info
        _BY_RECORD[cls] = info
        return cls

    return declare


def entity_of(record: type[Any] | str) -> EntityInfo:
    """Return the declaration of a record class or of an entity name."""
    return ENTITIES[record] if isinstance(record, str) else _BY_RECORD[record]


def describe(names: Sequence[str] | None = None) -> list[EntityInfo]:
    """Return declarations, all or those named, in order of declaration."""
    return [info for name, info in ENTITIES.items() if names is None or name in names]
