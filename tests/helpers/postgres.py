"""A real PostgreSQL of the tests' own: in a temporary folder, under a user that is not root.

Where there are Unix sockets it is reached by one: without a network the loopback device may be down as well.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from urllib.parse import quote


def _binary(name: str) -> str:
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}")) if os.name != "nt" else []
    path = str(found[-1]) if found else shutil.which(name)
    if path is None:
        raise RuntimeError(f"{name} of PostgreSQL is missing; run: python installer/bootstrap.py test (as root), or apt-get install postgresql")
    return path


def _as_user() -> list[str]:
    """Prefix that leaves root's rights: PostgreSQL refuses to run with them."""
    if os.name == "nt" or os.geteuid() != 0:
        return []
    return ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]


class Server:
    """A running server; ``url(name)`` makes a fresh database."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="pm-pg-"))
        if _as_user():
            shutil.chown(self.folder, "nobody", "nogroup")
        data = self.folder / "data"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._run("initdb", "-D", str(data), "-U", "pm", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
        self.host = "127.0.0.1" if os.name == "nt" else str(self.folder)
        listen = "-h 127.0.0.1" if os.name == "nt" else f"-h '' -k {self.folder}"
        options = f"-p {self.port} {listen} -F -c shared_buffers=64MB"
        self._run("pg_ctl", "-D", str(data), "-l", str(self.folder / "log"), "-o", options, "-w", "start")
        self._count = 0

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run([*_as_user(), _binary(program), *arguments], cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                              check=False)
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stderr.decode()}")

    def url(self) -> str:
        """URL of a fresh, empty database."""
        import psycopg

        self._count += 1
        name = f"t{os.getpid()}_{self._count}"
        with psycopg.connect(host=self.host, port=self.port, user="pm", dbname="postgres", autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')  # type: ignore[call-overload]
        return f"postgresql+psycopg://pm@/{name}?host={quote(self.host)}&port={self.port}"

    def stop(self) -> None:
        """Stop it and remove its folder."""
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)
