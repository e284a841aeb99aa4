"""Clauses: which part of what a pupil typed is mathematics, and which is talk."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from assistant_magic.tutor.read.parts import Part


def clauses_of(parts: Sequence[Part]) -> list[list[Part]]:
    """The parts between stops."""
    clauses: list[list[Part]] = [[]]
    for part in parts:
        if part.kind == "stop":
            clauses.append([])
        else:
            clauses[-1].append(part)
    return clauses


def without_remarks(parts: Sequence[Part]) -> list[Part] | None:
    """The parts without remarks in brackets that hold no mathematics; None if there are none."""
    out: list[Part] = []
    remark: list[Part] | None = None
    dropped = False
    for part in parts:
        if part.kind == "stop" and part.text == "(" and remark is None:
            remark = []
        elif part.kind == "stop" and part.text == ")" and remark is not None:
            loose = any(p.kind == "word" or "CLAIM" in p.meanings or len(remark) > 1 for p in remark)
            if loose and all(p.kind not in {"chunk", "rounding"} or p.value == "meant" for p in remark):
                dropped = True
            else:
                out.extend(remark)
            remark = None
        else:
            (out if remark is None else remark).append(part)
    return [*out, *(remark or [])] if dropped else None


def asked_only(parts: Sequence[Part]) -> list[Part] | None:
    """The chunk right before `= ?`, when a story stands before it."""
    for before, part in itertools.pairwise(parts):
        if part.kind == "asked" and before.kind == "chunk":
            return [before]
    return None


def without_chatter(parts: Sequence[Part]) -> list[Part]:
    """Clauses of unknown words only are dropped, if another clause says something and they are not a command."""
    clauses = clauses_of(parts)
    telling = [c for c in clauses if any(p.kind not in {"word", "asked"} for p in c)]
    if not telling:
        return [p for clause in clauses for p in clause]
    return [
        p
        for clause in clauses
        for p in clause
        if (clause in telling or len(clause) == 1) and p.kind != "asked"
    ]
