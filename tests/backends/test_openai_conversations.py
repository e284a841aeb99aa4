"""Where a thread lives: a conversation that always holds what our branch holds, or only here."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from assistant_magic.backends import TurnRequest
from assistant_magic.events import Notice
from assistant_magic.items import (
    HostedToolCall,
    Image,
    Item,
    Message,
    Reasoning,
    ToolCall,
    ToolResult,
    assistant_message,
    user_message,
)
from backends.harness import PIXEL, follow, python_result, request
from backends.responses_server import Reply, ResponsesServer, refusal, serving
from backends.responses_stream import Stream
from backends.turns import run_turns, then

FIRST = request(user_message("What is 2 + 2?"))


def answers(*texts: str) -> list[Reply]:
    return [Reply(Stream(number).text(text).completed()) for number, text in enumerate(texts, start=1)]


def words(server: ResponsesServer, conversation: str) -> list[str]:
    """What a conversation holds, said in words."""
    return [_words(item) for item in server.conversations[conversation]]


def _words(item: dict[str, Any]) -> str:
    content = item.get("content", item.get("output", ""))
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


def test_only_what_is_new_is_sent() -> None:
    """The second turn names the conversation of the first and sends the new prompt alone."""
    with serving(*answers("4", "8")) as server:
        heard = run_turns(server, FIRST, then(user_message("And twice that?")))
    first, second = server.asked()
    assert first["conversation"] == second["conversation"] == "conv_1"
    assert second["input"] == [{"role": "user", "content": "And twice that?"}]
    assert [h.text for h in heard] == ["4", "8"]
    assert "store" not in first
    assert len(server.asked("/conversations")) == 1


def test_a_new_process_looks_before_it_goes_on() -> None:
    """After a restart the conversation is compared once; where it is as we left it, it is used."""
    with serving(*answers("4", "8")) as server:
        [heard] = run_turns(server, FIRST)
        run_turns(server, follow(FIRST, heard, user_message("And twice that?")))
    looked = [r for r in server.requests if r.method == "GET"]
    assert len(looked) == 1
    assert server.asked()[1]["conversation"] == "conv_1"
    assert len(server.asked()[1]["input"]) == 1


def test_a_conversation_that_went_on_without_us_is_not_trusted() -> None:
    """Where somebody else added to the conversation, a new one is made from our items."""
    with serving(*answers("4", "8")) as server:
        [heard] = run_turns(server, FIRST)
        server.conversations["conv_1"].append(
            {"id": "msg_x", "type": "message", "role": "user", "content": "!"}
        )
        run_turns(server, follow(FIRST, heard, user_message("And twice that?")))
    assert server.asked()[1]["conversation"] == "conv_2"
    assert words(server, "conv_2") == ["What is 2 + 2?", "4", "And twice that?", "8"]


def test_a_lost_answer_does_not_repeat_the_question() -> None:
    """When the server finished an answer that never reached us, the next prompt goes to a fresh conversation."""
    with serving(*answers("4")) as server:
        whole = Stream(2).text("The answer is eight.").completed()
        server.replies.append(Reply(whole[:6], cut=True))
        server.replies += answers("It is 8.")

        def lost(asked: TurnRequest, heard: Any) -> TurnRequest:
            return follow(asked, heard, user_message("And twice that?"))

        def again(asked: TurnRequest, heard: Any) -> TurnRequest:
            # The server went on after the cut, and its conversation holds what we never saw.
            server.conversations["conv_1"] += [
                {"id": "item_9", "role": "user", "content": "And twice that?"},
                whole[-1]["response"]["output"][0],
            ]
            return replace(asked, items=(*asked.items, *heard.items, user_message("Once more.")))

        heard = run_turns(server, FIRST, lost, again)
    assert heard[-1].text == "It is 8."
    assert words(server, "conv_2").count("And twice that?") == 1


def test_another_branch_gets_its_own_conversation() -> None:
    """A branch whose conversation went on elsewhere starts a new one with the items of the branch."""
    with serving(*answers("4", "8")) as server:
        [heard] = run_turns(server, FIRST)
        run_turns(server, replace(follow(FIRST, heard, user_message("And half of it?")), stale=True))
    assert words(server, "conv_2") == ["What is 2 + 2?", "4", "And half of it?", "8"]


def test_a_conversation_that_is_gone_is_made_again() -> None:
    """A deleted conversation is rebuilt in batches of twenty, oldest first, and the reader is told."""
    history: list[Item] = []
    for number in range(30):
        history += [user_message(f"question {number}"), assistant_message(f"answer {number}")]
    state = {"server": "", "conversation": "conv_gone"}
    with serving(*answers("done")) as server:
        state["server"] = server.url.split("/")[2]
        asked = request(*history, user_message("last"), known=len(history), state=state)
        [heard] = run_turns(server, asked)
    assert heard.text == "done"
    assert [len(body["items"]) for body in server.asked("/conversations")] == [20]
    assert [len(body["items"]) for body in server.asked("/conversations/conv_1/items")] == [20, 20]
    expected = [text for n in range(30) for text in (f"question {n}", f"answer {n}")]
    assert words(server, "conv_1") == [*expected, "last", "done"]


def test_a_conversation_that_vanishes_between_two_turns_is_made_again() -> None:
    """The server forgets the conversation while we trust it: one notice, and the answer comes."""
    with serving(*answers("4", "8")) as server:

        def forgotten(asked: TurnRequest, heard: Any) -> TurnRequest:
            del server.conversations["conv_1"]
            server.conversations["conv_other"] = []
            return follow(asked, heard, user_message("And twice that?"))

        heard = run_turns(server, FIRST, forgotten)[1]
    assert heard.text == "8"
    assert len([e for e in heard.events if isinstance(e, Notice)]) == 1
    assert words(server, "conv_2") == ["What is 2 + 2?", "4", "And twice that?", "8"]


def test_an_existing_conversation_can_be_opened() -> None:
    """A conversation of somebody else's is continued with what asks for an answer, and kept to."""
    asked = request(user_message("Go on."), settings={"conversation": "conv_mine"})
    with serving(*answers("Gladly.", "Yes.")) as server:
        server.conversations["conv_mine"] = [{"id": "msg_0", "role": "user", "content": "Earlier."}]
        run_turns(server, asked, then(user_message("Really?")))
    assert words(server, "conv_mine") == ["Earlier.", "Go on.", "Gladly.", "Really?", "Yes."]
    assert server.asked("/conversations") == []


