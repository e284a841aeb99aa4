"""`jupyter assistant export --format`: what pupils did, for their teacher."""

from __future__ import annotations

import csv
import io
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from assistant_magic import Assistant
from assistant_magic.lessons import lessons_of
from assistant_magic.teacher_export import export
from assistant_magic.testing import ScriptedBackend, memory_store
from assistant_magic.tutor.class_records import GRADE_COLUMNS
from assistant_magic.tutor.exercises import Exercise
from assistant_magic.tutor.logbook import Entry, Logbook
from assistant_magic.tutor.pseudonyms import Pseudonyms, default_key
from assistant_magic.tutor.quizzes import Quiz

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def worked(home: Path, monkeypatch: pytest.MonkeyPatch) -> Logbook:
    """Anna has worked on a sheet: one right with help, one shown, one not reached."""
    monkeypatch.setenv("JUPYTERHUB_USER", "anna.smith")
    book = Logbook()
    now = iter(range(1_700_000_000, 1_800_000_000, 10))
    sheet = [
        Exercise(question="Solve 2x + 3 = 11", topic="Week 3"),
        Exercise(question="Anna Smith cuts 1/2 + 1/3 of a rope. How much?", topic="Week 3", expected="5/6"),
        Exercise(question="Work out 2 + 2", topic="Week 3"),
    ]
    quiz = Quiz(sheet, title="Week 3", logbook=book, clock=lambda: float(next(now)))
    quiz.answer("x = 7")
    quiz.hint()
    quiz.answer("4")
    quiz.next()
    quiz.answer("ask my mum in /home/anna/maths or at anna@school.example")
    quiz.show()
    quiz.stop()
    return book


def _export(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "assistant_magic.cli", "export", *words]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, capture_output=True, check=False, text=True, env=env, cwd=ROOT)


def test_json_lines_hold_every_deed_with_its_time(worked: Logbook, tmp_path: Path) -> None:
    """Attempts with verdicts, hints and reveals, in order, in a file that is named."""
    done = _export("--format", "jsonl", str(tmp_path / "class.jsonl"))
    assert (done.returncode, done.stdout.strip()) == (0, str(tmp_path / "class.jsonl"))
    rows = [json.loads(line) for line in (tmp_path / "class.jsonl").read_text("utf-8").splitlines()]
    assert [row["deed"] for row in rows] == [
        "asked",
        "attempt",
        "hint",
        "attempt",
        "asked",
        "attempt",
        "reveal",
    ]
    assert [row["status"] for row in rows if row["deed"] == "attempt"] == ["wrong", "correct", "unknown"]
    assert rows[1]["time"] == "2023-11-14T22:13:30+00:00"
    assert {row["pupil"] for row in rows} == {"anna.smith"}


def test_the_report_is_read_at_a_glance(worked: Logbook) -> None:
    """A line for each problem: what was said, how many hints, what came of it, how long it took."""
    text = export("md")
    assert "## anna.smith" in text
    assert "### Week 3 · 2023-11-14 22:13 UTC · 1/3" in text
    assert "| Solve $2x + 3 = 11$ | `x = 7` ✗, `4` ✓ | 1 | right, with help | 30 s |" in text
    assert "| missed |" in text


def test_grades_have_the_columns_of_nbgrader(worked: Logbook) -> None:
    """The best sitting of each quiz, a point for each problem that was solved, of all that there are."""
    again = Quiz([Exercise(question="Work out 2 + 2")] * 3, title="Week 3", logbook=worked)
    again.answer("5")
    again.stop()
    rows = list(csv.DictReader(io.StringIO(export("nbgrader"))))
    assert tuple(rows[0]) == GRADE_COLUMNS
    (row,) = rows
    assert (row["assignment"], row["student_id"], row["timestamp"]) == (
        "Week 3",
        "anna.smith",
        "2023-11-14 22:14:20",
    )
    assert (row["score"], row["max_score"]) == ("1.0", "3.0")


@pytest.mark.parametrize("kind", ["jsonl", "md", "nbgrader"])
def test_pseudonyms_leave_no_name_path_or_machine(worked: Logbook, kind: str) -> None:
    """Neither the login, nor the parts of it, nor what a pupil typed beside mathematics; the same name every time."""
    first, second = (export(kind, pseudonymise=True) for _ in range(2))  # type: ignore[arg-type]  # one of the formats
    assert first == second
    for name in ("anna", "smith", "mum", "school", "/home", "maths", str(Path.home()), socket.gethostname()):
        assert name.lower() not in first.lower()
    assert Pseudonyms().of("anna.smith") in first
    if kind == "jsonl":
        assert "cuts 1/2 + 1/3 of a rope" in first
        assert "x = 7" in first


def test_the_key_is_local_private_and_decides(home: Path) -> None:
    """Another key gives other names; the file is readable by its owner only."""
    one, other = Pseudonyms(), Pseudonyms(home / "other.key")
    assert one.of("anna") == Pseudonyms().of("anna")
    assert one.of("anna") != other.of("anna")
    assert default_key().stat().st_mode & 0o077 == 0


def test_a_teacher_gathers_the_files_of_a_class(worked: Logbook, tmp_path: Path) -> None:
    """Several logbooks in one export, each pupil under a name; what is no logbook is said in one line."""
    bens = tmp_path / "ben.db"
    Logbook(bens).add(
        Entry(
            at=1_700_000_000,
            quiz="q",
            number=1,
            deed="attempt",
            total=1,
            title="Week 3",
            status="correct",
            pupil="ben",
        )
    )
    rows = list(csv.DictReader(io.StringIO(export("nbgrader", logbooks=[str(worked.path), str(bens)]))))
    assert {row["student_id"]: row["score"] for row in rows} == {"anna.smith": "1.0", "ben": "1.0"}
    missing = _export("--format", "md", "--logbook", str(tmp_path / "nobody.db"))
    assert missing.returncode == 1
    assert "there is no logbook" in missing.stderr
    assert len(missing.stderr.strip().splitlines()) == 1


def test_conversations_are_part_of_it() -> None:
    """Whoever taught: attempts with verdicts and the hints of the ladder, as far as answers were held back."""
    store = memory_store()
    assistant = Assistant(
        backend=ScriptedBackend(["It is x = 4, of course.", "I said x = 4.", "Look again.", "Well done!"]),
        reveal="never",
        store=store,
    )
    thread = assistant.thread()
    for text in ("Solve 2x + 3 = 11", "x = 7", "x = 4"):
        assistant.ask(text, thread=thread)
    lines = lessons_of(store, "zebulon")
    deeds = [(line.deed, line.text, line.status) for line in lines]
    assert ("attempt", "x = 7", "wrong") in deeds
    assert ("attempt", "x = 4", "correct") in deeds
    assert [line.deed for line in lines].count("hint") == 1
    hidden = Pseudonyms().hide(lines)
    assert "zebulon" not in str(hidden).lower()
    assert "Solve 2x + 3 = 11" in hidden[0].question


def test_a_transcript_still_needs_a_thread_and_a_file() -> None:
    """Without --format the words are the thread and the file, and one alone is refused with both forms."""
    alone = _export("something")
    assert alone.returncode == 1
    assert "export THREAD FILE.md" in alone.stderr
