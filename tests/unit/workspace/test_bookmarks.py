"""Bookmarks in their file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pm_desktop.base import paths
from pm_desktop.workspace.bookmarks import Bookmark, Shelf

HERE = Bookmark("陆家嘴", 121.5, 31.24, 14.5, (("streets", 1.0), ("zones", 0.4)), "dark")
THERE = Bookmark("三林", 121.51, 31.14, 13.0)


def names(shelf: Shelf) -> list[str]:
    return [m.name for m in shelf.marks()]


def test_what_is_kept_is_there_the_next_time() -> None:
    shelf = Shelf.of("w" * 32)
    assert shelf.marks() == () and not shelf.undo()
    assert not shelf.put(HERE) and not shelf.put(THERE)
    assert Shelf.of("w" * 32).marks() == (HERE, THERE)
    assert Shelf.of("v" * 32).marks() == (), "another workspace has its own"
    assert list((paths.config_dir() / "bookmarks").iterdir()) == [paths.config_dir() / "bookmarks" / f"{'w' * 32}.json"]


def test_every_change_can_be_taken_back() -> None:
    shelf = Shelf.of("w")
    shelf.put(HERE)
    shelf.put(THERE)
    changes = (lambda: shelf.remove("陆家嘴"), lambda: shelf.rename("三林", "三林镇"), lambda: shelf.move("三林", -1),
               lambda: shelf.put(Bookmark("三林", 1.0, 2.0, 9.0)), lambda: shelf.put(Bookmark("新", 1.0, 2.0, 9.0)))
    for change in changes:
        change()
        assert shelf.marks() != (HERE, THERE)
        assert shelf.undo() and Shelf.of("w").marks() == (HERE, THERE)


def test_two_windows_do_not_lose_each_others_bookmarks() -> None:
    one, two = Shelf.of("w"), Shelf.of("w")
    one.put(HERE)
    two.put(THERE)
    one.rename("陆家嘴", "东方明珠")
    assert names(two) == ["东方明珠", "三林"]


def test_names_are_one_line_and_each_occurs_once() -> None:
    shelf = Shelf(None)
    assert not shelf.put(Bookmark(" 陆家嘴\n 中心  ", 121.5, 31.2, 14.0)) and names(shelf) == ["陆家嘴 中心"]
    assert shelf.put(Bookmark("陆家嘴 中心", 121.6, 31.2, 14.0)) and shelf.marks()[0].lon == 121.6
    shelf.put(THERE)
    assert not shelf.rename("三林", "陆家嘴 中心") and not shelf.rename("三林", "  ") and shelf.rename("三林", "三林")
    assert shelf.free_name("三林") == "三林 2" and shelf.free_name("花木") == "花木"
    shelf.move("三林", -9)
    assert names(shelf) == ["三林", "陆家嘴 中心"]


@pytest.mark.parametrize("text", ["", "[]", "{\"bookmarks\": 3}", "\x00\x01", "{\"version\": 1}"])
def test_a_damaged_file_is_set_aside(text: str) -> None:
    folder = paths.config_dir() / "bookmarks"
    folder.mkdir()
    file = folder / "w.json"
    file.write_text(text, "utf-8")
    shelf = Shelf.of("w")
    assert shelf.marks() == ()
    assert (folder / "w.damaged").read_text("utf-8") == text
    shelf.put(HERE)
    assert Shelf.of("w").marks() == (HERE,)


def test_an_entry_without_sense_is_left_out(tmp_path: Path) -> None:
    good = {"name": "好", "lon": 121.5, "lat": 31.2, "zoom": 14, "layers": [["streets", 7]], "theme": 3, "more": "of a later version"}
    bad = [None, {}, good | {"name": " "}, good | {"lon": "x"}, good | {"lat": 1e9}, good | {"zoom": float("nan")}, good | {"layers": [1]}]
    (tmp_path / "f.json").write_text(json.dumps({"bookmarks": [good, *bad]}), "utf-8")
    assert Shelf(tmp_path / "f.json").marks() == (Bookmark("好", 121.5, 31.2, 14.0, (("streets", 1.0),), None),)
