"""A quiz below its cell: the record in Markdown, and under it an answer box that is gone when the quiz is over."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

from IPython.display import publish_display_data

from assistant_magic.tutor.phrases import phrase
from assistant_magic.tutor.quizzes import Quiz
from assistant_magic.tutor.say.typeset import typed
from assistant_magic.views.markdown import safe_markdown

_FOLDER = Path(__file__).parent
_BUTTONS = ("box", "answer", "hint", "show", "next", "stop")


class Record:
    """The quiz as it is saved: one output, updated in place.

    Args:
        quiz: What it shows.
        note: A sentence below it, until the first change.
    """

    def __init__(self, quiz: Quiz, note: str = "") -> None:
        self._quiz = quiz
        self._transient = {"display_id": uuid4().hex}
        publish_display_data(self._bundle(note), transient=self._transient)

    def refresh(self) -> None:
        """Show the quiz as it is now."""
        publish_display_data(self._bundle(), transient=self._transient, update=True)

    def _bundle(self, note: str = "") -> dict[str, str]:
        text = "\n\n".join(filter(None, (self._quiz.markdown, note)))
        return {"text/markdown": safe_markdown(text), "text/plain": typed(text)}


class AnswerBox:
    """Record and answer box on a page; the box's messages are heard between cells.

    Args:
        quiz: What is asked.
    """

    def __init__(self, quiz: Quiz) -> None:
        self._quiz = quiz
        self._changes = 0
        self._record = Record(quiz)
        self._transient = {"display_id": uuid4().hex}
        self._widget: Any = _widget_class()(state=self._state())
        self._widget.on_msg(self._hear)
        view = self._widget._repr_mimebundle_()  # IPython's protocol; display() allows no words of ours
        bundle, metadata = view if isinstance(view, tuple) else (view, {})
        words = {"text/plain": phrase("quiz", "no_box")}
        publish_display_data({**(bundle or {}), **words}, metadata=metadata, transient=self._transient)

    def _hear(self, _widget: object, content: dict[str, Any], _buffers: object) -> None:
        quiz, text = self._quiz, str(content.get("text", ""))
        match content.get("name"):
            case "answer" if text.strip():
                quiz.answer(text)
            case "hint" if quiz.can_answer:
                quiz.hint()
            case "show" if quiz.can_show:
                quiz.show()
            case "next":
                quiz.next()
            case "stop":
                quiz.stop()
        self._record.refresh()
        self._changes += 1
        self._widget.state = self._state()
        if quiz.is_over:
            # The widget itself stays: a page that was reloaded no longer hears what becomes of a display.
            publish_display_data({"text/plain": ""}, transient=self._transient, update=True)

    def _state(self) -> dict[str, Any]:
        quiz = self._quiz
        names = {
            "answer": quiz.can_answer,
            "hint": quiz.can_answer,
            "show": quiz.can_show,
            "next": True,
            "stop": True,
        }
        return {
            "number": len(quiz.turns),
            # Another one each time: an equal state would not be sent, and the page waits for it.
            "changes": self._changes,
            "can": [] if quiz.is_over else [name for name, can in names.items() if can],
            "lines": typed(quiz.markdown).split("\n"),
            "words": {name: phrase("quiz_box", name) for name in _BUTTONS},
        }


@cache
def _widget_class() -> Any:
    """The widget; its library is imported by the first quiz on a page."""
    import anywidget
    import traitlets

    class AnswerBoxWidget(anywidget.AnyWidget):
        _esm = _FOLDER / "answer_box.js"
        _css = _FOLDER / "answer_box.css"
        state = traitlets.Dict().tag(sync=True)

    return AnswerBoxWidget
