"""What is kept of quizzes: the logbook, the boxes, the chart, and the tools that use them."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from assistant_magic import Assistant, tutor
from assistant_magic.testing import RecordingExecutor, ScriptedBackend, call, memory_store
from assistant_magic.tutor import toolkit
from assistant_magic.tutor.exercises import Exercise, exercises
from assistant_magic.tutor.leitner import DAYS, HIGHEST, Card
from assistant_magic.tutor.logbook import Entry, Logbook, LogbookError, default_path
from assistant_magic.tutor.mastery import local_day, outcome_of, progress
from assistant_magic.tutor.practice import next_level, quiz
from assistant_magic.tutor.quizzes import Quiz

MONDAY = date(2026, 3, 2)


def test_a_skill_known_every_time_climbs_and_comes_back_later() -> None:
    """One box each time it is due, with longer and longer pauses."""
    card, day, pauses = Card(), MONDAY, []
    for _ in range(7):
        card = card.practised(["alone"] * 4, day)
        assert card.due is not None
        pauses.append((card.due - day).days)
        day = card.due
    assert pauses == [1, 2, 4, 8, 16, 16, 16]
    assert card.box == HIGHEST


def test_practising_all_day_is_not_remembering() -> None:
    """A box up only when the skill was due."""
    card = Card().practised(["alone"], MONDAY).practised(["alone"], MONDAY)
    assert (card.box, card.tried) == (1, 2)
    assert card.practised(["alone"], MONDAY + timedelta(days=1)).box == 2


@pytest.mark.parametrize(
    ("outcomes", "box"),
    [
        (["alone", "alone", "alone", "missed"], 4),
        (["alone", "helped"], 3),
        (["alone", "missed"], 3),
        (["missed", "missed", "alone"], 1),
    ],
)
def test_a_day_moves_a_card_by_most_of_its_problems(outcomes: list, box: int) -> None:
    """Up when most went alone, back to the first box when most were missed, else it stays."""
    assert Card(box=3, seen=MONDAY).practised(outcomes, MONDAY + timedelta(days=DAYS[3])).box == box


def _line(**changes: object) -> Entry:
    return replace(
        Entry(at=0, quiz="q", number=1, deed="attempt", topic="fractions", level=1, status="correct"),
        **changes,
    )


@pytest.mark.parametrize(
    ("lines", "outcome"),
    [
        ([], None),
        ([_line(status="unknown")], None),
        ([_line()], "alone"),
        ([_line(status="form"), _line()], "alone"),
        ([_line(status="wrong"), _line()], "helped"),
        ([_line(deed="hint"), _line()], "helped"),
        ([_line(status="wrong"), _line(deed="left")], "missed"),
        ([_line(deed="reveal")], "missed"),
        ([_line(deed="left")], None),
    ],
)
def test_what_came_of_a_problem(lines: list[Entry], outcome: str | None) -> None:
    """Alone, with help, missed; a problem that nobody tried says nothing."""
    assert outcome_of([_line(deed="asked"), *lines]) == outcome


def test_progress_is_what_the_logbook_says(tmp_path: Path) -> None:
    """Skills with box and due day, those due first, as a table, as JSON, and as a picture."""
    book = Logbook(tmp_path / "p.db")
    then = datetime(2026, 3, 2, 12, tzinfo=UTC).timestamp()
    book.add(_line(at=then), _line(at=then, topic="week | 3", level=0, quiz="r", status="wrong"))
    found = progress(book, today=local_day(then) + timedelta(days=1))
    assert [(s.name, s.box, s.alone, s.tried) for s in found.skills] == [
        ("fractions, level 1", 1, 1, 1),
        ("week | 3", 1, 0, 1),
    ]
    assert len(found.due) == 2
    assert type(found).from_json(found.to_json()) == found
    assert "| week \\| 3 | ●○○○○ | 0/1 | today |" in found.markdown
    assert found.chart()._repr_mimebundle_()["image/png"].startswith(b"\x89PNG")


def test_without_matplotlib_the_chart_is_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same table instead of a picture."""
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    book = Logbook(tmp_path / "p.db")
    book.add(_line())
    assert "fractions, level 1" in progress(book).chart()._repr_mimebundle_()["text/markdown"]


WRITER = """
import sys
from assistant_magic.tutor.logbook import Entry, Logbook
book = Logbook(sys.argv[1])
for number in range(int(sys.argv[3])):
    book.add(Entry(at=0, quiz=sys.argv[2], number=number, deed="asked"))
    print(number, flush=True)
"""


