"""Marks the offline tutor on ../shared/tutoring: right, wrong, declined by topic, how quick, and docs/tutor-report.md."""

from __future__ import annotations

import asyncio
import collections
import contextlib
import io
import json
import os
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from tutor_scoring import declined, headline, right, values

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
os.environ.setdefault("MPLBACKEND", "agg")

from assistant_magic.backends import ToolDefinition, TurnRequest  # noqa: E402  # after the path is set
from assistant_magic.backends.offline import OfflineBackend  # noqa: E402  # after the path is set
from assistant_magic.events import TurnDone  # noqa: E402  # after the path is set
from assistant_magic.items import Item, Message, ToolCall, ToolResult, user_message  # noqa: E402  # after the path is set
from assistant_magic.tutor.read import Context, read  # noqa: E402  # after the path is set
from tutor import promises  # noqa: E402  # after the path is set

DATA = Path(os.environ.get("TUTORING_DATA", ROOT.parent / "shared" / "tutoring"))
PYTHON = ToolDefinition(name="python", description="Run Python.", parameters={"type": "object"})


class Pupil:
    """Asks the backend as a run would; code runs in a namespace of this process."""

    def __init__(self) -> None:
        self._backend = OfflineBackend(provider="offline")
        self._items: list[Item] = []
        self._state: dict[str, Any] = {}
        self._known = 0
        self.code: list[str] = []
        self.seconds: list[float] = []
        self.reading: list[float] = []

    def ask(self, text: str) -> str:
        """One prompt to its answer, with the state through JSON."""
        self._items.append(user_message(text))
        self.reading.append(_seconds_to_read(text))
        began, said = time.perf_counter(), []
        for _ in range(5):
            try:
                done = asyncio.run(self._turn())
            except Exception as error:  # noqa: BLE001  # a crash is a miss; the report goes on and shows it
                return f"The code crashed: {type(error).__name__}: {error}"
            said += [item.text for item in done.items if isinstance(item, Message)]
            calls = [item for item in done.items if isinstance(item, ToolCall)]
            if not calls:
                break
            self._items += [self._result(call) for call in calls]
        self.seconds.append(time.perf_counter() - began)
        return "\n\n".join(said)

    async def _turn(self) -> TurnDone:
        request = TurnRequest(
            model="tutor", items=tuple(self._items), known=self._known, state=self._state, tools=(PYTHON,)
        )
        async for event in self._backend.turn(request):
            if isinstance(event, TurnDone):
                self._items += event.items
                self._state = json.loads(json.dumps(event.state))
                self._known = len(self._items)
                return event
        raise AssertionError("a turn must end in TurnDone")

    def _result(self, call: ToolCall) -> ToolResult:
        code = json.loads(call.arguments)["code"]
        self.code.append(code)
        printed = io.StringIO()
        outputs: list[dict[str, Any]] = []
        with contextlib.redirect_stdout(printed):
            try:
                exec(compile(code, "<tutor>", "exec"), {"__name__": "kernel"})  # the code is the tutor's own
            except Exception as error:  # noqa: BLE001  # an error of the code is data
                outputs.append(
                    {
                        "output_type": "error",
                        "ename": type(error).__name__,
                        "evalue": str(error),
                        "traceback": [],
                    }
                )
        if printed.getvalue():
            outputs.insert(0, {"output_type": "stream", "name": "stdout", "text": printed.getvalue()})
        status = "error" if outputs and outputs[-1]["output_type"] == "error" else "ok"
        return ToolResult(call_id=call.call_id, name="python", status=status, outputs=tuple(outputs))


class Clock:
    """How long readings and whole turns took."""

    def __init__(self) -> None:
        self._reading: list[float] = []
        self._turns: list[float] = []

    def add(self, pupil: Pupil) -> None:
        """Note what one pupil's turns took."""
        self._reading += pupil.reading
        self._turns += pupil.seconds

    def lines(self) -> list[str]:
        """Median and 95 % of both, in milliseconds."""
        return [
            f"Reading a text: {_spread(self._reading)} (aim: 50 ms).",
            "",
            f"A warm turn, its code included: {_spread(self._turns)} (aim: 300 ms).",
        ]


