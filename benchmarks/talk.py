"""Talks with a side: a process of ours or of a peer that stays open and answers one JSON object a line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


class Side:
    """A process that measures; ``hello`` is its first line, ``began`` the moment of its start (`time.monotonic`)."""

    def __init__(self, argv: list[str], log: Path) -> None:
        self._log = log
        environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program is compiled, and so is QGIS
        self.began = time.monotonic()
        with open(log, "ab") as errors:
            self._process = subprocess.Popen(argv, cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True)
        self.hello = self._hear()

    def _hear(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"a measuring process ended early; see {self._log}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def ask(self, do: str, **question: Any) -> dict[str, Any]:
        """Have something done and return the answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": do, **question}) + "\n")
        self._process.stdin.flush()
        return self._hear()

    def __enter__(self) -> Side:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()


def answer_lines(hello: dict[str, Any], side: object) -> None:
    """Answer line by line with the methods of ``side`` until the input ends: the other end of a `Side`."""
    out = sys.stdout
    out.write(json.dumps(hello) + "\n")
    out.flush()
    for line in sys.stdin:
        question = json.loads(line)
        out.write(json.dumps(getattr(side, question.pop("do"))(**question)) + "\n")
        out.flush()


def in_turn(runs: int, *measures: Callable[[], float] | None, warm: int = 1) -> list[list[float]]:
    """Take each measure ``runs`` times in turn, after ``warm`` turns that do not count; an absent one (None) stays empty."""
    found: list[list[float]] = [[] for _ in measures]
    for turn in range(warm + runs):
        for values, measure in zip(found, measures, strict=True):
            if measure is not None:
                value = measure()
                if turn >= warm:
                    values.append(value)
    return found
