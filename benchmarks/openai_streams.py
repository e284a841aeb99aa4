"""What it costs to receive an answer of OpenAI's in a kernel: CPU per token, the first word, memory.

The same stream from a server in another process, received by `Assistant.aask` (run, store and all; nothing shown) and by the bare iterator of
the SDK, turn by turn in one kernel. The first word: from its leaving the server until a front end has it on the page.
"""

from __future__ import annotations

import json
import time
from typing import Any

import psutil
from figures import Figure, median
from openai_server import streaming_server
from page import open_notebook

from notebook_kernel import Cell, NotebookKernel

DELTAS, ROUNDS = 10_000, 5
SETUP = """
%load_ext assistant_magic
import os, tracemalloc
os.environ["OPENAI_BASE_URL"], os.environ["OPENAI_API_KEY"] = {url!r}, "none"
import openai
from assistant_magic import Assistant
client = openai.AsyncOpenAI()
asker = Assistant(python=False)
async def ours(model):
    return len((await asker.aask("Go on.", model="openai:" + model)).text)
async def bare(model):
    stream, words = await client.responses.create(model=model, input="Go on.", store=False, stream=True), []
    async for event in stream:
        if event.type == "response.output_text.delta":
            words.append(event.delta)
    return len("".join(words))
"""
MEMORY = """
import json
tracemalloc.start()
length = await {way}("stream-50000-20")
print(json.dumps([length, tracemalloc.get_traced_memory()[1] / 1e6]))
tracemalloc.stop()
"""


def measure() -> list[Figure]:
    """CPU, latency and memory."""
    with streaming_server() as (url, times), open_notebook() as kernel:
        kernel.run(SETUP.format(url=url))
        for way in ("ours", "bare"):
            _cpu(kernel, way)
        rounds = [(_cpu(kernel, "ours"), _cpu(kernel, "bare")) for _ in range(ROUNDS)]
        ours, bare = (median(column) for column in zip(*rounds, strict=True))
        memory = {way: _memory(kernel, way) for way in ("ours", "bare")}
        first = median(_first_word(kernel, times) for _ in range(ROUNDS))
    per_token = 1e6 / DELTAS
    return [
        Figure(what="CPU over the bare SDK's", ours=ours / bare, unit="times", aim=1.5),
        Figure(what="CPU per streamed token", ours=ours * per_token, unit="µs", beside=[("the SDK's iterator", bare * per_token)]),
        Figure(what="first word, from the wire to the page", ours=first * 1000, unit="ms", aim=50),
        Figure(what="peak memory for an answer of 1 MB", ours=memory["ours"], unit="MB", beside=[("the SDK's iterator", memory["bare"])]),
    ]  # fmt: skip


def _cpu(kernel: NotebookKernel, way: str) -> float:
    process = psutil.Process(kernel.process)
    before = process.cpu_times()
    cell = _checked(kernel.run(f"print(await {way}('stream-{DELTAS}-4'))"))
    after = process.cpu_times()
    assert int(cell.text) == DELTAS * 4
    return after.user + after.system - before.user - before.system


def _memory(kernel: NotebookKernel, way: str) -> float:
    length, peak = json.loads(_checked(kernel.run(MEMORY.format(way=way))).text)
    assert length == 1_000_000
    return float(peak)


def _first_word(kernel: NotebookKernel, times: Any) -> float:
    began = time.monotonic()
    cell = kernel.start("%%assistant -m openai:stream-200-4\nGo on.")
    cell.until(lambda page: "word" in page.text)
    seen = time.monotonic()
    _checked(cell.finish())
    left = float(times.readline())
    while left < began:
        left = float(times.readline())
    return seen - left


def _checked(cell: Cell) -> Cell:
    if cell.error:
        raise RuntimeError(f"{cell.source}\n{cell.text}\n{cell.error}")
    return cell
