"""Runs the program as a process and measures its own time and peak memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run: exit code, JSON answer, what it wrote to standard error, seconds, peak memory."""

    code: int
    answer: Any
    errors: str
    seconds: float
    peak_mb: float


def pm(basedir: Path, *arguments: str, timeout_s: float = 900) -> Run:
    """Run ``pm-desktop`` with ``--json``; a run that takes longer than ``timeout_s`` is ended and fails."""
    began = time.perf_counter()
    out, err = basedir.with_name("stdout.txt"), basedir.with_name("stderr.txt")
    with open(out, "wb") as stdout, open(err, "wb") as stderr:
        process = subprocess.Popen([sys.executable, "-m", "pm_desktop", "--basedir", str(basedir), *arguments, "--json"], stdout=stdout, stderr=stderr,
                                   env={**os.environ, "QT_QPA_PLATFORM": "offscreen"})
        peak = 0.0
        try:
            while process.poll() is None:
                peak = max(peak, _peak_mb(process.pid))
                assert time.perf_counter() - began < timeout_s, f"{arguments} takes longer than {timeout_s} s"
                time.sleep(0.01)
        finally:
            process.kill()
            process.wait()
    text = out.read_text("utf-8")
    assert text.count("\n") == 1, (text, err.read_text("utf-8"))
    return Run(process.returncode, json.loads(text), err.read_text("utf-8"), time.perf_counter() - began, peak)


def _peak_mb(pid: int) -> float:
    """Peak resident memory of a process so far. (That of ``wait4`` would begin with the memory of this test's own process.)"""
    try:
        if sys.platform.startswith("linux"):
            lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
            return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")), 0.0)
        found = psutil.Process(pid).memory_info()
        return float(getattr(found, "peak_wset", found.rss)) / 2**20
    except (psutil.NoSuchProcess, FileNotFoundError, ProcessLookupError):
        return 0.0
