"""A backend that writes one long answer at a steady rate, so that streaming can be measured through the whole path."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from pathlib import Path

from assistant_magic.backends import TurnRequest
from assistant_magic.events import Event, ItemDone, TextDelta, TurnDone
from assistant_magic.items import assistant_message

DELTAS, CHARS, RATE = 5_000, 20_000, 200
SECTION = r"""## Part %d: the quadratic formula

A quadratic equation $ax^2+bx+c=0$ has the roots below; $\Delta<0$ means that none is real.

$$
x_{1,2} = \frac{-b \pm \sqrt{b^2-4ac}}{2a}
$$

1. Compute the discriminant $\Delta = b^2 - 4ac$.
2. If it is negative, stop; otherwise take its root.
   - mind the sign of $b$
   - round only at the end

```python
def roots(a, b, c):
    d = b * b - 4 * a * c
    return () if d < 0 else ((-b - d**0.5) / (2 * a), (-b + d**0.5) / (2 * a))
```

| a | b | c | roots |
|---|---|---|---|
| 1 | 2 | 1 | $-1$ |
| 1 | 0 | -4 | $\pm 2$ |

Insert both roots into the equation to check them: the left side must vanish.

"""
PARTS = "".join(SECTION % number for number in range(1, CHARS // len(SECTION) + 1))
TEXT = (PARTS + "And so on, " * 100)[: CHARS - 1] + "."


SIZE = CHARS // DELTAS
PIECES = [TEXT[at : at + SIZE] for at in range(0, CHARS, SIZE)]


async def paced(folder: Path = Path()) -> AsyncGenerator[str, None]:
    """The text in equal deltas, each at its time; when the first and the last left stands in the file `times`."""
    start = time.perf_counter()
    began = time.time()
    for number, piece in enumerate(PIECES):
        if number == DELTAS - 1:  # the page may be too busy to be asked
            folder.joinpath("times").write_text(f"{began} {time.time()}", "utf-8")
        yield piece
        await asyncio.sleep(max(0.0, start + (number + 1) / RATE - time.perf_counter()))


class PacedBackend:
    """Satisfies `Backend`; `-m paced:text` asks it once it is registered."""

    name = "paced"

    def __init__(self, **_options: object) -> None:
        pass

    async def turn(self, request: TurnRequest) -> AsyncGenerator[Event, None]:
        """Write the answer, or one word of it for the model `word`."""
        item = assistant_message(TEXT if request.model == "text" else "Yes.")
        if request.model == "text":
            async for text in paced():
                yield TextDelta(part="answer", text=text)
        yield ItemDone(part="answer", item=item)
        yield TurnDone(items=(item,))

    async def close(self) -> None:
        """Nothing to release."""
