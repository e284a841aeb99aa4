"""The displays of one run in a notebook's output area, each known by its own id."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Protocol
from uuid import uuid4

from assistant_magic.codec import JSON
from assistant_magic.items import Output
from assistant_magic.kernel import update_display
from assistant_magic.views.bundles import Bundle
from assistant_magic.views.markdown import safe_markdown
from assistant_magic.views.spans import clean_math
from assistant_magic.views.tables import table_html
from assistant_magic.views.words import joined

__all__ = ["Page", "Publish", "SilentPage", "output_data", "publish_display"]

_FORMS: dict[str, Callable[[str], str]] = {
    "text/html": table_html,
    "text/markdown": safe_markdown,
    "text/latex": clean_math,
    "image/png": str,
    "image/jpeg": str,
    "text/plain": str,
}


class Publish(Protocol):
    """Sends one display, or a new version of it, to the front end.

    This is the place for a faster way. A page with our extension may be sent, for an update of a display whose
    structure says `streaming`, only what changed behind the common beginning; a display that is `done` always
    goes out whole and by its id, so the saved notebook is the same.
    """

    def __call__(self, bundle: Bundle, display_id: str, *, update: bool) -> None:
        """Must be quick; called on the loop of the runs in the context of the asking cell."""
        ...


def publish_display(bundle: Bundle, display_id: str, *, update: bool) -> None:
    """Publish through IPython's display machinery."""
    from IPython.display import publish_display_data

    if update:
        update_display(bundle.data, bundle.metadata, display_id)
    else:
        publish_display_data(data=bundle.data, metadata=bundle.metadata, transient={"display_id": display_id})


class Page:
    """Appends displays and updates them; remembers what each shows, so that nothing is sent twice.

    Args:
        publish: The way to the front end.
    """

    def __init__(self, publish: Publish) -> None:
        # Page-wide: a display that bears the id of an earlier one replaces that one too, in whichever cell.
        self._name = uuid4().hex
        self._publish = publish
        self._shown: list[Bundle] = []

    @property
    def count(self) -> int:
        """How many displays there are."""
        return len(self._shown)

    def append(self, bundle: Bundle) -> int:
        """Show a new display at the end; its number."""
        self._shown.append(bundle)
        number = len(self._shown) - 1
        self._publish(bundle, f"{self._name}-{number}", update=False)
        return number

    def update(self, number: int, bundle: Bundle) -> None:
        """Show something else in an earlier display."""
        if bundle != self._shown[number]:
            self._shown[number] = bundle
            self._publish(bundle, f"{self._name}-{number}", update=True)

    def shown(self, number: int) -> Bundle:
        """What a display holds now."""
        return self._shown[number]

    def show_output(self, output: Output) -> None:
        """Show one Jupyter output that came from outside the kernel; of its forms, those that cannot act."""
        kind = output.get("output_type")
        if kind == "stream":
            stream = sys.stderr if output.get("name") == "stderr" else sys.stdout
            stream.write(joined(output.get("text", "")))
            stream.flush()
        elif kind == "error":
            sys.stderr.write(_traceback(output) + "\n")
            sys.stderr.flush()
        elif kind in ("display_data", "execute_result"):
            data = _harmless(output.get("data", {}))
            if data:
                self.append(Bundle(data, {}))


class SilentPage(Page):
    """Displays that have no cell: outputs of tools are shown by whoever collects the displays."""

    def show_output(self, output: Output) -> None:
        """Nothing."""


def output_data(output: Output) -> JSON:
    """A Jupyter output as the data of one display that cannot act; empty when it has nothing to show."""
    kind = output.get("output_type")
    if kind == "stream":
        name = "stderr" if output.get("name") == "stderr" else "stdout"
        return {f"application/vnd.jupyter.{name}": joined(output.get("text", ""))}
    if kind == "error":
        if output.get("ename") == "KeyboardInterrupt" and not output.get("traceback"):
            return {}  # the card says so, and IPython has printed it
        return {"application/vnd.jupyter.stderr": _traceback(output)}
    return _harmless(output.get("data", {}))


def _traceback(output: Output) -> str:
    return "\n".join(output.get("traceback", ())) or f"{output.get('ename')}: {output.get('evalue')}"


def _harmless(given: JSON) -> JSON:
    """Of the forms of an output those that cannot act, cleaned where they could."""
    cleaned = {name: clean(joined(given[name])) for name, clean in _FORMS.items() if name in given}
    return {name: value for name, value in cleaned.items() if value}
