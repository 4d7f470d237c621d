"""Array pack: many numpy arrays and one JSON header in one file that is read by memory map.

Street packs and layer packs are array packs. The file is an ordinary uncompressed ZIP of ``.npy`` members with
``meta.json``, so any tool can open it; members start at multiples of 64 bytes. Writing goes to a temporary
neighbour first and replaces the target at once, so a killed writer leaves either the old pack or the new one.
"""

from __future__ import annotations

import io
import json
import math
import mmap
import os
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pm_desktop.base.errors import InputRefused, Where
from pm_desktop.base.label import Label

_ALIGN = 64
_HEADER_MAX = 4096  # bytes of a member that hold its header; what we write takes 128


def write_pack(path: Path, arrays: Mapping[str, NDArray[Any]], meta: Mapping[str, Any]) -> int:
    """Write a pack at ``path`` atomically and return its size in bytes."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with open(temporary, "wb") as raw:
            with zipfile.ZipFile(raw, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
                _add(archive, raw, "meta.json", json.dumps(meta, ensure_ascii=False).encode())
                for name, array in arrays.items():
                    buffer = io.BytesIO()
                    np.lib.format.write_array(buffer, np.ascontiguousarray(array), allow_pickle=False)
                    _add(archive, raw, f"{name}.npy", buffer.getbuffer())
            raw.flush()
            os.fsync(raw.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    return path.stat().st_size


def _add(archive: zipfile.ZipFile, raw: Any, name: str, data: bytes | memoryview) -> None:
    info = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    start = raw.tell() + 30 + len(name.encode()) + 4
    info.extra = struct.pack("<HH", 0xD935, pad := -start % _ALIGN) + b"\0" * pad
    archive.writestr(info, bytes(data) if len(data) < 1 << 16 else data)


class ArrayPack:
    """A pack opened for reading; arrays are read-only views of one memory map, shared between processes.

    Opening reads the directory and ``meta.json`` only; an array's own header is read when the array is asked for first,
    because a street pack has hundreds of them and a view needs a few.

    Raises
    ------
    InputRefused
        ``pack_unreadable`` if the file is no array pack or is cut short.
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        self._arrays: dict[str, NDArray[Any]] = {}
        try:
            with open(self.path, "rb") as raw, zipfile.ZipFile(raw) as archive:
                self.meta: dict[str, Any] = json.loads(archive.read("meta.json"))
                self._starts = {info.filename[:-4]: info.header_offset for info in archive.infolist() if info.filename.endswith(".npy")}
                self._bytes = mmap.mmap(raw.fileno(), 0, access=mmap.ACCESS_READ)
        except (OSError, ValueError, KeyError, zipfile.BadZipFile, struct.error) as error:
            raise self._unreadable(error) from error

    def _unreadable(self, error: Exception) -> InputRefused:
        return InputRefused("pack_unreadable", Label("图包无法读取", f"the pack cannot be read: {error}"),
                            Label("请重新生成或重新复制该文件", "build the pack again or copy the file again"), Where(file=str(self.path)))

    def _view(self, name: str) -> NDArray[Any]:
        """View of array ``name``, which must lie in the file whole."""
        start = self._starts[name]
        name_len, extra_len = struct.unpack_from("<26xHH", self._bytes, start)
        start += 30 + name_len + extra_len
        header = io.BytesIO(self._bytes[start:start + _HEADER_MAX])
        if np.lib.format.read_magic(header) != (1, 0):
            raise ValueError(f"unsupported member {name}")
        shape, fortran, dtype = np.lib.format.read_array_header_1_0(header)
        if fortran or dtype.hasobject:
            raise ValueError(f"unsupported member {name}")
        count = math.prod(shape)
        if count == 0:
            return np.empty(shape, dtype)
        # fails where the member is cut short; the view keeps the map alive
        return np.frombuffer(self._bytes, dtype, count, start + header.tell()).reshape(shape)

    def verify(self) -> None:
        """Read every array's header: before a file from elsewhere is taken in."""
        for name in self._starts:
            self[name]

    def __getitem__(self, name: str) -> NDArray[Any]:
        found = self._arrays.get(name)
        if found is None:
            if name not in self._starts:
                raise KeyError(name)
            try:
                found = self._arrays[name] = self._view(name)
            except (ValueError, struct.error) as error:
                raise self._unreadable(error) from error
        return found

    def __contains__(self, name: str) -> bool:
        return name in self._starts

    def names(self) -> list[str]:
        """Names of all arrays."""
        return list(self._starts)


def pack_texts(texts: list[str]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Texts → UTF-8 bytes and start offsets of length n + 1 (two arrays that fit a pack)."""
    encoded = [text.encode() for text in texts]
    starts = np.zeros(len(encoded) + 1, np.int64)
    np.cumsum([len(e) for e in encoded], out=starts[1:])
    return np.frombuffer(b"".join(encoded), np.uint8), starts


def text_at(blob: NDArray[np.uint8], starts: NDArray[np.int64], index: int) -> str:
    """Return text ``index`` of a pair made by `pack_texts`."""
    return blob[int(starts[index]):int(starts[index + 1])].tobytes().decode()