def test_a_retry_does_not_repeat_the_prompt() -> None:
    """After a fault of the server the prompt is sent again, but to a conversation that certainly lacks it."""
    with serving(answers("4")[0], refusal(500, "Oops"), answers("8")[0]) as server:

        def kept(asked: TurnRequest, heard: Any) -> TurnRequest:
            # The server kept the prompt although it answered with a fault.
            server.conversations["conv_1"].append({"id": "item_7", "role": "user", "content": "Twice?"})
            return follow(asked, heard, user_message("Twice?"))

        server.routes["POST /responses"] = _keeping_on_fault(server, kept_at=1)
        heard = run_turns(server, FIRST, lambda a, h: follow(a, h, user_message("Twice?")))
    assert heard[1].text == "8"
    used = server.asked()[-1]["conversation"]
    assert words(server, used).count("Twice?") == 1


def _keeping_on_fault(server: ResponsesServer, kept_at: int) -> Any:
    count = iter(range(100))

    def respond(asked: Any) -> Reply:
        if next(count) == kept_at:
            server.conversations[asked.json["conversation"]].append(
                {"id": "item_7", "role": "user", "content": "Twice?"}
            )
        return server._respond(asked)

    return respond


def test_calls_left_open_by_a_crash_are_answered() -> None:
    """A call without a result gets an honest one before the next prompt, in the conversation and without it."""
    call = Reply(Stream(1).call("call_1", "python", "{}").call("call_2", "python", "{}").completed())
    for conversations in (True, False):
        with serving(call, *answers("ok"), conversations=conversations) as server:
            run_turns(server, FIRST, then(python_result(2, "two"), user_message("Never mind.")))
        sent = [
            (i.get("type", i.get("role")), i.get("call_id"), i.get("output"))
            for i in server.asked()[1]["input"]
        ]
        assert sent[-3:] == [
            ("function_call_output", "call_1", "No result: the call was interrupted."),
            ("function_call_output", "call_2", "two"),
            ("user", None, None),
        ]


def test_a_local_thread_is_replayed_in_the_servers_own_words() -> None:
    """`store = local`: nothing is stored, ids, phase and encrypted reasoning go back unchanged, in order."""
    first = replace(FIRST, settings={"store": "local"})
    turn = Stream(1).reasoning("Add.", encrypted="gAAAA").text("Let me see.", phase="commentary")
    turn.call("call_1", "python", '{"code": "2+2"}')
    with serving(Reply(turn.completed()), *answers("4")) as server:
        heard = run_turns(server, first, then(python_result(1, "4")))
    one, two = server.asked()
    assert one["store"] is two["store"] is False
    assert "conversation" not in one
    assert one["include"] == ["reasoning.encrypted_content"]
    assert server.asked("/conversations") == []
    user, thought, said, call, result = two["input"]
    assert user == {"role": "user", "content": "What is 2 + 2?"}
    assert thought["encrypted_content"] == "gAAAA"
    assert thought["id"] == heard[0].done.items[0].provider_data["openai"]["item"]["id"]
    assert (said["phase"], said["content"][0]["text"]) == ("commentary", "Let me see.")
    assert (call["call_id"], call["arguments"]) == ("call_1", '{"code": "2+2"}')
    assert result == {"type": "function_call_output", "call_id": "call_1", "output": "4"}


def test_a_server_without_conversations_is_asked_once() -> None:
    """Where `/conversations` is unknown, the thread stays local without asking again."""
    with serving(*answers("4", "8"), conversations=False) as server:
        run_turns(server, FIRST, then(user_message("And twice that?")))
    assert len(server.asked("/conversations")) == 1
    assert [len(body["input"]) for body in server.asked()] == [1, 3]


