"""What people write into the box of a chat."""

from __future__ import annotations

import argparse
import base64
from typing import Any

import pytest
from IPython.core.magic_arguments import MagicArgumentParser
from traitlets.config import Config

from assistant_magic import kernel
from assistant_magic.exceptions import UsageError
from assistant_magic.items import File
from assistant_magic.magic import AssistantMagics
from assistant_magic.mentions import is_mentioned, mentioned, offers
from assistant_magic.prompts import Box


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A shell in which two cells ran."""
    from IPython.core.interactiveshell import InteractiveShell

    config = Config()
    config.HistoryManager.enabled = False
    shell = InteractiveShell(config=config)
    for source in ("x = 6 * 7", "x + 1"):
        shell.run_cell(source, store_history=True)
    monkeypatch.setattr(kernel, "shell", lambda: shell)
    yield shell
    InteractiveShell.clear_instance()


@pytest.fixture
def box() -> Box:
    """A box with the options of a cell."""
    parser: MagicArgumentParser = AssistantMagics.assistant.parser
    assert isinstance(parser, argparse.ArgumentParser)
    return Box(parser)


def words(part: Any) -> str:
    """The text of a file that goes along."""
    assert isinstance(part, File)
    return base64.b64decode(part.data).decode()


def test_variables_and_cells_go_along(shell: Any) -> None:
    """`@x` sends the variable, `#2` the cell with its result, each once."""
    found = mentioned("What is @x in #2, and @x again?", shell.user_ns)
    assert [part.name for part in found] == ["x.txt", "cell-2.txt"]
    assert words(found[0]) == "42"
    assert words(found[1]) == "In [2]:\nx + 1\n\nOut[2]:\n43"


@pytest.mark.parametrize(
    "text",
    ["`@x`", "```\n@x\n#2\n```", "me@x.example", "a@x", "$@x$", "@unknown #99 # 2 &#2;", "##2 @@x"],
)
def test_what_is_no_mention_stays_words(shell: Any, text: str) -> None:
    """Code, formulas, addresses, headings and unknown names mention nothing."""
    assert mentioned(text, shell.user_ns) == []


def test_mentions_are_told_from_other_files(shell: Any) -> None:
    """When a prompt is edited, files put beside it stay; what it mentioned is read anew."""
    text = "See @x and #2."
    assert all(is_mentioned(part, text) for part in mentioned(text, shell.user_ns))
    assert not is_mentioned(File(name="notes.txt"), text)


def test_mentions_are_offered(shell: Any) -> None:
    """Variables newest first, without IPython's own, functions and modules; cells by their first line."""
    shell.run_cell("import math\ndef f(): pass\n_hidden = 1\ny = 'a'", store_history=True)
    assert [(o.text, o.about) for o in offers("Why @", shell.user_ns)] == [("@y", "str"), ("@x", "int")]
    assert [(o.text, o.replaces) for o in offers("@x", shell.user_ns)] == [("@x", 2)]
    assert [(o.text, o.about) for o in offers("see #", shell.user_ns)][1:] == [
        ("#2", "x + 1"),
        ("#1", "x = 6 * 7"),
    ]
    assert offers("mail me@", shell.user_ns) == []


def test_a_prompt_begins_with_options(shell: Any, box: Box) -> None:
    """The options of a cell's line stand before the words, which stay as they are."""
    prompt = box.prompt("-m offline:tutor --quiet What's  *this*?\n  code")
    assert prompt.text.strip() == "What's  *this*?\n  code"
    assert prompt.options == {"model": "offline:tutor", "quiet": True}
    assert prompt.cell is None
    assert box.prompt("-3 + 5 = ?").text == "-3 + 5 = ?"
    assert box.prompt("-m\noffline:tutor\nHi").options == {"model": "offline:tutor"}


def test_options_are_offered_at_the_beginning(shell: Any, box: Box) -> None:
    """Long options by their start, with their help; behind words a dash is a dash."""
    (offer,) = box.offers("-m offline:tutor --qu")
    assert (offer.text, offer.replaces) == ("--quiet", 4)
    assert "answer" in offer.about
    assert box.offers("What is --qu") == ()
    assert Box().offers("--qu") == ()


def test_options_that_a_chat_cannot_take(shell: Any, box: Box) -> None:
    """What does not fit is said in one line with its cure."""
    with pytest.raises(UsageError, match="belongs to a cell"):
        box.prompt("-o answer What is 6*7?")
    with pytest.raises(UsageError, match="expected one argument"):
        box.prompt("-m")
