"""Text that arrives in many small pieces."""

from __future__ import annotations

_MANY = 1000


class GrowingText:
    """Holds little more than the text itself; a list of its pieces, or `io.StringIO`, holds many times as much."""

    __slots__ = ("_pieces",)

    def __init__(self) -> None:
        self._pieces: list[str] = []

    def add(self, text: str) -> None:
        """Put a piece behind what is there."""
        self._pieces.append(text)
        if len(self._pieces) > _MANY:
            self._pieces = ["".join(self._pieces)]

    def __str__(self) -> str:
        return "".join(self._pieces)
