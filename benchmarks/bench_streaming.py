"""What streaming an answer costs: messages, bytes and kernel CPU, beside updating a Markdown display per token.

20,000 characters arrive in 5,000 deltas at 200 a second in a real kernel. Run with `python benchmarks/bench_streaming.py`.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import Any

from jupyter_client.manager import start_new_kernel

DELTAS, CHARS, RATE = 5_000, 20_000, 200
LIMITS = {"messages": 600, "megabytes": 0.6, "cpu": 1.0}

SECTION = r"""## Section %d: the quadratic formula

A quadratic equation $ax^2+bx+c=0$ has the roots given below; $\Delta<0$ means that none is real, so test `d < 0` first.

$$
x_{1,2} = \frac{-b \pm \sqrt{b^2-4ac}}{2a}
$$

1. Compute the discriminant \(\Delta = b^2 - 4ac\).
2. If it is negative, stop. Otherwise take its root.
   - mind the sign of $b$
   - round only at the end

```python
import math

def roots(a, b, c):
    d = b * b - 4 * a * c
    return () if d < 0 else ((-b - math.sqrt(d)) / (2 * a), (-b + math.sqrt(d)) / (2 * a))
```

| a | b | c | roots |
|---|---|---|---|
| 1 | 2 | 1 | $-1$ |
| 1 | 0 | -4 | $\pm 2$ |

Insert both roots into the equation to check them: the left side must vanish. Most mistakes are made with the sign in
front of the root and with the factor two below the line, which divides the whole of it and not only its second part.

"""
TEXT = "".join(SECTION % n for n in range(40))[:CHARS].rstrip().ljust(CHARS, ".")

SETUP = f"""
import asyncio, json, time
text = json.loads({json.dumps(json.dumps(TEXT))})
step = len(text) // {DELTAS}

async def stream(take):
    start, cpu = time.perf_counter(), time.process_time()
    for n in range({DELTAS}):
        take(text[n * step : (n + 1) * step])
        wait = start + (n + 1) / {RATE} - time.perf_counter()
        if wait > 0:
            await asyncio.sleep(wait)
    return cpu

def report(cpu):
    print("CPU", time.process_time() - cpu)
"""

METHODS = {
    "nothing shown": "report(await stream(lambda words: None))",
    "assistant_magic": """
from assistant_magic.events import ItemDone, RunDone, RunStarted, TextDelta
from assistant_magic.items import assistant_message
from assistant_magic.views.inline import InlineView
view = InlineView()
view.handle(RunStarted(run_id="run_0123456789ab", thread_id="thread_0123456789ab", model="offline:tutor", prompt=""))
cpu = await stream(lambda words: view.handle(TextDelta(part="p", text=words)))
view.handle(ItemDone(part="p", item=assistant_message(text)))
view.handle(RunDone(run_id="run_0123456789ab", status="completed"))
report(cpu)
""",
    "a Markdown display updated per token": """
from IPython.display import Markdown, display
so_far, handle = "", display(Markdown(""), display_id=True)
def take(words):
    global so_far
    so_far += words
    handle.update(Markdown(so_far))
report(await stream(take))
""",
}


@dataclass
class Cost:
    """What one method took."""

    messages: int = 0
    megabytes: float = 0.0
    cpu: float = 0.0
    outputs: int = 0
    characters: int = 0


def measure(client: Any, code: str) -> Cost:
    """Run one method and count what arrives on iopub."""
    request = client.execute(code)
    cost = Cost()
    displays: dict[str, str] = {}
    while True:
        message = client.get_iopub_msg(timeout=120)
        if message["parent_header"].get("msg_id") != request:
            continue
        kind, content = message["msg_type"], message["content"]
        if kind == "error":
            raise RuntimeError("\n".join(content["traceback"]))
        if kind == "stream" and content["text"].startswith("CPU"):
            cost.cpu = float(content["text"].split()[1])
        elif kind in ("display_data", "update_display_data"):
            displays[content["transient"]["display_id"]] = content["data"].get("text/markdown", "")
        cost.messages += 1
        frames = [message[part] for part in ("header", "parent_header", "metadata", "content")]
        cost.megabytes += sum(len(json.dumps(frame, default=str)) for frame in frames) / 1e6
        if kind == "status" and content["execution_state"] == "idle":
            break
    cost.outputs = len(displays)
    cost.characters = sum(len("".join(words.split())) for words in displays.values())
    return cost


def main() -> int:
    """Print the table; 1 when a limit is passed."""
    manager, client = start_new_kernel()
    try:
        measure(client, SETUP)
        costs = {name: measure(client, code) for name, code in METHODS.items()}
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    print(f"{CHARS:,} characters in {DELTAS:,} deltas at {RATE}/s, one real kernel\n")
    print("| method | iopub messages | MB | kernel CPU s | outputs | characters seen |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for name, cost in costs.items():
        figures = f"{cost.messages:,} | {cost.megabytes:.2f} | {cost.cpu:.2f} | {cost.outputs} | {cost.characters:,}"
        print(f"| {name} | {figures} |")
    ours = costs["assistant_magic"]
    over = [name for name, limit in LIMITS.items() if getattr(ours, name) > limit]
    print("\nwithin the limits" if not over else f"\nover the limit: {', '.join(over)}", LIMITS)
    return bool(over)


if __name__ == "__main__":
    sys.exit(main())
