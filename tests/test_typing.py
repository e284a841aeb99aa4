"""What users get from a type checker."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def test_user_code_type_checks() -> None:
    """Code written against the public names satisfies mypy --strict."""
    command = [sys.executable, "-m", "mypy", "--no-error-summary", "tests/typing/user_code.py"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
