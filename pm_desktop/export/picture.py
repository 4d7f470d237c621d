"""The map as a file: a picture or a page, made in a helper process and put in place whole."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pm_desktop.base.errors import InputRefused, NotAllowed
from pm_desktop.base.jobs import JobContext
from pm_desktop.base.label import Label
from pm_desktop.cartography.imagefile import write_jpeg, write_png
from pm_desktop.cartography.picture import ensure_application
from pm_desktop.cartography.sheet import Sheet, SheetPicture
from pm_desktop.export.files import whole_file

LONGEST_PX = 30_000  # the painter reckons in 16 bits
JPEG_PIXELS = 80_000_000
KINDS = (".png", ".jpg", ".jpeg", ".pdf")


def check_size(sheet: Sheet, kind: str) -> None:
    """Refuse what cannot be made, with the way out.

    Raises
    ------
    NotAllowed
        More pixels than can be painted, or than a JPEG can be made of in bounded memory.
    """
    width, height = sheet.pixels
    if max(width, height) > LONGEST_PX:
        raise NotAllowed("picture_too_large", Label(f"{width:,}×{height:,} 像素过大：边长最多 {LONGEST_PX:,} 像素",
                                                    f"{width:,} × {height:,} pixels are too many: a side has at most {LONGEST_PX:,}"),
                         Label("请降低每英寸点数，或选用较小的纸张", "choose fewer dots per inch or a smaller sheet"))
    if kind in (".jpg", ".jpeg") and width * height > JPEG_PIXELS:
        raise NotAllowed("jpeg_too_large", Label(f"JPEG 最多 {JPEG_PIXELS // 1_000_000:,} 百万像素，本图为 {width * height / 1e6:,.0f} 百万像素",
                                                 f"a JPEG has at most {JPEG_PIXELS // 1_000_000} million pixels, this would be {width * height / 1e6:,.0f}"),
                         Label("请存为 PNG 或 PDF（不限大小），或降低每英寸点数", "save a PNG or a PDF, which have no such limit, or choose fewer dots per inch"))


def save_picture(ctx: JobContext, sheet: Sheet, out: str) -> dict[str, Any]:
    """Write a sheet as PNG, JPEG or PDF, as the file's name says. A job.

    Returns
    -------
    dict
        ``{"file", "bytes", "pages", "width", "height"}``, the size in device pixels.

    Raises
    ------
    InputRefused
        The file's name says nothing that can be written, or it cannot be written there.
    NotAllowed
        The picture would be too large, or the disk is full.
    """
    kind = Path(out).suffix.lower()
    if kind not in KINDS:
        raise InputRefused("picture_kind", Label(f"不支持“{kind or out}”格式", f"there is no picture of the kind {kind or out!r}"),
                           Label("请以 .png、.jpg 或 .pdf 结尾", "let the name end in .png, .jpg or .pdf"))
    check_size(sheet, kind)
    ensure_application()
    with whole_file(out, ctx.check_cancelled) as file:
        picture = SheetPicture(sheet)
        if kind == ".pdf":
            file.write(picture.page(lambda fraction: _told(ctx, fraction)))
        else:
            (write_png if kind == ".png" else write_jpeg)(file, sheet.pixels, sheet.dots_per_inch, _watched(ctx, picture))
    width, height = sheet.pixels
    return {"file": out, "bytes": os.path.getsize(out), "pages": 1, "width": width, "height": height}


def _watched(ctx: JobContext, picture: SheetPicture) -> Iterator[tuple[int, Any]]:
    height = picture.sheet.pixels[1]
    for top, band in picture.bands():
        yield top, band
        _told(ctx, min(1.0, (top + band.height()) / height))


def _told(ctx: JobContext, fraction: float) -> None:
    ctx.progress(fraction, "picture.painting")
    ctx.check_cancelled()


def picture_bytes(ctx: JobContext, sheet: Sheet) -> bytes:
    """A sheet as the bytes of a PNG: for previews and the clipboard. A job."""
    import io

    ensure_application()
    out = io.BytesIO()
    write_png(out, sheet.pixels, sheet.dots_per_inch, _watched(ctx, SheetPicture(sheet)))
    return out.getvalue()
