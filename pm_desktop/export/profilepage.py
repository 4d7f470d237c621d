"""The profile of a compound or a firm on one page of A4, with what a reader of paper needs to trust it: dates, sources, when made."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pm_desktop.base.errors import InputRefused
from pm_desktop.base.jobs import JobContext
from pm_desktop.base.label import Label, Lang
from pm_desktop.base.mercator import units_per_px
from pm_desktop.base.words import Texts, texts
from pm_desktop.cartography.page import Page, PageBlock, PageLine, PagePlace, page_pdf
from pm_desktop.cartography.picture import MapOrder, ensure_application
from pm_desktop.domain.entity import entity_of
from pm_desktop.domain.records import Firm, ImportBatch
from pm_desktop.export.files import put_in_place
from pm_desktop.storage.database import Database
from pm_desktop.streets.attach import attribution
from pm_desktop.workspace.firm import load_firm
from pm_desktop.workspace.locate import named_compound, outlines
from pm_desktop.workspace.page import Block, Item, Profile
from pm_desktop.workspace.profile import SHANGHAI, load_profile, moment

CLOSEST = 430 * units_per_px(16.0)  # a compound is shown with the streets around it
AROUND = 0.66  # share of the map that the places take
# registers that the lines of a block are taken from
_REGISTERS: dict[str, tuple[str, ...]] = {
    "identity": ("Compound", "ResidentialCommittee"), "zone": ("Zone",), "housing": ("Compound", "Building"), "service": ("ServiceProject", "Contract"),
    "fee": ("Contract",), "committee": ("Committee",), "complaints": ("Complaint", "Compound"), "orders": ("WorkOrder",), "alerts": ("Alert",),
    "devices": ("Device",), "repair_fund": ("Building",), "facilities": ("SharedFacility",), "town": ("Complaint", "Compound"),
    "history": ("Zone", "ServiceProject", "Contract", "Committee"), "firm": ("Firm",), "projects": ("ServiceProject", "Zone"),
    "towns": ("ServiceProject", "Compound"), "contracts": ("Contract",), "party": ("Committee", "Firm"), "consolidation": ("Zone",)}


def find_firm(location: str, wanted: str) -> str:
    """Id of the firm with this id, code, credit code or name.

    Raises
    ------
    InputRefused
        There is none.
    """
    with Database.open(location, read_only=True) as db:
        for field in ("id", "code", "uscc", "name", "short_name"):
            rows = db.rows(Firm, ("id",), {field: wanted}, order_by=("code",), limit=1)
            if rows:
                return str(rows[0][0])
    raise InputRefused("firm_missing", Label(f"没有企业“{wanted}”", f"there is no firm {wanted!r}"),
                       Label("请核对编码、统一社会信用代码或名称", "check its code, credit code or name"))


def export_page(ctx: JobContext, location: str, out: str, packs: Sequence[str], lang: Lang, workspace: str, is_sample: bool, *,
                compound: str | None = None, firm: str | None = None) -> dict[str, Any]:
    """Write the profile of a compound or a firm (by id, code or name) as a PDF of one page; ``location`` may be of a past day.

    Returns
    -------
    dict
        ``{"file", "bytes", "pages"}``.

    Raises
    ------
    InputRefused
        There is no such compound or firm.
    """
    if firm is not None:
        profile = load_firm(ctx, location, find_firm(location, firm))
    else:
        profile = load_profile(ctx, location, named_compound(ctx, location, compound or ""))
    ctx.progress(0.3, "picture.page")
    return write_page(ctx, location, out, profile, packs, lang, workspace, is_sample)


def print_page(ctx: JobContext, location: str, out: str, kind: str, identifier: str, packs: tuple[str, ...], lang: Lang, workspace: str,
               is_sample: bool) -> dict[str, Any]:
    """`export_page` of the profile that is open in the window. A job."""
    return export_page(ctx, location, out, packs, lang, workspace, is_sample, **{kind.lower(): identifier})


def write_page(ctx: JobContext, location: str, out: str, profile: Profile, packs: Sequence[str], lang: Lang, workspace: str,
               is_sample: bool) -> dict[str, Any]:
    """Write a profile that is loaded."""
    ensure_application()
    words = texts(lang)
    with Database.open(location, read_only=True) as db:
        as_of, sources = db.as_of, _sources(db, words, is_sample)
        day = (moment(db, None) + SHANGHAI).date()
    rings = outlines(ctx, location, profile.places)
    ctx.progress(0.5, "picture.page")
    ctx.check_cancelled()
    attributions = "" if is_sample else " · ".join(dict.fromkeys(t for pack in packs if (t := attribution(Path(pack)))))
    page = page_of(profile, words, rings, packs, (attributions, *sources), workspace, day, as_of, is_sample)
    data = page_pdf(page)
    ctx.progress(0.9, "picture.page")
    put_in_place(out, data, ctx.check_cancelled)
    return {"file": out, "bytes": os.path.getsize(out), "pages": 1}


def _sources(db: Database, words: Texts, is_sample: bool) -> list[str]:
    """Where the rows come from: the sample's maker, or the newest files that were brought in."""
    if is_sample:
        return [words("page.from_sample")]
    files = list(dict.fromkeys(r[0] for r in db.rows(ImportBatch, ("file_name",), order_by=("-at",), limit=12) if r[0]))
    return [words("page.from_files", files="、".join(files[:4]) + (" …" if len(files) > 4 else ""))] if files else []


