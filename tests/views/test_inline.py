"""What the inline view leaves on the page, fed by hand."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import scripted_run as script
from assistant_magic.events import (
    Event,
    HostedToolDelta,
    ItemDone,
    Notice,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
    ToolDone,
    ToolOutput,
    ToolStarted,
    TurnDone,
    TurnStarted,
)
from assistant_magic.items import (
    Citation,
    HostedToolCall,
    Image,
    Message,
    Reasoning,
    Text,
    ToolCall,
    ToolResult,
    assistant_message,
)
from assistant_magic.views import answer, inline, pace
from assistant_magic.views.bundles import MIME, Bundle
from assistant_magic.views.inline import InlineView


class Screen:
    """Displays as a front end keeps them."""

    def __init__(self) -> None:
        self.displays: dict[str, Bundle] = {}
        self.sent: list[tuple[str, bool]] = []

    def publish(self, bundle: Bundle, display_id: str, *, update: bool) -> None:
        assert (display_id in self.displays) is update
        self.displays[display_id] = bundle
        self.sent.append((display_id, update))

    @property
    def words(self) -> list[str]:
        return [bundle.data.get("text/markdown", "") for bundle in self.displays.values()]

    @property
    def structures(self) -> list[dict[str, Any]]:
        return [bundle.data[MIME] for bundle in self.displays.values() if MIME in bundle.data]

    def structures_of(self, kind: str) -> list[dict[str, Any]]:
        return [s for s in self.structures if s["kind"] == kind]


def show(events: list[Event], **options: Any) -> Screen:
    screen = Screen()
    view = InlineView(publish=screen.publish, **options)
    for event in events:
        view.handle(event)
    return screen


def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Paint at every delta."""
    monkeypatch.setattr(pace, "_INTERVAL", 0.0)
    monkeypatch.setattr(pace, "_INTERVAL_PER_CHAR", 0.0)


def test_a_run_is_a_row_of_displays(capsys: pytest.CaptureFixture[str]) -> None:
    """Notice, reasoning, hosted tools, answer, cards with outputs and the final answer follow each other."""
    screen = show(script.RICH)
    kinds = [data.get(MIME, {}).get("kind", "output") for data in (b.data for b in screen.displays.values())]
    assert kinds == [
        "notice",
        "reasoning",
        "tool",
        "tool",
        "answer",
        "tool",
        "output",
        "tool",
        "tool",
        "tool",
        "answer",
    ]
    assert capsys.readouterr().out == "far away\nfactoring\n"


def test_cards_say_what_ran_where_and_how_it_ended() -> None:
    """The headline has name, place, time and error; the code stands below it."""
    words = [
        text
        for text in show([e for e in script.RICH if e.type != "tool_output"]).words
        if text.startswith("**")
    ]
    assert words == [
        "**web search** · quadratic formula",
        "**code interpreter** · in the provider's sandbox\n\n```python\nprint('far away')\n```",
        f"**python** · in an isolated kernel · 412 ms\n\n```python\n{script.CODE}\n```",
        "**add** · 2 ms\n\n```python\nadd(a=1, b=[2, 3])\n```\n\n```text\n6\n```",
        "**python** · in your kernel · 10 ms · error: ZeroDivisionError: division by zero\n\n```python\n1/0\n```",
        "**python** · not run: You said no.\n\n```python\nimport os\nos.remove('x')\n```",
    ]


def test_a_card_is_there_while_the_tool_runs() -> None:
    """Between start and end the card says that it runs."""
    upto = next(i for i, e in enumerate(script.RICH) if e.type == "tool_started") + 1
    screen = show(script.RICH[:upto])
    assert screen.words[-1].startswith("**python** · in an isolated kernel · running …")
    assert screen.structures[-1]["status"] == "running"


