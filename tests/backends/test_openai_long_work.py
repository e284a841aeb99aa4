"""Long work and its cost in a real notebook: background answers, compaction, budgets, usage."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import nbformat
import pytest

from backends.openai_page import ASK, OpenAIPage, opened
from backends.responses_server import Reply, Request, plain, refusal
from backends.responses_stream import Stream

WHOLE = Stream(1).text("Let x be a number, then it follows.").completed()
BACKGROUND = f"{ASK} --background"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenAIPage]:
    folder = tmp_path_factory.mktemp("long")
    path = folder / "lesson.ipynb"
    nbformat.write(nbformat.v4.new_notebook(), path)
    with opened(folder, JPY_SESSION_NAME=str(path)) as page:
        page.kernel.run("%assistant set model openai:gpt-6-luna")
        yield page


def paths(page: OpenAIPage) -> list[str]:
    """The requests about the background response, oldest first."""
    return [f"{r.method} {r.path}" for r in page.server.requests if "/responses/resp_1" in r.path]


def test_a_background_answer_outlives_a_killed_kernel(page: OpenAIPage) -> None:
    """After kill -9 a new kernel sees that an answer waits, and fetches it by its id without asking again."""

    def resume(asked: Request) -> Reply:
        after = int(asked.query.get("starting_after", ["-1"])[0])
        return Reply([event for event in WHOLE if event["sequence_number"] > after])

    page.server.routes[r"GET /responses/resp_1"] = resume
    page.server.replies.append(Reply(WHOLE[:7], hang=True))
    cell = page.kernel.start(f"{BACKGROUND} --new\nProve it.", cell_id="proof")
    cell.until(lambda seen: "Let x be" in seen.text)
    asked = len(page.server.asked())
    os.kill(page.kernel.process, signal.SIGKILL)
    page.kernel.kill()
    page.kernel.run("%load_ext assistant_magic")
    assert "`%assistant resume` fetches it" in page.kernel.run("%assistant").text
    resumed = page.kernel.run("%assistant resume")
    assert "Let x be a number, then it follows." in resumed.text, resumed.error
    assert len(page.server.asked()) == asked, "the question was asked once"
    assert paths(page) == ["GET /responses/resp_1"]
    assert "resume" not in page.kernel.run("%assistant").text
    page.ask("And then?", Stream(2).text("That is all."), new=False)
    assert page.server.asked()[-1]["input"] == [{"role": "user", "content": "And then?"}]


def test_a_cut_in_background_work_goes_on_behind_its_last_number(page: OpenAIPage) -> None:
    """Where the kernel lives on, the stream is taken up by its sequence number, and no word comes twice."""
    whole = Stream(3).text("One two three four five.").completed()
    page.server.routes[r"GET /responses/resp_3"] = lambda asked: Reply(
        [e for e in whole if e["sequence_number"] > int(asked.query["starting_after"][0])]
    )
    page.server.replies.append(Reply(whole[:6], cut=True))
    cell = page.kernel.run(f"{BACKGROUND} --new\nCount.", cell_id="count")
    assert cell.text.count("One two") == 1
    assert "One two three four five." in cell.text
    assert page.server.requests[-1].query["starting_after"] == ["5"]


def test_stop_cancels_background_work_at_the_server(page: OpenAIPage) -> None:
    """Stop tells the server, and the cell says that what came is kept."""
    page.server.routes[r"POST /responses/resp_4/cancel"] = lambda _: plain(
        {"id": "resp_4", "status": "cancelled"}
    )
    page.server.replies.append(Reply(Stream(4).text("On and on", finished=False).events, hang=True))
    cell = page.kernel.start(f"{BACKGROUND} --new\nGo on.", cell_id="endless")
    cell.until(lambda seen: "On and on" in seen.text)
    page.kernel.interrupt()
    cell.finish()
    assert any(r.path == "/responses/resp_4/cancel" for r in page.server.requests)
    assert "On and on" in cell.text
    assert "interrupted" in cell.text + cell.error


def test_a_thread_that_the_server_shortens_says_so(page: OpenAIPage) -> None:
    """A compaction in the middle of an answer is a line on the page, and the thread goes on from it."""
    item = {"id": "cmp_1", "type": "compaction", "encrypted_content": "gAAA"}
    cell = page.ask("Long.", Stream(5).item(item).text("Shorter now."))
    assert "Earlier parts of this thread were shortened" in cell.text
    assert "Shorter now." in cell.text
    assert "Go on." in page.ask("More.", Stream(6).text("Go on."), new=False).text


def test_a_thread_that_is_too_long_is_shortened_and_asked_again(page: OpenAIPage) -> None:
    """A server that refuses the length is asked to shorten the thread, once, and the reader is told."""
    made = {"object": "response.compaction", "output": [{"type": "compaction", "encrypted_content": "gAAA"}]}
    page.server.routes["POST /responses/compact"] = lambda _: plain(made)
    page.server.replies.append(
        refusal(400, "Your input exceeds the context window of this model.", "context_length_exceeded")
    )
    cell = page.ask("Much.", Stream(7).text("It fits."))
    del page.server.routes["POST /responses/compact"]
    assert "Earlier parts of this thread were shortened" in cell.text
    assert "It fits." in cell.text


def test_a_budget_stops_before_the_next_request(page: OpenAIPage) -> None:
    """What was spent counts; the request that would exceed it is not sent, and the line says how to go on."""
    dear = Stream(8, model="gpt-6-astra").text("Done.").completed(input_tokens=1_000_000)
    page.kernel.run("%assistant new")
    page.kernel.run("%assistant set budget_thread 0.01")
    page.server.replies.append(Reply(dear))
    page.kernel.run(f"{ASK}\nDear.", cell_id="dear")
    asked = len(page.server.asked())
    cell = page.kernel.run(f"{ASK}\nAgain.", cell_id="again")
    assert len(page.server.asked()) == asked
    assert "the budget for this thread is used up" in cell.text
    assert "%assistant set" in cell.text
    usage = page.kernel.run("%assistant usage").text
    assert "1,000,000 tokens in" in usage
    assert "$" in usage
    assert "Prices of 20" in usage


def test_a_budget_that_cannot_hold_is_told(page: OpenAIPage) -> None:
    """A model without a known price has tokens and no cost, and a budget says that it cannot stop it."""
    page.kernel.run("%assistant new")
    page.kernel.run("%assistant set budget_day 5000")
    cell = page.ask("Hm.", Stream(9).text("Ah."), line="%%assistant -m openai:house-model", new=False)
    assert "the price of openai:house-model is not known" in cell.text
    usage = page.kernel.run("%assistant usage").text
    assert "10 tokens in" in usage
    assert "$" not in usage
