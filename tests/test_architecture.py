"""The shape of the code: who imports whom, how long things are, what is public, what an import costs."""

from __future__ import annotations

import ast
import importlib
import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

from notebook_kernel import NotebookKernel

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "assistant_magic"
SOURCES = sorted(p for p in PACKAGE.rglob("*.py") if not {"_labextension", "_widget"} & set(p.parts))
HEAVY = {
    *(
        "anywidget",
        "duckduckgo_search",
        "ddgs",
        "e2b",
        "e2b_code_interpreter",
        "httpx",
        "httpx2",
        "ipywidgets",
    ),
    *(
        "jupyter_client",
        "langchain",
        "langchain_classic",
        "langchain_core",
        "langsmith",
        "lark",
        "markdown_it",
    ),
    *(
        "matplotlib",
        "mcp",
        "nbformat",
        "numpy",
        "openai",
        "pandas",
        "pint",
        "psycopg",
        "pydantic",
        "requests",
    ),
    *("sqlalchemy", "sympy"),
}
BOUND = (
    ("assistant_magic.stores.", "tables and statements are SQLAlchemy's, imported by open_store"),
    ("assistant_magic.agent_steps", "its classes extend LangChain's, imported by the runnable"),
    (
        "assistant_magic.assistant_runnable",
        "it extends LangChain's Runnable, imported by `Assistant.as_runnable`",
    ),
    ("assistant_magic.e2b_tool", "it extends LangChain's BaseTool, imported by who asks for it"),
    ("assistant_magic.search_tool", "it extends LangChain's BaseTool, imported by who asks for it"),
    ("assistant_magic.runnable", "its classes extend LangChain's, imported with its names"),
    ("assistant_magic.agent_steps", "its classes extend LangChain's, imported with its names"),
    ("assistant_magic.views.widget", "it extends anywidget, imported by the chat"),
    ("assistant_magic.chat", "it is a widget, imported with its name"),
)
"""Modules that stand on an SDK as a whole, by the start of their name; what is listed is imported on first use only."""


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Names and body lengths, docstrings left out."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) is not None else node.body
            yield node.name, (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def public_names(tree: ast.Module) -> set[str]:
    """Names that a module defines for others: classes, functions and constants without an underscore."""
    found: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.add(node.target.id)
    # A single letter is a type variable.
    return {name for name in found if not name.startswith("_") and len(name) > 1}


def test_imports_follow_the_layers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every import goes down the path of the design, and every module has its place in it."""
    monkeypatch.chdir(ROOT)
    assert lint_imports(no_cache=True, no_logo=True) == 0


@pytest.mark.parametrize("kind", ["backends", "executors"])
def test_adapters_do_not_know_each_other(kind: str) -> None:
    """An adapter imports from its folder only the protocol and files that bear its own name (`openai_wire`)."""
    imports = [
        (path.stem, name)
        for path in sorted((PACKAGE / kind).glob("[a-z]*.py"))
        for name in re.findall(rf"assistant_magic\.{kind}\.(\w+)", path.read_text())
    ]
    assert [pair for pair in imports if len({stem.split("_")[0] for stem in pair}) > 1] == []


@pytest.mark.parametrize("path", SOURCES, ids=module_name)
def test_files_and_functions_stay_short(path: Path) -> None:
    """A file has at most 300 lines (run.py 150) and a function body at most 40."""
    limit = 150 if path == PACKAGE / "run.py" else 300
    length = len(path.read_text().splitlines())
    assert length <= limit
    assert [(name, lines) for name, lines in functions(path) if lines > 40] == []


@pytest.mark.parametrize("path", SOURCES, ids=module_name)
def test_nothing_is_unfinished_or_silenced_without_a_reason(path: Path) -> None:
    """No note to finish later, and every ignore names its code."""
    text = path.read_text()
    assert re.findall(r"\b(?:TODO|FIXME|XXX|HACK)\b|raise NotImplementedError", text) == []
    assert re.findall(r"type: ignore(?!\[)|noqa(?!: [A-Z])", text) == []


@pytest.mark.parametrize("path", SOURCES, ids=module_name)
def test_files_are_called_by_a_noun(path: Path) -> None:
    """No drawer for odds and ends."""
    assert path.stem not in {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}


@pytest.mark.parametrize("path", [p for p in SOURCES if "__all__" in p.read_text()], ids=module_name)
def test_all_is_complete(path: Path) -> None:
    """`__all__` leaves out nothing that the module defines for others and names only what is there; ruff sorts it."""
    module = importlib.import_module(module_name(path))
    assert public_names(ast.parse(path.read_text())) <= set(module.__all__)
    assert [name for name in module.__all__ if not hasattr(module, name)] == []


def test_the_architecture_page_is_true() -> None:
    """What its table of layers names is there, and stands in one layer."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| ") and line.count("|") == 4]
    named = sorted(name for row in rows for name in re.findall(r"`([a-z0-9_]+)`", row.split("|")[2]))
    there = {p.stem for p in PACKAGE.iterdir() if p.suffix == ".py" or (p / "__init__.py").exists()}

    assert set(named) <= there
    assert len(named) == len(set(named)) > 60


def test_the_front_door_is_small() -> None:
    """The package offers at most twelve names, each of which is there."""
    package = importlib.import_module("assistant_magic")
    assert package.__all__ == sorted(package.__all__)
    assert 0 < len(package.__all__) <= 12
    assert [name for name in package.__all__ if not hasattr(package, name)] == []


def test_importing_any_module_imports_no_sdk() -> None:
    """Every module can be imported without the SDK it adapts; those that extend its classes are listed."""
    bound = tuple(start for start, _ in BOUND)
    names = [module_name(p) for p in SOURCES if not module_name(p).startswith(bound)]
    code = (
        "import importlib, json, sys\n"
        f"for name in {names!r}: importlib.import_module(name)\n"
        f"print(json.dumps(sorted(set(sys.modules) & {HEAVY!r})))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == []


def test_loading_the_extension_is_cheap(start_kernel: Callable[..., NotebookKernel]) -> None:
    """`%load_ext` adds at most 40 modules to a running kernel, and no SDK among them."""
    kernel = start_kernel()
    kernel.run("import sys; before = set(sys.modules)")
    kernel.run("%load_ext assistant_magic")
    cell = kernel.run("import json; print(json.dumps(sorted(set(sys.modules) - before)))")
    added = json.loads(cell.text)
    assert "assistant_magic" in added
    assert {name.split(".")[0] for name in added} & HEAVY == set()
    assert len(added) <= 40, added
