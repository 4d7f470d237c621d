"""A text in the two languages of the program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Lang = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Label:
    """Chinese first, English complete.

    Parameters
    ----------
    zh, en : str
        The same words in both languages; neither may be empty.

    Raises
    ------
    ValueError
        If one of the texts is empty: an untranslated label must not reach a screen.
    """

    zh: str
    en: str

    def __post_init__(self) -> None:
        if not self.zh or not self.en:
            raise ValueError(f"label lacks a language: {self!r}")

    def text(self, lang: Lang) -> str:
        """Return the text in ``lang``."""
        return self.zh if lang == "zh" else self.en
