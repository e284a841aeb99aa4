"""What every backend must do, whatever stands behind it.

A test module in this folder subclasses `BackendConformance`, names it `Test…` and gives a fixture `harness`::

    from backends.conformance import BackendConformance
    from backends.harness import Sent, Turn

    class TestMine(BackendConformance):
        @pytest.fixture
        def harness(self):
            with MyServer() as server:
                yield MyHarness(server)

The harness plays the model: `script` prepares what it answers next, `sent` tells what it was asked. A
backend that cannot be scripted (the offline tutor) leaves abilities out of `can` and returns from `script`
a prompt that leads it to a turn of the wanted kind; the exact words are then not compared.
"""

from __future__ import annotations

import asyncio
import json

import pytest

from assistant_magic.codec import Value
from assistant_magic.events import ItemDone, ReasoningDelta, TextDelta, ToolCallDelta, TurnDone
from assistant_magic.exceptions import StreamInterruptedError
from assistant_magic.items import (
    Image,
    Message,
    Reasoning,
    ToolCall,
    ToolResult,
    Usage,
    assistant_message,
    user_message,
)
from backends.harness import (
    FAULTS,
    PIXEL,
    SECRET,
    UNICODE,
    Call,
    Harness,
    Heard,
    Turn,
    ask,
    follow,
    listen,
    needs,
    python_call,
    python_result,
    request,
)


