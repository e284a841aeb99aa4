"""Standing in a LangChain chain: `prompt | tutor | parser`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assistant_magic.assistant_runnable import AssistantRunnable


class ChainLink:
    """What LangChain's `|` takes on either side; nothing of LangChain is imported until it does."""

    def as_runnable(self) -> AssistantRunnable:
        """This assistant as a Runnable; the message it gives carries thread, run and tokens."""
        from assistant_magic.assistant_runnable import AssistantRunnable

        return AssistantRunnable(self)  # type: ignore[arg-type]  # an Assistant, which is a link

    def __call__(self, _: object) -> AssistantRunnable:
        """The same: LangChain calls what stands in a chain with the input and goes on with the Runnable it gets."""
        return self.as_runnable()

    def __or__(self, after: Any) -> Any:
        return self.as_runnable() | after

    def __ror__(self, before: Any) -> Any:
        return before | self.as_runnable()
