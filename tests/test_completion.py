"""The Tab key in cells of the assistant, through the completion of a real kernel, as every front end asks it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from notebook_kernel import NotebookKernel

ROOT = Path(__file__).resolve().parent.parent

SETUP = """%load_ext assistant_magic
def price(x): return x
import math
prices, _hidden = [1], 2
"""
ASK = """
import json
from IPython.core.completer import provisionalcompleter
with provisionalcompleter():
    _found = list(get_ipython().Completer.completions({text!r}, {at}))
print(json.dumps([[one.text, {text!r}[one.start:one.end]] for one in _found]))
"""


@pytest.fixture(scope="module")
def complete(tmp_path_factory):
    """What Tab offers at the end of a text: words, and what each replaces."""
    home = str(tmp_path_factory.mktemp("home"))
    places = dict.fromkeys(("IPYTHONDIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"), home)
    path = os.pathsep.join((str(ROOT), os.environ.get("PYTHONPATH", "")))
    kernel = NotebookKernel({**os.environ, **places, "PYTHONPATH": path}, home)
    kernel.run(SETUP)

    def ask(text):
        return json.loads(kernel.run(ASK.format(text=text, at=len(text))).text)

    yield ask
    kernel.close()


@pytest.mark.parametrize(
    ("text", "words", "replaced"),
    [
        ("%%assistant --to", ["--tool"], "--to"),
        ("%%assistant --tool pri", ["price"], "pri"),
        ("%%assistant --tool web", ["web_search"], "web"),
        ("%%assistant --share pri", ["prices"], "pri"),
        ("%%assistant -m offline:", ["offline:tutor"], "offline:"),
        ("%%assistant -e ", ["e2b", "isolated", "live"], ""),
        ("%%assistant --approve n", ["never"], "n"),
        ("%%assistant\nWhat is {pri", ["price", "prices"], "pri"),
        ("%assistant unde", [], ""),
        ("%assistant und", ["undo"], "und"),
        ("%assistant set mod", ["model"], "mod"),
        ("%assistant set --user approve au", ["auto"], "au"),
    ],
)
def test_the_word_that_is_meant_is_offered(complete, text, words, replaced):
    """Options, their values, subcommands and variables: what fits, and no name of Python's beside it."""
    assert complete(text) == [[word, replaced] for word in words]


def test_all_options_are_offered_after_a_dash(complete):
    """A single dash lists every option of the cell's line, and nothing else."""
    offered = [word for word, _ in complete("%%assistant -")]
    assert {"--model", "--thread", "--new", "--executor", "--approve", "--tool", "--quiet"} <= set(offered)
    assert all(word.startswith("--") for word in offered)


def test_other_cells_are_completed_as_before(complete):
    """Python stays Python, and the magic's own name is completed by IPython."""
    assert ["prices", "prices"[:5]] in complete("x = price")
    assert "%%assistant" in [word for word, _ in complete("%%assis")]
