"""What goes along with a prompt besides its words: files, figures, tables."""

from __future__ import annotations

import base64
import mimetypes
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assistant_magic.exceptions import UsageError
from assistant_magic.items import File, Image, Part
from assistant_magic.tool_values import parts_of

PICTURES = frozenset({"image/gif", "image/jpeg", "image/png", "image/webp"})
"""Kinds of files that a model looks at as pictures."""


def attach(name: str, names: Mapping[str, Any]) -> Part:
    """A file by its path, or a figure, picture or table by its variable.

    Args:
        name: A path, or the name of a variable; a variable comes first.
        names: The notebook's variables.

    Raises:
        UsageError: There is neither, or it cannot be sent.
    """
    if name in names:
        return _variable(name, names[name])
    path = Path(name).expanduser()
    try:
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        if kind in PICTURES:
            return Image(data=base64.b64encode(path.read_bytes()).decode(), media_type=kind, name=path.name)
        with path.open("rb"):
            return File(name=path.name, media_type=kind, path=str(path.absolute()))
    except OSError as error:
        raise UsageError(
            f"{name} cannot be attached: {error.strerror}", "Name a file or a variable of this notebook."
        ) from error


def _variable(name: str, value: Any) -> Part:
    if isinstance(value, str | Path) and Path(value).is_file():
        return attach(str(value), {})
    to_csv = getattr(value, "to_csv", None)
    if callable(to_csv):
        data = base64.b64encode(str(to_csv()).encode()).decode()
        return File(name=f"{name}.csv", media_type="text/csv", data=data)
    for part in parts_of(value):
        if isinstance(part, Image):
            return Image(data=part.data, media_type=part.media_type, name=f"{name}.png")
    raise UsageError(
        f"the variable {name!r} ({type(value).__name__}) is no file, figure or table",
        f"Write {{{name}}} in the prompt to send it as text.",
    )
