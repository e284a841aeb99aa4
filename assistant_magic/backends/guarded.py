"""A backend that keeps an answer to itself while a pupil is to find it, whoever words the text.

What the inner backend says is buffered while the lesson is closed and shown only when it gives nothing away. Text
that does is held back and asked for once more with the reason; then the ladder of hints speaks in its place.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from assistant_magic.backends import Backend, TurnRequest
from assistant_magic.events import Event, ItemDone, ReasoningDelta, TextDelta, TurnDone, TurnPending
from assistant_magic.items import (
    HostedToolCall,
    Item,
    Message,
    Reasoning,
    Text,
    ToolCall,
    ToolResult,
    Usage,
    assistant_message,
)

if TYPE_CHECKING:
    from assistant_magic.tutor.lesson import Lesson, Reveal
    from assistant_magic.tutor.reveal import Secret

SAFE_TOOLS = frozenset(
    {"check_answer", "check_step", "diagnose", "next_hint", "progress", "quiz", "worked_example"}
)
"""Tools whose results hold no answer; the others are not offered while the lesson is closed."""

_REPLAYED = 30
"""So many items of a thread are gone through where no lesson is kept with it."""


@dataclass(frozen=True)
class _Turn:
    """A turn of the inner backend, received and not shown."""

    events: tuple[Event, ...]
    done: TurnDone


class GuardedBackend:
    """Satisfies `Backend`; see the module.

    Args:
        inner: Performs the turns. The offline tutor is replaced by the rules of the lesson while it is closed.
        reveal: When an answer may be said: `always`, `never` or `after_attempts(3)`.
    """

    def __init__(self, inner: Backend, reveal: str) -> None:
        from assistant_magic.tutor.lesson import Reveal

        self.inner = inner
        self.name = f"guarded-{inner.name}"
        self._reveal: Reveal = Reveal.parse(reveal)

    async def turn(self, request: TurnRequest) -> AsyncGenerator[Event, None]:
        """Ask the inner backend once, or twice where its first text gives the answer away."""
        import asyncio

        lesson = await asyncio.to_thread(_lesson_of, request)
        own = replace(request, state=request.state.get("inner", {}))
        own = own if own.state else replace(own, known=0)
        if self.inner.name == "offline":
            async for event in self._offline(own, lesson):
                yield event
            return
        secrets = await asyncio.to_thread(lesson.secrets, self._reveal)
        if not secrets:
            async with aclosing(self.inner.turn(own)) as events:
                async for event in events:
                    yield _with_state(event, lesson)
            return
        usage = Usage()
        for guarded in _asked(own, lesson, secrets):
            turn = await self._received(guarded)
            usage += turn.done.usage
            if not await asyncio.to_thread(_gives_away, turn, secrets, guarded):
                for event in turn.events:
                    yield event
                yield _with_state(replace(turn.done, usage=usage), lesson)
                return
        said = await asyncio.to_thread(lesson.reply, secrets)
        for event in _shown(*said, usage, len(request.items)):
            yield event

    async def _offline(self, request: TurnRequest, lesson: Lesson) -> AsyncGenerator[Event, None]:
        """The offline tutor computes only what it is asked, so that earlier lessons cannot slip out.

        What it cannot read it declines in words of its own, which are better than those of the ladder.
        """
        import asyncio

        last = request.items[-1]
        text = last.text if isinstance(last, Message) else ""
        fresh = bool(text) and lesson.question in text
        closed = lesson.is_closed(self._reveal) and (lesson.problem is not None or fresh)
        marked = bool(text) and lesson.verdict is not None
        turn = await self._received(request) if closed and lesson.problem is None and not marked else None
        if turn is not None and not any(isinstance(item, ToolCall) for item in turn.done.items):
            for event in turn.events:
                yield event
            yield _with_state(turn.done, lesson)
        elif closed or marked or await asyncio.to_thread(_wants_the_answer, lesson, text, fresh):
            said = await asyncio.to_thread(self._ladder, lesson, text)
            for event in _shown(*said, Usage(), len(request.items)):
                yield event
        else:
            async with aclosing(self.inner.turn(request)) as events:
                async for event in events:
                    yield _with_state(event, lesson)

    def _ladder(self, lesson: Lesson, text: str) -> tuple[str, Lesson]:
        """What the rules say: a hint, or the way to the answer once it is open."""
        from assistant_magic.tutor.phrases import phrase

        if lesson.verdict is None and not lesson.is_closed(self._reveal):
            return lesson.told()
        said, after = lesson.reply(lesson.secrets(self._reveal))
        may_ask = not lesson.solved and not lesson.is_closed(self._reveal) and bool(text)
        return (f"{said}\n\n{phrase('hint', 'may_ask')}" if may_ask else said), after

    async def close(self) -> None:
        """Close the inner backend."""
        await self.inner.close()

    async def _received(self, request: TurnRequest) -> _Turn:
        events: list[Event] = []
        async with aclosing(self.inner.turn(request)) as turn:
            async for event in turn:
                if isinstance(event, TurnDone):
                    return _Turn(tuple(events), event)
                if not isinstance(event, ReasoningDelta | TurnPending):
                    events.append(event)
        raise AssertionError("a turn ends with TurnDone")


def guarded(backend: Backend, reveal: str) -> Backend:
    """The backend, guarded unless answers may always be said."""
    return backend if reveal == "always" else GuardedBackend(backend, reveal)


def _lesson_of(request: TurnRequest) -> Lesson:
    from assistant_magic.tutor.lesson import Lesson

    saved = request.state.get("lesson")
    if saved is None:  # another model answered so far, or the rule is new
        lesson = Lesson()
        for item in request.items[:-1][-_REPLAYED:]:
            lesson = _after(lesson, item)
    else:
        lesson = Lesson.from_json(saved)
    last = request.items[-1] if request.items else None
    if isinstance(last, ToolResult):
        for result in _latest_results(request.items):
            lesson = _after(lesson, result)
        return lesson
    return lesson if last is None else _after(lesson, last)


def _after(lesson: Lesson, item: Item) -> Lesson:
    """The lesson after one item of the thread."""
    if isinstance(item, Message) and item.role == "user":
        unseen = any(not isinstance(part, Text) for part in item.content)
        return lesson.heard(item.text, unseen=unseen)
    problem = _given(item) if isinstance(item, ToolResult) else ""
    return lesson.heard(problem) if problem else lesson


def _latest_results(items: Sequence[Item]) -> Sequence[ToolResult]:
    found: list[ToolResult] = []
    for item in reversed(items):
        if not isinstance(item, ToolResult):
            break
        found.append(item)
    return found[::-1]


def _given(result: ToolResult) -> str:
    """The problem that the tool `quiz` has given: it is open like those that a pupil brings."""
    if result.name != "quiz" or result.status != "ok":
        return ""
    text = "".join(part.text for part in result.content if isinstance(part, Text))
    with suppress(ValueError, AttributeError):
        return str(json.loads(text).get("problem", ""))
    return ""


def _asked(request: TurnRequest, lesson: Lesson, secrets: Sequence[Secret]) -> Sequence[TurnRequest]:
    """The request with the rules of the lesson, and the same with the reason why its first answer was held."""
    from assistant_magic.tutor.phrases import phrase

    verdict = phrase("guard", "verdict", message=lesson.verdict.message) if lesson.verdict else ""
    kind = "unread_instructions" if any(secret.kind == "unread" for secret in secrets) else "instructions"
    problems = "\n".join(secret.question for secret in secrets)
    rules = phrase("guard", kind, problem=problems, verdict=verdict).strip()
    tools = [tool for tool in request.tools if tool.name in SAFE_TOOLS]
    texts = [f"{request.instructions}\n\n{rules}".strip()]
    texts.append(f"{texts[0]}\n\n{phrase('guard', 'held')}")
    return [replace(request, instructions=text, tools=tools, hosted=()) for text in texts]


def _gives_away(turn: _Turn, secrets: Sequence[Secret], request: TurnRequest) -> bool:
    from assistant_magic.tutor.reveal import gives_away

    offered = {tool.name for tool in request.tools}
    if any(isinstance(item, ToolCall) and item.name not in offered for item in turn.done.items):
        return True
    texts = [*_texts(turn), *_results(turn)]
    return any(gives_away(text, secret) for text in texts for secret in secrets)


def _results(turn: _Turn) -> Sequence[str]:
    """What the teaching tools will answer. They are pure, so it can be known before the calls are let through."""
    from assistant_magic.tutor.toolkit import answered

    calls = [item for item in turn.done.items if isinstance(item, ToolCall) and item.name in SAFE_TOOLS]
    return [answered(call.name, call.arguments) for call in calls]


def _texts(turn: _Turn) -> Sequence[str]:
    """Everything of a turn that a reader could see; deltas are joined as a page joins them."""
    found: dict[str, str] = {}
    for event in turn.events:
        if isinstance(event, ItemDone) or not hasattr(event, "text"):
            continue
        key = event.part if isinstance(event, TextDelta) else f"{event.type}/{getattr(event, 'part', '')}"
        found[key] = found.get(key, "") + str(event.text)
    texts = list(found.values())
    for item in (*turn.done.items, *(e.item for e in turn.events if isinstance(e, ItemDone))):
        if isinstance(item, Message):
            texts.append(item.text)
            texts += [citation.title for citation in item.citations]
        elif isinstance(item, Reasoning):
            texts.append(item.text)
        elif isinstance(item, ToolCall):
            texts.append(item.arguments)
        elif isinstance(item, HostedToolCall):
            texts.append(f"{item.input}\n{list(item.outputs)}")
    return texts


def _with_state(event: Event, lesson: Lesson) -> Event:
    """The inner backend's state beside the lesson."""
    if not isinstance(event, TurnDone | TurnPending):
        return event
    state: dict[str, Any] = {"lesson": lesson.to_json(), "inner": dict(event.state)}
    return replace(event, state=state)


def _wants_the_answer(lesson: Lesson, text: str, fresh: bool) -> bool:
    """The open problem was tried often enough, and the pupil speaks about it still."""
    from assistant_magic.tutor.questions import is_talk

    tried = lesson.problem is not None and not lesson.solved and lesson.counted > 0
    return tried and not fresh and bool(text) and not is_talk(text)


def _shown(text: str, lesson: Lesson, usage: Usage, number: int) -> Sequence[Event]:
    """Words of the rules as a turn. The inner backend forgets its state: what it said was never shown."""
    part, item = f"lesson-{number}", assistant_message(text)
    done = TurnDone(items=(item,), usage=usage, state={"lesson": lesson.to_json(), "inner": {}})
    return [TextDelta(part=part, text=text), ItemDone(part=part, item=item), done]
