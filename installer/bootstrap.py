"""Sets everything up and then runs or tests the program: ``python installer/bootstrap.py run|test|soak|lint|doctor|setup``.

Only the standard library; Python 3.11 or newer; Windows and Linux. The virtual environment stands in ``.venv`` and
carries a stamp of the lock file, so a second start touches neither network nor packages.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
STAMP = VENV / "pm_desktop.stamp"
WINDOWS = os.name == "nt"
MISSING = 5

# Debian names of the system libraries that the window (Qt) needs, and of what the tests need besides.
LIBRARIES = {"libEGL.so.1": "libegl1", "libGL.so.1": "libgl1", "libxkbcommon.so.0": "libxkbcommon0",
             "libxkbcommon-x11.so.0": "libxkbcommon-x11-0", "libxcb-cursor.so.0": "libxcb-cursor0",
             "libxcb-icccm.so.4": "libxcb-icccm4", "libxcb-image.so.0": "libxcb-image0", "libxcb-keysyms.so.1": "libxcb-keysyms1",
             "libxcb-render-util.so.0": "libxcb-render-util0", "libxcb-shape.so.0": "libxcb-shape0", "libxcb-xkb.so.1": "libxcb-xkb1",
             "libxcb-randr.so.0": "libxcb-randr0", "libxcb-xinerama.so.0": "libxcb-xinerama0", "libdbus-1.so.3": "libdbus-1-3",
             "libfontconfig.so.1": "libfontconfig1", "libfreetype.so.6": "libfreetype6", "libglib-2.0.so.0": "libglib2.0-0",
             "libexpat.so.1": "libexpat1"}
TEST_PROGRAMS = {"postgres": "postgresql", "Xvfb": "xvfb", "pdftoppm": "poppler-utils"}


def say(text: str) -> None:
    """Print a line at once."""
    print(text, flush=True)


def python_of_venv() -> Path:
    """Interpreter of the virtual environment."""
    return VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")


def stamp() -> str:
    """What the environment was made from: lock, project file, interpreter."""
    content = LOCK.read_bytes() + (ROOT / "pyproject.toml").read_bytes() + sys.version.encode()
    return hashlib.sha256(content).hexdigest()


def is_ready() -> bool:
    """Whether the environment stands complete."""
    return python_of_venv().exists() and STAMP.exists() and STAMP.read_text() == stamp()


def missing_packages(for_tests: bool) -> list[str]:
    """Debian packages that are not here; none on other systems."""
    if not sys.platform.startswith("linux") or shutil.which("dpkg-query") is None:
        return []
    wanted = [] if _can_make_venv() else ["python3-venv"]
    wanted += [package for library, package in LIBRARIES.items() if not _has_library(library)]
    if for_tests:
        wanted += [package for program, package in TEST_PROGRAMS.items() if not _has_program(program)]
    return wanted


def _can_make_venv() -> bool:
    if is_ready():
        return True
    probe = subprocess.run([sys.executable, "-c", "import ensurepip, venv"], capture_output=True, check=False)
    return probe.returncode == 0


def _has_library(name: str) -> bool:
    import ctypes

    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _has_program(name: str) -> bool:
    return shutil.which(name) is not None or any(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))


def install_system(packages: list[str]) -> None:
    """Install Debian packages as root; otherwise name the one command to ask for."""
    if not packages:
        return
    command = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    if os.geteuid() != 0:
        say("缺少系统组件，请管理员执行一次 · system components are missing; ask an administrator to run once:")
        say(f"    sudo {' '.join(command)}")
        sys.exit(MISSING)
    say(f"安装系统组件 · installing system components: {' '.join(packages)}")
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for step in (["apt-get", "update", "-qq"], command):
        if subprocess.run(step, env=environment, stdout=subprocess.DEVNULL, check=False).returncode != 0:
            say(f"失败 · failed: {' '.join(step)}")
            say("请检查网络与软件源后重试 · check network and package sources, then try again")
            sys.exit(MISSING)


def make_environment() -> None:
    """Make ``.venv`` from the hashed lock; a half-made one is made again."""
    say("建立虚拟环境并安装依赖（首次约一两分钟）· making the environment (a minute or two the first time)")
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], check=True)
    python = str(python_of_venv())
    install = [python, "-m", "pip", "install", "--disable-pip-version-check", "--quiet", "--no-input"]
    done = subprocess.run([*install, "--require-hashes", "-r", str(LOCK)], check=False)
    if done.returncode == 0:
        done = subprocess.run([*install, "--no-deps", "--no-build-isolation", "--editable", str(ROOT)], check=False)
    if done.returncode != 0:
        say("依赖未能安装完：请检查网络后重新运行同一命令 · dependencies are not complete: check the network and run the same command again")
        sys.exit(MISSING)
    # compiled now: whoever starts the program may have no right to write here, and would compile it all at every start
    subprocess.run([python, "-m", "compileall", "-q", str(ROOT / "pm_desktop")], check=False)
    STAMP.write_text(stamp())


def setup(for_tests: bool) -> None:
    """Everything that running or testing needs."""
    if sys.version_info < (3, 11):  # noqa: UP036 - the point of the check is a clear message
        say("需要 Python 3.11 或更新版本 · Python 3.11 or newer is needed")
        sys.exit(MISSING)
    install_system(missing_packages(for_tests))
    if not is_ready():
        make_environment()


def run(arguments: list[str], **environment: str) -> int:
    """Run the environment's Python in the project's folder."""
    return subprocess.run([str(python_of_venv()), *arguments], cwd=ROOT, env=os.environ | environment, check=False).returncode


def bench_peers() -> int:
    """DuckDB, datashader and numpy in ``.bench-venv``, for the benchmarks to compare with; QGIS is named, not installed."""
    peers = ROOT / ".bench-venv"
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(peers)], check=True)
    python = str(peers / ("Scripts/python.exe" if WINDOWS else "bin/python"))
    say("QGIS: apt-get install --no-install-recommends python3-qgis")
    return subprocess.run([python, "-m", "pip", "install", "--disable-pip-version-check", "--quiet", "-r", str(ROOT / "benchmarks/peers.txt")], check=False).returncode


def lint() -> int:
    """Style, types, import contracts; all three always run."""
    scripts = VENV / ("Scripts" if WINDOWS else "bin")
    steps = [("ruff", [str(python_of_venv()), "-m", "ruff", "check", "."]), ("mypy", [str(python_of_venv()), "-m", "mypy"]),
             ("import contracts", [str(scripts / "lint-imports"), "--no-cache"])]
    worst = 0
    for name, command in steps:
        code = subprocess.run(command, cwd=ROOT, check=False).returncode
        say(f"{name}: {'ok' if code == 0 else 'FAILED'}")
        worst = max(worst, code)
    return worst


def test(soak: bool) -> int:
    """Lint, then the tests: two at a time, and afterwards, each by itself, those that measure time.

    What a soak prints goes to ``out/soak-report.txt`` as well.
    """
    code = lint()
    more = ["--timeout", "7200", "--durations=25", "-rP"] if soak else []
    with contextlib.ExitStack() as stack:
        report = None
        if soak:
            (ROOT / "out").mkdir(exist_ok=True)
            report = stack.enter_context(open(ROOT / "out" / "soak-report.txt", "w", encoding="utf-8"))
        for which in (["-n", "2", "--dist", "loadgroup", "-m", "not alone"], ["-m", "alone"]):
            code = _pytest([*which, *more], report) or code
    return code


def _pytest(arguments: list[str], report: IO[str] | None) -> int:
    """Run pytest, writing what it prints to ``report`` too, if there is one."""
    command = [str(python_of_venv()), "-m", "pytest", *arguments]
    if report is None:
        return subprocess.run(command, cwd=ROOT, check=False).returncode
    with subprocess.Popen(command, cwd=ROOT, env=os.environ | {"PM_DESKTOP_SOAK": "1"}, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
        for line in process.stdout or ():
            say(line.rstrip("\n"))
            report.write(line)
    return process.returncode


def main(arguments: list[str]) -> int:
    """Do what is asked; returns the exit code."""
    what = arguments[0] if arguments else "run"
    actions = {"bench": lambda: run(["-m", "benchmarks.run", *arguments[1:]]), "bench-peers": bench_peers,
               "run": lambda: run(["-m", "pm_desktop", *arguments[1:]]), "test": lambda: test(False), "soak": lambda: test(True),
               "lint": lint, "doctor": lambda: run(["-m", "pm_desktop", "doctor"]), "setup": lambda: 0}
    if what not in actions:
        say(f"用法 · usage: bootstrap.py {'|'.join(actions)}")
        return 2
    setup(for_tests=what in ("test", "soak"))
    return actions[what]()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
