"""The paths that were read last, so that a long thread is read once and afterwards only its new end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant_magic.stores import Node

_PATHS = 8
_NODES = 50_000


class Branches:
    """Paths from the root, by the node they end in. Nodes never change, so neither does the path to one.

    Attributes:
        paths: A mapping that is never changed, only replaced.
    """

    def __init__(self) -> None:
        self.paths: Mapping[str, Sequence[Node]] = {}

    def keep(self, path: Sequence[Node], instead_of: str) -> None:
        """Remember a path in place of the shorter one it continues, and forget the oldest beyond a bound."""
        paths = {head: known for head, known in self.paths.items() if head != instead_of}
        paths[path[-1].id] = path
        while len(paths) > _PATHS or (len(paths) > 1 and sum(map(len, paths.values())) > _NODES):
            del paths[next(iter(paths))]
        # Replaced as a whole: who is reading goes on with the mapping it has.
        self.paths = paths
