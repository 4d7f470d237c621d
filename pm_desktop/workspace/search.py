"""One search for everything: names, aliases, pinyin, initials, codes, firms, towns, streets, addresses, coordinates.

The index is built in a helper process (pinyin is slow to load) and read by memory map in the window, where a query
is a few searches in one block of bytes.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pm_desktop.base.arraypack import ArrayPack, pack_texts, text_at, write_pack
from pm_desktop.base.jobs import JobContext
from pm_desktop.domain.records import Compound, Device, Firm, Town, Zone
from pm_desktop.storage.database import Database

_COORDINATES = re.compile(r"^\s*(-?\d{1,3}(?:\.\d+)?)\s*[,，\s]\s*(-?\d{1,2}(?:\.\d+)?)\s*$")
_KINDS = ("Town", "Compound", "Zone", "Firm", "Street", "Device")
_SEP = "\n"
_MAX_MATCHES = 400


@dataclass(frozen=True, slots=True)
class SearchHit:
    """Something found: what it is, its id, its words, where it lies (None: nowhere)."""

    kind: str
    id: str
    label: str
    detail: str
    lon: float | None
    lat: float | None
    score: float


@dataclass(frozen=True, slots=True)
class _Entry:
    kind: int
    id: str
    label: str
    detail: str
    lon: float | None
    lat: float | None
    weight: float
    keys: tuple[str, ...]


def build_index(ctx: JobContext, location: str, out: str, street_packs: tuple[str, ...] = ()) -> str:
    """Build the index of a workspace at file ``out`` and return it; a job."""
    with Database.open(location, read_only=True) as db:
        entries = list(_entries(db))
    for pack in street_packs:
        if pack.endswith(".streets"):
            entries += _streets(pack)
    ctx.check_cancelled()
    lines, owner = [], []
    for number, entry in enumerate(entries):
        for key in dict.fromkeys(k for k in _keys(entry) if k):
            lines.append(key)
            owner.append(number)
    blob = (_SEP + _SEP.join(lines) + _SEP).encode()
    starts = np.concatenate([[1], 1 + np.cumsum([len(line.encode()) + 1 for line in lines])]).astype(np.int64)
    arrays: dict[str, Any] = {"text": np.frombuffer(blob, np.uint8), "line": starts, "owner": np.array(owner, np.int32),
                              "kind": np.array([e.kind for e in entries], np.uint8),
                              "weight": np.array([e.weight for e in entries], np.float32),
                              "lonlat": np.array([(np.nan, np.nan) if e.lon is None else (e.lon, e.lat) for e in entries],
                                                 float).reshape(-1, 2)}
    for name, texts in (("id", [e.id for e in entries]), ("label", [e.label for e in entries]), ("detail", [e.detail for e in entries])):
        arrays[f"{name}_blob"], arrays[f"{name}_start"] = pack_texts(texts)
    write_pack(Path(out), arrays, {"format": "pm-search", "entries": len(entries)})
    return out


def _entries(db: Database) -> Iterable[_Entry]:
    towns = dict(db.rows(Town, ("code", "name")))
    for row in db.rows(Town, ("id", "code", "name", "lon", "lat")):
        yield _Entry(0, row[0], row[2], row[1], row[3], row[4], 3.0, (row[2], row[1]))
    place: dict[str, tuple[float | None, float | None]] = {}
    for row in db.rows(Compound, ("id", "code", "name", "aliases", "address", "town_code", "lon", "lat", "households")):
        place[row[0]] = (row[6], row[7])
        detail = " · ".join(t for t in (towns.get(row[5] or ""), row[4]) if t)
        weight = 2.0 + min((row[8] or 0) / 10_000, 0.5)
        yield _Entry(1, row[0], row[2], detail, row[6], row[7], weight, (row[2], *(row[3] or ()), row[1], row[4] or ""))
    for row in db.rows(Zone, ("id", "code", "name", "compound_ids")):
        lon, lat = next((place[c] for c in row[3] if c in place), (None, None))
        yield _Entry(2, row[3][0] if row[3] else row[0], row[2], row[1], lon, lat, 1.0, (row[1],))
    for row in db.rows(Firm, ("id", "code", "name", "short_name")):
        yield _Entry(3, row[0], row[2], row[1], None, None, 1.5, (row[2], row[3] or "", row[1]))
    for row in db.rows(Device, ("id", "code", "address", "lon", "lat")):
        yield _Entry(5, row[0], row[1], row[2] or "", row[3], row[4], 0.2, (row[1],))


def _streets(pack_path: str) -> list[_Entry]:
    """Named streets of a pack, one entry a name, at the middle of its longest piece."""
    from pm_desktop.base.mercator import to_lonlat
    from pm_desktop.streets.pack import open_pack

    pack = open_pack(pack_path)
    level = pack.levels[-1]
    if not pack.has(level, "roadname"):
        return []
    names, bbox = pack.array(level, "roadname", "name"), pack.array(level, "roadname", "bbox").astype(np.int64)
    part, xy = pack.array(level, "roadname", "part"), pack.array(level, "roadname", "xy")
    size = (bbox[:, 2] - bbox[:, 0]) + (bbox[:, 3] - bbox[:, 1])
    order = np.lexsort((-size, names))
    first = order[np.unique(names[order], return_index=True)[1]]
    out = []
    for f in first.tolist():
        lon, lat = to_lonlat(xy[(int(part[f]) + int(part[f + 1])) // 2])
        name = pack.name(int(names[f]))
        out.append(_Entry(4, "", name, pack.name(int(names[f]), "en"), float(lon), float(lat), 1.2, (name,)))
    return out


def _keys(entry: _Entry) -> list[str]:
    from pypinyin import Style, lazy_pinyin

    keys = [normal(k) for k in entry.keys]
    name = entry.keys[0]
    if entry.kind != 5 and any("一" <= c <= "鿿" for c in name):
        keys.append("".join(lazy_pinyin(name)).lower())
        keys.append("".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).lower())
        keys += _other_readings(name)
    return keys


def _other_readings(name: str) -> list[str]:
    """Pinyin and initials with the other readings of its letters (长, 重, 行 …); a dozen each at the most."""
    from pypinyin import Style, pinyin

    out: list[str] = []
    for style in (Style.NORMAL, Style.FIRST_LETTER):
        every = pinyin(name, style=style, heteronym=True)
        out += ["".join(each).lower() for each in itertools.islice(itertools.product(*every), 12)]
    return out


def normal(text: str) -> str:
    """Text as it is compared: lower case, full-width digits and letters made half-width, no spaces."""
    half = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in text)
    return re.sub(r"\s+", "", half).lower()


class SearchIndex:
    """The index opened for querying (no pinyin library needed)."""

    def __init__(self, path: Path | str) -> None:
        self._pack = ArrayPack(path)
        self._text = self._pack["text"].tobytes()
        self._line = np.asarray(self._pack["line"])

    def query(self, text: str, limit: int = 20) -> list[SearchHit]:
        """Best matches first: whole name, then its beginning, then inside; larger things first among equals."""
        if match := _COORDINATES.match(text):
            lon, lat = float(match[1]), float(match[2])
            return [SearchHit("Coordinates", "", f"{lon}, {lat}", "", lon, lat, 9.0)]
        wanted = normal(text).encode()
        if not wanted or b"\n" in wanted:
            return []
        scores: dict[int, float] = {}
        for prefix, suffix, base in ((b"\n", b"\n", 6.0), (b"\n", b"", 4.0), (b"", b"", 2.0)):
            self._scan(prefix + wanted + suffix, len(prefix), base, scores)
            if len(scores) >= _MAX_MATCHES:
                break
        best = sorted(scores, key=lambda n: (-scores[n], n))[:limit]
        return [self._hit(n, scores[n]) for n in best]

    def _scan(self, needle: bytes, skip: int, base: float, scores: dict[int, float]) -> None:
        at = self._text.find(needle)
        while at >= 0 and len(scores) < 4 * _MAX_MATCHES:
            line = int(np.searchsorted(self._line, at + skip, side="right")) - 1
            owner = int(self._pack["owner"][line])
            length = int(self._line[line + 1] - self._line[line])
            score = base + float(self._pack["weight"][owner]) / 10 - min(length, 60) / 600
            scores[owner] = max(scores.get(owner, 0.0), score)
            at = self._text.find(needle, int(self._line[line + 1]) - 1)

    def _hit(self, number: int, score: float) -> SearchHit:
        id_, label, detail = (text_at(self._pack[f"{n}_blob"], self._pack[f"{n}_start"], number) for n in ("id", "label", "detail"))
        lon, lat = self._pack["lonlat"][number]
        known = not np.isnan(lon)
        return SearchHit(_KINDS[int(self._pack["kind"][number])], id_, label, detail, float(lon) if known else None,
                         float(lat) if known else None, score)
