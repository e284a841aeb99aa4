"""A backend that writes at a pace, and one that asks for code; chosen in a cell with `-m paced:NAME`."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from typing import Any

import markup_payloads
from assistant_magic import backends
from assistant_magic.backends import TurnRequest
from assistant_magic.events import Event, ItemDone, TextDelta, TurnDone
from assistant_magic.items import File, Image, Part, ToolCall, ToolResult, assistant_message

PARAGRAPH = (
    "Paragraph {n} says that $x^2 + {n}x$ has **two** roots, and `f({n})` is one of its values.\n\n"
    "```python\nf({n})\n```\n\n- one\n- two\n\n$$\n\\int_0^{n} x\\,dx = {half}\n$$\n\n"
)
END = "The end, 끝 𝔼."


def answer_of(paragraphs: int) -> str:
    """A long answer, of about two hundred characters a paragraph."""
    said = (
        PARAGRAPH.replace("{n}", str(n)).replace("{half}", str(n * n / 2)) for n in range(1, paragraphs + 1)
    )
    return f"# A long answer\n\n{''.join(said)}{END}"


ANSWERS = {"text": answer_of(40), "slow": answer_of(40), "longest": answer_of(130)}
CODE = "import os\nprint(sum(range(10)))\nos.remove('never-there')"
FIGURE = "\n".join(
    (
        "import matplotlib.pyplot as plt",
        "import pandas as pd",
        "numbers = pd.DataFrame({'n': range(11), 'square': [n * n for n in range(11)]})",
        *(f"# step {n} of a long piece of code" for n in range(20)),
        "plt.plot(numbers.n, numbers.square)",
        "plt.show()",
        "numbers",
    )
)
LOOP = "print('busy', flush=True)\nwhile True: pass"
CODES = {"code": CODE, "loop": LOOP, "figure": FIGURE}


class PacedBackend:
    """`text` writes a long answer, `slow` for ten seconds, `longest` one of 5,000 tokens in two seconds, `code` asks to run something risky, `loop` something endless.

    `figure` draws. `sent` says what came along with the prompt, `payloads` texts that try to become live markup.
    """

    name = "paced"

    def __init__(self, **ignored: Any) -> None:
        del ignored

    async def turn(self, request: TurnRequest) -> AsyncIterator[Event]:
        """One turn."""
        last = request.items[-1]
        number = len(request.items)
        if request.model in CODES and not isinstance(last, ToolResult):
            code = CODES[request.model]
            call = ToolCall(call_id=f"call_{number}", name="python", arguments=json.dumps({"code": code}))
            yield ItemDone(part=f"call-{number}", item=call)
            yield TurnDone(items=(call,))
            return
        text = ANSWERS.get(request.model, END)
        if request.model == "figure":
            text = "Here is a figure and a table."
        elif request.model == "sent":
            text = "\n\n".join(map(described, last.content))
        elif request.model == "payloads":
            text = "\n\n".join([*markup_payloads.PAYLOADS, END])
        pause = 0.005 if request.model == "slow" else 0.001
        for at in range(0, len(text), 4):
            yield TextDelta(part=f"text-{number}", text=text[at : at + 4])
            if request.model != "longest" or at % 20 == 0:
                await asyncio.sleep(pause)
        item = assistant_message(text)
        yield ItemDone(part=f"text-{number}", item=item)
        yield TurnDone(items=(item,))

    async def close(self) -> None:
        """Nothing to release."""


def described(part: Part) -> str:
    """A part of a prompt in words."""
    if isinstance(part, File):
        return f"{part.name}: {' '.join(base64.b64decode(part.data).decode().split())}"
    return f"{part.name}: {part.media_type}, {len(part.data)} characters" if isinstance(part, Image) else ""


def load_ipython_extension(_shell: Any) -> None:
    """Make `paced:` a provider of this kernel."""
    backends._PROVIDERS["paced"] = ("page_backend", "PacedBackend")
