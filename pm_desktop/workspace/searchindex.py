"""What the search index is made of: entries from the store and the street packs, and their keys in order.

Every key (name, alias, code, pinyin, initials, address) is entered from each letter or syllable on, and all these
beginnings stand sorted in one table. A query is then one binary search, whatever is asked: what begins with it is a
piece of the table. Built in a helper process (pinyin is slow to load), read by memory map in the window.
"""

from __future__ import annotations

import itertools
import re
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pm_desktop.base.arraypack import pack_texts, write_pack
from pm_desktop.base.jobs import JobContext
from pm_desktop.domain.masking import hide_room
from pm_desktop.domain.records import Compound, Device, Firm, ResidentialCommittee, Town, Zone
from pm_desktop.storage.database import Database
from pm_desktop.storage.kept import keep, kept, state_of

KINDS = ("Town", "Compound", "Zone", "Firm", "Street", "Device", "Committee", "Station")
ENTITIES = frozenset({"Town", "Compound", "Zone", "Firm", "Device", "ResidentialCommittee", "Streets"})
NAME, PINYIN, INITIALS, ADDRESS, ADDRESS_PINYIN, CODE = range(6)  # how a key is read
_START = (40.0, 40.0, 30.0, 36.0, 35.0, 40.0)  # worth of a match at the beginning of a key …
_INSIDE = (22.0, 21.0, 18.0, 20.0, 19.0, 17.0)  # … and after it
NOWHERE = 255
KEY_BYTES = 32
MANY = 16_384  # more matches than this have their best ones written down
BEST = 64
# letters that names of places and firms read in more than one way; rarer readings would only multiply the keys
_READINGS = {"长": ("chang", "zhang"), "重": ("chong", "zhong"), "行": ("xing", "hang"), "乐": ("le", "yue"), "都": ("du", "dou"),
             "朝": ("chao", "zhao"), "曾": ("zeng", "ceng"), "单": ("dan", "shan"), "厦": ("sha", "xia"), "调": ("diao", "tiao"),
             "传": ("chuan", "zhuan"), "盛": ("sheng", "cheng"), "藏": ("cang", "zang"), "柏": ("bai", "bo"), "泊": ("bo", "po"),
             "茜": ("xi", "qian"), "堡": ("bao", "pu"), "会": ("hui", "kuai"), "大": ("da", "dai"), "和": ("he", "huo")}

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that can be found; ``box`` (west, south, east, north) is what the map shows of it."""

    kind: int
    id: str
    label: str
    detail: str
    lon: float | None
    lat: float | None
    weight: float
    names: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    address: str = ""
    box: Box | None = None


def build_index(ctx: JobContext, location: str, out: str, street_packs: tuple[str, ...] = ()) -> str:
    """Build the index of a workspace at file ``out`` and return it; a job. `index_before` finds it until something changes."""
    state = state_of(location, *map(Path, street_packs))
    with Database.open(location, read_only=True) as db:
        entries = list(_entries(db))
    ctx.check_cancelled()
    for pack in street_packs:
        if pack.endswith(".streets"):
            entries += _streets(pack)
    write_index(ctx, entries, Path(out))
    if state == state_of(location, *map(Path, street_packs)):  # nobody wrote meanwhile
        keep(Path(out).parent, "search", state, out)
    return out


def index_before(location: str, street_packs: tuple[str, ...], folder: Path) -> str | None:
    """The index that was built in ``folder`` last, if nothing has changed since."""
    found: str | None = kept(folder, "search", state_of(location, *map(Path, street_packs)))
    return found if found is not None and Path(found).exists() else None


def write_index(ctx: JobContext, entries: list[Entry], out: Path) -> None:
    """Write the index of ``entries``."""
    blob, table = _table(ctx, entries)
    arrays: dict[str, Any] = {"text": blob, **table, **_heads(table),
                              "kind": np.array([e.kind for e in entries], np.uint8),
                              "lonlat": np.array([(np.nan, np.nan) if e.lon is None else (e.lon, e.lat) for e in entries],
                                                 float).reshape(-1, 2),
                              "box": np.array([e.box or (np.nan,) * 4 for e in entries], float).reshape(-1, 4)}
    for name, texts in (("id", [e.id for e in entries]), ("label", [e.label for e in entries]), ("detail", [e.detail for e in entries])):
        arrays[f"{name}_blob"], arrays[f"{name}_start"] = pack_texts(texts)
    alphabet = "".join(sorted({c for e in entries for c in normal(e.label)}))
    write_pack(out, arrays, {"format": "pm-search", "version": 2, "entries": len(entries), "alphabet": alphabet, "readings": _common()})


# -- entries ---------------------------------------------------------------------------------------------------------------


def _entries(db: Database) -> Iterator[Entry]:
    towns = dict(db.rows(Town, ("code", "name")))
    for row in db.rows(Town, ("id", "code", "name", "lon", "lat", "min_lon", "min_lat", "max_lon", "max_lat")):
        box = row[5:9] if row[5] is not None else None
        yield Entry(0, row[0], row[2], row[1], row[3], row[4], 3.0, (row[2],), (row[1],), box=box)
    place: dict[str, tuple[float, float]] = {}
    compounds: dict[str, str] = {}
    of_committee: dict[str, list[tuple[float, float]]] = {}
    columns = ("id", "code", "name", "aliases", "address", "town_code", "juwei_code", "lon", "lat", "households")
    for identifier, code, name, aliases, address, town, juwei, lon, lat, households in db.rows(Compound, columns):
        compounds[identifier] = name
        if lon is not None:
            place[identifier] = (lon, lat)
            of_committee.setdefault(juwei or "", []).append((lon, lat))
        address = hide_room(address) or ""
        detail = " · ".join(t for t in (towns.get(town or ""), address) if t)
        weight = 2.0 + min((households or 0) / 10_000, 0.5)
        yield Entry(1, identifier, name, detail, lon, lat, weight, (name, *(aliases or ())), (code,), address)
    for row in db.rows(Zone, ("id", "code", "name", "compound_ids")):
        lon, lat = next((place[c] for c in row[3] if c in place), (None, None))
        # a zone of one compound has its name: the compound is what people look for
        names = (row[2],) if len(row[3]) != 1 or row[2] != compounds.get(row[3][0]) else ()
        yield Entry(2, row[3][0] if row[3] else row[0], row[2], row[1], lon, lat, 1.0, names, (row[1],))
    for row in db.rows(Firm, ("id", "code", "name", "short_name", "uscc")):
        yield Entry(3, row[0], row[2], row[1], None, None, 1.5, tuple(t for t in (row[2], row[3]) if t),
                    tuple(t for t in dict.fromkeys((row[1], row[4])) if t))
    for row in db.rows(ResidentialCommittee, ("id", "code", "name", "town_code")):
        found = np.array(of_committee.get(row[1], [])).reshape(-1, 2)
        lon, lat, box = (*found.mean(axis=0).tolist(), (*found.min(axis=0).tolist(), *found.max(axis=0).tolist())) if len(found) else (None, None, None)
        yield Entry(6, row[0], row[2], towns.get(row[3] or "", row[1]), lon, lat, 0.8, (row[2],), (row[1],), box=box)
    for row in db.rows(Device, ("id", "code", "address", "lon", "lat")):
        yield Entry(5, row[0], row[1], hide_room(row[2]) or "", row[3], row[4], 0.2, (), (row[1],))


def _streets(pack_path: str) -> list[Entry]:
    """Named streets of a pack, one entry a name with the extent of all its pieces, and the stations of its railways."""
    from pm_desktop.base.mercator import to_lonlat
    from pm_desktop.streets.pack import open_pack

    pack = open_pack(pack_path)
    level, out = pack.levels[-1], []
    if pack.has(level, "roadname"):
        names, bbox = (np.asarray(pack.array(level, "roadname", key)) for key in ("name", "bbox"))
        part, xy = pack.array(level, "roadname", "part"), pack.array(level, "roadname", "xy")
        size = (bbox[:, 2:].astype(np.int64) - bbox[:, :2]).sum(axis=1)
        order = np.lexsort((-size, names))
        numbers, first = np.unique(names[order], return_index=True)
        low, high = np.minimum.reduceat(bbox[order, :2], first), np.maximum.reduceat(bbox[order, 2:], first)
        for i, number in enumerate(numbers.tolist()):
            f = int(order[first[i]])
            lon, lat = to_lonlat(xy[(int(part[f]) + int(part[f + 1])) // 2])
            (west, north), (east, south) = to_lonlat(low[i]), to_lonlat(high[i])
            name, english = pack.name(number), pack.name(number, "en")
            out.append(Entry(4, f"{pack_path}#{number}", name, "" if english == name else english, float(lon), float(lat), 1.2,
                             (name, english), box=(float(west), float(south), float(east), float(north))))
    if "station/xy" in pack.arrays:
        seen: set[str] = set()
        for number, xy_one in zip(np.asarray(pack.arrays["station/name"]).tolist(), to_lonlat(pack.arrays["station/xy"]), strict=True):
            name, english = pack.name(number), pack.name(number, "en")
            if name and name not in seen:
                seen.add(name)
                out.append(Entry(7, "", name, "" if english == name else english, float(xy_one[0]), float(xy_one[1]), 1.6, (name, english)))
    return out


# -- keys ------------------------------------------------------------------------------------------------------------------


def normal(text: str) -> str:
    """Text as it is compared: lower case, full-width digits and letters made half-width, no spaces."""
    half = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in text)
    return re.sub(r"\s+", "", half).lower()


def is_chinese(letter: str) -> bool:
    """Whether a letter is a Chinese one."""
    return "一" <= letter <= "鿿"


@cache
def _reading(piece: str) -> tuple[str, ...]:
    """Reading of each letter of a piece; what is not Chinese stands as it is."""
    from pypinyin import lazy_pinyin

    return tuple(lazy_pinyin(piece, errors=lambda other: list(other)))  # type: ignore[arg-type, return-value]


def _common() -> dict[str, str]:
    """Readings of the letters of GB 2312: a letter mistaken for another that sounds alike is found through them."""
    letters = [bytes((high, low)).decode("gb2312", "ignore") for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF)]
    return {c: _reading(c)[0] for c in letters if c and is_chinese(c)}


def _keys(entry: Entry) -> Iterator[tuple[str, int, list[int]]]:
    """(key, how it is read, letter of the label at which each syllable stands) of an entry; each key once."""
    seen: set[str] = set()
    label = normal(entry.label)
    plain = len(label) == len(entry.label)
    for name in entry.names:
        text = normal(name)
        own = plain and text == label
        for key, how, pieces in _name_keys(text):
            if key and key not in seen:
                seen.add(key)
                yield key, how, pieces if own else [-1] * len(pieces)
    for code in entry.codes:
        text = normal(code)
        if text and text not in seen:
            seen.add(text)
            yield text, CODE, [NOWHERE] * len(text)
    road = _road(normal(entry.address))
    if road:
        yield road, ADDRESS, [NOWHERE] * len(road)
        yield "".join(_split_reading(road)), ADDRESS_PINYIN, [NOWHERE] * len(road)


def _name_keys(text: str) -> Iterator[tuple[str, int, list[int]]]:
    whole = list(range(len(text)))
    yield text, NAME, whole
    if not any(map(is_chinese, text)):
        return
    readings = [list(_reading(text))]
    readings += [[other if c == letter else r for c, r in zip(text, readings[0], strict=True)]
                 for letter in dict.fromkeys(text) if letter in _READINGS for other in _READINGS[letter]]
    for syllables in readings:
        yield "\x00".join(syllables), PINYIN, whole  # the marks are taken out when the key is laid down
        yield "".join(s[0] for s in syllables), INITIALS, whole


def _road(address: str) -> str:
    """Address from its road on: the city and the district stand before every one."""
    return re.sub(r"^(上海市?)?(浦东新区|.{1,4}区)?", "", address)


def _split_reading(address: str) -> list[str]:
    """Reading of an address; roads recur, so each is read once."""
    return [syllable for piece in re.findall(r"[一-鿿]+|[^一-鿿]", address) for syllable in _reading(piece)]


# -- the sorted table --------------------------------------------------------------------------------------------------------


def _table(ctx: JobContext, entries: list[Entry]) -> tuple[NDArray[np.uint8], dict[str, NDArray[Any]]]:
    """The keys one after another, and every beginning in order: first bytes, place, owner, worth, letter, reading."""
    blob = bytearray(b"\n")
    pos, end, owner, at, how_read, score = array("q"), array("q"), array("i"), array("B"), array("B"), array("f")
    for number, entry in enumerate(entries):
        if number % 4096 == 0:
            ctx.progress(0.7 * number / len(entries))
        for key, how, letters in _keys(entry):
            pieces = key.split("\x00") if how == PINYIN else list(key)
            last, start = len(blob) + sum(len(p.encode()) for p in pieces), len(blob)
            worth = entry.weight - min(last - start, 60) / 60
            for i, piece in enumerate(pieces if how != ADDRESS_PINYIN else [key]):
                if i == 0 or _may_begin(how, pieces, i):
                    pos.append(start)
                    end.append(last)
                    owner.append(number)
                    at.append(letters[i] & 255 if i < len(letters) and letters[i] < 255 else NOWHERE)
                    how_read.append(how)
                    score.append((_START[how] if i == 0 else _INSIDE[how]) + worth)
                start += len(piece.encode())
            blob += "".join(pieces).encode() + b"\n"
    text = np.frombuffer(bytes(blob), np.uint8)
    keys = _first_bytes(text, np.frombuffer(pos, np.int64), np.frombuffer(end, np.int64))
    order = np.lexsort(keys[::-1])
    columns: dict[str, NDArray[Any]] = {"first": keys[0], "pos": np.frombuffer(pos, np.int64).astype(np.int32), "owner": np.frombuffer(owner, np.int32),
               "at": np.frombuffer(at, np.uint8), "how": np.frombuffer(how_read, np.uint8), "score": np.frombuffer(score, np.float32)}
    return text, {name: column[order] for name, column in columns.items()}


def _may_begin(how: int, pieces: list[str], i: int) -> bool:
    """Whether a search may begin inside a key here: not within a number or a word of Latin letters."""
    if how == INITIALS:
        return True
    before, here = pieces[i - 1][-1], pieces[i][0]
    if how == CODE:
        return not before.isalnum() or (before.isalpha() and here.isdigit())
    return how == PINYIN or is_chinese(here) or is_chinese(before)


def _first_bytes(text: NDArray[np.uint8], pos: NDArray[np.int64], end: NDArray[np.int64]) -> list[NDArray[np.uint64]]:
    """The first 32 bytes of every beginning as four big-endian numbers."""
    step = np.arange(KEY_BYTES)
    out = np.zeros((len(pos), KEY_BYTES // 8), np.uint64)
    for low in range(0, len(pos), 500_000):
        chunk = slice(low, low + 500_000)
        where = pos[chunk, None] + step
        letters = np.where(where < end[chunk, None], text[np.minimum(where, len(text) - 1)], 0).astype(np.uint8)
        out[chunk] = letters.view(">u8")
    return [np.ascontiguousarray(out[:, k]) for k in range(out.shape[1])]


def _heads(table: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """Pieces of the table with very many beginnings (what one or two letters find): their best ones, found now."""
    first, score, owner = table["first"], table["score"], table["owner"]
    found: list[tuple[int, int, list[int]]] = []
    spans = [(0, len(first))] if len(first) > MANY else []
    for length in range(1, 9):
        shift = np.uint64(64 - 8 * length)
        spans = [(low + a, low + b) for low, high in spans for a, b in _groups(first[low:high] >> shift) if b - a > MANY]
        found += [(a, b, _best(score, owner, a, b)) for a, b in spans]
    return {"head": np.array([(a, b) for a, b, _ in found], np.int64).reshape(-1, 2),
            "head_best": np.array([(*best, *[-1] * (BEST - len(best))) for _, _, best in found], np.int32).reshape(-1, BEST)}


def _groups(values: NDArray[np.uint64]) -> Iterable[tuple[int, int]]:
    edges = np.concatenate([[0], np.flatnonzero(values[1:] != values[:-1]) + 1, [len(values)]]).tolist()
    return itertools.pairwise(edges)


def _best(score: NDArray[np.float32], owner: NDArray[np.int32], low: int, high: int) -> list[int]:
    """The best beginnings of a piece, one an owner."""
    take = min(high - low, 8 * BEST)
    near = low + np.argpartition(-score[low:high], take - 1)[:take]
    near = near[np.lexsort((near, -score[near]))]
    _, once = np.unique(owner[near], return_index=True)
    chosen: list[int] = near[np.sort(once)][:BEST].tolist()
    return chosen
