"""Raster bases: the right tile at the right place, on the map too, and files that cannot be a base."""

from __future__ import annotations

import json
import os
import sqlite3
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from pm_desktop.base.errors import InputRefused
from pm_desktop.base.mercator import WORLD, to_lonlat
from pm_desktop.cartography.requests import Scene, TileRequest
from pm_desktop.cartography.scenepainter import ScenePainter
from pm_desktop.streets.attach import attribution, check_base
from pm_desktop.streets.raster import RasterBase

# tile (x, y) of zoom 14 whose south-east corner is the middle of the pictures; four colours round that corner
Z, X, Y = 14, 13724, 6690
RED, GREEN, BLUE, GOLD = (200, 30, 40), (20, 160, 60), (30, 60, 200), (230, 190, 20)
COLOURS = {(0, 0): RED, (1, 0): GREEN, (0, 1): BLUE, (1, 1): GOLD}
KINDS = ("mbtiles", "pmtiles")


def png(colour: tuple[int, int, int], side: int = 256) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = (b"\0" + bytes(colour) * side) * side
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def tiles(reach: int = 4) -> dict[tuple[int, int, int], bytes]:
    """Tiles of two zooms round the corner, each quarter of one colour."""
    made = {(Z, X + dx, Y + dy): png(COLOURS[dx > 0, dy > 0]) for dx in range(1 - reach, reach + 1) for dy in range(1 - reach, reach + 1)}
    return made | {(Z - 1, X // 2 + dx, Y // 2 + dy): png((90, 90, 90)) for dx in (0, 1) for dy in (0, 1)}


def mbtiles(file: Path, pictures: dict[tuple[int, int, int], bytes]) -> Path:
    with sqlite3.connect(file) as db:
        db.execute("CREATE TABLE metadata (name TEXT, value TEXT)")
        db.execute("CREATE TABLE tiles (zoom_level INTEGER, tile_column INTEGER, tile_row INTEGER, tile_data BLOB)")
        db.execute("CREATE UNIQUE INDEX tile_index ON tiles (zoom_level, tile_column, tile_row)")
        db.executemany("INSERT INTO metadata VALUES (?, ?)", [("bounds", "121.4,31.1,121.7,31.4"), ("attribution", "© 测绘院"), ("format", "png")])
        db.executemany("INSERT INTO tiles VALUES (?, ?, ?, ?)", [(z, x, 2**z - 1 - y, data) for (z, x, y), data in pictures.items()])
    db.close()
    return file


def pmtiles(file: Path, pictures: dict[tuple[int, int, int], bytes], kind: TileType = TileType.PNG) -> Path:
    with open(file, "wb") as stream:
        writer = Writer(stream)
        for number, data in sorted((zxy_to_tileid(*zxy), data) for zxy, data in pictures.items()):
            writer.write_tile(number, data)
        box = {f"{side}_e7": round(v * 1e7) for side, v in (("min_lon", 121.4), ("min_lat", 31.1), ("max_lon", 121.7), ("max_lat", 31.4))}
        writer.finalize({"tile_type": kind, "tile_compression": Compression.NONE, "center_zoom": Z, "center_lon_e7": 0, "center_lat_e7": 0, **box},
                        {"attribution": "© 测绘院"})
    return file


def base_file(folder: Path, kind: str, pictures: dict[tuple[int, int, int], bytes] | None = None) -> Path:
    return {"mbtiles": mbtiles, "pmtiles": pmtiles}[kind](folder / f"base.{kind}", tiles() if pictures is None else pictures)


def corner() -> tuple[float, float]:
    """Longitude and latitude of the corner where the four colours meet."""
    lon, lat = to_lonlat(np.array([(X + 1) * WORLD / 2**Z, (Y + 1) * WORLD / 2**Z]))
    return float(lon), float(lat)


@pytest.mark.parametrize("kind", KINDS)
def test_the_right_tile_at_the_right_place(tmp_path: Path, kind: str) -> None:
    # by the formula of slippy maps, not by this program's own: the corner lies in Pudong
    lon, lat = corner()
    assert (121.5, 31.2) < (lon, lat) < (121.7, 31.5)
    assert int((lon + 1e-6 + 180) / 360 * 2**Z) == X + 1
    assert int((1 - np.arcsinh(np.tan(np.radians(lat - 1e-6))) / np.pi) / 2 * 2**Z) == Y + 1
    with RasterBase(base_file(tmp_path, kind)) as base:
        assert (base.min_zoom, base.max_zoom, base.attribution) == (Z - 1, Z, "© 测绘院")
        assert base.bounds == pytest.approx([121.4, 31.1, 121.7, 31.4])
        for (dx, dy), colour in COLOURS.items():
            assert base.tile(Z, X + dx, Y + dy) == png(colour), (dx, dy)
        assert base.tile(Z - 1, X // 2, Y // 2) == png((90, 90, 90))
        for nowhere in ((Z, X + 9, Y), (Z, X, Y + 9), (Z - 2, 1, 1), (Z + 1, X, Y), (Z, 2**Z, Y), (Z, X, -1), (Z, -1, Y)):
            assert base.tile(*nowhere) is None, nowhere


def test_directories_in_leaves_are_found(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    many = {(12, x, y): rng.bytes(int(rng.integers(1, 300))) for x in range(3400, 3520) for y in range(1600, 1720)}
    file = pmtiles(tmp_path / "many.pmtiles", many)
    with RasterBase(file) as base:
        assert base._header["leaf_directory_length"] > 0
        assert all(base.tile(*zxy) == data for zxy, data in many.items())


@pytest.mark.parametrize("kind", KINDS)
def test_the_map_shows_the_tile_where_it_lies(qtbot: QtBot, tmp_path: Path, kind: str) -> None:
    painter = ScenePainter(Scene(1, (str(base_file(tmp_path, kind)),), (), "light", "zh", 1.0), None)
    # a map tile (512 px) of zoom 13 is covered by four raster tiles (256 px) of zoom 14
    memory = bytearray(512 * 512 * 4)
    column, row = X // 2, Y // 2
    assert painter.tile(TileRequest(13 * 4, column, row), memoryview(memory)) == 512
    image = QImage(memory, 512, 512, 512 * 4, QImage.Format.Format_RGB32)
    for px in (100, 400):
        for py in (100, 400):
            x, y = 2 * column + (px > 256), 2 * row + (py > 256)
            shown = image.pixelColor(px, py)
            assert (shown.red(), shown.green(), shown.blue()) == COLOURS[x > X, y > Y], (px, py)
    for base in painter.bases:
        base.close()


def pm(basedir: Path, *arguments: str) -> tuple[int, Any]:
    done = subprocess.run([sys.executable, "-m", "pm_desktop", "--basedir", str(basedir), *arguments, "--json"], capture_output=True, check=False,
                          env={**os.environ, "QT_QPA_PLATFORM": "offscreen"})
    assert done.stdout, done.stderr.decode()
    return done.returncode, json.loads(done.stdout.decode("utf-8"))


def test_an_attached_base_is_in_the_picture_of_the_window(tmp_path: Path, basedir: Path) -> None:
    home = str(tmp_path / "w")
    assert pm(basedir, "new", home)[0] == 0
    code, answer = pm(basedir, "streets", "attach", str(base_file(tmp_path, "mbtiles", tiles(12))), "--to", home)
    assert code == 0 and Path(answer["attached"]).is_file()
    lon, lat = corner()
    code, answer = pm(basedir, "shot", "--workspace", home, "--size", "1366x768", "--center", f"{lon},{lat}", "--zoom", "13", "--out", str(tmp_path / "p.png"))
    assert code == 0, answer
    image = QImage(str(tmp_path / "p.png")).convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)[:, :, 2::-1]
    middle = {}
    for name, colour in (("red", RED), ("green", GREEN), ("blue", BLUE), ("gold", GOLD)):
        at = np.argwhere((np.abs(pixels.astype(int) - colour) <= 2).all(2))
        assert len(at) > 40_000, (name, len(at))
        middle[name] = at.mean(0)
    # rows grow southward: red and green in the north, red and blue in the west
    assert middle["red"][0] + 100 < middle["blue"][0] and middle["green"][0] + 100 < middle["gold"][0]
    assert middle["red"][1] + 100 < middle["green"][1] and middle["blue"][1] + 100 < middle["gold"][1]


def broken_files(folder: Path) -> dict[str, Path]:
    whole = {kind: base_file(folder, kind).read_bytes() for kind in KINDS}
    vector = {(Z, X, Y): b"\x1f\x8b" + b"vector" * 9}
    with sqlite3.connect(folder / "other.mbtiles") as db:
        db.execute("CREATE TABLE something (a)")
    db.close()
    files = {"other database": folder / "other.mbtiles", "no tiles": mbtiles(folder / "none.mbtiles", {}), "vector mb": mbtiles(folder / "v.mbtiles", vector),
             "vector pm": pmtiles(folder / "v.pmtiles", vector, TileType.MVT), "avif": pmtiles(folder / "a.pmtiles", vector, TileType.AVIF),
             "missing": folder / "missing.mbtiles"}
    damaged = {"cut.mbtiles": whole["mbtiles"][:-5000], "text.mbtiles": b"no tiles at all" * 99, "empty.mbtiles": b"", "cut.pmtiles": whole["pmtiles"][:-40],
               "head.pmtiles": whole["pmtiles"][:90], "text.pmtiles": b"no tiles at all" * 99, "empty.pmtiles": b"", "old.pmtiles": b"PMTiles\x02" + bytes(200),
               "directory.pmtiles": whole["pmtiles"][:130] + bytes(40) + whole["pmtiles"][170:], "picture.jpg": b"\xff\xd8\xff"}
    for name, data in damaged.items():
        files[name] = folder / name
        files[name].write_bytes(data)
    (folder / "folder.mbtiles").mkdir()
    return files | {"folder": folder / "folder.mbtiles"}


def test_what_cannot_be_a_base_is_refused(tmp_path: Path) -> None:
    for name, file in broken_files(tmp_path).items():
        with pytest.raises(InputRefused) as refused:
            check_base(file)
        assert refused.value.exit_code == 3 and refused.value.where.file == str(file), name
        assert refused.value.message.zh and refused.value.message.en and refused.value.remedy.zh, name


def test_a_refused_base_is_not_attached(tmp_path: Path, basedir: Path) -> None:
    home = str(tmp_path / "w")
    pm(basedir, "new", home)
    (tmp_path / "cut.pmtiles").write_bytes(base_file(tmp_path, "pmtiles").read_bytes()[:-40])
    code, answer = pm(basedir, "streets", "attach", str(tmp_path / "cut.pmtiles"), "--to", home)
    assert (code, answer["error"]["code"]) == (3, "raster_unreadable")
    assert pm(basedir, "info", home)[1]["streets"] == []


@pytest.mark.noisy
def test_a_page_damaged_later_leaves_a_hole_and_a_line_in_the_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    rng = np.random.default_rng(5)
    many = {(12, x, y): png((1, 2, 3), 8) + rng.bytes(3000) for x in range(3420, 3430) for y in range(1660, 1670)}
    file = mbtiles(tmp_path / "b.mbtiles", many)
    data = file.read_bytes()
    file.write_bytes(data[:len(data) // 2] + b"\xff" * (len(data) - len(data) // 2))
    with RasterBase(file) as base:
        found = [base.tile(*zxy) for zxy in many]
    assert None in found and "cannot be read" in caplog.text


def test_attribution_of_a_base(tmp_path: Path) -> None:
    assert attribution(base_file(tmp_path, "pmtiles")) == "© 测绘院"
