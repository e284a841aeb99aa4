"""Standing in a LangChain chain: `prompt | tutor | parser`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage
    from langchain_core.runnables import Runnable, RunnableConfig, RunnableSerializable

    from assistant_magic.assistant_runnable import Asked, AssistantRunnable


class ChainLink:
    """What LangChain's `|` takes on either side, with the methods of a Runnable; nothing of LangChain is imported before.

    It is no subclass of `Runnable`, because LangChain would have to be imported for that, and because `stream` gives
    events here. What insists on one (an agent, a graph) takes `as_runnable()`.
    """

    def as_runnable(self) -> AssistantRunnable:
        """This assistant as a Runnable; the message it gives carries thread, run and tokens."""
        from assistant_magic.assistant_runnable import AssistantRunnable

        return AssistantRunnable(self)  # type: ignore[arg-type]  # an Assistant, which is a link

    def invoke(self, asked: Asked, config: RunnableConfig | None = None, **options: Any) -> AIMessage:
        """The answer as a chain gets it, tools included; see `as_runnable`."""
        return self.as_runnable().invoke(asked, config, **options)

    async def ainvoke(self, asked: Asked, config: RunnableConfig | None = None, **options: Any) -> AIMessage:
        """`invoke` from a running loop."""
        return await self.as_runnable().ainvoke(asked, config, **options)

    def batch(
        self,
        asked: list[Asked],
        config: RunnableConfig | list[RunnableConfig] | None = None,
        **options: Any,
    ) -> list[AIMessage]:
        """An answer to each, on threads of their own, side by side."""
        return self.as_runnable().batch(asked, config, **options)

    async def abatch(
        self,
        asked: list[Asked],
        config: RunnableConfig | list[RunnableConfig] | None = None,
        **options: Any,
    ) -> list[AIMessage]:
        """`batch` from a running loop."""
        return await self.as_runnable().abatch(asked, config, **options)

    def astream(
        self, asked: Asked, config: RunnableConfig | None = None, **options: Any
    ) -> AsyncIterator[AIMessage]:
        """The words as they come, in chunks of a message; `stream` gives the run's events instead."""
        return self.as_runnable().astream(asked, config, **options)

    def pipe(self, *after: Any, name: str | None = None) -> RunnableSerializable[Any, Any]:
        """A chain that begins here; `|` with a name."""
        return self.as_runnable().pipe(*after, name=name)

    def with_config(self, config: RunnableConfig | None = None, **more: Any) -> Runnable[Any, AIMessage]:
        """The Runnable with tags, metadata or callbacks that hold for every call."""
        return self.as_runnable().with_config(config, **more)

    def with_retry(self, **how: Any) -> Runnable[Any, AIMessage]:
        """The Runnable that is asked again when it fails."""
        return self.as_runnable().with_retry(**how)

    def with_fallbacks(self, others: Sequence[Any], **how: Any) -> Runnable[Any, AIMessage]:
        """The Runnable in whose place others answer when it fails; they may be assistants."""
        links = [other.as_runnable() if isinstance(other, ChainLink) else other for other in others]
        return self.as_runnable().with_fallbacks(links, **how)

    def __call__(self, _: object) -> AssistantRunnable:
        """The same: LangChain calls what stands in a chain with the input and goes on with the Runnable it gets."""
        return self.as_runnable()

    def __or__(self, after: Any) -> Any:
        return self.as_runnable() | after

    def __ror__(self, before: Any) -> Any:
        return before | self.as_runnable()
