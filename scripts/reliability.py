"""Write docs/reliability.md: cause every fault the tests know, and note what a reader sees."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

HEAD = """# What happens when something goes wrong

Each row is caused by a test (tests/backends/openai_faults.py) that runs the genuine client against a server on
this machine; `python scripts/reliability.py` writes the table from what it sees. SERVER stands for the
address of the server.

Whatever happens, the thread can go on: the prompt and everything that was received are in it, every tool call
has a result, and the next prompt is asked on a conversation that holds exactly what the thread holds. A request
is tried again only before the first byte of its answer, at most twice; in a conversation the words of the
reader are never sent a second time.

"""


def main() -> None:
    from backends.openai_faults import table

    (ROOT / "docs" / "reliability.md").write_text(HEAD + table() + "\n")


if __name__ == "__main__":
    main()
