"""What is found, and in what order, against brute force over the records."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from pypinyin import Style, lazy_pinyin

from pm_desktop.base.coordinates import parse_degrees
from pm_desktop.base.crs import gcj02_to_wgs84
from pm_desktop.base.jobs import JobContext
from pm_desktop.domain.enums import TownKind
from pm_desktop.domain.records import Compound, Firm, ResidentialCommittee, Town
from pm_desktop.storage.database import Database
from pm_desktop.workspace.search import SearchHit, SearchIndex
from pm_desktop.workspace.searchindex import Entry, build_index, normal, write_index

CTX = JobContext()


@pytest.fixture(scope="module")
def sample_index(tiny_sample: str, tmp_path_factory: pytest.TempPathFactory) -> SearchIndex:
    packs = tuple(str(p) for p in (Path(tiny_sample) / "streets").glob("*"))
    return SearchIndex(build_index(CTX, tiny_sample, str(tmp_path_factory.mktemp("i") / "i.index"), packs))


def first(index: SearchIndex, text: str) -> SearchHit:
    return index.query(text)[0]


def forms(name: str) -> dict[str, str]:
    return {"name": normal(name), "pinyin": "".join(lazy_pinyin(normal(name))), "initials": "".join(lazy_pinyin(normal(name), style=Style.FIRST_LETTER))}


def rank(name: str, code: str, wanted: str) -> int:
    """Brute force: 5 exact, 4 beginning, 3 initials, 2 within, 0 not found."""
    made = forms(name)
    if wanted in (made["name"], made["pinyin"], code.lower()):
        return 5
    if any(made[k].startswith(wanted) for k in ("name", "pinyin")) or code.lower().startswith(wanted):
        return 4
    if made["initials"].startswith(wanted):
        return 3
    syllables = lazy_pinyin(normal(name))
    inside = any("".join(syllables[i:]).startswith(wanted) for i in range(1, len(syllables)))
    return 2 if wanted in made["name"] or wanted in made["initials"] or inside else 0


def test_ranks_are_those_of_brute_force(tiny_sample: str, sample_index: SearchIndex) -> None:
    with Database.open(tiny_sample, read_only=True) as db:
        rows = db.rows(Compound, ("id", "name", "code"))
    rng = random.Random(5)
    asked = 0
    for _identifier, name, code in rng.sample(rows, 60):
        for text in (*forms(name).values(), code.lower()):
            wanted = text[:rng.randint(1, len(text))]
            truth = {i: r for i, n, c in rows if (r := rank(n, c, wanted))}
            everything = sample_index.query(wanted, 4000)
            hits = [h for h in everything if h.kind == "Compound"]
            shown = [truth[h.id] for h in hits if h.id in truth]
            # a letter that finds very much shows the best of it; everything else is complete
            missing = set(truth) - {h.id for h in hits}
            assert not missing or (len(everything) >= 60 and max(truth[i] for i in missing) <= min(shown, default=5)), wanted
            assert shown == sorted(shown, reverse=True), wanted
            asked += 1
    assert asked == 240


def test_an_address_is_found_however_it_is_written(tmp_path: Path) -> None:
    entries = [Entry(1, f"{n}", f"小区{n}", "", 121.5, 31.2, 2.0, (f"小区{n}",), (), address)
               for n, address in enumerate(("上海市浦东新区德平路45弄", "德平路456弄", "德州路45弄", "德平路4弄"))]
    write_index(CTX, entries, tmp_path / "i")
    index = SearchIndex(tmp_path / "i")
    for text in ("德平路45弄", "德平路 45弄", "德平路45号", "德平路45", "deping lu 45", "depinglu45nong", "德平路45弄12号", "Deping Lu 45 hao"):
        assert first(index, text).id == "0", text
    assert index.query("德平路47号") == []


def test_one_letter_off_is_still_found_and_stands_last(tmp_path: Path) -> None:
    names = ("金杨花园", "金阳家园", "银杏苑")
    write_index(CTX, [Entry(1, n, n, "", None, None, 2.0, (n,)) for n in names], tmp_path / "i")
    index = SearchIndex(tmp_path / "i")
    for text in ("金扬花园", "今杨花园", "金杨化园", "金花园", "金杨大花园", "杨金花园", "jinyanghuayaun", "jinyanghuayan", "jinxanghuayuan", "jinyanghhuayuan"):
        assert first(index, text).id == "金杨花园", text
        assert first(index, text).score < 20
    assert index.query("西藏南路") == []


def test_the_part_that_matches_is_told(tmp_path: Path) -> None:
    write_index(CTX, [Entry(1, "a", "金杨花园", "", None, None, 2.0, ("金杨花园", "老名邸"))], tmp_path / "i")
    index = SearchIndex(tmp_path / "i")
    for text, span in (("金杨", (0, 2)), ("花园", (2, 4)), ("jinyang", (0, 2)), ("huay", (2, 4)), ("yhy", (1, 4)), ("老名邸", None)):
        assert first(index, text).span == span, text


def test_firms_committees_towns_and_streets(tmp_path: Path, sample_index: SearchIndex, tiny_sample: str) -> None:
    location = str(tmp_path / "w")
    with Database.create(location) as db, db.transaction() as tx:
        tx.insert([Town(id="t" * 32, code="310115005000", name="陆家嘴街道", kind=TownKind.SUBDISTRICT),
                   ResidentialCommittee(id="j" * 32, code="310115005001", name="市新居委会", town_code="310115005000"),
                   Firm(id="f" * 32, code="QY-1", uscc="91310115MA1K4XYZ7B", name="东方物业服务有限公司", short_name="东方", contact_name="欧阳修明",
                        contact_phone="13812345678"),
                   Compound(id="c" * 32, code="C1", name="市新小区", juwei_code="310115005001", lon=121.51, lat=31.23)])
    index = SearchIndex(build_index(CTX, location, str(tmp_path / "i")))
    assert (first(index, "ljz").kind, first(index, "dongfangwuye").kind, first(index, "91310115MA1K4XYZ7B").kind) == ("Town", "Firm", "Firm")
    committee = first(index, "市新居委")
    assert (committee.kind, committee.lon) == ("Committee", 121.51)
    for private in ("欧阳修明", "ouyangxiuming", "13812345678", "138"):
        assert index.query(private) == [], "personal data are not searchable"
    street = next(h for h in sample_index.query("路", 300) if h.kind == "Street")
    assert street.box is not None and street.box[0] <= street.lon <= street.box[2]  # type: ignore[operator]


def test_coordinates_in_every_writing() -> None:
    for text in ("121.5,31.2", "31.2, 121.5", "121.5 31.2", "121°30′00″E 31°12′00″N", "N31°12' E121°30'", "31°12′N，121°30′E", "北纬31°12′ 东经121°30′"):
        assert parse_degrees(text) == pytest.approx((121.5, 31.2), abs=1e-9), text
    for text in ("121.5", "德平路 45", "121.5,31.2,7", "121.5,95.0", "45 12弄"):
        assert parse_degrees(text) is None, text


def test_coordinates_say_where_they_lie_as_gcj02(sample_index: SearchIndex) -> None:
    here, shifted, baidu = sample_index.query("121.54, 31.21")
    x, y = gcj02_to_wgs84(121.54, 31.21)  # type: ignore[arg-type]
    assert (here.lon, here.lat) == (121.54, 31.21) and (shifted.detail, baidu.detail) == ("GCJ-02", "BD-09")
    assert (shifted.lon, shifted.lat) == pytest.approx((float(x), float(y)), abs=1e-9)