def test_bundles_hold_structure_and_words_and_nothing_that_hides_them() -> None:
    """Each bundle of ours has exactly three types, and the structure repeats none of the words."""
    screen = show(script.RICH)
    for bundle in screen.displays.values():
        assert not {"text/html", "application/json"} & set(bundle.data)
        if MIME in bundle.data:
            assert set(bundle.data) == {MIME, "text/markdown", "text/plain"}
            assert bundle.metadata == {
                "assistant_magic": {"run": "run_1", "thread": "thread_1", "model": "offline:tutor"}
            }
            assert "roots" not in repr(bundle.data[MIME])
            assert len(bundle.data["text/plain"]) <= 80
    assert screen.structures_of("answer")[-1] | {"segment": 0} == {
        "v": 1,
        "kind": "answer",
        "id": "p",
        "segment": 0,
        "status": "done",
        "run_status": "completed",
        "usage": {"input_tokens": 9, "output_tokens": 4},
        "seconds": 1.5,
    }


def test_sources_are_numbered_below_the_answer() -> None:
    """A citation leaves its number in the text and its link at the end; an inline link is not numbered twice."""
    text = "As proved. See ([a](https://a.example/x))."
    citations = (
        Citation(kind="file", title="notes.pdf", file_id="f", start=0, end=9),
        Citation(kind="url", title="A", url="https://a.example/x", start=15, end=41),
    )
    message = Message(role="assistant", content=(Text(text=text),), citations=citations)
    screen = show([*script.started(), ItemDone(part="p", item=message), *script.ended()])
    assert screen.words == [
        "As proved &#91;1&#93;. See ([a](https://a.example/x)).\n\n1. notes.pdf\n2. [A](https://a.example/x)"
    ]


@pytest.mark.parametrize(
    ("status", "reason", "lines"),
    [
        ("cancelled", "interrupted", []),
        ("failed", "Model gpt-0 not found. Use %assistant model.", []),
        ("incomplete", "20 tool calls", ["> **incomplete** · 20 tool calls"]),
    ],
)
def test_a_run_that_did_not_complete_keeps_its_words(status: str, reason: str, lines: list[str]) -> None:
    """The words so far stay; a limit is named below, an error or Stop only once, by the cell's error."""
    screen = show([*script.started(), TextDelta(part="p", text="As far as"), *script.ended(status, reason)])
    assert screen.words == ["As far as", *lines]
    assert screen.structures[0]["status"] == "done"


def test_quiet_shows_the_final_answer_only() -> None:
    """No cards, no notices, no earlier messages."""
    screen = show(script.RICH, quiet=True)
    assert len(screen.words) == 1
    assert screen.words[0].startswith("The roots of")


def test_a_backend_that_does_not_stream_is_shown_too() -> None:
    """Items that come only with the end of the turn appear."""
    item = assistant_message("All at once.")
    assert show([*script.started(), TurnDone(items=(item,)), *script.ended()]).words == ["All at once."]
    streamed = [*script.started(), *script.answered("Once."), TurnDone(items=(assistant_message("Once."),))]
    assert show([*streamed, *script.ended()]).words == ["Once."]


def test_reasoning_is_one_quiet_line_that_folds() -> None:
    """While it comes it says so; afterwards the words are folded away, or nothing is left of it."""
    screen = show([*script.started(), ReasoningDelta(part="r", text="Hm")])
    assert screen.words == ["> *thinking …*"]
    done = show([*script.started(), ItemDone(part="r", item=Reasoning(text="<b>x</b>"))])
    assert done.words == ["<details><summary>Reasoning</summary>\n\n&lt;b>x&lt;/b>\n\n</details>"]
    assert show([*script.started(), ItemDone(part="r", item=Reasoning())]).words == []


