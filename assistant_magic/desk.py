"""Where pages turn to: what they ask for is done on the notebook's thread, and what changes is told to them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

from assistant_magic import kernel
from assistant_magic.answer import Run
from assistant_magic.assistant import Assistant
from assistant_magic.attachments import PICTURES
from assistant_magic.background import runs
from assistant_magic.codec import JSON
from assistant_magic.exceptions import AssistantError, UsageError
from assistant_magic.items import File, Image, Message, Part, Text, Usage
from assistant_magic.mentions import is_mentioned
from assistant_magic.prompts import Box
from assistant_magic.replay import exchanges
from assistant_magic.session import Session
from assistant_magic.stores import RunRecord
from assistant_magic.thread import Thread
from assistant_magic.views import messages
from assistant_magic.views.messages import Attachment, FromPage, Offered, Transcript, Trouble
from assistant_magic.views.pages import Pages, Way

__all__ = ["Desk"]

_log = logging.getLogger("assistant_magic")
_SHOWN = 40
"""Exchanges that a page is given of a long thread."""


class Desk:
    """Hears the pages, on the loop of the runs.

    Args:
        way: The way to them.
        box: Reads what is written there.
        assistant: Answers, in place of the notebook's own.
        thread: Continues this thread; with an assistant and without a thread, a new one.

    Attributes:
        pages: The pages.
        session: The conversation; without an assistant or a thread it is the notebook's, which cells share.
    """

    def __init__(
        self, way: Way, box: Box, assistant: Assistant | None = None, thread: Thread | None = None
    ) -> None:
        self._box = box
        self.pages = Pages(way)
        self.session = Session(self.pages, assistant, thread)
        self._answers: set[Future[Any]] = set()

    def hear(self, data: JSON) -> None:
        """Do what a page asks for; what cannot be done is told in one line."""
        try:
            message = FromPage.from_json(data)
            handler: Callable[[Any], None] = getattr(self, f"_on_{message.type}")
            handler(message)
        except AssistantError as error:
            self.pages.tell(Trouble(text=str(error)))
        except Exception as error:  # noqa: BLE001 - told to the person who asked
            _log.exception("fault while hearing %s", data.get("type"))
            self.pages.tell(Trouble(text=f"a fault of assistant_magic: {type(error).__name__}: {error}"))

    def refresh(self) -> None:
        """Something other than a run changed the thread; from any thread."""
        if self.pages.followed:
            runs.get().call_soon_threadsafe(self._show)

    def _on_hello(self, _: messages.Hello) -> None:
        self.pages.repeat()

    def _on_follow(self, message: messages.Follow) -> None:
        self.pages.followed = True
        if not message.number or message.number != self.pages.number:
            self._show()
            self.pages.repeat()

    def _on_resend(self, message: messages.Resend) -> None:
        self.pages.resend(message.key)

    def _on_choice(self, message: messages.Choice) -> None:
        self.pages.choose(message)

    def _on_stop(self, _: messages.Stop) -> None:
        self.session.stop()

    def _on_switch(self, message: messages.Switch) -> None:
        self._must_be_idle()
        self.session.thread.switch(message.run)
        self._show()

    def _on_new_thread(self, _: messages.NewThread) -> None:
        self._must_be_idle()
        self.session.new()
        self._show()

    def _on_ask(self, message: messages.Ask) -> None:
        self._must_be_idle()
        answer = kernel.spawn(self._answer(message))
        self._answers.add(answer)
        answer.add_done_callback(self._answers.discard)

    def _on_complete(self, message: messages.Complete) -> None:
        self.pages.tell(Offered(text=message.text, offers=self._box.offers(message.text)))

    async def _answer(self, message: messages.Ask) -> None:
        files = [_part(one) for one in message.attachments]
        try:
            if message.instead_of:
                files += self._go_back_before(message.instead_of)

            def begin() -> tuple[Coroutine[Any, Any, Run]]:
                return (self.session.perform(self._box.prompt(message.text, files)),)

            # Perhaps a variable's name; those are read where cells run.
            names_something = any(sign in message.text for sign in "{@#-")
            (run,) = await kernel.on_main(begin) if names_something else begin()
            await run
        except AssistantError as error:
            self.pages.tell(Trouble(text=str(error)))
        except Exception as error:  # noqa: BLE001 - told to the person who asked
            _log.exception("fault in the chat")
            self.pages.tell(Trouble(text=f"a fault of assistant_magic: {type(error).__name__}: {error}"))
        finally:
            self._show()

    def _go_back_before(self, run: str) -> list[Part]:
        """Leave the branch where this run's prompt stands; the files that were put beside it."""
        thread = self.session.thread
        found = self.session.assistant.store.find(RunRecord, id=run)
        items = thread.items_by_run().get(run)
        if found:
            thread.update(head=found[0].parent)
        prompt = items[0] if items else None
        if not isinstance(prompt, Message):
            return []
        return [
            part
            for part in prompt.content
            if not isinstance(part, Text) and not is_mentioned(part, prompt.text)
        ]

    def _must_be_idle(self) -> None:
        if self.session.busy:
            raise UsageError("the assistant is answering", "Wait for it, or press Stop.")

    def _show(self) -> None:
        """Tell all pages how the thread stands."""
        # A handle of its own: the session's belongs to the run that goes on.
        thread = Thread(self.session.thread.store, self.session.thread.record)
        thread.refresh()
        found = thread.runs()
        last = found[-_SHOWN:]
        settings = self.session.assistant.settings(thread)
        running = last[-1].id if last and self.session.busy else ""
        live = self.pages.live
        shown = (
            replace(one, displays=tuple(live[one.run].values())) if one.run in live else one
            for one in exchanges(thread, last)
        )
        self.pages.tell(
            Transcript(
                thread=thread.id,
                title=thread.title,
                model=settings.named_model(),
                exchanges=tuple(shown),
                earlier=len(found) - len(last),
                running=running,
                open=self.pages.open,
                usage=sum((run.usage for run in found), Usage()),
            )
        )


def _part(given: Attachment) -> Part:
    if given.media_type in PICTURES:
        return Image(data=given.data, media_type=given.media_type, name=given.name)
    return File(name=given.name, media_type=given.media_type or "application/octet-stream", data=given.data)
