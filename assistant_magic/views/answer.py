"""An answer that grows: finished segments stay as they are, only the last one is shown anew."""

from __future__ import annotations

from assistant_magic.codec import JSON
from assistant_magic.views.blocks import cut
from assistant_magic.views.bundles import Bundle, Origin, make_bundle
from assistant_magic.views.markdown import safe_markdown
from assistant_magic.views.page import Page

__all__ = ["Answer"]

_FIRST_SEGMENT = 600  # characters; with the growth, 100,000 characters make about 30 displays
_GROWTH = 1.1


class Answer:
    """One message of the assistant as a row of displays.

    Each segment is a whole number of Markdown blocks. Where it ends depends only on the text and on how many
    displays stood before it, so the saved result is the same however the text arrived.

    Args:
        page: Where to show it.
        origin: Provenance for its displays.
        part: Name of the growing piece.
    """

    def __init__(self, page: Page, origin: Origin, part: str) -> None:
        self.part = part
        self._page = page
        self._origin = origin
        self._sizes: list[int] = []
        self._displays: list[int] = []
        self._heads: list[str] = []
        self._tail = ""
        self._settled = 0
        self._blocks: list[str] = []

    @property
    def waiting(self) -> int:
        """Characters that a repaint sends."""
        return len(self._tail)

    def add(self, text: str) -> None:
        """Take more words; `paint` shows them."""
        self._tail += text

    def paint(self, *, done: bool = False) -> None:
        """Bring the page up to date with the words so far."""
        while end := cut(self._tail, self._size(len(self._heads)), done=done):
            head = self._tail[:end]
            self._show(len(self._heads), safe_markdown(head), done=True)
            self._heads.append(head)
            self._start(self._tail[end:])
        if self._tail.strip():
            self._show(len(self._heads), safe_markdown(self._tail) if done else self._draft(), done=done)

    def finish(self, text: str | None = None) -> None:
        """Show the final words, `text` if they are not what the deltas added up to."""
        if text is not None and text != "".join(self._heads) + self._tail:
            self._heads = []
            self._start(text)
        self.paint(done=True)
        for number in self._displays[len(self._heads) + bool(self._tail.strip()) :]:
            self._page.update(number, self._bundle(0, "", done=True))

    def close(self, structure: JSON) -> None:
        """Add what is known only when the run is over to the last display."""
        if self._displays:
            number = self._displays[-1]
            bundle = self._page.shown(number)
            data = {name: {**v, **structure} if isinstance(v, dict) else v for name, v in bundle.data.items()}
            self._page.update(number, Bundle(data, bundle.metadata))

    def _size(self, index: int) -> int:
        if index == len(self._sizes):
            self._sizes.append(round(_FIRST_SEGMENT * _GROWTH**self._page.count))
        return self._sizes[index]

    def _start(self, text: str) -> None:
        self._tail, self._settled, self._blocks = text, 0, []

    def _draft(self) -> str:
        """The last segment so far; a block that is complete is cleaned once, not at every repaint."""
        while end := cut(self._tail[self._settled :], 1):
            self._blocks.append(safe_markdown(self._tail[self._settled : self._settled + end]))
            self._settled += end
        return "\n\n".join([*self._blocks, safe_markdown(self._tail[self._settled :])])

    def _show(self, index: int, markdown: str, *, done: bool) -> None:
        bundle = self._bundle(index, markdown, done=done)
        if index < len(self._displays):
            self._page.update(self._displays[index], bundle)
        else:
            self._displays.append(self._page.append(bundle))

    def _bundle(self, index: int, markdown: str, *, done: bool) -> Bundle:
        structure = {"id": self.part, "segment": index, "status": "done" if done else "streaming"}
        return make_bundle("answer", markdown, self._origin, structure)