def page_of(profile: Profile, words: Texts, rings: Sequence[NDArray[Any]], packs: Sequence[str], sources: Sequence[str], workspace: str,
            day: date, as_of: date | None, is_sample: bool) -> Page:
    """What is printed of a profile: ``day`` is that of its figures, ``as_of`` the same where it is a past one that was asked for."""
    now = datetime.now(UTC) + SHANGHAI
    marks = [words("app.sample")] if is_sample else []
    marks += [words("past.sign", day=as_of.isoformat())] if as_of is not None else []
    foot = (words("page.made", at=now.strftime("%Y-%m-%d %H:%M")), words("page.of_day", day=day.isoformat()),
            words("page.workspace", name=workspace), words("page.only"), *sources)
    return Page(words("page.firm" if profile.kind == "Firm" else "page.compound"), profile.title, profile.subtitle, tuple(marks),
                tuple(_block(block, words, day) for block in profile.blocks), foot, words("page.more"),
                _map_of(rings, packs, words) if rings else None, words("page.map"))


def _map_of(rings: Sequence[NDArray[Any]], packs: Sequence[str], words: Texts) -> PagePlace:
    """The places with streets around them."""
    points = np.concatenate([np.asarray(ring, float) for ring in rings])
    (x0, y0), (x1, y1) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    order = MapOrder(tuple(packs), (), "light", words.lang, (x0 + x1) / 2, (y0 + y1) / 2, 1.0, rings=tuple(rings))
    return PagePlace(order, max((x1 - x0) / AROUND, CLOSEST), (y1 - y0) / AROUND)


def _block(block: Block, words: Texts, day: date) -> PageBlock:
    registers = dict.fromkeys(words.of(entity_of(name).label) for name in _REGISTERS.get(block.key, ()))
    months = tuple(str((day.month - 12 + k) % 12 + 1) for k in range(12)) if block.trend else ()
    s = block.standing
    said = "" if s is None else words("profile.standing", own=f"{s.own:,.1f}", low=f"{s.five[0]:,.1f}", q1=f"{s.five[1]:,.1f}", median=f"{s.five[2]:,.1f}",
                                      q3=f"{s.five[3]:,.1f}", high=f"{s.five[4]:,.1f}", n=s.peers, unit=words.unit(s.unit))
    return PageBlock(words.of(block.label), words("profile.entered" if block.entered else "profile.as_of", date=block.as_of) if block.as_of else words("profile.undated"),
                     words("page.source", registers="、".join(registers) if words.lang == "zh" else ", ".join(registers)) if registers else "",
                     tuple(_line(item, words) for item in block.items), block.trend, block.trend_before, months, (words("page.trend"), words("page.trend_before")),
                     (*s.five, s.own) if s is not None else (), said)


def _line(item: Item, words: Texts) -> PageLine:
    value = words.of(item.value)
    if item.value is not None and item.unit:
        value = f"{value} {words.unit(item.unit)}".rstrip()
    return PageLine(words.of(item.label), value, item.state, item.value is not None)


