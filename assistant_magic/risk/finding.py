"""What the risk screen reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "call",  # something is called that is not known to be harmless
    "change",  # a user's variable, a module or a setting is changed in place
    "environment",  # variables of the process, the interpreter, the kernel itself
    "eval",  # text becomes code
    "file",
    "import",
    "install",
    "network",
    "overwrite",  # a user's variable is bound anew or deleted
    "process",
    "reflection",  # ways around what can be read: dunders, attributes by computed name
    "unreadable",
]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing in a piece of code that should be asked about.

    Attributes:
        kind: What sort of risk.
        reason: A short phrase that names what the code does, as in `writes a file: .to_csv`.
        line: Where, counted from 1 in the code as given.
    """

    kind: Kind
    reason: str
    line: int

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"
