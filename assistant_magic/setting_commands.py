"""What `%assistant set` does: options shown and changed, for this thread or for all notebooks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from assistant_magic import config, kernel
from assistant_magic.backends import check_model
from assistant_magic.display import say, table
from assistant_magic.exceptions import UsageError
from assistant_magic.line_words import text_of
from assistant_magic.session import Session

__all__ = ["change_settings"]


def change_settings(session: Session, words: Sequence[str]) -> None:
    """Do what `set [--user] [OPTION [VALUE]]` says, and tell what holds now.

    Raises:
        UsageError: There is no such option, or it cannot have that value.
    """
    user = "--user" in words
    name, *value = [w for w in words if w != "--user"] or [""]
    if not value:
        return _show(session, name)
    config.option(name)
    chosen = None if value == ["default"] else config.parse(name, text_of(value))
    if name == "model" and chosen:
        check_model(chosen)
    return _set_for_user(name, chosen) if user else _set_here(session, name, chosen)


def _set_for_user(name: str, chosen: Any) -> None:
    # Without a look at the thread: another store may be what is set, because this one cannot be opened.
    path = config.save_user(name, chosen)
    since = " Restart the kernel to use it." if name == "database" else ""
    say(f"Set for all notebooks in `{path}`.{since}")


def _set_here(session: Session, name: str, chosen: Any) -> None:
    if name == "database":
        raise UsageError("a thread cannot choose its database", "Write `%assistant set --user database URL`.")
    thread = session.thread
    others = {option: value for option, value in thread.settings.items() if option != name}
    thread.update(settings=others if chosen is None else {**others, name: chosen})
    settings = session.assistant.settings(thread)
    held = getattr(settings, name)
    if name == "executor" and held == "isolated":
        # Ready when the first code comes.
        kernel.spawn(session.assistant.executor_of(settings, thread).start())
    fixed = "" if chosen is None or held == chosen else " The administrator fixed it."
    say(f"`{name}` is {held!r} in this thread and in new ones.{fixed}")


def _show(session: Session, name: str) -> None:
    if name:
        config.option(name)
    thread = session.thread
    settings = session.assistant.settings(thread)
    answers = f"'' (so {settings.named_model()})"
    rows = [
        (
            option,
            answers if option == "model" and not settings.model else repr(getattr(settings, option)),
            config.origin(option, thread.settings),
            about,
        )
        for option, about in config.options()
        if name in ("", option)
    ]
    table(("option", "value", "set by", "what it is"), rows)
