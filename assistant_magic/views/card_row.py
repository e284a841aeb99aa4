"""Where the cards of a run's tool calls stand, so that the answer after them is not folded away."""

from __future__ import annotations

from assistant_magic.codec import JSON
from assistant_magic.items import Output
from assistant_magic.views.bundles import Origin, make_bundle
from assistant_magic.views.page import Page

__all__ = ["CardRow"]

_ROOM = 24
"""Outputs of a cell that may come before cards share one display: JupyterLab folds a cell beyond 50."""


class CardRow:
    """The cards of one run: each in a display of its own, those of a long run's later calls together in one.

    Args:
        page: Where they stand.
    """

    def __init__(self, page: Page) -> None:
        self._page = page
        self._numbers: dict[str, int] = {}
        self._draft: int | None = None
        self._outputs = 0
        self._printing = False
        self._later: dict[str, tuple[str, JSON]] = {}
        self._shared = -1

    @property
    def takes_draft(self) -> bool:
        """A new display may say that a call is being written: none does, and there is room."""
        return self._draft is None and self._has_room

    def draft(self, number: int) -> None:
        """The display `number` says that a call is being written; the next card takes its place."""
        self._draft = number

    def adopt(self, call_id: str, number: int) -> None:
        """The display `number` is this call's card."""
        self._numbers[call_id] = number

    def count(self, output: Output) -> None:
        """An output of a tool came onto the page."""
        prints = output["output_type"] == "stream"
        self._outputs += not (prints and self._printing)
        self._printing = prints

    def show(self, call_id: str, markdown: str, structure: JSON, origin: Origin) -> None:
        """Show the card of a call, or what it says by now."""
        bundle = make_bundle("tool", markdown, origin, structure)
        if call_id in self._numbers:
            self._page.update(self._numbers[call_id], bundle)
        elif call_id in self._later or not (self._has_room or self._draft_is_last):
            self.drop_draft(origin)
            self._later[call_id] = markdown, structure
            self._show_later(origin)
        else:
            self._printing = False
            self._numbers[call_id] = self._taken(origin)
            if self._numbers[call_id] == self._page.count:
                self._page.append(bundle)
            else:
                self._page.update(self._numbers[call_id], bundle)

    def drop_draft(self, origin: Origin) -> None:
        """What was being written never became a call."""
        draft, self._draft = self._draft, None
        if draft is not None:
            self._page.update(draft, make_bundle("tool", "", origin, {"status": "interrupted"}))

    def _taken(self, origin: Origin) -> int:
        """The display for a new card: that of the draft, if nothing came after it."""
        if self._draft_is_last:
            self._draft = None
            return self._page.count - 1
        self.drop_draft(origin)
        return self._page.count

    @property
    def _draft_is_last(self) -> bool:
        return self._draft is not None and self._draft == self._page.count - 1

    @property
    def _has_room(self) -> bool:
        return self._page.count + self._outputs < _ROOM

    def _show_later(self, origin: Origin) -> None:
        markdown = "\n\n".join(words for words, _ in self._later.values())
        states = [str(structure["status"]) for _, structure in self._later.values()]
        status = "running" if "running" in states else states[-1]
        tools = [structure["tool"] for _, structure in self._later.values()]
        bundle = make_bundle("tool", markdown, origin, {"status": status, "tools": tools})
        if self._shared < 0:
            self._shared = self._page.append(bundle)
        else:
            self._page.update(self._shared, bundle)
