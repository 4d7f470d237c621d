"""Profiles on one page: always one, all of it inside, searchable, with dates and sources, nothing personal."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage

from pm_desktop.base.errors import InputRefused
from pm_desktop.base.jobs import JobContext
from pm_desktop.base.label import Label
from pm_desktop.base.words import catalogue, texts
from pm_desktop.cartography.page import HEIGHT, MARGIN, page_pdf, set_page
from pm_desktop.domain.records import Compound, Firm, ServiceProject
from pm_desktop.export.profilepage import export_page, page_of
from pm_desktop.storage.database import Database
from pm_desktop.workspace.page import Block, Item, Profile
from pm_desktop.workspace.profile import load_profile

HOSTILE = ("<b>粗</b>&amp;<script>", "超长" * 400, "😀🏘️小区👨‍👩‍👧", "שלום עולם", "\u202e倒写\u202d", "a\nb\tc", "W" * 900, "قطعة")


def words_in(file: Path) -> str:
    said = subprocess.run(["pdftotext", "-raw", str(file), "-"], capture_output=True, check=True).stdout.decode()
    return re.sub(r"\s+", "", said)


def pages_of(file: Path) -> int:
    found = re.search(r"Pages:\s+(\d+)", subprocess.run(["pdfinfo", str(file)], capture_output=True, check=True, text=True).stdout)
    assert found
    return int(found[1])


def drawn(file: Path) -> np.ndarray:
    """Grey of the page at 60 dots an inch."""
    subprocess.run(["pdftoppm", "-r", "60", "-png", "-singlefile", str(file), str(file.with_suffix(""))], check=True)
    image = QImage(str(file.with_suffix(".png"))).convertToFormat(QImage.Format.Format_Grayscale8)
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())[:, :image.width()].copy()


def firsts(sample: str) -> tuple[list[str], list[str]]:
    with Database.open(sample, read_only=True) as db:
        return [r[0] for r in db.rows(Compound, ("code",), order_by=("code",), limit=3)], [r[0] for r in db.rows(Firm, ("code",), order_by=("code",), limit=2)]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_line_of_a_profile_is_on_its_page_and_can_be_searched(qapp: object, tiny_sample: str, tmp_path: Path, lang: str) -> None:
    compounds, firms = firsts(tiny_sample)
    packs = [str(p) for p in (Path(tiny_sample) / "streets").glob("*.streets")]
    with Database.open(tiny_sample, read_only=True) as db:
        people = {v for row in db.rows(Firm, ("contact_name", "contact_phone")) for v in row if v} | {
            r[0] for r in db.rows(ServiceProject, ("manager_name",)) if r[0]}
    for k, wanted in enumerate([{"compound": code} for code in compounds] + [{"firm": code} for code in firms]):
        out = tmp_path / f"{k}.pdf"
        answer = export_page(JobContext(), tiny_sample, str(out), packs, lang, "工作区甲", True, **wanted)  # type: ignore[arg-type]
        assert answer == {"file": str(out), "bytes": out.stat().st_size, "pages": 1} and pages_of(out) == 1
        said = words_in(out)
        page = page_of(_profile(tiny_sample, wanted), texts(lang), [], packs, (), "工作区甲", date(2026, 1, 1), None, True)  # type: ignore[arg-type]
        for block in page.blocks:
            for text in (block.title, block.date, *(t for line in block.lines for t in (line.label, line.value))):
                for part in text.split():
                    assert part in said, (block.title, text)
        words = catalogue(lang)
        for sign in (words["app.sample"], "工作区甲", words["page.only"], page.title):
            assert re.sub(r"\s+", "", sign) in said
        assert people and not any(person in said for person in people)


def _profile(sample: str, wanted: dict[str, str]) -> Profile:
    from pm_desktop.workspace.firm import load_firm

    with Database.open(sample, read_only=True) as db:
        record = Compound if "compound" in wanted else Firm
        identifier = db.rows(record, ("id",), {"code": next(iter(wanted.values()))})[0][0]
    return (load_profile if "compound" in wanted else load_firm)(JobContext(), sample, identifier)


def test_a_past_day_is_marked(qapp: object, tiny_sample: str, tmp_path: Path) -> None:
    from pm_desktop.storage.past import past

    compounds, _ = firsts(tiny_sample)
    out = tmp_path / "a.pdf"
    export_page(JobContext(), past(tiny_sample, date(2026, 3, 31)), str(out), [], "zh", "甲", True, compound=compounds[0])
    assert words_in(out).count("2026-03-31") >= 2


def _busy(profile: Profile, lines: int, value: str) -> Profile:
    block = Block("reported", Label("原表所载", "As the source reports"), "2026-01-01",
                  tuple(Item(Label(f"项{i}{value[:40]}", f"Item {i} {value[:40]}"), value if i % 3 else None, "㎡") for i in range(lines)))
    return replace(profile, title=value, subtitle=value, blocks=(*profile.blocks, block, block))


@pytest.mark.parametrize(("lines", "value"), [(5, "12,345.67"), (40, HOSTILE[1]), *((400, text) for text in HOSTILE)])
def test_the_busiest_profile_is_one_page_with_nothing_outside_it(qapp: object, tiny_sample: str, tmp_path: Path, lines: int, value: str) -> None:
    busy = _busy(_profile(tiny_sample, {"compound": firsts(tiny_sample)[0][0]}), lines, value)
    page = page_of(busy, texts("zh"), [], [], (value,), value, date(2026, 1, 1), None, True)
    columns = set_page(page, HEIGHT - 250)
    assert len(columns) <= 3 and all(sum(p.height for p in column) <= HEIGHT - 250 for column in columns)
    if lines == 400:
        assert len(page.blocks) == len(busy.blocks)
    out = tmp_path / "busy.pdf"
    out.write_bytes(page_pdf(page))
    assert pages_of(out) == 1
    grey = drawn(out)
    edge = int((MARGIN - 14) / 120 * 60)
    assert (grey[:, :edge] > 240).all() and (grey[:, -edge:] > 240).all() and (grey[-edge:] > 240).all(), "ink outside the margins"
    assert (grey < 200).sum() > 3_000
    if lines == 400:
        assert "另有" in words_in(out)


def test_unknown_is_said_and_what_is_not_there_is_refused(qapp: object, tiny_sample: str, tmp_path: Path) -> None:
    profile = Profile("x", "空小区", "", None, None, None, (Block("zone", Label("物业管理区域", "Zone"), None, (Item(Label("区域名称", "Zone"), None),)),))
    out = tmp_path / "a.pdf"
    out.write_bytes(page_pdf(page_of(profile, texts("zh"), [], [], (), "甲", date(2026, 1, 1), None, False)))
    assert "未填报" in words_in(out) and "示例" not in words_in(out)
    for wanted in ({"compound": "没有"}, {"firm": "没有"}):
        with pytest.raises(InputRefused) as refused:
            export_page(JobContext(), tiny_sample, str(tmp_path / "b.pdf"), [], "zh", "甲", True, **wanted)  # type: ignore[arg-type]
        assert refused.value.remedy.zh and not (tmp_path / "b.pdf").exists()
