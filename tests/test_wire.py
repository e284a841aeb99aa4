"""What kernel and page say to each other has one source."""

from __future__ import annotations

import runpy
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_the_typescript_types_are_those_of_python() -> None:
    """`labextension/src/view/messages.ts` is what scripts/wire.py makes of the Python classes today."""
    wire = runpy.run_path(str(ROOT / "scripts" / "wire.py"))
    assert wire["TARGET"].read_text(encoding="utf-8") == wire["source"](), "run: python scripts/wire.py"