class BackendConformance:
    """The suite."""

    @pytest.fixture
    def harness(self) -> Harness:
        """Given by the subclass."""
        raise NotImplementedError

    def test_text_streams_and_ends_as_one_message(self, harness: Harness) -> None:
        """The words of the deltas, of the announced item and of the turn's item are the same."""
        words = "".join(f"word {n} " for n in range(40))
        prompt = harness.script(Turn(text=words))
        [heard] = ask(harness, request(user_message(prompt)))
        assert heard.error is None
        [message] = [item for item in heard.done.items if isinstance(item, Message)]
        assert message.role == "assistant"
        assert heard.text == message.text
        assert heard.done.finish == "stop"
        if "script" in harness.can:
            assert message.text == words
            assert len([e for e in heard.events if isinstance(e, TextDelta)]) > 1

    def test_the_turn_ends_with_exactly_one_turn_done(self, harness: Harness) -> None:
        """`TurnDone` comes once, last, and holds exactly the items that were announced."""
        prompt = harness.script(Turn(text="An answer."))
        [heard] = ask(harness, request(user_message(prompt)))
        assert [type(e) for e in heard.events].count(TurnDone) == 1
        assert list(heard.done.items) == heard.items

    def test_events_survive_json(self, harness: Harness) -> None:
        """Every event, the items and the state in them included, is plain JSON and comes back equal."""
        prompt = harness.script(Turn(text="An answer."))
        [heard] = ask(harness, request(user_message(prompt)))
        for event in heard.events:
            assert Value.from_json(json.loads(json.dumps(event.to_json()))) == event

    def test_deltas_belong_to_the_part_that_supersedes_them(self, harness: Harness) -> None:
        """Every delta's part is announced as done later, under the same name, and never grows after."""
        prompt = harness.script(Turn(text="Let me see.", calls=(python_call(1),)))
        [heard] = ask(harness, request(user_message(prompt)))
        over: set[str] = set()
        open_parts: set[str] = set()
        for event in heard.events:
            if isinstance(event, TextDelta | ReasoningDelta | ToolCallDelta):
                assert event.part not in over
                open_parts.add(event.part)
            elif isinstance(event, ItemDone):
                assert event.part not in over
                over.add(event.part)
        assert open_parts <= over

    def test_a_tool_call_arrives_whole(self, harness: Harness) -> None:
        """A call has the model's id, name and arguments as it wrote them, and the turn asks for a result."""
        prompt = harness.script(Turn(calls=(python_call(1),)))
        [heard] = ask(harness, request(user_message(prompt)))
        [call] = [item for item in heard.done.items if isinstance(item, ToolCall)]
        assert call.name == "python"
        assert "code" in json.loads(call.arguments)
        if "script" in harness.can:
            assert (call.call_id, call.arguments) == ("call_1", python_call(1).arguments)

    def test_parallel_calls_keep_their_order(self, harness: Harness) -> None:
        """Three calls of one turn come in the order in which the model made them."""
        needs(harness, "script", "parallel")
        prompt = harness.script(Turn(calls=(python_call(1), python_call(2), python_call(3))))
        [heard] = ask(harness, request(user_message(prompt)))
        calls = [item for item in heard.done.items if isinstance(item, ToolCall)]
        assert [call.call_id for call in calls] == ["call_1", "call_2", "call_3"]
        assert [call.arguments for call in calls] == [python_call(n).arguments for n in (1, 2, 3)]

    def test_results_of_all_calls_go_back_in_one_request_in_order(self, harness: Harness) -> None:
        """The turn after two calls carries both results, in the order of the calls, and nothing twice."""
        needs(harness, "script", "parallel")
        prompt = harness.script(Turn(calls=(python_call(1), python_call(2))), Turn(text="Both are done."))
        first = request(user_message(prompt))

        async def perform() -> Heard:
            backend = harness.backend()
            called = await listen(backend, first)
            answered = await listen(
                backend, follow(first, called, python_result(1, "one"), python_result(2, "two"))
            )
            await backend.close()
            return answered

        answered = asyncio.run(perform())
        assert answered.error is None
        assert answered.text == "Both are done."
        assert harness.sent()[-1].results == (("call_1", "one"), ("call_2", "two"))
        assert harness.sent()[-1].texts.count(prompt) <= 1

    def test_a_thread_goes_on_from_stored_state(self, harness: Harness) -> None:
        """A new backend, given items and state from a store, goes on without repeating itself."""
        prompt = harness.script(Turn(text="First answer."), Turn(text="Second answer."))
        first = request(user_message(prompt))
        [heard] = ask(harness, first)
        [again] = ask(harness, follow(first, heard, user_message(prompt)))
        assert again.error is None
        assert again.text
        if "script" in harness.can:
            assert again.text == "Second answer."
            assert harness.sent()[-1].texts[-1] == prompt

    def test_a_thread_from_elsewhere_is_replayed(self, harness: Harness) -> None:
        """Without a state, what another backend said, called and got is handed over in order."""
        needs(harness, "script")
        harness.script(Turn(text="I see all of it."))
        call = ToolCall(
            call_id="call_9", name="python", arguments='{"code": "6*7"}', provider_data={"other": {"id": "x"}}
        )
        history = (
            user_message("six times seven?"),
            call,
            python_result(9, "42"),
            assistant_message("It is 42."),
        )
        [heard] = ask(harness, request(*history, user_message("and once more?")))
        assert heard.error is None
        assert heard.text == "I see all of it."

    @pytest.mark.parametrize("fault", [name for name in FAULTS if name != "cut"])
    def test_faults_are_typed_and_have_a_cure(self, harness: Harness, fault: str) -> None:
        """A provider's refusal is one typed error of one line, with a cure and without the key."""
        needs(harness, fault)
        prompt = harness.script(Turn(fault=fault))
        [heard] = ask(harness, request(user_message(prompt)))
        assert isinstance(heard.error, FAULTS[fault]), heard
        assert heard.error.cure
        assert "\n" not in str(heard.error)
        assert SECRET not in str(heard.error)
        assert not heard.items

    def test_a_cut_keeps_what_was_received(self, harness: Harness) -> None:
        """When the connection breaks, the words so far are announced as an item before the error."""
        needs(harness, "script", "cut")
        prompt = harness.script(Turn(text="Half of the ans", fault="cut"))
        [heard] = ask(harness, request(user_message(prompt)))
        assert isinstance(heard.error, StreamInterruptedError)
        [message] = heard.items
        assert isinstance(message, Message)
        assert message.text == "Half of the ans"
        assert not [e for e in heard.events if isinstance(e, TurnDone)]

    def test_a_thread_goes_on_after_a_cut(self, harness: Harness) -> None:
        """After a broken answer the next prompt is answered, and the model hears each prompt at most once."""
        needs(harness, "script", "cut")
        harness.script(Turn(text="Half of the ans", fault="cut"), Turn(text="Whole again."))

        async def perform() -> Heard:
            backend = harness.backend()
            first = request(user_message("the first prompt"))
            broken = await listen(backend, first)
            heard = await listen(
                backend, request(*first.items, *broken.items, user_message("the second prompt"))
            )
            await backend.close()
            return heard

        heard = asyncio.run(perform())
        assert heard.error is None
        assert heard.text == "Whole again."
        assert harness.sent()[-1].texts.count("the first prompt") <= 1

    def test_leaving_closes_the_stream(self, harness: Harness) -> None:
        """Closing the generator after the first words closes the provider's stream at once."""
        needs(harness, "script", "hang")
        prompt = harness.script(Turn(text="I go on and on", hang=True))

        async def perform() -> bool:
            backend = harness.backend()
            events = backend.turn(request(user_message(prompt)))
            async for event in events:
                if isinstance(event, TextDelta):
                    break
            await events.aclose()
            left = await asyncio.to_thread(harness.left, 5.0)
            await backend.close()
            return left

        assert asyncio.run(perform())

    def test_cancelling_the_reader_closes_the_stream(self, harness: Harness) -> None:
        """A task that is cancelled while it waits for words ends as cancelled and leaves no open stream."""
        needs(harness, "script", "hang")
        prompt = harness.script(Turn(text="I go on and on", hang=True))

        async def perform() -> bool:
            backend = harness.backend()
            heard = asyncio.Event()

            async def read() -> None:
                async for event in backend.turn(request(user_message(prompt))):
                    if isinstance(event, TextDelta):
                        heard.set()

            reader = asyncio.create_task(read())
            await asyncio.wait_for(heard.wait(), 10)
            reader.cancel()
            with pytest.raises(asyncio.CancelledError):
                await reader
            left = await asyncio.to_thread(harness.left, 5.0)
            await backend.close()
            return left

        assert asyncio.run(perform())

    def test_unicode_passes_unchanged(self, harness: Harness) -> None:
        """Any text goes to the model and comes back character by character, in arguments too."""
        needs(harness, "script")
        call = Call(
            call_id="call_1", name="python", arguments=json.dumps({"code": UNICODE}, ensure_ascii=False)
        )
        harness.script(Turn(text=UNICODE, calls=(call,)))
        [heard] = ask(harness, request(user_message(UNICODE)))
        assert heard.text == UNICODE
        [called] = [item for item in heard.done.items if isinstance(item, ToolCall)]
        assert json.loads(called.arguments) == {"code": UNICODE}
        assert harness.sent()[-1].texts[-1] == UNICODE

    def test_pictures_reach_the_model(self, harness: Harness) -> None:
        """A picture of the user and a figure that a tool drew are both seen by the model."""
        needs(harness, "script", "images")
        harness.script(Turn(calls=(python_call(1),)), Turn(text="Two dots."))
        first = request(user_message("look", Image(data=PIXEL, name="dot.png")))
        figure = {
            "output_type": "display_data",
            "data": {"image/png": PIXEL, "text/plain": "<Figure>"},
            "metadata": {},
        }

        async def perform() -> Heard:
            backend = harness.backend()
            called = await listen(backend, first)
            drawn = ToolResult(call_id="call_1", name="python", outputs=(figure,))
            heard = await listen(backend, follow(first, called, drawn))
            await backend.close()
            return heard

        assert asyncio.run(perform()).text == "Two dots."
        assert PIXEL in harness.sent()[0].images
        assert PIXEL in harness.sent()[-1].images

    def test_it_works_without_tools(self, harness: Harness) -> None:
        """With no tool available none is offered, and text still comes."""
        needs(harness, "script")
        prompt = harness.script(Turn(text="Only words."))
        [heard] = ask(harness, request(user_message(prompt), tools=()))
        assert heard.text == "Only words."
        assert harness.sent()[-1].tools == ()

    def test_the_model_hears_instructions_and_tools(self, harness: Harness) -> None:
        """The standing text and the tools' names are part of every request."""
        needs(harness, "script")
        prompt = harness.script(Turn(text="Yes."))
        ask(harness, request(user_message(prompt), instructions="You teach mathematics."))
        assert "You teach mathematics." in harness.sent()[-1].instructions
        assert harness.sent()[-1].tools == ("python",)

    def test_reasoning_comes_as_an_item_before_the_answer(self, harness: Harness) -> None:
        """What the model shows of its thinking is an item of its own and no part of the answer."""
        needs(harness, "script", "reasoning")
        prompt = harness.script(Turn(reasoning="First I add.", text="It is 4."))
        [heard] = ask(harness, request(user_message(prompt)))
        thought, said = heard.done.items
        assert isinstance(thought, Reasoning)
        assert thought.text == "First I add."
        assert isinstance(said, Message)
        assert said.text == "It is 4."

    def test_usage_is_reported(self, harness: Harness) -> None:
        """Tokens are counted as the provider counted them; the price of an unknown model is not made up."""
        needs(harness, "script", "usage")
        prompt = harness.script(Turn(text="Yes.", usage=Usage(input_tokens=12, output_tokens=3)))
        [heard] = ask(harness, request(user_message(prompt)))
        assert (heard.done.usage.input_tokens, heard.done.usage.output_tokens) == (12, 3)
        assert heard.done.usage.cost is None

    def test_no_secret_is_in_any_event(self, harness: Harness) -> None:
        """The key is in no event, item or state."""
        prompt = harness.script(Turn(text="An answer."))
        [heard] = ask(harness, request(user_message(prompt)))
        assert SECRET not in json.dumps([event.to_json() for event in heard.events])
