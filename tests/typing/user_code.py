"""Code as users write it; it must satisfy mypy --strict. Checked by tests/test_typing.py, never run."""

from collections.abc import Sequence
from typing import assert_type

from assistant_magic import Assistant, AssistantError, Run, Thread, Tool, tool
from assistant_magic.testing import RecordingExecutor, ScriptedBackend, call, memory_store


@tool
def triangle_area(a: float, b: float, c: float) -> float:
    """Area of a triangle by Heron's formula."""
    s = (a + b + c) / 2
    return float((s * (s - a) * (s - b) * (s - c)) ** 0.5)


@tool(name="lookup", description="Find a word.")
async def look_up(word: str, limit: int = 5) -> list[str]:
    return [word] * limit


def mean(values: Sequence[float]) -> float:
    """Average of numbers."""
    return sum(values) / len(values)


assert_type(triangle_area, Tool)
assert_type(look_up, Tool)

tutor = Assistant(
    "math tutor",
    instructions="You are a personal math tutor. Write and run code to answer math questions.",
    tools=[triangle_area, look_up, mean, {"type": "web_search"}],
    max_turns=5,
)
answer = tutor.ask("What's 10 - 4 raised to the 2.7")
assert_type(answer, Run)
assert_type(answer.text, str)
assert_type(answer.thread, Thread)
tutor.ask("now add 17.241", thread=answer.thread)


async def ask_beside() -> str:
    run = await tutor.aask("and times 2", thread=answer.thread)
    return run.text


def ask_or_say_why(prompt: str) -> str:
    try:
        return tutor.ask(prompt).text
    except AssistantError as error:
        return f"{error.what}: {error.cure}"


scripted = Assistant(
    backend=ScriptedBackend([call("python", code="6*7"), "42"]),
    executor=RecordingExecutor({"6*7": "42"}),
    store=memory_store(),
    approve="auto",
)
assert_type(scripted.ask("6*7?").text, str)