def _spread(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    middle, slow = statistics.median(ordered) * 1000, ordered[int(len(ordered) * 0.95)] * 1000
    return f"median {middle:.0f} ms, 95 % within {slow:.0f} ms"


def _seconds_to_read(text: str) -> float:
    """How long it takes to understand a text alone; the second time, so that no word is looked up for the first."""
    read(text, Context())
    start = time.perf_counter()
    read(text, Context())
    return time.perf_counter() - start


def mark(item: dict[str, Any], text: str, code: list[str]) -> str:  # one line per kind
    """`right`, `wrong` or `declined`."""
    kind = item["kind"]
    refused = declined(text)
    if kind == "decline":
        return "right" if refused else "wrong"
    if kind in {"statement", "chat"}:
        return "right" if not values(text) or kind == "statement" else "wrong"
    if kind == "set_problem":
        return "right" if "?" in text and not refused else "declined"
    if refused or text.startswith("The code"):
        return "declined"
    if kind == "hint":
        shown = headline(text)
        return "wrong" if _reveals(item, text, shown) else "right"
    if kind == "check_answer":
        word = headline(text).lstrip("*$ ").lower()
        said = (
            "correct"
            if word.startswith(("yes", "correct"))
            else "wrong"
            if word.startswith(("no", "not "))
            else ""
        )
        return "right" if said == item["answer"] else "wrong"
    if kind == "plot":
        return "right" if _plotted(item, code) else "wrong"
    if kind == "explain":
        return (
            "right"
            if any(right(item | {"answer": item["answer"]}, part) for part in text.split("\n\n"))
            else "wrong"
        )
    return "right" if right(item, text) else "wrong"


def _reveals(item: dict[str, Any], text: str, shown: str) -> bool:
    answers = item["answer"] if isinstance(item["answer"], list) else [item["answer"]]
    return any(
        str(a) in shown.split() or right({"check": "equivalent", "answer": str(a)}, text) for a in answers
    )


def _plotted(item: dict[str, Any], code: list[str]) -> bool:
    """Whether the drawn line is the wanted function, over the wanted range."""
    import matplotlib as mpl
    import numpy as np
    import sympy as sp

    mpl.use("agg")
    from matplotlib import pyplot as plt

    want = item["answer"]
    lower, upper = (float(sp.sympify(end)) for end in want["range"])
    f = sp.lambdify(sp.Symbol(want["var"]), sp.sympify(want["expr"]), "numpy")
    exec(code[-1] if code else "", {})  # our own code
    lines = [line for axes in plt.gcf().axes for line in axes.lines]
    plt.close("all")
    if not lines:
        return False
    at, y = (np.asarray(values, dtype=float) for values in lines[0].get_data())
    with np.errstate(all="ignore"):
        wanted = f(at.astype(complex)) * np.ones_like(at)
    drawn = np.isfinite(y)
    return (
        bool(np.allclose([at[0], at[-1]], [lower, upper]))
        and drawn.sum() > 0.9 * (abs(wanted.imag) < 1e-9).sum()
        and bool(np.allclose(y[drawn], wanted[drawn]))
    )


def table(marks: dict[str, collections.Counter[str]]) -> list[str]:
    """Lines of a Markdown table, one topic each."""
    lines = ["| topic | right | wrong | declined |", "| --- | ---: | ---: | ---: |"]
    total: collections.Counter[str] = collections.Counter()
    for topic, counts in marks.items():
        total += counts
        lines.append(f"| {topic} | {counts['right']} | {counts['wrong']} | {counts['declined']} |")
    n = sum(total.values())
    share = {k: f"{total[k]} ({100 * total[k] / n:.1f} %)" for k in ("right", "wrong", "declined")}
    lines.append(f"| **all {n}** | **{share['right']}** | **{share['wrong']}** | **{share['declined']}** |")
    return lines


def single(verbose: bool, clock: Clock) -> dict[str, collections.Counter[str]]:
    """The single questions."""
    marks: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for line in (DATA / "dev.jsonl").read_text(encoding="utf-8").splitlines():
        item = json.loads(line)
        pupil = Pupil()
        text = pupil.ask(item["question"])
        clock.add(pupil)
        verdict = mark(item, text, pupil.code)
        marks[item["topic"]][verdict] += 1
        if verbose and verdict != "right":
            print(
                f"{verdict:9}{item['id']} {item['question']!r} want {item['answer']}\n            {headline(text)[:200]}"
            )
    return marks


def threads(verbose: bool, clock: Clock) -> dict[str, collections.Counter[str]]:
    """The conversations, turn by turn."""
    marks: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    for line in (DATA / "dev_threads.jsonl").read_text(encoding="utf-8").splitlines():
        thread = json.loads(line)
        pupil = Pupil()
        for turn in thread["turns"]:
            text = pupil.ask(turn["user"])
            verdict = mark(turn, text, pupil.code)
            marks[thread["topic"]][verdict] += 1
            if verbose and verdict != "right":
                print(
                    f"{verdict:9}{thread['id']} {turn['kind']} {turn['user']!r} want {turn['answer']}\n            {headline(text)[:200]}"
                )
        clock.add(pupil)
    return marks


def main() -> int:
    """Print the report and write it to docs/."""
    if not DATA.exists():
        print(f"no questions at {DATA}; set TUTORING_DATA to their folder")
        return 1
    verbose = "-v" in sys.argv
    Pupil().ask("solve x^2 = 4")
    lines, clock = ["# The offline tutor on questions as pupils type them", ""], Clock()
    for title, run in (("Single questions", single), ("Conversations, turn by turn", threads)):
        lines += [f"## {title}", "", *table(run(verbose, clock)), ""]
    lines += ["## Promises kept", "", *promises.lines(), "", "## Speed", "", *clock.lines()]
    print("\n".join(lines))
    if "--dry" not in sys.argv:
        (ROOT / "docs").mkdir(exist_ok=True)
        (ROOT / "docs" / "tutor-report.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
