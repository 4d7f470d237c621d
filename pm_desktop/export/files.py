"""Files that are there whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


def part_of(out: str) -> Path:
    """The file that is written to until it is whole."""
    file = Path(out)
    return file.with_name(f".{file.name}.part")


@contextmanager
def whole_file(out: str, check_cancelled: Callable[[], None]) -> Iterator[BinaryIO]:
    """A file to write to; it takes its place when everything is written, and leaves nothing behind when something goes wrong."""
    part = part_of(out)
    try:
        with open(part, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        check_cancelled()
        os.replace(part, out)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def put_in_place(out: str, data: bytes, check_cancelled: Callable[[], None]) -> None:
    """Write ``data`` as a whole file."""
    with whole_file(out, check_cancelled) as file:
        file.write(data)
