"""Options that lead to a server, as a person sets them in a notebook, and what never leaves it."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator

import pytest

from backends.harness import SECRET
from backends.openai_page import ASK, OpenAIPage, opened
from backends.responses_server import Reply, refusal, serving
from backends.responses_stream import Stream

LOGGED = """
import io, logging
heard = io.StringIO()
logging.getLogger().addHandler(logging.StreamHandler(heard))
logging.getLogger().setLevel(logging.DEBUG)
"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenAIPage]:
    with opened(tmp_path_factory.mktemp("options")) as page:
        yield page


def test_base_url_leads_this_thread_elsewhere(page: OpenAIPage) -> None:
    """`%assistant set base_url` holds for the thread, above the environment, and `default` takes it back."""
    page.kernel.run("%assistant new")
    with serving(Reply(Stream(1).text("From elsewhere.").completed())) as other:
        page.kernel.run(f"%assistant set base_url {other.url}")
        assert "From elsewhere." in page.ask("Who?", new=False).text
        assert len(other.asked()) == 1
    page.kernel.run("%assistant set base_url default")
    assert "From home." in page.ask("And now?", Stream(2).text("From home."), new=False).text
    told = json.dumps(page.server.conversations, ensure_ascii=False)
    assert "From elsewhere." in told, "the thread moved with all that was said"


def test_an_address_that_is_none_is_one_line(page: OpenAIPage) -> None:
    """An address without its beginning says how to write one."""
    page.kernel.run("%assistant new")
    page.kernel.run("%assistant set base_url localhost:11434/v1")
    cell = page.ask("Hello?", new=False)
    page.kernel.run("%assistant set base_url default")
    assert "Write it whole, as in http://localhost:11434/v1" in cell.text
    assert len(cell.outputs[-1]["traceback"]) == 1


def test_an_address_with_a_password_is_not_taken(page: OpenAIPage) -> None:
    """Neither the option nor the environment shows or keeps what stands before the @ of an address."""
    refused = page.kernel.run("%assistant set base_url http://bob:hunter2@127.0.0.1:9/v1")
    assert "base_url holds a name or a password. Set OPENAI_BASE_URL before Jupyter starts." in refused.text
    page.kernel.run("import os; was = os.environ['OPENAI_BASE_URL']")
    page.kernel.run("os.environ['OPENAI_BASE_URL'] = 'htp://bob:' + 'hunter2'[:] + '@127.0.0.1:9/v1'")
    wrong = page.kernel.run("from assistant_magic import Assistant; Assistant(model='openai:m').ask('?')")
    page.kernel.run("os.environ['OPENAI_BASE_URL'] = was")
    assert "base_url is 'htp://…@127.0.0.1:9/v1', which is no address" in wrong.text
    assert "hunter2" not in refused.text + wrong.text + page.kernel.run("%assistant set base_url").text


def test_a_new_thread_keeps_what_was_set(page: OpenAIPage) -> None:
    """A budget, or that nothing is kept at the server, does not end with the thread that it was set in."""
    page.kernel.run("%assistant set store local")
    page.ask("Hello?", Stream(8).text("Hi."))
    [body] = page.server.asked()[-1:]
    page.kernel.run("%assistant set store default")
    assert (body["store"], "conversation" in body) == (False, False)


def test_timeout_gives_a_silent_server_up(page: OpenAIPage) -> None:
    """`%assistant set timeout` is the time without a byte after which a request is given up."""
    page.kernel.run("%assistant new")
    with socket.create_server(("127.0.0.1", 0)) as silent:
        page.kernel.run(f"%assistant set base_url http://127.0.0.1:{silent.getsockname()[1]}/v1")
        page.kernel.run("%assistant set timeout 0.3")
        cell = page.ask("Hello?", new=False)
    for option in ("base_url", "timeout"):
        page.kernel.run(f"%assistant set {option} default")
    assert "did not answer in time" in cell.text
    assert "Ask again" in cell.text


def test_no_log_holds_the_key_or_its_beginning(page: OpenAIPage) -> None:
    """With every logger at its loudest, and a server that repeats the key, no log and no page has it."""
    page.kernel.run(LOGGED)
    page.server.replies.append(refusal(401, f"Incorrect API key provided: {SECRET}.", "invalid_api_key"))
    refused = page.ask("Hello?")
    page.server.replies.append(Reply(Stream(3).text("I stop", finished=False).events, cut=True))
    cut = page.ask("Again?")
    logs = page.kernel.run(
        "logging.getLogger().handlers.pop(); logging.getLogger().setLevel(30); heard.getvalue()"
    )
    assert "/responses" in logs.text, "the loggers were heard"
    for cell in (refused, cut, logs):
        assert SECRET not in json.dumps(cell.messages, default=str)
    assert "the words so far" not in refused.error
    assert "I stop" in cut.text


def test_who_is_asked_first_is_told_once(page: OpenAIPage) -> None:
    """A notebook without a model says which one answers because a key is there, and how to change it."""
    first = page.ask("Hello?", Stream(4).text("Hi."), line="%%assistant")
    assert "no model is set, so openai:gpt-6-luna answers, as a key is there" in first.text.replace("`", "")
    second = page.ask("Hello?", Stream(5).text("Hi."), line="%%assistant", new=False)
    assert "no model is set" not in second.text


def test_two_kernels_never_write_one_thread_at_once(page: OpenAIPage) -> None:
    """While one kernel answers, another one that asks on the same thread is told so, and nothing is sent."""
    stream = Stream(6).text("Slowly", finished=False).events
    page.server.replies.append(Reply(stream, hang=True))
    going = page.kernel.start(f"{ASK} --new\nSlowly.", cell_id="slow").until(
        lambda cell: "Slowly" in cell.text
    )
    asked = len(page.server.asked())
    with page.beside() as other:
        other.run("%load_ext assistant_magic")
        cell = other.run(f"{ASK} -t Slowly.\nMe too!")
    assert "ThreadBusyError" in cell.text, cell.text
    assert len(page.server.asked()) == asked
    page.kernel.interrupt()
    going.finish()
