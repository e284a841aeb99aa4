"""Outputs: merged, bounded, and turned into what a model sees."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assistant_magic.items import Image, Text, ToolResult
from assistant_magic.outputs import OutputLog, cut, model_parts
from assistant_magic.streams import plain


def stream(text: str, name: str = "stdout") -> dict:
    return {"output_type": "stream", "name": name, "text": text}


def display(**data: object) -> dict:
    return {
        "output_type": "display_data",
        "metadata": {},
        "data": {k.replace("_", "/"): v for k, v in data.items()},
    }


def error(evalue: str = "division by zero", traceback: tuple[str, ...] = ()) -> dict:
    return {
        "output_type": "error",
        "ename": "ZeroDivisionError",
        "evalue": evalue,
        "traceback": list(traceback),
    }


def parts(*outputs: dict, **options: int) -> tuple:
    return model_parts(ToolResult(call_id="c", name="python", outputs=outputs), **options)


def said(*outputs: dict, **options: int) -> str:
    return "".join(part.text for part in parts(*outputs, **options) if isinstance(part, Text))


# ---- the log


def test_adjacent_text_is_one_output():
    """Text of one stream is merged until something else comes between."""
    log = OutputLog()
    for output in (
        stream("a"),
        stream("b\n"),
        stream("e", "stderr"),
        stream("c"),
        display(text_plain="d"),
        stream("f"),
    ):
        log.add(output)
    assert log.outputs == (
        stream("ab\n"),
        stream("e", "stderr"),
        stream("c"),
        display(text_plain="d"),
        stream("f"),
    )


def test_carriage_returns_overwrite():
    """A progress bar leaves its last state, also when it comes in pieces."""
    log = OutputLog()
    for text in ("start\n10%", "\r20", "%\r", "100%\n", "end"):
        log.add(stream(text))
    assert log.outputs == (stream("start\n100%\nend"),)


def test_shorter_line_overwrites_only_its_length():
    """As on a terminal, what a shorter line does not cover stays."""
    assert plain("abcdef\rXY") == "XYcdef"
    assert plain("ab\b\bX") == "X"
    assert plain("windows\r\nlines\r\n") == "windows\nlines\n"


def test_a_long_progress_bar_costs_no_room():
    """A progress bar may go on for ever without using up what may be shown."""
    log = OutputLog(max_text=1_000)
    for i in range(10_000):
        assert log.add(stream(f"\r{i:5}")) is not None
    assert log.outputs == (stream(" 9999"),)


@given(
    st.lists(st.tuples(st.sampled_from(["stdout", "stderr"]), st.text(max_size=40)), max_size=60),
    st.integers(10, 200),
)
def test_bounded_whatever_comes(writes, limit):
    """What is kept is bounded; without overflow and control characters nothing at all is lost."""
    log = OutputLog(max_text=limit)
    for name, text in writes:
        log.add(stream(text, name))
    assert sum(len(o["text"]) for o in log.outputs) <= limit + 80
    everything = "".join(text for _, text in writes)
    if len(everything) <= limit and not set("\r\b") & set(everything):
        assert "".join(o["text"] for o in log.outputs) == everything


def test_overflow_keeps_head_and_tail_and_says_how_much_is_gone():
    """Of too much text the beginning and the end stay, with one honest line between them."""
    log = OutputLog(max_text=1_000)
    shown = [log.add(stream(f"{i:06}\n")) for i in range(1_000)]
    assert shown[0] is not None
    assert shown[-1] is None
    text = "".join(o["text"] for o in log.outputs)
    assert text.startswith("000000\n000001\n")
    assert text.endswith("000998\n000999\n")
    kept = len(text) - len("\n[… 6,000 characters left out …]\n")
    assert f"[… {7_000 - kept:,} characters left out …]" in text


def test_what_was_shown_and_the_rest_make_the_whole():
    """A page that shows what `add` returns and then `rest` has what the log has."""
    log = OutputLog(max_text=300)
    page = "".join(
        (log.add(stream(f"{i}\n", "stdout" if i % 7 else "stderr")) or {"text": ""})["text"]
        for i in range(500)
    )
    page += "".join(o["text"] for o in log.rest)
    assert page == "".join(o["text"] for o in log.outputs)


def test_updates_and_clearing():
    """An update replaces the displays of its id; clearing forgets, at once or at the next output."""
    log = OutputLog()
    log.add(display(text_plain="before"), display_id="a")
    log.update("a", {"text/plain": "after"}, {})
    log.update("unknown", {"text/plain": "nowhere"}, {})
    assert log.outputs == (display(text_plain="after"),)
    log.clear(wait=True)
    assert len(log.outputs) == 1
    log.add(stream("next"))
    assert log.outputs == (stream("next"),)
    log.clear()
    assert log.outputs == ()


def test_huge_values_are_cut_or_named():
    """A huge repr is cut in its middle, other huge data is named instead of kept."""
    log = OutputLog(max_text=1_000, max_media=1_000)
    log.add(display(text_plain="a" + "x" * 10_000 + "b"))
    log.add(display(image_png="A" * 2_000))
    log.add(error("k" * 10_000))
    huge, picture, failure = log.outputs
    assert huge["data"]["text/plain"].startswith("ax")
    assert huge["data"]["text/plain"].endswith("xb")
    assert len(huge["data"]["text/plain"]) < 200
    assert picture["data"] == {"text/plain": "[image/png left out: too large]"}
    assert len(failure["evalue"]) < 200


def test_many_outputs_are_counted():
    """Displays beyond the bound are left out and counted; an animation that updates one display is not."""
    log = OutputLog(max_outputs=3, max_media=100)
    for i in range(5):
        log.add(display(text_plain=str(i)), display_id=f"d{i}")
    assert [o.get("text") for o in log.outputs] == [None] * 3 + ["\n[… 2 more outputs left out …]\n"]
    for i in range(50):
        log.update("d0", {"image/png": "A" * 60, "text/plain": str(i)}, {})
    assert log.outputs[0]["data"] == {"image/png": "A" * 60, "text/plain": "49"}


def test_cut_says_how_much():
    """The note tells the number of characters that are gone."""
    assert cut("abcdefghij", 10) == "abcdefghij"
    assert cut("abcdefghijk", 3) == "ab\n[… 8 characters left out …]\nk"


# ---- for the model


def test_words_of_a_model():
    """Streams, results and errors become words in order, without terminal colours."""
    traceback = (
        "\x1b[31mZeroDivisionError\x1b[39m   Traceback",
        "\x1b[32mIn[3]\x1b[39m\n----> 1 \x1b[38;5;28;01mf\x1b[39;00m()",
    )
    assert said(stream("\x1b[32mgreen\x1b[0m\n"), display(text_plain="42"), error(traceback=traceback)) == (
        "green\n42\nZeroDivisionError: division by zero\n----> 1 f()"
    )


def test_pictures_are_parts_and_never_words():
    """A figure goes as an image; its base64 is in no text."""
    figure = display(image_png="aGVsbG8=\n", text_plain="<Figure size 640x480 with 1 Axes>")
    assert parts(figure) == (Image(data="aGVsbG8=", media_type="image/png"),)
    many = parts(*[figure] * 5, max_images=2)
    assert [type(part) for part in many] == [Text, Image, Image]
    assert "3 more" in many[0].text


def test_richest_words_are_used():
    """Plain text unless it says nothing; then Markdown or LaTeX; else an honest mention."""
    assert said(display(text_plain="<IPython.core.display.Markdown object>", text_markdown="*hi*")) == "*hi*"
    assert said(display(text_plain="   a\n0  1", text_html="<table>…</table>")) == "   a\n0  1"
    assert (
        said(display(text_plain="<IPython.core.display.HTML object>", text_html="<b>x</b>"))
        == "[displayed to the user: text/html, text/plain]"
    )
    widget = {"application/vnd.jupyter.widget-view+json": {}, "text/plain": "IntSlider(value=0)"}
    assert (
        said({"output_type": "display_data", "metadata": {}, "data": widget})
        == "[interactive widget: IntSlider(value=0)]"
    )


def test_model_text_is_bounded_with_a_note():
    """Long text keeps its two ends within the bound."""
    words = said(stream("a" * 50_000 + "z"), max_chars=1_000)
    assert words.startswith("aaa")
    assert words.endswith("az")
    assert "49,001 characters left out" in words
    assert len(words) < 1_100


def test_silence_is_said():
    """A model is told that there was no output, and why."""
    assert said() == "[no output]"
    result = ToolResult(call_id="c", name="python", status="interrupted")
    assert model_parts(result) == (Text(text="[no output; interrupted]"),)


def test_returned_content_comes_first():
    """What a plain function returned stands before what it printed."""
    result = ToolResult(
        call_id="c", name="f", content=(Text(text="returned"),), outputs=(stream("printed\n"),)
    )
    assert model_parts(result) == (Text(text="returned\nprinted"),)


def test_text_that_its_maker_left_out():
    """Where a kernel kept text to itself, one note says how much is missing in all, and the end follows."""
    log = OutputLog(max_text=100)
    log.add({"output_type": "stream", "name": "stdout", "text": "a" * 95})
    log.leave_out(1_000)
    log.add({"output_type": "stream", "name": "stdout", "text": "end"})
    words = "".join(o["text"] for o in log.outputs)
    assert words == "a" * 90 + "\n[… 1,005 characters left out …]\nend"
