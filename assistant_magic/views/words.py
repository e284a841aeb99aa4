"""Jupyter outputs in plain words."""

from __future__ import annotations

from assistant_magic.items import Output

__all__ = ["joined", "output_words"]

_WORDS = {"picture": "picture"}


def joined(text: str | list[str]) -> str:
    """Text that nbformat keeps whole or in lines."""
    return text if isinstance(text, str) else "".join(text)


def output_words(output: Output) -> str:
    """What can be read of an output where there is only text."""
    kind = output.get("output_type")
    if kind == "stream":
        return joined(output.get("text", ""))
    if kind == "error":
        return f"{output.get('ename', '')}: {output.get('evalue', '')}"
    data = output.get("data", {})
    if "text/plain" in data:
        return joined(data["text/plain"])
    return next((f"[{_WORDS['picture']}]" for name in data if name.startswith("image/")), "")