def test_an_unknown_event_or_a_broken_front_end_does_not_end_the_run(
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """`handle` logs what it cannot show and goes on."""
    monkeypatch.setattr(inline._log, "disabled", False)  # libraries of other tests switch loggers off

    def refuse(bundle: Bundle, display_id: str, *, update: bool) -> None:
        raise OSError("the page is gone")

    view = InlineView(publish=refuse)
    for event in script.RICH:
        view.handle(event)
    view.handle(SimpleNamespace(type="of_a_later_version"))  # type: ignore[arg-type]  # not an event we know
    assert "cannot show" in caplog.text


BLOCKS = st.sampled_from(
    [
        "A paragraph of words that goes on for a while.",
        "Two lines\nof words.",
        "- one\n- two\n\n- three, after a blank line",
        "1. first\n\n   with a second paragraph\n\n2. second",
        "```python\nx = 1\n\n\ny = 2\n```",
        "$$\na\n= b\n$$",
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "## A heading",
        "    indented code\n\n    more of it",
        "\\[ x < y \\]",
        "~~~\nnever closed",
        "> quoted\n\n> quoted again",
        "<b>raw</b>",
    ]
)
ANSWERS = st.lists(BLOCKS, min_size=1, max_size=12).map("\n\n".join)


@given(ANSWERS, st.lists(st.integers(1, 60), max_size=30), st.booleans())
def test_the_saved_page_does_not_depend_on_how_the_text_arrived(
    text: str, sizes: list[int], noted: bool
) -> None:
    """Character by character, in chunks of any size, or at once: the same displays with the same words."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(answer, "_FIRST_SEGMENT", 60)
        note = [Notice(text="retrying")] if noted else []

        def page(deltas: list[str]) -> list[Bundle]:
            events = [*script.started(), *note, *(TextDelta(part="p", text=d) for d in deltas)]
            events += [ItemDone(part="p", item=assistant_message(text)), *script.ended()]
            return list(show(events).displays.values())

        chunks, at = [], 0
        for size in sizes:
            chunks.append(text[at : at + size])
            at += size
        chunks.append(text[at:])
        whole = page([])
        assert page([text]) == whole
        assert page(chunks) == whole
        no_pause(patch)
        assert page(chunks) == whole
        assert page(list(text)) == whole
        assert all(
            bundle.data[MIME]["kind"] == "notice" or bundle.data[MIME]["status"] == "done" for bundle in whole
        )


@given(ANSWERS)
def test_segments_together_are_the_answer(text: str) -> None:
    """No word is lost or doubled at a cut."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(answer, "_FIRST_SEGMENT", 60)
        screen = show([*script.started(), *script.answered(text), *script.ended()])
    whole = show([*script.started(), *script.answered(text), *script.ended()])
    assert "".join("".join(screen.words).split()) == "".join("".join(whole.words).split())


def test_a_long_answer_stays_below_the_limit_of_outputs() -> None:
    """JupyterLab hides what comes after 50 outputs; 100,000 characters need fewer than 40."""
    paragraph = "Words that fill a line of an ordinary paragraph, again and again. " * 5 + "\n\n"
    text = paragraph * (100_000 // len(paragraph))
    assert 10 < len(show([*script.started(), *script.answered(text, 400), *script.ended()]).displays) < 40


def test_words_are_repainted_twenty_times_a_second_at_most_and_none_is_forgotten() -> None:
    """On a loop, deltas in quick succession share a repaint, and the last one is painted without a further event."""

    async def stream() -> Screen:
        screen = Screen()
        painted = asyncio.Event()

        def publish(bundle: Bundle, display_id: str, *, update: bool) -> None:
            screen.publish(bundle, display_id, update=update)
            if bundle.data["text/markdown"].endswith("w499"):
                painted.set()

        view = InlineView(publish=publish)
        for event in script.started():
            view.handle(event)
        for n in range(500):
            view.handle(TextDelta(part="p", text=f" w{n}"))
            await asyncio.sleep(0)
        await asyncio.wait_for(painted.wait(), 10)
        return screen

    screen = asyncio.run(stream())
    assert len(screen.sent) < 25


def test_nothing_is_sent_twice() -> None:
    """An update that changes nothing is not sent."""
    screen = show(
        [
            *script.started(),
            *script.answered("Short."),
            TurnStarted(number=2),
            Notice(text="x"),
            Notice(text="x"),
        ]
    )
    assert [update for _, update in screen.sent].count(True) == 1  # streaming became done


def test_what_was_under_way_is_closed_when_the_run_ends() -> None:
    """A hosted tool that did not finish is called interrupted, and no "thinking" stays behind."""
    begun = [
        ReasoningDelta(part="r", text="Hm"),
        HostedToolDelta(part="h", name="code_interpreter", text="x = 1"),
    ]
    screen = show([*script.started(), *begun, *script.ended("cancelled", "interrupted")])
    assert screen.words == [
        "",
        "**code interpreter** · in the provider's sandbox · interrupted\n\n```python\nx = 1\n```",
    ]


def test_files_of_a_hosted_tool_are_named() -> None:
    """What the code interpreter wrote stands below its code."""
    files = (Citation(kind="container_file", title="data.csv", file_id="cfile_1"),)
    item = HostedToolCall(call_id="h", name="code_interpreter", input="save()", citations=files)
    (words,) = show([*script.started(), ItemDone(part="h", item=item)]).words
    assert words.endswith("```python\nsave()\n```\n\nFiles: data.csv")


def test_a_picture_from_a_function_is_shown() -> None:
    """A tool that returns a picture has it below its card."""
    drawn = ToolResult(call_id="c", name="draw", content=(Image(data=script.PIXEL), Text(text="a square")))
    screen = show([*script.started(), ToolDone(call=script.call("c", "draw"), result=drawn)])
    assert screen.words[0].endswith("```text\na square\n```")
    assert [bundle.data.get("image/png") for bundle in screen.displays.values()] == [None, script.PIXEL]


def test_two_views_never_share_a_display() -> None:
    """Without a run's name, displays of two views still have ids of their own."""
    first, second = show([Notice(text="a")]), show([Notice(text="a")])
    assert not set(first.displays) & set(second.displays)


def test_a_call_shows_that_it_is_being_written() -> None:
    """While the model writes, one card says so; the first call that starts takes its place."""
    writing = [ToolCallDelta(part=part, name="python", text="{") for part in ("a", "b", "a")]
    assert show([*script.started(), *writing]).words == ["**python** · writing …"]
    ran = [
        ToolStarted(call=script.PYTHON, executor="live"),
        ToolDone(call=script.PYTHON, result=script.PYTHON_RESULT),
    ]
    refused = [ToolDone(call=script.REFUSED, result=script.REFUSED_RESULT)]
    for done in (ran, refused, ran + refused):
        written, unwritten = (show([*script.started(), *before, *done]) for before in (writing, []))
        assert list(written.displays.values()) == list(unwritten.displays.values())


def test_a_call_that_never_came_leaves_nothing() -> None:
    """A card that was only being written is empty when the run ends, or when words come between."""
    writing = [*script.started(), ToolCallDelta(part="a", name="python", text="{")]
    assert show([*writing, *script.ended("cancelled", "interrupted")]).words == [""]
    words = show([*writing, *script.answered("So:"), ToolStarted(call=script.ADD)]).words
    assert words[:2] == ["", "So:"]
    assert len(words) == 3


def test_a_refusal_can_be_read() -> None:
    """What to type stands in it as code."""
    words = "not run: the policy is `never`; `%assistant set approve auto` lets <b>all</b> code run"
    said = ToolResult(call_id="c", name="python", status="refused", content=(Text(text=words),))
    screen = show([ToolDone(call=script.REFUSED, result=said)])

    assert "`%assistant set approve auto` lets &lt;b>all" in screen.words[0]


def test_many_calls_leave_room_for_the_answer() -> None:
    """Sixty calls that print stay below the fifty outputs at which JupyterLab folds a cell."""
    events: list[Event] = list(script.started())
    for number in range(60):
        call = ToolCall(call_id=f"c{number}", name="python", arguments=f'{{"code": "print({number})"}}')
        result = ToolResult(call_id=call.call_id, name="python", executor="live", seconds=0.1)
        output = {"output_type": "stream", "name": "stdout", "text": f"{number}\n"}
        events += [
            ToolCallDelta(part=call.call_id, name="python", text=call.arguments),
            ToolStarted(call=call, executor="live"),
            ToolOutput(call_id=call.call_id, output=output, shown=True),
            ToolDone(call=call, result=result),
        ]
    screen = show([*events, *script.answered("It is done."), *script.ended()])
    cards = screen.structures_of("tool")

    assert 2 * len(cards) < 40
    assert screen.words[-1] == "It is done."
    shared = "\n".join(screen.words)
    assert all(shared.count(f"print({number})\n") == 1 for number in range(60))
    assert "running" not in shared
    assert "writing" not in shared
