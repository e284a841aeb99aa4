"""A PostgreSQL server of its own for the tests, made from the binaries that are installed."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

USER, PASSWORD = "teacher", "s3cret-word"


class Server:
    """A cluster in a temporary folder; `start` and `stop` as often as a test likes."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        self.binaries, self.folder = binaries, folder
        self.port = _free_port()
        # initdb and postgres refuse to run as root.
        self.user = "nobody" if os.geteuid() == 0 else getpass.getuser()
        shutil.chown(folder, self.user)
        words = folder / "password"
        words.write_text(PASSWORD)
        words.chmod(0o644)
        self._run(
            "initdb", "-U", USER, "--pwfile", str(words), "-A", "scram-sha-256", "-E", "UTF8", "--no-sync"
        )

    @property
    def data(self) -> str:
        return str(self.folder / "data")

    def url(self, database: str = "postgres", password: str = PASSWORD) -> str:
        return f"postgresql://{USER}:{password}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self.folder} -c fsync=off"
        self._run("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self, mode: str = "fast") -> None:
        self._run("pg_ctl", "-w", "-m", mode, "stop")

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.binaries / program), "-D", self.data, *arguments]
        # A log file and no pipes: the server would inherit them and keep us waiting for their end.
        with (self.folder / "commands").open("a+") as log:
            done = subprocess.run(
                command, stdout=log, stderr=log, user=self.user, cwd=self.folder, check=False
            )
            log.seek(0)
            assert done.returncode == 0, log.read()


@contextmanager
def running_server(binaries: Path) -> Iterator[Server]:
    """A started server that is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    try:
        server = Server(binaries, folder)
        server.start()
        try:
            yield server
        finally:
            server.stop("immediate")
    finally:
        shutil.rmtree(folder)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
