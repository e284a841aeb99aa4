"""A run as a list of events, with every kind of thing a page must show."""

import json

from assistant_magic.events import (
    HostedToolDelta,
    ItemDone,
    Notice,
    ReasoningDelta,
    RunDone,
    RunStarted,
    TextDelta,
    ToolDone,
    ToolOutput,
    ToolStarted,
    TurnDone,
    TurnStarted,
)
from assistant_magic.items import (
    Citation,
    HostedToolCall,
    Message,
    Reasoning,
    Text,
    ToolCall,
    ToolResult,
    Usage,
    assistant_message,
)

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
CODE = "import sympy as sp\nsp.factor(x**2 - 5*x + 6)"
ANSWER = r"""The roots of \(x^2-5x+6=0\) are **2** and **3**, because

$$
x_{1,2} = \frac{5 \pm \sqrt{25-24}}{2}
$$

| root | check |
|---|---|
| 2 | $4-10+6=0$ |
| 3 | $9-15+6=0$ |

```python
sp.factor(x**2 - 5*x + 6)
```

It is <b>easy</b> if `a < b`, as the book says."""
FINAL = Message(
    role="assistant",
    content=(Text(text=ANSWER),),
    citations=(
        Citation(kind="url", title="The book", url="https://book.example/q", start=0, end=len(ANSWER) - 1),
    ),
)


def call(call_id, name, **arguments):
    """A tool call."""
    return ToolCall(call_id=call_id, name=name, arguments=json.dumps(arguments))


def started(run_id="run_1"):
    """How a run begins."""
    return [
        RunStarted(run_id=run_id, thread_id="thread_1", model="offline:tutor", prompt="?"),
        TurnStarted(number=1),
    ]


def answered(text, size=7, part="p"):
    """A message in deltas, then whole."""
    deltas = [TextDelta(part=part, text=text[i : i + size]) for i in range(0, len(text), size)]
    return [*deltas, ItemDone(part=part, item=assistant_message(text))]


def ended(status="completed", reason=""):
    """How a run ends."""
    return [
        RunDone(
            run_id="run_1",
            status=status,
            reason=reason,
            usage=Usage(input_tokens=9, output_tokens=4),
            seconds=1.5,
        )
    ]


PYTHON = call("c1", "python", code=CODE)
PYTHON_RESULT = ToolResult(
    call_id="c1",
    name="python",
    executor="isolated",
    seconds=0.412,
    outputs=(
        {"output_type": "stream", "name": "stdout", "text": "factoring\n"},
        {
            "output_type": "display_data",
            "data": {"image/png": PIXEL, "text/plain": "<Figure>", "text/html": "<script>alert(1)</script>"},
            "metadata": {},
        },
    ),
)
ADD = call("c2", "add", a=1, b=[2, 3])
ADD_RESULT = ToolResult(call_id="c2", name="add", content=(Text(text="6"),), seconds=0.0021)
BROKEN = call("c3", "python", code="1/0")
BROKEN_RESULT = ToolResult(
    call_id="c3",
    name="python",
    status="error",
    executor="live",
    seconds=0.01,
    outputs=(
        {"output_type": "error", "ename": "ZeroDivisionError", "evalue": "division by zero", "traceback": []},
    ),
)
REFUSED = call("c4", "python", code="import os\nos.remove('x')")
REFUSED_RESULT = ToolResult(
    call_id="c4", name="python", status="refused", content=(Text(text="You said no."),)
)
SEARCH = HostedToolCall(call_id="h1", name="web_search", input="quadratic formula")
HOSTED = HostedToolCall(
    call_id="h2",
    name="code_interpreter",
    input="print('far away')",
    outputs=({"output_type": "stream", "name": "stdout", "text": "far away\n"},),
)

RICH = [
    *started(),
    Notice(text="Filled {n} with `3`."),
    ReasoningDelta(part="r", text="Hm"),
    ItemDone(part="r", item=Reasoning(text="**Plan**\n\nFactor it.")),
    ItemDone(part="s", item=SEARCH),
    HostedToolDelta(part="h", name="code_interpreter", text="print('far"),
    ItemDone(part="h", item=HOSTED),
    *answered("Let me compute.", part="first"),
    ItemDone(part="c1", item=PYTHON),
    TurnDone(items=(PYTHON,)),
    ToolStarted(call=PYTHON, executor="isolated"),
    *(ToolOutput(call_id="c1", output=output) for output in PYTHON_RESULT.outputs),
    ToolDone(call=PYTHON, result=PYTHON_RESULT),
    ToolStarted(call=ADD),
    ToolDone(call=ADD, result=ADD_RESULT),
    ToolStarted(call=BROKEN, executor="live"),
    ToolOutput(call_id="c3", output=BROKEN_RESULT.outputs[0], shown=True),
    ToolDone(call=BROKEN, result=BROKEN_RESULT),
    ToolDone(call=REFUSED, result=REFUSED_RESULT),
    TurnStarted(number=2),
    *answered(ANSWER)[:-1],
    ItemDone(part="p", item=FINAL),
    TurnDone(items=(FINAL,)),
    *ended(),
]
