"""One root error with a code, a place and a remedy; the exit codes of the command line.

The core raises codes and parameters; the words in both languages stand beside the code so that window,
command line and log say the same.
"""

from __future__ import annotations

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


class Cancelled(Exception):
    """A person cancelled the job; nothing of it was kept."""
