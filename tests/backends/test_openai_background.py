"""Background work: it goes on at the server whatever happens here."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from assistant_magic.backends import TurnRequest
from assistant_magic.events import Notice, TextDelta, TurnPending
from assistant_magic.exceptions import RequestRejectedError
from assistant_magic.items import user_message
from backends.harness import follow, request
from backends.responses_server import Reply, Request, ResponsesServer, plain, refusal, serving
from backends.responses_stream import Stream
from backends.turns import backend_for, run_turns

ASKED = request(user_message("Prove it."), settings={"background": True})
WHOLE = Stream(1).text("Let x be a number, then it follows.").completed()


def resumable(server: ResponsesServer) -> None:
    """Let the server give out the response again from any number on."""

    def resume(asked: Request) -> Reply:
        after = int(asked.query.get("starting_after", ["-1"])[0])
        return Reply([event for event in WHOLE if event["sequence_number"] > after])

    server.routes[r"GET /responses/resp_1"] = resume
    server.routes[r"POST /responses/resp_1/cancel"] = lambda _: plain({"id": "resp_1", "status": "cancelled"})


def paths(server: ResponsesServer) -> list[str]:
    return [f"{r.method} {r.path}" for r in server.requests]


def test_a_cut_is_bridged() -> None:
    """After a cut the stream is taken up behind its last number, and every word comes once."""
    with serving(Reply(WHOLE[:7], cut=True)) as server:
        resumable(server)
        [heard] = run_turns(server, ASKED)
    assert heard.error is None
    assert heard.text == "Let x be a number, then it follows."
    assert [e for e in heard.events if isinstance(e, Notice)]
    assert server.requests[-1].query["starting_after"] == ["6"]


def test_what_it_takes_to_pick_it_up_is_told_at_once() -> None:
    """As soon as the response has an id, the state to keep is announced, before any word."""
    with serving(Reply(WHOLE)) as server:
        [heard] = run_turns(server, ASKED)
    kinds = [type(e) for e in heard.events]
    assert kinds.index(TurnPending) < kinds.index(TextDelta)
    assert kinds.count(TurnPending) == 1
    assert "pending" not in heard.done.state


def test_a_new_kernel_picks_it_up() -> None:
    """With the announced state, another process reads the whole answer without asking again."""
    with serving(Reply(WHOLE[:7], cut=True)) as server:
        resumable(server)
        pending = _pending(server)
        asked = TurnRequest(
            model="test-model", items=ASKED.items, known=1, state=pending, settings=ASKED.settings
        )
        [heard] = run_turns(server, asked)
    assert heard.text == "Let x be a number, then it follows."
    assert paths(server).count("POST /responses") == 1
    assert "starting_after" not in server.requests[-1].query


def _pending(server: ResponsesServer) -> dict[str, Any]:
    """The state announced by a process that then dies, which tells the server nothing."""

    async def perform() -> dict[str, Any]:
        backend = backend_for(server)
        async for event in backend.turn(ASKED):
            if isinstance(event, TurnPending):
                # The generator is left as a dead process would leave it.
                return dict(json.loads(json.dumps(event.state)))
        raise AssertionError

    loop = asyncio.new_event_loop()
    return loop.run_until_complete(perform())


def test_work_the_server_no_longer_knows_is_asked_anew() -> None:
    """Where the response is gone, the question is asked again on a conversation that lacks it."""
    with serving(Reply(WHOLE)) as server:
        server.routes[r"GET /responses/resp_0"] = lambda _: refusal(
            404, "Response with id 'resp_0' not found."
        )
        state = {"server": server.url.split("/")[2], "conversation": "conv_0", "pending": "resp_0"}
        server.conversations["conv_0"] = [{"id": "item_1", "role": "user", "content": "Prove it."}]
        [heard] = run_turns(
            server, TurnRequest(model="m", items=ASKED.items, known=1, state=state, settings=ASKED.settings)
        )
    assert heard.text == "Let x be a number, then it follows."
    assert server.asked()[0]["conversation"] == "conv_2"


def test_work_that_the_thread_has_gone_past_is_cancelled() -> None:
    """A new prompt while old work is pending cancels that work first."""
    with serving(Reply(Stream(2).text("New.").completed())) as server:
        resumable(server)
        state = {"server": server.url.split("/")[2], "pending": "resp_1"}
        asked = request(*ASKED.items, user_message("Forget it."), known=1, state=state)
        [heard] = run_turns(server, asked)
    assert heard.text == "New."
    assert paths(server)[0] == "POST /responses/resp_1/cancel"


def test_stop_cancels_at_the_server() -> None:
    """Closing the turn tells the server to stop, because hanging up alone would not."""
    with serving(Reply(WHOLE[:7], hang=True)) as server:
        resumable(server)

        async def perform() -> None:
            backend = backend_for(server)
            events = backend.turn(ASKED)
            async for event in events:
                if isinstance(event, TextDelta):
                    break
            await events.aclose()
            await backend.close()

        asyncio.run(perform())
    assert paths(server)[-1] == "POST /responses/resp_1/cancel"


def test_cancelling_the_task_cancels_at_the_server() -> None:
    """A cancelled reader stops the work at the server too, and ends as cancelled."""
    with serving(Reply(WHOLE[:7], hang=True)) as server:
        resumable(server)

        async def perform() -> bool:
            backend = backend_for(server)
            heard = asyncio.Event()

            async def read() -> None:
                async for event in backend.turn(ASKED):
                    if isinstance(event, TextDelta):
                        heard.set()

            reading = asyncio.create_task(read())
            await heard.wait()
            reading.cancel()
            ended = (await asyncio.gather(reading, return_exceptions=True))[0]
            await backend.close()
            return isinstance(ended, asyncio.CancelledError)

        assert asyncio.run(perform())
    assert paths(server)[-1] == "POST /responses/resp_1/cancel"


def test_background_and_a_local_thread_exclude_each_other() -> None:
    """Background work is kept by the server; a thread that is to stay here says so instead of leaking."""
    with serving() as server:
        [heard] = run_turns(
            server, request(user_message("x"), settings={"background": True, "store": "local"})
        )
    assert isinstance(heard.error, RequestRejectedError)
    assert server.requests == []


def test_the_next_turn_goes_on_after_background_work() -> None:
    """The conversation of finished background work is used by the next turn."""
    with serving(Reply(WHOLE), Reply(Stream(2).text("QED.").completed())) as server:
        run_turns(server, ASKED, lambda a, h: follow(a, h, user_message("And so?")))
    assert [body["conversation"] for body in server.asked()] == ["conv_1", "conv_1"]
