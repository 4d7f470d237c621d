"""One search for everything: names, aliases, pinyin, initials, codes, firms, towns, streets, addresses, coordinates.

The index (`searchindex`) is read by memory map in the window's process: a query is a few binary searches.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pm_desktop.base.arraypack import ArrayPack, text_at
from pm_desktop.base.coordinates import DEFAULT, System, read
from pm_desktop.workspace.searchindex import (
    BEST,
    INITIALS,
    KEY_BYTES,
    KINDS,
    MANY,
    NAME,
    NOWHERE,
    PINYIN,
    is_chinese,
    normal,
)

_EXACT = 24.0  # a key that is what was typed, over one that begins with it
_EXACT_INITIALS = 4.0  # initials are shared by many: whole ones still stand behind every beginning of a name
_SLIP = -30.0  # a match that is one letter off stands behind every other
_ADDRESS = re.compile(r"^(.*?\D)(\d+)(弄|号|支弄|nong|hao|n|h)?$")
_HOUSE = re.compile(r"^(.*\d+(?:弄|号|nong))\d+(?:号|hao)?$")
_ENOUGH = 3


@dataclass(frozen=True, slots=True)
class SearchHit:
    """Something found: what it is, its id, its words, where it lies (None: nowhere), its extent.

    ``span`` is the part of ``label`` that matches (None where another name, a code or an address does).
    """

    kind: str
    id: str
    label: str
    detail: str
    lon: float | None
    lat: float | None
    score: float
    span: tuple[int, int] | None = None
    box: tuple[float, float, float, float] | None = None


Best = dict[int, tuple[float, int, int]]  # by entry: score, line of the table, letters matched


class SearchIndex:
    """The index opened for querying (no pinyin library needed)."""

    def __init__(self, path: Path | str) -> None:
        self._pack = ArrayPack(path)
        # plain views of the maps: a step of a memmap costs five times one of an array, one of a memoryview least
        self._text, self._pos = (np.asarray(self._pack[name]).data for name in ("text", "pos"))
        self._first, self._owner, self._score, self._how, self._at = (
            np.asarray(self._pack[name]) for name in ("first", "owner", "score", "how", "at"))
        self._head = {(low, high): i for i, (low, high) in enumerate(self._pack["head"].tolist())}
        self._alphabet: str = self._pack.meta["alphabet"]
        self._readings: dict[str, str] = self._pack.meta["readings"]

    def query(self, text: str, limit: int = 20, system: System = DEFAULT) -> list[SearchHit]:
        """Best matches first: whole name, beginning, initials, inside, one letter off; larger things first among equals.

        Coordinates are what ``system`` would have them be, and then what they may be in others.
        """
        if places := read(text, system):
            return [SearchHit("Coordinates", "", f"{lon:.6f}, {lat:.6f}", s.id, lon, lat, 99.0 - n) for n, (s, lon, lat) in enumerate(places)]
        wanted = normal(text)
        if not wanted or "\n" in text.strip():
            return []
        best: Best = {}
        self._match(wanted, 0.0, best)
        if match := _ADDRESS.match(wanted):
            self._number(match[1] + match[2], best)
        if len(best) < _ENOUGH and (house := _HOUSE.match(wanted)):
            self._match(house[1], -2.0, best)
        words = [w for w in map(normal, text.split()) if w]
        if len(words) > 1 and len(best) < limit:
            self._together(words, best)
        if not best and len(wanted) >= 3:
            self._slips(wanted, best)
        order = sorted(best, key=lambda n: (-best[n][0], n))[:limit]
        return [self._hit(n, *best[n], wanted) for n in order]

    # -- matching --------------------------------------------------------------------------------------------------------

    def _match(self, wanted: str, shift: float, best: Best) -> None:
        """Everything that begins with ``wanted``, from any letter on at which one may begin."""
        key = wanted.encode()
        low, high = self._piece(key)
        if high > low:
            self._keep(self._exact(key, low, high), _EXACT + shift, len(wanted), best)
            self._keep(self._best_of(low, high), shift, len(wanted), best)

    def _piece(self, key: bytes) -> tuple[int, int]:
        """Lines of the table that begin with ``key`` (beyond 32 bytes by reading them)."""
        low = int(np.searchsorted(self._first, np.uint64(int.from_bytes(key[:8].ljust(8, b"\0"), "big"))))
        high = int(np.searchsorted(self._first, np.uint64(int.from_bytes(key[:8].ljust(8, b"\xff"), "big")), side="right"))
        if len(key) <= 8 or low == high:
            return low, high
        cut = key[:KEY_BYTES]
        return self._bisect(cut, low, high, after=False), self._bisect(cut, low, high, after=True)

    def _bisect(self, key: bytes, low: int, high: int, *, after: bool) -> int:
        while low < high:
            middle = (low + high) // 2
            here = self._read(middle, len(key))
            if here < key or (after and here == key):
                low = middle + 1
            else:
                high = middle
        return low

    def _read(self, line: int, length: int) -> bytes:
        """Up to ``length`` bytes of a line, without what follows its key."""
        at = self._pos[line]
        return bytes(self._text[at:at + length]).partition(b"\n")[0]

    def _exact(self, key: bytes, low: int, high: int) -> list[int]:
        """Lines that are ``key`` and no more, from the beginning of their key: they stand first in the piece."""
        end = self._bisect(key + b"\0", low, high, after=False) if len(key) < KEY_BYTES else high
        lines = np.arange(low, min(end, low + MANY))
        if len(lines) > 8 * BEST:
            lines = lines[np.argpartition(-self._score[lines], 8 * BEST)[:8 * BEST]]
        return [n for n in lines.tolist() if self._text[self._pos[n] - 1] == 10 and self._read(n, len(key) + 1) == key]

    def _best_of(self, low: int, high: int) -> list[int]:
        if (head := self._head.get((low, high))) is not None:
            return [n for n in self._pack["head_best"][head].tolist() if n >= 0]
        score = np.asarray(self._score[low:high])
        take = 4 * BEST
        if len(score) <= take:
            return list(range(low, high))
        lines: list[int] = (low + np.argpartition(-score, take)[:take]).tolist()
        return lines

    def _keep(self, lines: Iterable[int], shift: float, letters: int, best: Best) -> None:
        chosen = np.fromiter(lines, np.int64)
        scores, owners, hows = self._score[chosen].tolist(), self._owner[chosen].tolist(), self._how[chosen].tolist()
        for line, score, owner, how in zip(chosen.tolist(), scores, owners, hows, strict=True):
            worth = score + (_EXACT_INITIALS if shift >= _EXACT and how == INITIALS else shift)
            if owner not in best or best[owner][0] < worth:
                best[owner] = (worth, line, letters)

    def _number(self, road: str, best: Best) -> None:
        """Houses of a road whose number is the one typed, whether 弄 or 号 was said; 45 is not 456."""
        key = road.encode()
        low, high = self._piece(key)
        lines = [n for n in range(low, min(high, low + 4 * BEST)) if not self._read(n, len(key) + 1)[len(key):].isdigit()]
        self._keep(lines, 3.0, len(road), best)

    def _together(self, words: list[str], best: Best) -> None:
        """Entries that hold every word somewhere in their name, place or keys; the rarest word is looked up."""
        pieces = [self._piece(w.encode()) for w in words]
        low, high = min(pieces, key=lambda p: p[1] - p[0])
        found: Best = {}
        self._keep(self._best_of(low, high), -12.0, 0, found)
        for owner, kept in found.items():
            words_of = normal(self._words("label", owner) + " " + self._words("detail", owner))
            told = "".join(self._readings.get(c, c) for c in words_of)
            if owner not in best and all(w in words_of or w in told for w in words):
                best[owner] = kept

    # -- one letter off ----------------------------------------------------------------------------------------------------

    def _slips(self, wanted: str, best: Best) -> None:
        """What is found when one letter is wrong, missing, too many or swapped, or a Chinese letter sounds like another."""
        if any(map(is_chinese, wanted)):
            told = "".join(self._readings.get(c, c) for c in wanted)
            self._keep(self._best_of(*self._piece(told.encode())), _SLIP + 2, len(told), best)
        variants = np.array(list(dict.fromkeys(self._variants(wanted))), dtype=object)
        keys = [v.encode() for v in variants]
        firsts = np.array([int.from_bytes(k[:8].ljust(8, b"\0"), "big") for k in keys], np.uint64)
        lasts = np.array([int.from_bytes(k[:8].ljust(8, b"\xff"), "big") for k in keys], np.uint64)
        order = np.argsort(firsts)  # in order, so that the searches stay near each other
        low = np.searchsorted(self._first, firsts[order])
        high = np.searchsorted(self._first, lasts[order], side="right")
        for i in np.flatnonzero(high > low).tolist()[:400]:
            key = keys[int(order[i])]
            piece = (int(low[i]), int(high[i])) if len(key) <= 8 else self._piece(key)
            if piece[1] > piece[0]:
                self._keep(self._best_of(*piece), _SLIP, 0, best)

    def _variants(self, wanted: str) -> Iterator[str]:
        latin = "abcdefghijklmnopqrstuvwxyz"
        for i in range(len(wanted)):
            if wanted[i].isdigit():
                continue  # another number is another house, another code
            yield wanted[:i] + wanted[i + 1:]
            if i + 1 < len(wanted):
                yield wanted[:i] + wanted[i + 1] + wanted[i] + wanted[i + 2:]
        chinese = any(map(is_chinese, wanted))
        for i in range(len(wanted) + 1):
            for letter in self._next(wanted[:i]) if chinese else latin:
                yield wanted[:i] + letter + wanted[i:]
                if i < len(wanted) and not wanted[i].isdigit():
                    yield wanted[:i] + letter + wanted[i + 1:]

    def _next(self, begun: str) -> Iterable[str]:
        """Letters that follow ``begun`` somewhere in the index: the only ones worth trying there."""
        key = begun.encode()
        low, high = self._piece(key) if begun else (0, len(self._first))
        if high - low > 1_000:
            return self._alphabet if high - low > MANY or len(self._alphabet) < 600 else self._sampled(key, low, high)
        return self._letters(key, range(low, high))

    def _sampled(self, key: bytes, low: int, high: int) -> Iterable[str]:
        return self._letters(key, range(low, high, max(1, (high - low) // 1_000)))

    def _letters(self, key: bytes, lines: Iterable[int]) -> set[str]:
        return {rest[0] for n in lines if (rest := self._read(n, len(key) + 4)[len(key):].decode(errors="ignore"))}

    # -- what is shown -----------------------------------------------------------------------------------------------------

    def _words(self, name: str, number: int) -> str:
        return text_at(self._pack[f"{name}_blob"], self._pack[f"{name}_start"], number)

    def _hit(self, number: int, score: float, line: int, letters: int, wanted: str) -> SearchHit:
        id_, label, detail = (self._words(n, number) for n in ("id", "label", "detail"))
        (lon, lat), box = self._pack["lonlat"][number].tolist(), tuple(self._pack["box"][number].tolist())
        known = lon == lon
        return SearchHit(KINDS[int(self._pack["kind"][number])], id_, label, detail, lon if known else None, lat if known else None, score,
                         self._span(label, line, letters, wanted), box if box[0] == box[0] else None)

    def _span(self, label: str, line: int, letters: int, wanted: str) -> tuple[int, int] | None:
        start, how = int(self._at[line]), int(self._how[line])
        if start == NOWHERE or not letters:
            within = label.lower().find(wanted)
            return (within, within + len(wanted)) if within >= 0 else None
        if how != PINYIN:
            return (start, min(start + letters, len(label))) if how in (NAME, INITIALS) else None
        end = start
        while end < len(label) and letters > 0:
            letters -= len(self._readings.get(label[end], label[end]))
            end += 1
        return start, end


__all__ = ["SearchHit", "SearchIndex", "normal"]