def test_another_providers_items_are_told_in_plain_words() -> None:
    """What another backend or server produced goes over as plain messages and calls, without foreign ids."""
    foreign = {"openai": {"origin": "elsewhere:1234", "item": {"id": "rs_9", "type": "reasoning"}}}
    items = (
        user_message("Draw."),
        Reasoning(text="hm", provider_data=foreign),
        HostedToolCall(
            call_id="ci_1",
            name="code_interpreter",
            input="plot()",
            outputs=({"output_type": "stream", "name": "stdout", "text": "done"},),
            provider_data=foreign,
        ),
        Message(role="assistant", content=assistant_message("Drawn.").content, provider_data=foreign),
        user_message("Again."),
    )
    with serving(*answers("ok"), conversations=False) as server:
        run_turns(server, request(*items))
    sent = server.asked()[0]["input"]
    assert [item["role"] for item in sent] == ["user", "assistant", "assistant", "user"]
    assert sent[1]["content"] == "[code_interpreter]\nplot()\n\n[gave]\ndone"
    assert "elsewhere" not in str(sent)
    assert "rs_9" not in str(sent)


def test_a_thread_moves_to_another_server_in_mid_course() -> None:
    """A conversation's id is not taken along to another server; the thread is told anew there."""
    with serving(*answers("4")) as here, serving(*answers("8")) as there:
        [heard] = run_turns(here, FIRST)
        run_turns(there, follow(FIRST, heard, user_message("And twice that?")))
    assert there.requests[0].path == "/conversations"
    assert words(there, "conv_1") == ["What is 2 + 2?", "4", "And twice that?", "8"]


def test_a_partial_answer_is_part_of_the_history() -> None:
    """After a cut the words that came are told to the server in the next request."""
    half = Stream(1).text("It is f", finished=False).events
    with serving(Reply(half, cut=True), *answers("It is 4."), conversations=False) as server:
        broken = run_turns(server, FIRST)[0]
        run_turns(server, request(*FIRST.items, *broken.items, user_message("Go on.")))
    assert [i["content"] for i in server.asked()[1]["input"]] == ["What is 2 + 2?", "It is f", "Go on."]


@pytest.mark.parametrize("conversations", [True, False])
def test_figures_of_tools_go_back_as_pictures(conversations: bool) -> None:
    """A figure in a tool's outputs is an input image inside the result of its call."""
    figure = {"output_type": "display_data", "data": {"image/png": PIXEL}, "metadata": {}}
    call = Reply(Stream(1).call("call_1", "python", "{}").completed())
    result = ToolResult(call_id="call_1", name="python", outputs=(figure,))
    with serving(call, *answers("ok"), conversations=conversations) as server:
        run_turns(server, FIRST, then(result))
    [output] = [i["output"] for i in server.asked()[1]["input"] if i.get("type") == "function_call_output"]
    assert {"type": "input_image", "image_url": f"data:image/png;base64,{PIXEL}", "detail": "auto"} in output


def test_pictures_of_the_user_go_along() -> None:
    """An attached picture is an input image beside the words."""
    with serving(*answers("ok")) as server:
        run_turns(server, request(user_message("Look.", Image(data=PIXEL))))
    [message] = server.asked()[0]["input"]
    assert [part["type"] for part in message["content"]] == ["input_text", "input_image"]


def test_calls_with_the_same_id_in_every_turn_keep_their_own_results() -> None:
    """Some servers count calls from one in each turn; each result stays with its own call."""
    items: list[Item] = []
    for number in (1, 2):
        call = ToolCall(call_id="call_0", name="python", arguments=f'{{"n": {number}}}')
        result = ToolResult(call_id="call_0", name="python", content=user_message(f"result {number}").content)
        items += [user_message(f"q{number}"), call, result, assistant_message(f"a{number}")]
    with serving(*answers("ok"), conversations=False) as server:
        run_turns(server, request(*items, user_message("end")))
    sent = [i.get("output") or i.get("arguments") or i["content"] for i in server.asked()[0]["input"]]
    assert sent == ["q1", '{"n": 1}', "result 1", "a1", "q2", '{"n": 2}', "result 2", "a2", "end"]


def test_a_server_that_wants_words_gets_figures_behind_them() -> None:
    """Where a tool's result may only be text, its figure follows in a message, and the turn goes on in silence."""
    figure = {"output_type": "display_data", "data": {"image/png": PIXEL}, "metadata": {}}
    call = Reply(Stream(1).call("call_1", "python", "{}").completed())
    said = (
        "json: cannot unmarshal array into Go struct field ResponsesFunctionCallOutput.output of type string"
    )
    result = ToolResult(call_id="call_1", name="python", outputs=(figure,))
    with serving(call, refusal(400, said), *answers("ok"), conversations=False) as server:
        heard = run_turns(server, FIRST, then(result))[1]
    assert heard.text == "ok"
    output, pictures = server.asked()[2]["input"][-2:]
    assert isinstance(output["output"], str)
    assert pictures["role"] == "user"
    assert pictures["content"][1]["image_url"].endswith(PIXEL)
