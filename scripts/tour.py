"""Run a notebook in a real kernel, print what a reader sees, and leave the notebook and an HTML page in build/."""

from __future__ import annotations

import base64
import os
import shutil
import struct
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbconvert import HTMLExporter
from nbformat import NotebookNode

from environment import BUILD, ROOT, say

KEYS = ("OPENAI_API_KEY", "ANTHROPIC_API_KEY")


def run(source: Path) -> int:
    """Execute the notebook `source`, cell by cell; 1 when a cell fails."""
    notebook = nbformat.read(source, as_version=4)
    _stay_at_home()
    # ipykernel warns at every start that loopback is not encrypted.
    resources = {"metadata": {"path": str(source.parent)}}
    client = NotebookClient(notebook, resources=resources, extra_arguments=["--log-level=40"])
    with client.setup_kernel():
        code = _perform(client)
    _save(notebook, source)
    return code


def _perform(client: NotebookClient) -> int:
    for index, cell in enumerate(client.nb.cells):
        _print_source(cell)
        try:
            client.execute_cell(cell, index)
        except CellExecutionError:
            _print_outputs(cell)
            say("This cell failed; the tour ends here.")
            return 1
        _print_outputs(cell)
    return 0


def _stay_at_home() -> None:
    # The tour is for everybody: it asks nobody's account and leaves the reader's own threads alone.
    home = BUILD / "tour"
    shutil.rmtree(home, ignore_errors=True)
    for name in ("DATA", "RUNTIME", "CONFIG"):
        folder = home / name.lower()
        folder.mkdir(parents=True)
        os.environ[f"JUPYTER_{name}_DIR"] = str(folder)
    hidden = [key for key in KEYS if os.environ.pop(key, None)]
    note = f"; {' and '.join(hidden)} not used" if hidden else ""
    say(f"Threads of this tour are kept in {home.relative_to(ROOT)}{note}\n")


def _print_source(cell: NotebookNode) -> None:
    if cell.cell_type == "markdown":
        say(f"\n{cell.source}\n")
    else:
        lines = cell.source.splitlines() or [""]
        say("\n".join(f"  ▏ {line}" for line in lines))


def _print_outputs(cell: NotebookNode) -> None:
    for output in cell.get("outputs", []):
        words = _words(output).rstrip()
        if words:
            say("\n".join(f"      {line}" for line in words.splitlines()))
    if cell.cell_type == "code":
        say("")


def _words(output: NotebookNode) -> str:
    if output.output_type == "stream":
        return str(output.text)
    if output.output_type == "error":
        return "\n".join(output.traceback)
    if "image/png" in output.data:
        width, height = struct.unpack(">II", base64.b64decode(output.data["image/png"])[16:24])
        return f"[picture, {width} × {height}]"
    return str(output.data.get("text/markdown") or output.data.get("text/plain") or "")


def _save(notebook: NotebookNode, source: Path) -> None:
    executed = BUILD / source.name
    page = executed.with_suffix(".html")
    nbformat.write(notebook, executed)
    page.write_text(HTMLExporter().from_notebook_node(notebook)[0], encoding="utf-8")
    say(f"Executed notebook: {executed.relative_to(ROOT)}\nAs a page:         {page.relative_to(ROOT)}")


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1]).resolve()))
