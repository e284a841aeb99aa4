"""What `from module import *` binds, read without importing anything."""

from __future__ import annotations

import ast
import sys
from importlib.util import find_spec
from pathlib import Path

__all__ = ["exported"]


def exported(module: str) -> frozenset[str] | None:
    """What `from module import *` binds, or None where reading does not tell."""
    loaded = sys.modules.get(module)
    if loaded is not None:
        public = vars(loaded).get("__all__")
        return frozenset(public if public is not None else (n for n in vars(loaded) if not n.startswith("_")))
    return _declared(module)


def _declared(module: str) -> frozenset[str] | None:
    spec = find_spec(module) if "." not in module else None
    if spec is None or not spec.has_location or not spec.origin or not spec.origin.endswith(".py"):
        return None
    for node in ast.parse(Path(spec.origin).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and any(
            isinstance(t, ast.Name) and t.id == "__all__" for t in node.targets
        ):
            try:
                return frozenset(ast.literal_eval(node.value))
            except ValueError:
                return None
    return None