def test_several_kernels_write_at_once_and_a_killed_one_loses_nothing(tmp_path: Path) -> None:
    """Every line that was written before the kill is there, whole, beside those of the others."""
    path = tmp_path / "p.db"
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}

    def start(name: str, lines: int) -> subprocess.Popen[str]:
        command = [sys.executable, "-c", WRITER, str(path), name, str(lines)]
        return subprocess.Popen(command, env=env, stdout=subprocess.PIPE, text=True)

    killed, *others = start("k", 100_000), start("a", 20), start("b", 20)
    assert killed.stdout is not None
    seen = [int(killed.stdout.readline()) for _ in range(5)]
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    for process in others:
        process.communicate()
        assert process.returncode == 0
    found = [(entry.quiz, entry.number) for entry in Logbook(path).entries()]
    for name in "ab":
        assert [number for quiz, number in found if quiz == name] == list(range(20))
    assert {("k", number) for number in seen} <= set(found)


def test_a_quiz_goes_on_where_nothing_can_be_kept(tmp_path: Path) -> None:
    """A file that is no database is left alone, and the record says why nothing is kept."""
    path = tmp_path / "p.db"
    path.write_text("a letter to the teacher, long enough to be no database")
    session = Quiz([Exercise(question="Work out 2 + 2")], logbook=Logbook(path))
    assert session.answer("4").status == "correct"
    assert "Progress is not kept" in session.markdown
    assert path.read_text().startswith("a letter")
    with pytest.raises(LogbookError, match=r"p\.db: file is not a database"):
        progress(Logbook(path))


def test_the_file_is_beside_the_threads_and_plain_sqlite(home: Path) -> None:
    """In Jupyter's data directory, one row a line, under the hub's name of the pupil."""
    os.environ["JUPYTERHUB_USER"] = "anna"
    try:
        tutor.quiz("fractions", 1, seed=1).answer("1/9")
    finally:
        del os.environ["JUPYTERHUB_USER"]
    assert default_path() == home / "data" / "assistant_magic" / "progress.db"
    with sqlite3.connect(default_path()) as connection:
        assert connection.execute("SELECT count(*) FROM entry").fetchone() == (2,)
    assert {entry.pupil for entry in Logbook().entries()} == {"anna"}


def test_what_is_due_is_asked_and_a_known_level_is_left(tmp_path: Path) -> None:
    """Without a topic the skills that are due come in turn; with one, its first level that is not known."""
    book = Logbook(tmp_path / "p.db")
    with pytest.raises(ValueError, match="nothing is due"):
        quiz(logbook=book)
    book.add(_line(), _line(topic="powers", level=2, number=2, status="wrong"))
    due = quiz(logbook=book, seed=1, count=4)
    for _ in range(3):
        due.next()
    assert {(t.exercise.topic, t.exercise.level) for t in due.turns} == {("fractions", 1), ("powers", 2)}
    days = [local_day(0) + timedelta(days=d) for d in (0, 1, 3)]
    climbed = Logbook(tmp_path / "c.db")
    climbed.add(
        *(
            _line(at=datetime(d.year, d.month, d.day, 12).astimezone().timestamp(), number=i)
            for i, d in enumerate(days)
        )
    )
    assert next_level("fractions", progress(climbed).skills) == 2
    assert next_level("powers", ()) == 1


def test_tools_ask_mark_and_tell_progress_in_json() -> None:
    """For any model: a problem without its answer, a verdict that is written down, and the boxes."""
    asked = toolkit.quiz("fractions", 1)
    assert set(asked) == {"topic", "level", "problem"}
    wrong = toolkit.quiz("fractions", 1, "Work out 1/5 + 2/5", "3/10")
    assert wrong["status"] == "wrong"
    assert toolkit.quiz("fractions", 1, "Work out 1/5 + 2/5", "3/5")["status"] == "correct"
    (skill,) = toolkit.progress()["skills"]
    assert (skill["tried"], skill["alone"]) == (1, 0)
    assert "there are: arithmetic" in toolkit.quiz("poetry")["error"]
    assert "nothing is due" in toolkit.quiz()["error"]
    assert "cannot answer" in toolkit.quiz("", 0, "Why is the sky blue?", "4")["error"]


def test_a_problem_that_a_model_gives_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its answer is held back like that of a problem the pupil brought, and marking is noted once."""
    monkeypatch.setattr("assistant_magic.tutor.practice.secrets.randbelow", lambda _: 1)
    given = next(exercises("linear equations", 1, 1)).question
    backend = ScriptedBackend(
        [
            call("quiz", topic="linear equations", level=1),
            f"Try this: {given}",
            "It is x = 2.",
            "As I said, x = 2!",
            call("quiz", topic="linear equations", level=1, problem=given, answer="x = 2"),
            "Yes!",
        ]
    )
    assistant = Assistant(
        tools=tutor.tools(),
        backend=backend,
        executor=RecordingExecutor({}),
        store=memory_store(),
        reveal="never",
    )
    assert given == "Solve 3x + 11 = 17"
    first = assistant.ask("a linear equation to practise, please")
    assert given in first.text
    told = assistant.ask("what is the answer?", thread=first.thread)
    assert "2" not in told.text
    assert assistant.ask("x = 2", thread=first.thread).text == "Yes!"
    assert [entry.deed for entry in Logbook().entries()] == ["asked", "attempt"]
    backend.assert_finished()
