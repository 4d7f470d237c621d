"""One root error with a code, a place and a remedy; the exit codes of the command line.

The core raises codes and parameters; the words in both languages stand beside the code so that window,
command line and log say the same.
"""

from __future__ import annotations

import errno
from dataclasses import dataclass
from typing import Any, ClassVar

from pm_desktop.base.label import Label


@dataclass(frozen=True, slots=True)
class Where:
    """Place of a fault inside the input: file, row (1 = first data row) and field; None where it does not apply."""

    file: str | None = None
    row: int | None = None
    field: str | None = None


class PmError(Exception):
    """A fault that a person can act on.

    Attributes
    ----------
    code : str
        Stable machine name, e.g. ``"file_unreadable"``.
    message, remedy : Label
        What happened, and the way out.
    where : Where
        File, row and field at fault.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, code: str, message: Label, remedy: Label, where: Where | None = None) -> None:
        super().__init__(f"{code}: {message.en} ({remedy.en})")
        self.code = code
        self.message = message
        self.remedy = remedy
        self.where = where or Where()

    def __reduce__(self) -> tuple[Any, ...]:
        return (type(self), (self.code, self.message, self.remedy, self.where))

    def as_json(self) -> dict[str, Any]:
        """Return the refusal object of CLI.md: ``{"error": {"code", "message", "where", "remedy"}}``."""
        where = {"file": self.where.file, "row": self.where.row, "field": self.where.field}
        return {"error": {"code": self.code, "message": self.message.zh, "message_en": self.message.en,
                          "where": where, "remedy": self.remedy.zh, "remedy_en": self.remedy.en}}


class UsageError(PmError):
    """The call itself is wrong (exit 2)."""

    exit_code = 2


class InputRefused(PmError):
    """The input is refused whole and nothing was stored (exit 3)."""

    exit_code = 3


class NotAllowed(PmError):
    """Not allowed in this state; the message names the clause (exit 4)."""

    exit_code = 4


class ComponentMissing(PmError):
    """A component is missing; the remedy names how to get it (exit 5)."""

    exit_code = 5


def disk_full(file: str | None = None) -> NotAllowed:
    """There is no room left; nothing of the act was kept."""
    return NotAllowed("disk_full", Label("磁盘空间不足，本次操作未保存任何内容", "the disk is full: nothing of this was stored"),
                      Label("请清理磁盘后重试", "free some space and try again"), Where(file=file))


# faults of files and disks, which a person can mend; others are faults of the program
OF_FILES = (errno.ENOENT, errno.EEXIST, errno.EISDIR, errno.ENOTDIR, errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.ENAMETOOLONG)


def of_system(error: OSError, file: str | None = None) -> PmError:
    """A fault of the file system in the words of this program."""
    place = file or (str(error.filename) if error.filename else None)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return disk_full(place)
    why = error.strerror or type(error).__name__
    return InputRefused("file_unreadable", Label(f"无法读写：{why}", f"cannot read or write: {why}"),
                        Label("请检查路径与权限，或是否被其他程序占用", "check path and permissions, and that no other program holds it"), Where(file=place))


class Cancelled(Exception):
    """A person cancelled the job; nothing of it was kept."""
