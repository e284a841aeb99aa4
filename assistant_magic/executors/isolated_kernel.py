"""A kernel of its own: started with limits and without secrets, ended with everything it started."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import site
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from assistant_magic.exceptions import ConfigurationError, ExecutorError

_PASSED = (
    "CONDA_DEFAULT_ENV", "CONDA_PREFIX", "DYLD_LIBRARY_PATH", "JUPYTER_DATA_DIR", "JUPYTER_PATH", "LANG", "LANGUAGE",
    "LD_LIBRARY_PATH", "LOGNAME", "MPLBACKEND", "PATH", "PYTHONHASHSEED", "PYTHONPATH", "R_HOME", "R_LIBS", "SHELL",
    "SYSTEMROOT", "TEMP", "TERM", "TMP", "TMPDIR", "TZ", "USER", "USERPROFILE", "VIRTUAL_ENV",
)  # fmt: skip
"""Variables that a kernel may inherit; nothing else reaches it."""
_STARTED_WITHIN = 60.0  # seconds
_SUPERVISED = sys.platform != "win32" and find_spec("resource") is not None
_CPU_TIME_USED_UP = 128 + 24  # SIGXCPU
_KILLED = 128 + 9


@dataclass(frozen=True, kw_only=True)
class Place:
    """What an isolated kernel is like. Limits hold on Unix, for kernels that are started on this machine.

    Attributes:
        kernel: Name of a kernelspec.
        folder: Where it works; `""` for a scratch folder that goes with it.
        memory: Bytes of address space, for each of its processes.
        cpu_seconds: CPU time of its whole life.
        file_bytes: Size of one file that it writes.
        env: Variables that it gets besides the harmless ones.
    """

    kernel: str = "python3"
    folder: str = ""
    memory: int = 8 * 2**30
    cpu_seconds: int = 3_600
    file_bytes: int = 2**30
    env: Mapping[str, str] = field(default_factory=dict, hash=False)


class IsolatedKernel:
    """One started kernel and the client on it. `stop` ends both.

    Attributes:
        folder: Where it works.
        limited: The limits of its place hold: not on Windows, and not for kernels that a provisioner starts elsewhere.
    """

    def __init__(self, place: Place) -> None:
        self.place = place
        self.manager: Any = None
        self.client: Any = None
        self.folder = place.folder
        self.limited = False
        self._scratch = ""
        self._lifeline: tuple[int, int] | None = None

    async def start(self) -> None:
        """Start it and wait until it answers.

        Raises:
            ConfigurationError: There is no such kernelspec.
            ExecutorError: It does not start.
        """
        try:
            self._scratch = tempfile.mkdtemp(prefix="assistant-isolated-")
            self.folder = self.place.folder or self._made("work")
        except OSError as error:
            raise ExecutorError(
                f"the isolated kernel has no room for its files: {error.strerror or error}",
                "Make room in the folder for temporary files, or set TMPDIR.",
            ) from error
        try:
            await self._start()
        except BaseException:
            await self.stop()
            raise

    async def _start(self) -> None:
        from jupyter_client.kernelspec import NoSuchKernel
        from jupyter_client.manager import AsyncKernelManager

        self.manager = manager = AsyncKernelManager(
            kernel_name=self.place.kernel, connection_file=str(Path(self._scratch) / "kernel.json")
        )
        try:
            spec = manager.kernel_spec
        except NoSuchKernel:
            raise ConfigurationError(
                f"there is no kernel {self.place.kernel!r}",
                "`jupyter kernelspec list` shows which there are.",
            ) from None
        assert spec is not None
        options: dict[str, Any] = {"env": self._environment(), "cwd": self.folder}
        self.limited = _SUPERVISED and _is_local(spec)
        if self.limited:
            options |= self._supervised(manager)
        if self.limited and self.is_python:
            # Not every kernel of other languages can; to the others it is the local network.
            manager.transport, manager.ip = "ipc", str(Path(self._scratch) / "kernel")
        try:
            with self._log.open("wb") as log:
                await manager.start_kernel(**options, stdout=log, stderr=log)
            self.client = manager.client()
            self.client.start_channels()
            await self.client.wait_for_ready(timeout=_STARTED_WITHIN)
        except (OSError, RuntimeError) as error:
            last = self._log.read_text("utf-8", "replace").strip().splitlines()[-1:]
            raise ExecutorError(
                f"the isolated kernel {self.place.kernel!r} does not start: {'; '.join([str(error), *last])}",
                "See whether `jupyter console` can start it.",
            ) from error

    @property
    def _log(self) -> Path:
        return Path(self._scratch) / "kernel.log"

    def _supervised(self, manager: Any) -> dict[str, Any]:
        reading, _ = self._lifeline = os.pipe()
        orders = {
            "parent": os.getpid(),
            "lifeline": reading,
            "scratch": self._scratch,
            "limits": {
                "RLIMIT_AS": self.place.memory,
                "RLIMIT_CPU": self.place.cpu_seconds,
                "RLIMIT_FSIZE": self.place.file_bytes,
                "RLIMIT_CORE": 0,
            },
        }
        supervisor = str(Path(__file__).with_name("isolated_supervisor.py"))
        plain = manager.format_kernel_cmd

        def command(*args: Any, **options: Any) -> list[str]:
            return [sys.executable, "-I", "-S", supervisor, json.dumps(orders), *plain(*args, **options)]

        manager.format_kernel_cmd = command
        return {"pass_fds": (reading,)}

    def _environment(self) -> dict[str, str]:
        env = {k: v for k, v in os.environ.items() if k in _PASSED or k.startswith("LC_")}
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "assistant_magic"
        return {
            **env,
            # A home without the user's keys and start-up files, but with the user's packages.
            "HOME": self._made("home"),
            "PYTHONUSERBASE": site.getuserbase(),
            # Shared, or matplotlib would look for fonts for seconds in every new home.
            "MPLCONFIGDIR": str(cache / "matplotlib"),
            **self.place.env,
        }

    def _made(self, name: str) -> str:
        path = Path(self._scratch) / name
        path.mkdir(exist_ok=True)
        return str(path)

    @property
    def is_python(self) -> bool:
        """Whether it speaks IPython."""
        return bool(self.manager.kernel_spec.language == "python")

    async def run_silently(self, code: str) -> None:
        """Run code of ours that shows nothing and counts for nothing."""
        request = self.client.execute(code, silent=True, store_history=False, allow_stdin=False)
        while (await self.client.get_shell_msg(timeout=_STARTED_WITHIN))["parent_header"].get(
            "msg_id"
        ) != request:
            pass

    async def is_alive(self) -> bool:
        """Whether its process runs."""
        return self.manager is not None and bool(await self.manager.is_alive())

    async def interrupt(self) -> None:
        """Interrupt what it runs, in the way its kernelspec asks for."""
        with contextlib.suppress(RuntimeError, OSError):
            await self.manager.interrupt_kernel()

    async def cause_of_death(self) -> str:
        """Why it is gone, in words."""
        provisioner = getattr(self.manager, "provisioner", None)
        code = await provisioner.poll() if provisioner is not None else None
        if code == _CPU_TIME_USED_UP:
            return f"it used up its {self.place.cpu_seconds} s of CPU time"
        if code in (_KILLED, -signal.SIGTERM if sys.platform != "win32" else None):
            return "it was killed, perhaps because memory ran out"
        return f"its code ended it (exit code {code})" if code is not None else "it ended"

    async def stop(self) -> None:
        """Kill it with everything it started, and remove its scratch folder."""
        if self.client is not None:
            self.client.stop_channels()
            self.client = None
        manager, self.manager = self.manager, None
        if manager is not None:
            await _end(manager)
        for end in self._lifeline or ():
            os.close(end)
        self._lifeline = None
        if self._scratch:
            await asyncio.to_thread(shutil.rmtree, self._scratch, ignore_errors=True)


async def _end(manager: Any) -> None:
    # To the supervisor alone: it kills what is in sessions of its own, and then itself ends.
    process = getattr(manager.provisioner, "process", None)
    if process is not None and _SUPERVISED and process.poll() is None:
        with contextlib.suppress(OSError):
            os.kill(process.pid, signal.SIGTERM)
        for _ in range(200):
            if process.poll() is not None:
                break
            await asyncio.sleep(0.01)
    with contextlib.suppress(RuntimeError, OSError):
        await manager.shutdown_kernel(now=True)


def _is_local(spec: Any) -> bool:
    provisioner = (
        (spec.metadata or {}).get("kernel_provisioner", {}).get("provisioner_name", "local-provisioner")
    )
    return bool(provisioner == "local-provisioner")
