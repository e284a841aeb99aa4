"""What a warm offline turn adds to running the same code as a plain cell, seen from the front end.

Forty questions in one kernel, each in a cell of its own, against the tutor's code for them in plain cells; from sending the cell until
the front end knows that it has ended.
"""

from __future__ import annotations

import json

from figures import Figure, median, percentile
from page import open_notebook, timed

TURNS = 40
QUESTION = "%%assistant\nWhat's 10 - {} raised to the 2.7"
CODE = """
import json
from assistant_magic.items import ToolCall
print(json.dumps([json.loads(item.arguments)["code"] for item in answer.items if isinstance(item, ToolCall)]))
"""


def measure() -> list[Figure]:
    """The 95th percentile on top of the plain cell."""
    with open_notebook() as kernel:
        kernel.run("%load_ext assistant_magic")
        kernel.run(QUESTION.format(2).replace("%%assistant", "%%assistant -o answer"), cell_id="warm")
        (code,) = json.loads(kernel.run(CODE).text)
        timed(kernel, code)
        plain = [timed(kernel, code) for _ in range(TURNS)]
        turns = [timed(kernel, QUESTION.format(n + 2), f"cell-{n}") for n in range(TURNS)]
    base = median(plain)
    return [
        Figure(
            what="a warm offline turn on top of its code as a plain cell, 95th percentile",
            ours=(percentile(turns, 0.95) - base) * 1000,
            unit="ms",
            aim=50,
            beside=[("the plain cell itself", base * 1000)],
        ),
        Figure(what="the same, median", ours=(median(turns) - base) * 1000, unit="ms"),
    ]
