"""What `make` does: each task prepares what it needs, says so, and does its work."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable

import ogx
from environment import BUILD, LOWEST, MAIN, ROOT, say
from packages import SERVERS
from programs import CHROMIUM, POSTGRES

LOWEST_TESTS = (
    *(
        f"tests/test_{name}.py"
        for name in ("notebook_kernel", "magic", "notebooks", "run", "tools", "context")
    ),
    *(f"tests/test_{name}.py" for name in ("offered_tools", "assistant_runnable", "langchain_tools")),
    *(f"tests/backends/test_langchain.py::Test{name}Model" for name in ("Scripted", "Blocking")),
)
# Most tests wait for a kernel or a server, so a worker for each core shortens the run; a free worker takes over tests.
PARALLEL = ("--numprocesses=logical", "--maxprocesses=4", "--dist=worksteal")
OGX_TESTS = "tests/backends/test_openai_ogx.py"
NOTEBOOK = ROOT / "notebooks" / "01_first_answer.ipynb"


def lab() -> int:
    """Open the first notebook in JupyterLab."""
    environment = MAIN.prepare()
    root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    say("Starting JupyterLab; Ctrl-C twice ends it")
    return environment.run("-m", "jupyterlab", *root, str(NOTEBOOK.relative_to(ROOT)), check=False)


def demo() -> int:
    """Run the first notebook and print what a reader sees."""
    return MAIN.prepare().run("scripts/tour.py", str(NOTEBOOK.relative_to(ROOT)), check=False)


def lint() -> int:
    """Check format, style, types and layers."""
    return 1 if _lint() else 0


def test() -> int:
    """Run every check and every test."""
    began = time.monotonic()
    environment = MAIN.prepare()
    lowest = LOWEST.prepare()
    SERVERS.prepare()
    env = {"CHROMIUM": CHROMIUM.provide(), "POSTGRES": POSTGRES.provide(), "OGX": ogx.prepare(environment)}
    env = {name: path for name, path in env.items() if path}
    env["ASSISTANT_MAGIC_TEST_PYTHONS"] = str(lowest.python)
    failed = _lint()
    say("\n== tests with the lowest supported versions: constraints-lowest.txt")
    if lowest.run("-m", "pytest", *PARALLEL, *LOWEST_TESTS, check=False, env=env):
        failed.append("tests with the lowest versions")
    say("\n== every test, with today's versions: constraints.txt")
    # Exit code 5 (nothing collected) is a failure like any other.
    # pytest-asyncio comes with langchain-tests and asks for this decision.
    scope = ("-o", "asyncio_default_fixture_loop_scope=function")
    apart = [f"--ignore={path}" for path in ("tests/ui", OGX_TESTS)]
    if environment.run("-m", "pytest", *scope, *PARALLEL, *apart, check=False, env=env):
        failed.append("tests")
    # One server that takes long to start serves all of these.
    if environment.run("-m", "pytest", *scope, OGX_TESTS, check=False, env=env):
        failed.append("tests through OGX")
    # One JupyterLab and one browser serve all tests of the page, and their event loop wants a process of its own.
    if environment.run("-m", "pytest", *scope, "tests/ui", check=False, env=env):
        failed.append("tests of the page")
    if failed:
        say(f"FAILED after {time.monotonic() - began:.0f} s: {', '.join(failed)}")
    return 1 if failed else 0


def bench() -> int:
    """Measure what the README claims, or the benchmarks named behind it."""
    python = MAIN.prepare()
    env = {"PYTHONPATH": str(ROOT / "tests"), "CHROMIUM": CHROMIUM.provide()}
    return python.run("benchmarks", *sys.argv[2:], check=False, env=env)


def screenshot() -> int:
    """Take the README's picture."""
    browser = CHROMIUM.provide()
    return MAIN.prepare().run("scripts/screenshot.py", check=False, env={"CHROMIUM": browser})


def tutor_report() -> int:
    """Mark the offline tutor on the questions beside the project."""
    return MAIN.prepare().run("scripts/tutor_report.py", check=False)


def lock() -> int:
    """Choose new exact versions: the newest for every day, the oldest direct ones for the floor."""
    environment = MAIN.prepare()
    newest, lowest = MAIN.constraints, LOWEST.constraints
    BUILD.mkdir(exist_ok=True)
    ceilings = BUILD / "ceilings.txt"
    # langchain-core 1.7.3 asks for a certifi that not every index has.
    ceilings.write_text("langchain-core<1.7.3\n")
    common = [
        *(
            "-m",
            "uv",
            "pip",
            "compile",
            "pyproject.toml",
            "--universal",
            "--python-version",
            "3.11",
            "--quiet",
        ),
        *("--no-header", "--no-annotate", "--upgrade"),
    ]
    environment.run(*common, "--extra", "dev", "-c", str(ceilings), "-o", str(newest))
    tools = re.findall(
        r"^(?:pytest|pytest-socket|pytest-xdist|hypothesis|nbclient|matplotlib|numpy|pandas)==.*$",
        newest.read_text(),
        re.MULTILINE,
    )
    ceilings.write_text("\n".join(["langchain-core<1.7.3", *tools]) + "\n")
    oldest = ("--resolution", "lowest-direct", "--extra", "test")
    environment.run(*common, *oldest, "-c", str(ceilings), "-o", str(lowest))
    say(f"Wrote {newest.name} and {lowest.name}; now make test")
    return 0


def _lint() -> list[str]:
    environment = MAIN.prepare()
    checks = {
        "format": ("-m", "ruff", "format", "--check", "--quiet", "."),
        "lint": ("-m", "ruff", "check", "--quiet", "--output-format=concise", "."),
        "types": ("-m", "mypy"),
        "layers": (str(environment.bin / "lint-imports"), "--no-logo"),
    }
    failed = []
    for name, command in checks.items():
        say(f"\n== {name}")
        if environment.run(*command, check=False):
            failed.append(name)
    say("\n== front end: types, lint and unit tests")
    for task in ("lint", "test"):
        npm = shutil.which("npm") or "npm"
        if subprocess.run([npm, "run", "--silent", task], cwd=ROOT / "labextension", check=False).returncode:
            failed.append(f"front end's {task}")
    return failed


TASKS: dict[str, Callable[[], int]] = {
    task.__name__.replace("_", "-"): task
    for task in (lab, demo, lint, test, bench, screenshot, tutor_report, lock)
}

if __name__ == "__main__":
    try:
        sys.exit(TASKS[sys.argv[1]]())
    except KeyboardInterrupt:
        sys.exit(130)
