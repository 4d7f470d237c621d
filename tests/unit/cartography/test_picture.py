"""Printed maps: pieces fit together at any angle, names and markers stand upright, one colour scale everywhere, bounded memory."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QColor, QImage

from pm_desktop.base.errors import InputRefused, NotAllowed, of_system
from pm_desktop.base.jobs import JobContext
from pm_desktop.base.label import Label
from pm_desktop.base.mercator import metres_per_unit, world_of
from pm_desktop.cartography import picture
from pm_desktop.cartography.legend import LegendBlock, LegendRow, heat_colour
from pm_desktop.cartography.overlay import LayerPack
from pm_desktop.cartography.picture import MapOrder, MapPicture
from pm_desktop.cartography.sheet import PX_PER_INCH, Sheet, SheetPicture
from pm_desktop.cartography.style import map_style
from pm_desktop.cartography.typeset import broken, shortened, width_of
from pm_desktop.export.files import part_of
from pm_desktop.export.picture import save_picture
from pm_desktop.layers.build import build_layer
from pm_desktop.layers.style import FillStyle, HeatStyle, StyleClass

PLACE = (121.53, 31.21)
A4 = (210 / 25.4 * PX_PER_INCH, 297 / 25.4 * PX_PER_INCH)
HOSTILE = ("<b>粗</b>&amp;<script>", "超长" * 300, "😀🏘️小区👨‍👩‍👧", "שלום עולם", "\u202e倒写\u202d", "a\nb\tc", "W" * 400)


def order_of(sample: str, folder: Path, names: tuple[str, ...] = ("zones", "towns", "alerts"), scale: float = 20_000, degrees: float = 0.0) -> MapOrder:
    bases = tuple(map(str, sorted((Path(sample) / "streets").glob("*.streets"))))
    layers = tuple((build_layer(JobContext(), sample, name, str(folder)).path, 1.0) for name in names)
    unit = scale * 0.0254 / PX_PER_INCH / metres_per_unit(PLACE[1])
    return MapOrder(bases, layers, "light", "zh", *world_of(*PLACE), unit, degrees)


def pixels(image: QImage) -> np.ndarray:
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)[..., :3].astype(int)


def blocks(image: QImage, side: int = 12) -> np.ndarray:
    """Mean colours of squares: a page has its pixels a fraction of one beside those of a picture."""
    found = pixels(image)
    rows, columns = found.shape[0] // side, found.shape[1] // side
    return found[:rows * side, :columns * side].reshape(rows, side, columns, side, 3).mean(axis=(1, 3))


@pytest.mark.parametrize("degrees", [0.0, 33.0, -90.0])
def test_pieces_fit_together(qapp: object, tiny_sample: str, tmp_path: Path, degrees: float) -> None:
    made = MapPicture(order_of(tiny_sample, tmp_path, degrees=degrees), 420, 300, 2.5)
    whole = pixels(made.piece(QRect(0, 0, made.width, made.height)))
    for area in (QRect(0, 0, made.width, 311), QRect(0, 311, made.width, made.height - 311), QRect(333, 200, 300, 200)):
        part = pixels(made.piece(area))
        wrong = np.abs(part - whole[area.y():area.y() + area.height(), area.x():area.x() + area.width()]).max(axis=2) > 24
        assert wrong.mean() < 0.001, (degrees, area, wrong.sum())
    assert whole.std() > 15


def test_a_turned_map_is_the_map_turned(qapp: object, tiny_sample: str, tmp_path: Path) -> None:
    flat = order_of(tiny_sample, tmp_path, ("zones",))
    side = 400
    up = pixels(MapPicture(flat, side, side, 1.0).piece(QRect(0, 0, side, side)))
    turned = pixels(MapPicture(replace(flat, degrees=90.0), side, side, 1.0).piece(QRect(0, 0, side, side)))
    clockwise, other = ((np.abs(np.rot90(up, k) - turned).max(axis=2) < 16).mean() for k in (-1, 1))
    assert clockwise > 0.88 and other < clockwise - 0.2  # all but the names, which are laid anew


@pytest.mark.parametrize("degrees", [0.0, 25.0, 140.0])
def test_names_of_a_turned_map_stand_upright_and_apart(qapp: object, tiny_sample: str, tmp_path: Path, degrees: float) -> None:
    made = MapPicture(order_of(tiny_sample, tmp_path, ("compounds", "towns"), 20_000, degrees), 700, 500, 1.0, [QRectF(500, 300, 200, 200)])
    placed: list[object] = []
    scene_placements = made._scene.placements
    made._scene.placements = lambda request: placed.extend(found := scene_placements(request)) or found  # type: ignore[method-assign, func-returns-value]
    made.piece(QRect(0, 0, 700, 500))
    assert made._names is not None
    _, _, boxes = made._names
    assert len(boxes) > 8
    turns = [turn for p in placed for *_, turn in p.letters]  # type: ignore[attr-defined]
    assert max(abs(t) for t in turns) <= 96
    assert all(p.letters[0][4] == 0 for p in placed if p.kind in ("feature", "place", "station"))  # type: ignore[attr-defined]
    assert (boxes[:, :2] >= 0).all() and (boxes[:, 2] <= 700).all() and (boxes[:, 3] <= 500).all()
    assert not ((boxes[:, 2] > 500) & (boxes[:, 3] > 300)).any()  # the place of the legend stays free


def test_print_is_painted_at_its_sharpness(qapp: object, tiny_sample: str, tmp_path: Path) -> None:
    """At 300 dots an inch strokes have soft edges of one dot; an enlarged picture of the screen would have steps of three."""
    order = order_of(tiny_sample, tmp_path, ("zones",))
    fine = MapPicture(order, 240, 240, 3.0)
    rows = pixels(fine.piece(QRect(0, 0, 720, 720)))
    steps = np.abs(np.diff(rows, axis=1)).max(axis=2) > 12
    phase = [int(steps[:, k::3].sum()) for k in range(3)]
    assert min(phase) > 0.8 * max(phase) > 1000


def _sheet(order: MapOrder, ratio: float = 1.0, **more: object) -> Sheet:
    entry = StyleClass("A", Label("甲", "A"), "#1f77b4", "#9ecae1")
    block = LegendBlock("区域", FillStyle((entry,)), 1.0, (LegendRow(entry, "市场化", "12"),), notes=("截至 2026-10-31",))
    given: dict[str, object] = {"margin": 47.0, "title": "标题", "legend": (block,), "scale_words": "1:20,000", "mark": "示例数据", "notes": ("来源：示例",)}
    return Sheet(order, *A4, ratio, **(given | more))  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["png", "jpg", "pdf"])
def test_a_file_is_whole_or_not_there(qapp: object, tiny_sample: str, tmp_path: Path, kind: str) -> None:
    class Stops(JobContext):
        def check_cancelled(self) -> None:
            raise InputRefused("stop", Label("停", "stop"), Label("停", "stop"))

    sheet = _sheet(order_of(tiny_sample, tmp_path / "layers"))
    out = tmp_path / f"map.{kind}"
    with pytest.raises(InputRefused):
        save_picture(Stops(), sheet, str(out))
    assert [p.name for p in tmp_path.iterdir() if p.is_file()] == []
    found = save_picture(JobContext(), sheet, str(out))
    assert found["bytes"] == out.stat().st_size > 20_000 and found["pages"] == 1
    if kind != "pdf":
        image = QImage(str(out))
        assert (image.width(), image.height()) == sheet.pixels == (found["width"], found["height"])
        assert abs(image.dotsPerMeterX() - PX_PER_INCH / 0.0254) < 40
    else:
        text = subprocess.run(["pdftotext", str(out), "-"], capture_output=True, check=True).stdout.decode()
        for words in ("标题", "1:20,000", "示例数据", "来源：示例", "市场化"):
            assert words in text


def test_what_cannot_be_made_is_refused_with_the_way_out(qapp: object, tiny_sample: str, tmp_path: Path) -> None:
    order = order_of(tiny_sample, tmp_path)
    for sheet, name, code in ((_sheet(order, 30.0), "a.png", "picture_too_large"), (_sheet(order, 9.0), "a.jpg", "jpeg_too_large")):
        with pytest.raises(NotAllowed) as refused:
            save_picture(JobContext(), sheet, str(tmp_path / name))
        assert refused.value.code == code and refused.value.remedy.zh
    with pytest.raises(InputRefused) as wrong:
        save_picture(JobContext(), _sheet(order), str(tmp_path / "a.tiff"))
    assert wrong.value.code == "picture_kind"
    with pytest.raises(OSError):
        save_picture(JobContext(), _sheet(order), str(tmp_path / "none" / "a.png"))
    if Path("/dev/full").exists():
        for kind in ("png", "jpg", "pdf"):
            part_of(str(tmp_path / f"a.{kind}")).symlink_to("/dev/full")
            with pytest.raises(OSError) as full:
                save_picture(JobContext(), _sheet(order), str(tmp_path / f"a.{kind}"))
            assert of_system(full.value).code == "disk_full"
    assert not [p for p in tmp_path.iterdir() if p.name.startswith((".a", "a."))]


def test_heat_has_one_scale_on_the_screen_in_the_picture_and_on_the_page(qapp: object, tiny_sample: str, tmp_path: Path) -> None:
    order = order_of(tiny_sample, tmp_path, ("complaint_heat",), 40_000)
    style = LayerPack(order.layers[0][0]).style
    assert isinstance(style, HeatStyle)
    sheet = _sheet(replace(order, heat_top=180.0), legend=(LegendBlock("热力", style, 1.0, unit="件/km²", top=180.0),), mark="", notes=())
    made = SheetPicture(sheet)
    save_picture(JobContext(), sheet, str(tmp_path / "a.png"))
    save_picture(JobContext(), sheet, str(tmp_path / "a.pdf"))
    subprocess.run(["pdftoppm", "-r", str(PX_PER_INCH), "-png", "-singlefile", str(tmp_path / "a.pdf"), str(tmp_path / "page")], check=True)
    image, page = QImage(str(tmp_path / "a.png")), QImage(str(tmp_path / "page.png"))
    assert abs(page.width() - image.width()) <= 1
    y = round(made.legend_box.top() + 8 + 22 + 15 + 8)
    for part in (0.1, 0.3, 0.5, 0.7, 0.9):
        x = round(made.legend_box.left() + 10 + part * 178)
        wanted = heat_colour(style, map_style("light"), part)
        for shown in (image.pixelColor(x, y), page.pixelColor(x, y)):
            assert max(abs(a - b) for a, b in zip(shown.getRgb()[:3], wanted.getRgb()[:3], strict=True)) <= 8, (part, shown.name(), wanted.name())
    # the map's own pixels are the same in both
    area = made.box.toRect().adjusted(60, 60, -60, -300)
    a, b = (blocks(i.convertToFormat(QImage.Format.Format_RGB32).copy(area)) for i in (image, page))
    assert a.std() > 10 and (np.abs(a - b).max(axis=2) > 6).mean() < 0.02


@pytest.mark.parametrize("size", [(420, 300), A4, (A4[1] * 2, A4[0] * 2)])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_whatever_stands_in_a_text_it_stays_in_its_place(qapp: object, tiny_sample: str, tmp_path: Path, size: tuple[float, float], lang: str) -> None:
    order = replace(order_of(tiny_sample, tmp_path, ()), lang=lang)
    entry = StyleClass("A", Label("甲", "A"), "#1f77b4", "#9ecae1")
    rows = tuple(LegendRow(entry, text, "1,234,567") for text in HOSTILE)
    block = LegendBlock(HOSTILE[1], FillStyle((entry,)), 1.0, rows, notes=HOSTILE)
    sheet = replace(_sheet(order), width=size[0], height=size[1], legend=(block,) * 3, title=HOSTILE[1], notes=HOSTILE)
    made = SheetPicture(sheet)
    assert made.box.contains(made.legend_box) and made.box.contains(made.scale_box) and made.box.height() > 40
    assert not made.legend_box.intersects(made.north_box) or size[0] < 500
    last = None
    for _, band in made.bands():
        last = band
    assert last is not None
    assert QColor(last.pixel(2, last.height() - 2)).name() == "#ffffff"  # the margin stays clean


def test_lines_are_broken_where_they_fit(qapp: object) -> None:
    for text in HOSTILE:
        for width in (60.0, 180.0):
            lines = broken(text, 11, width)
            assert 1 <= len(lines) <= 4 and all(width_of(line, 11) <= width + 1 for line in lines), text
            assert width_of(shortened(text, 11, width), 11) <= width
    assert broken("一二三 abc", 11, 500) == ["一二三 abc"]
    assert "".join(broken("很长的名字" * 6, 11, 120)).startswith("很长的名字很长的名字")


def test_a_large_sheet_needs_little_memory(tiny_sample: str, tmp_path: Path) -> None:
    """A1 at 200 dots an inch: 124 MB as one picture."""
    order = order_of(tiny_sample, tmp_path, ("zones",), 10_000)
    sheet = replace(_sheet(order, 200 / PX_PER_INCH), width=A4[0] * 2.83, height=A4[1] * 2.83)
    code = ("import pickle, sys, resource; from pm_desktop.export.picture import save_picture; from pm_desktop.base.jobs import JobContext\n"
            "from pm_desktop.cartography.picture import ensure_application; ensure_application()\n"
            "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
            "save_picture(JobContext(), pickle.load(open(sys.argv[1], 'rb')), sys.argv[2])\n"
            "print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)")
    import pickle

    (tmp_path / "sheet").write_bytes(pickle.dumps(sheet))
    grown = {}
    for kind in ("png", "pdf"):
        done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "sheet"), str(tmp_path / f"a.{kind}")], capture_output=True, check=True, text=True)
        grown[kind] = int(done.stdout)
    assert sheet.pixels[0] * sheet.pixels[1] * 4 > 115 << 20
    assert grown["png"] < 150 and grown["pdf"] < 220, grown
    assert picture.BAND_PIXELS * 4 < 32 << 20
