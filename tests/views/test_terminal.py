"""What a person reads in a terminal."""

from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import scripted_run as script
from assistant_magic.events import Event, ItemDone, Notice, TextDelta, ToolDone, ToolStarted, TurnDone
from assistant_magic.items import ToolResult, assistant_message
from assistant_magic.views.terminal import TerminalView

PAGE = """\
Filled {n} with `3`.

web search
    quadratic formula

code interpreter
    print('far away')
    far away

Let me compute.

python · in an isolated kernel
    import sympy as sp
    sp.factor(x**2 - 5*x + 6)
    factoring
    <Figure>
(412 ms)

add
    add(a=1, b=[2, 3])
    6
(2 ms)

python · in your kernel
    1/0
(10 ms · error: ZeroDivisionError: division by zero)

python
    import os
    os.remove('x')
(not run: You said no.)

"""


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def write(events: list[Event], stream: io.StringIO | None = None, **options: Any) -> str:
    stream = stream or io.StringIO()
    view = TerminalView(stream, **options)
    for event in events:
        view.handle(event)
    return stream.getvalue()


def test_a_run_reads_from_top_to_bottom() -> None:
    """Code and outputs are indented below a headline, and the answer follows with its sources."""
    assert write(script.RICH) == f"{PAGE}{script.ANSWER}\n\nSources:\n[1] The book https://book.example/q\n"


def test_words_are_written_as_they_come() -> None:
    """Each delta is on the screen at once."""
    stream = io.StringIO()
    view = TerminalView(stream)
    view.handle(TextDelta(part="p", text="As "))
    assert stream.getvalue() == "As "
    view.handle(TextDelta(part="p", text=r"$x<y$"))
    assert stream.getvalue() == r"As $x<y$"
    view.handle(ItemDone(part="p", item=assistant_message("As $x<y$ ends")))
    assert stream.getvalue() == "As $x<y$ ends\n"


def test_quiet_writes_the_final_answer_only() -> None:
    """No headlines and no earlier messages."""
    assert write(script.RICH, quiet=True).startswith("The roots of")


def test_a_backend_that_does_not_stream_is_written_too() -> None:
    """Items that come only with the end of the turn appear once."""
    item = assistant_message("All at once.")
    assert write([*script.started(), TurnDone(items=(item,)), *script.ended()]) == "All at once.\n"


@pytest.mark.parametrize(
    ("status", "line"), [("cancelled", ""), ("failed", ""), ("incomplete", "incomplete: 20 tool calls\n")]
)
def test_a_run_that_did_not_complete_keeps_its_words(status: str, line: str) -> None:
    """The words so far stay; a limit is named below, an error or Stop only once, by whoever asked."""
    events = [
        *script.started(),
        TextDelta(part="p", text="As far as"),
        *script.ended(status, "20 tool calls"),
    ]
    assert write(events) == f"As far as\n{line}"


def test_styles_only_in_a_terminal_that_wants_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file gets none, a terminal does, NO_COLOR forbids them, and `color` decides over all."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[" not in write(script.RICH)
    assert "\x1b[1mpython" in write(script.RICH, Terminal())
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in write(script.RICH, Terminal())
    assert "\x1b[" in write(script.RICH, color=True)


HOSTILE = "\x1b]0;owned\x07\x1b[2J\x1b[31mred\x1b[0m\x9b2J\rback\x08\x07\u202eright"


@pytest.mark.parametrize(
    "events",
    [
        [TextDelta(part="p", text=c) for c in HOSTILE],
        [ItemDone(part="p", item=assistant_message(HOSTILE))],
        [Notice(text=HOSTILE)],
        [ToolStarted(call=script.call("c", "python", code=HOSTILE))],
        [ToolStarted(call=script.call("c", HOSTILE, x=HOSTILE))],
        [
            ToolDone(
                call=script.call("c", "f"),
                result=ToolResult(
                    call_id="c",
                    name="f",
                    outputs=({"output_type": "error", "ename": HOSTILE, "evalue": HOSTILE, "traceback": []},),
                    status="error",
                ),
            )
        ],
    ],
)
def test_no_text_drives_the_terminal(events: list[Event]) -> None:
    """Control characters and escape sequences of a model or a tool do not reach the stream."""
    written = write([*events, *script.ended("incomplete", HOSTILE)])
    assert "red" in written
    assert all(c == "\n" or c.isprintable() for c in written)


@given(st.text(), st.lists(st.integers(1, 9), max_size=20))
def test_any_words_in_any_chunks_are_printable(text: str, sizes: list[int]) -> None:
    """However a text is torn apart, nothing but its printable characters is written."""
    events, at = [], 0
    for size in [*sizes, len(text)]:
        events.append(TextDelta(part="p", text=text[at : at + size]))
        at += size
    assert not set(write(events)) & {chr(n) for n in [*range(10), *range(11, 32), *range(127, 160)]}
