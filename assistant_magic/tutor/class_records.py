"""What a teacher gets: the lines of logbooks as JSON lines, as a report, and as grades."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby

from assistant_magic.tutor.leitner import Outcome
from assistant_magic.tutor.logbook import Entry
from assistant_magic.tutor.mastery import outcome_of
from assistant_magic.tutor.phrases import phrase
from assistant_magic.tutor.say.typeset import quoted, typeset

GRADE_COLUMNS = (
    "assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email", "raw_score",
    "late_submission_penalty", "score", "max_score",
)  # fmt: skip
"""Those of `nbgrader export` (0.9): https://nbgrader.readthedocs.io/en/stable/command_line_tools/nbgrader-export.html"""


@dataclass(frozen=True, kw_only=True)
class Worked:
    """One problem that a pupil worked on.

    Attributes:
        first: Its first line, which says who, where and what.
        answers: What the pupil said, each with its verdict.
        hints: How many were given.
        revealed: The answer was shown.
        outcome: What came of it, or None if it was never tried.
        seconds: From the first line to the last.
    """

    first: Entry
    answers: tuple[tuple[str, str], ...]
    hints: int
    revealed: bool
    outcome: Outcome | None
    seconds: float


def worked(entries: Iterable[Entry]) -> Sequence[Worked]:
    """The problems of logbooks, by pupil and in the order in which they were asked."""
    lines: dict[tuple[str, str, int], list[Entry]] = {}
    for entry in entries:
        lines.setdefault((entry.pupil, entry.quiz, entry.number), []).append(entry)
    found = [_worked(group) for group in lines.values()]
    return sorted(found, key=lambda one: (one.first.pupil, one.first.at))


def _worked(lines: Sequence[Entry]) -> Worked:
    return Worked(
        first=lines[0],
        answers=tuple((line.text, line.status) for line in lines if line.deed == "attempt"),
        hints=sum(line.deed == "hint" for line in lines),
        revealed=any(line.deed == "reveal" for line in lines),
        outcome=outcome_of(lines),
        seconds=round(lines[-1].at - lines[0].at, 1),
    )


def to_jsonl(entries: Iterable[Entry]) -> str:
    """One JSON object a line: attempts, hints, reveals and verdicts, each with its time (UTC)."""
    rows = []
    for entry in entries:
        row = {"time": _time(entry.at).isoformat(timespec="seconds"), **entry.to_json()}
        del row["type"], row["at"]
        rows.append(json.dumps(row, ensure_ascii=False))
    return "".join(f"{row}\n" for row in rows)


def to_markdown(entries: Iterable[Entry]) -> str:
    """A report for reading: pupil by pupil, quiz by quiz, a line for each problem."""
    parts = [f"# {phrase('report', 'title')}"]
    for pupil, problems in groupby(worked(entries), key=lambda one: one.first.pupil):
        parts.append(f"## {typeset(pupil) or phrase('report', 'somebody')}")
        for title, group in groupby(problems, key=lambda one: (one.first.quiz, one.first.title)):
            parts += _sitting(title[1], list(group))
    return "\n\n".join(parts) + "\n"


def _sitting(title: str, problems: Sequence[Worked]) -> Iterator[str]:
    when = _time(problems[0].first.at).strftime("%Y-%m-%d %H:%M")
    solved = sum(one.outcome in {"alone", "helped"} for one in problems)
    yield f"### {typeset(title) or phrase('quiz', 'quiz')} · {when} UTC · {solved}/{_total(problems)}"
    rows = [f"| {' | '.join(phrase('report', 'columns').split(','))} |", "| --- | --- | ---: | --- | ---: |"]
    for one in problems:
        said = ", ".join(f"{quoted(text)} {phrase('report', status)}" for text, status in one.answers)
        came = phrase("report", one.outcome or "untried")
        question = typeset(one.first.question)
        cells = (question, said, str(one.hints), came, f"{one.seconds:.0f} s")
        rows.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    yield "\n".join(rows)


def to_grades(entries: Iterable[Entry]) -> str:
    """Grades with the columns of `nbgrader export`: a quiz is an assignment, a solved problem a point.

    Of several sittings of one quiz the best counts. A problem whose answer was shown gives no point.
    """
    best: dict[tuple[str, str], tuple[int, Sequence[Worked]]] = {}
    problems = [one for one in worked(entries) if one.first.total]
    for key, group in _grouped(problems).items():
        score = sum(one.outcome in {"alone", "helped"} for one in group)
        place = (group[0].first.title, key[0])
        if place not in best or score > best[place][0]:
            best[place] = score, group
    out = io.StringIO()
    table = csv.DictWriter(out, GRADE_COLUMNS, restval="", lineterminator="\n")
    table.writeheader()
    for (title, pupil), (score, group) in sorted(best.items()):
        table.writerow(_grade(title, pupil, score, group))
    return out.getvalue()


def _grouped(problems: Sequence[Worked]) -> Mapping[tuple[str, str], Sequence[Worked]]:
    sittings: dict[tuple[str, str], list[Worked]] = {}
    for one in problems:
        sittings.setdefault((one.first.pupil, one.first.quiz), []).append(one)
    return sittings


def _grade(title: str, pupil: str, score: int, group: Sequence[Worked]) -> Mapping[str, object]:
    ended = max(one.first.at + one.seconds for one in group)
    return {
        "assignment": title,
        "timestamp": _time(ended).strftime("%Y-%m-%d %H:%M:%S"),
        "student_id": pupil,
        "raw_score": float(score),
        "late_submission_penalty": 0.0,
        "score": float(score),
        "max_score": float(_total(group)),
    }


def _total(problems: Sequence[Worked]) -> int:
    return max(len(problems), *(one.first.total for one in problems))


def _time(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)
